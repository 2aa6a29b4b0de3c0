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
                finding = _finding(use, course, program)
                if finding is not None and (use.place not in found or finding.severity is None):
                    found[use.place] = finding
    yield from found.values()


def _finding(use: Use, course: Course, program: Program) -> Finding | None:
    draw = next((draw for draw in program.context.effects.draws.get(use.api, ()) if draw.own is not None), None)
    if draw is None or draw.own is None:
        return None
    position = "" if draw.own.position is None else str(draw.own.position)
    remedy = {"argument": draw.own.name, "position": position, "callee": use.api, "statement": draw.own_statement}
    evidence = {"short": use.api.rpartition(".")[2], "argument": draw.own.name, "stream": use.cell}
    severity: Severity | None = None if trains(course, use) else "advice"
    return Finding(
        NAME, use.place, evidence, way(use, use.place), course.entry.label, severity=severity, remedy=remedy
    )  # fmt: skip
