"""Calls that draw from a stream which nobody seeded because they were given no random state of their own."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.catalog.stream import Draw, Stream
from reprolint.checks.evidence import way
from reprolint.checks.streams import exposures
from reprolint.core.diagnostic import Finding
from reprolint.program.link import Program

NAME = "missing-random-state"


def check(whole: Program) -> Iterator[Finding]:
    """One finding per call that an entry reaches while its stream is unseeded."""
    for course, program in whole.views():
        effects = program.context.effects
        for exposure in exposures(course, program, NAME):
            if exposure.cause == "maybe":
                continue
            for use in exposure.uses:
                draws = [draw for draw in effects.draws.get(use.api, ()) if draw.rule == NAME]
                missing = next((name for draw in draws if (name := _argument(draw))), "")
                if missing:
                    evidence = {"api": use.api, "short": use.api.rpartition(".")[2], "argument": missing}
                    evidence |= {"stream": use.cell, "source": _source(effects.streams[use.cell])}
                    related, remedy = way(use, use.place), _remedy(draws[0], use.api)
                    yield Finding(NAME, use.place, evidence, related, course.entry.label, remedy=remedy)


def _argument(draw: Draw) -> str:
    """The argument that makes a call independent: its seed, else the object that must be given."""
    if draw.own is not None:
        return draw.own.name
    return next((condition.argument for condition in draw.when if condition.given is False), "")


def _source(stream: Stream) -> str:
    return f"the unseeded `{stream.name}` stream" if stream.seed else f"{stream.title}, whatever else is seeded"


def _remedy(draw: Draw, api: str) -> dict[str, str]:
    """What a fix needs; empty where an object is wanted that only the author can choose."""
    if draw.own is None:
        return {}
    position = "" if draw.own.position is None else str(draw.own.position)
    return {"argument": draw.own.name, "position": position, "callee": api}
