"""Calls that draw from a stream which nobody seeded because they were given no random state of their own."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.catalog.stream import Draw, Stream
from reprolint.checks.evidence import way
from reprolint.checks.streams import exposures
from reprolint.core.diagnostic import Finding, Severity
from reprolint.core.place import Place
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import INITIAL, Use

NAME = "missing-random-state"


def check(whole: Program) -> Iterator[Finding]:
    """One finding per call that an entry reaches while its stream is unseeded; advice where it only may be."""
    found: dict[Place, Finding] = {}
    for course, program in whole.views():
        for exposure in exposures(course, program, NAME):
            sure = exposure.cause != "maybe"
            for use in exposure.uses if sure else filter(_may_be_unseeded, exposure.uses):
                finding = _finding(use, course, program, sure=sure)
                if finding is not None and (use.place not in found or (sure and found[use.place].severity)):
                    found[use.place] = finding
    yield from found.values()


def _may_be_unseeded(use: Use) -> bool:
    """Whether some path seeds the stream and another one does not, as far as the callees on them are known."""
    return INITIAL in use.reach and all(item is INITIAL or item.certain for item in use.reach)


def _finding(use: Use, course: Course, program: Program, *, sure: bool) -> Finding | None:
    effects = program.context.effects
    draws = [draw for draw in effects.draws.get(use.api, ()) if draw.rule == NAME]
    missing = next((name for draw in draws if (name := _argument(draw))), "")
    if not missing:
        return None
    evidence = {"api": use.api, "short": use.api.rpartition(".")[2], "argument": missing, "stream": use.cell}
    evidence["source"] = _source(effects.streams[use.cell], sure=sure)
    severity: Severity | None = None if sure else "advice"
    related, remedy = way(use, use.place), _remedy(draws[0], use.api)
    return Finding(NAME, use.place, evidence, related, course.entry.label, severity=severity, remedy=remedy)


def _argument(draw: Draw) -> str:
    """The argument that makes a call independent: its seed, else the object that must be given."""
    if draw.own is not None:
        return draw.own.name
    return next((condition.argument for condition in draw.when if condition.given is False), "")


def _source(stream: Stream, *, sure: bool) -> str:
    if not sure:
        return f"the `{stream.name}` stream, which is seeded on some paths only"
    return f"the unseeded `{stream.name}` stream" if stream.seed else f"{stream.title}, whatever else is seeded"


def _remedy(draw: Draw, api: str) -> dict[str, str]:
    """What a fix needs; empty where an object is wanted that only the author can choose."""
    if draw.own is None:
        return {}
    position = "" if draw.own.position is None else str(draw.own.position)
    return {"argument": draw.own.name, "position": position, "callee": api}
