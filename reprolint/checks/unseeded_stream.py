"""Streams that an entry draws from before anything seeds them."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import function, rows, settings, short, spot, way
from reprolint.checks.streams import Exposure, exposures, trains
from reprolint.core.diagnostic import Finding, Related
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import Use

FURTHER = 2


def check(program: Program) -> Iterator[Finding]:
    """One finding per entry and stream."""
    for course in program.courses:
        for exposure in exposures(course, program):
            if exposure.certain and not exposure.late:
                yield _finding(exposure, course, program)


def _draw(use: Use, program: Program) -> str:
    """How people call a draw: a function that draws, a layer that is built, a loader that is iterated."""
    known = program.context.effects.draws.get(use.api, ())
    if any(draw.later for draw in known):
        return f"iterating `{short(use.api.rpartition('.')[2])}`"
    built = use.hidden and use.api.rpartition(".")[2][:1].isupper()
    return f"building `{use.api.rpartition('.')[2]}`" if built else f"`{use.api}`"


def _finding(exposure: Exposure, course: Course, program: Program) -> Finding:
    first, others = exposure.uses[0], exposure.uses[1:]
    related = list(way(first, spot(first, course)))
    related += [Related(use.place, f"`{use.api}` draws from it too") for use in others[:FURTHER]]
    related += [
        Related(item.place, f"`{item.api}` only re-randomises it") for item in settings(first.reach) if item.certain
    ]
    more = exposure.count - 1 - len(others[:FURTHER])
    stream = program.context.effects.streams[exposure.stream]
    return Finding(
        "unseeded-stream",
        spot(first, course),
        {
            "stream": exposure.stream,
            "title": stream.title,
            "api": first.api,
            "draw": _draw(first, program),
            "more": f" ({more} more {'draw' if more == 1 else 'draws'})" if more > 0 else "",
            "entry": course.entry.label,
        },
        tuple(related),
        course.entry.label,
        severity=None if trains(course) else "advice",
        remedy={
            "entry": course.entry.path,
            "function": function(first, course),
            "rows": rows(first, course),
            "stream": exposure.stream,
        },
    )
