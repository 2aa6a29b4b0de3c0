"""Streams that an entry draws from before anything seeds them."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.catalog.stream import SPLIT
from reprolint.checks.evidence import draw, function, named, rows, spot, way
from reprolint.checks.streams import Exposure, exposures, trains
from reprolint.core.diagnostic import Finding, Related
from reprolint.program.entries import Course
from reprolint.program.link import Program

FURTHER = 2


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and stream."""
    for course, program in whole.views():
        for exposure in exposures(course, program):
            if exposure.cause == "unseeded":
                yield _finding(exposure, course, program)


def _carried(stream: str, course: Course) -> str:
    """The streams that the workers of loaders draw from, and that are seeded there from this one."""
    cells = {use.cell for use in course.uses if use.kind == "carried" and use.subject == stream} - {stream}
    return f", and with it {named(sorted(cells))} in the workers of a loader" if cells else ""


def _finding(exposure: Exposure, course: Course, program: Program) -> Finding:
    told = {use.place for use in course.uses if use.subject == SPLIT}
    first, *others = sorted(exposure.uses, key=lambda use: use.place in told)  # a split has a finding of its own
    related = list(way(first, spot(first, course)))
    related += [Related(use.place, f"`{use.api}` draws from it too") for use in others[:FURTHER]]
    more = exposure.count - 1 - len(others[:FURTHER])
    stream = program.context.effects.streams[exposure.stream]
    return Finding(
        "unseeded-stream",
        spot(first, course),
        {
            "stream": exposure.stream,
            "title": stream.title,
            "api": first.api,
            "draw": draw(first, program),
            "carried": _carried(exposure.stream, course),
            "more": f" ({more} more {'draw' if more == 1 else 'draws'})" if more > 0 else "",
            "entry": course.entry.label,
        },
        tuple(related),
        course.entry.label,
        severity=None if trains(course, first) else "advice",
        remedy={}
        if first.makes == "seed"
        else {
            "entry": course.entry.path,
            "function": function(first, course),
            "rows": rows(first, course),
            "stream": exposure.stream,
        },
    )
