"""Splits into training and test data whose stream nothing has seeded."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import way
from reprolint.checks.streams import exposures, trains
from reprolint.core.diagnostic import Finding, Severity
from reprolint.core.place import Place
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import Use

NAME = "split-without-seed"


def check(whole: Program) -> Iterator[Finding]:
    """One finding per split that entries reach while its stream is unseeded; advice where none of them trains."""
    found: dict[Place, Finding] = {}
    for course, program in whole.views():
        for exposure in exposures(course, program, NAME):
            for use in exposure.uses if exposure.cause != "maybe" else ():
                if exposure.cause != "unseeded" and not remedy(use, program):
                    continue  # a shuffle like any other: the seeding that is late, or never runs, has the finding
                finding = _finding(use, course, program)
                if use.place not in found or finding.severity is None:
                    found[use.place] = finding
    yield from found.values()


def _finding(use: Use, course: Course, program: Program) -> Finding:
    known = remedy(use, program)
    lack = f" without `{known['argument']}`" if known else ""
    evidence = {"short": use.api.rpartition(".")[2], "lack": lack, "stream": use.cell}
    severity: Severity | None = None if trains(course, use) else "advice"
    return Finding(NAME, use.place, evidence, way(use, use.place), course.entry.label, severity=severity, remedy=known)


def remedy(use: Use, program: Program) -> dict[str, str]:
    """By which argument a split is given a generator or seed of its own; empty for a shuffle that takes none."""
    draw = next((item for item in program.context.effects.draws[use.api] if item.rule == NAME), None)
    if draw is None:
        return {}
    name = draw.own.name if draw.own is not None else ""
    position = draw.own.position if draw.own is not None else None
    place = "" if position is None else str(position)
    return {"argument": name, "position": place, "callee": use.api, "statement": draw.own_statement}
