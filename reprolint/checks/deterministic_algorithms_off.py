"""Entries that run operations which the deterministic switch would settle, with the switch off."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import function, rows, spot
from reprolint.checks.operations import Reached, operations
from reprolint.checks.streams import exposures
from reprolint.checks.switches import is_wanted, matters
from reprolint.core.diagnostic import Finding, Related
from reprolint.program.entries import Course
from reprolint.program.link import Program

SHOWN = 8


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry; the operations it would settle are related places."""
    for course, program in whole.views():
        if not _seeds(course, program):
            continue  # what nobody means to repeat: the seed comes first
        reached = list(operations(course, program))
        settled = [item for item in reached if item.operation.switch == "deterministic" and not item.doubtful]
        open_ones = [item for item in settled if item.switch == "off"]
        open_ones = [item for item in open_ones if not _is_owned(item, course, program)]
        if open_ones:
            raising = [item for item in reached if item.operation.switch == "raises"]
            yield _finding(open_ones, raising, course, program)


def _seeds(course: Course, program: Program) -> bool:
    """Whether an entry seeds anything, perhaps by an option, or needs no seed."""
    seeded = any(item.cell in program.context.effects.streams for item in course.sets)
    return seeded or not exposures(course, program)


def _is_owned(reached: Reached, course: Course, program: Program) -> bool:
    """Whether a switch that settles it is set, but too late or not for long: then these settings have the finding."""
    cells = {reached.use.cell, *(f"switch:{name}" for name in reached.operation.settled_by)}
    late = [item for use, item in course.late if item.cell in cells and use.kind in ("training", "operation")]
    undone = [old for old, new in course.undone if new.cell in cells and matters(new, course, program)]
    switches = program.context.effects.switches
    return any(is_wanted(item, switches[item.cell.removeprefix("switch:")], program) is True for item in late + undone)


def _finding(open_ones: list[Reached], raising: list[Reached], course: Course, program: Program) -> Finding:
    first = min((item.use for item in open_ones), key=lambda use: spot(use, course))
    names = list(dict.fromkeys(item.use.api for item in open_ones))
    switch = program.context.effects.switches[first.cell.removeprefix("switch:")]
    places = dict.fromkeys((item.use.place, item.use.api) for item in open_ones)
    related = [Related(place, f"`{api}` varies while the switch is off") for place, api in places]
    hidden = len(related) - SHOWN
    listed = ", ".join(f"`{name}`" for name in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return Finding(
        "deterministic-algorithms-off",
        spot(first, course),
        {
            "switch": switch.title,
            "operations": listed,
            "more": f" ({hidden} more places)" if hidden > 0 else "",
            "entry": course.entry.label,
        },
        tuple(related[:SHOWN]),
        course.entry.label,
        severity=None if any(item.pinned for item in open_ones) else "advice",
        remedy={
            "entry": course.entry.path,
            "function": function(first, course),
            "rows": rows(first, course),
            "switch": switch.name,
            "raises": ",".join(dict.fromkeys(item.use.api for item in raising)),
        },
    )
