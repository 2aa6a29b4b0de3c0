"""Entries that run operations which the deterministic switch would settle, with the switch off."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import function, rows, spot
from reprolint.checks.trainers import trainers
from reprolint.checks.unsettled import SHOWN, Unsettled, seeds, unsettled
from reprolint.core.diagnostic import Finding
from reprolint.program.entries import Course
from reprolint.program.link import Program


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry; the operations it would settle are related places. Where a trainer would switch it on if
    it were asked to, the trainer has the finding."""
    for course, program in whole.views():
        if not seeds(course, program):
            continue
        found = unsettled(course, program)
        if found.operations and not any(trainers(course, program)):
            yield _finding(found, course, program)


def _finding(found: Unsettled, course: Course, program: Program) -> Finding:
    first = min((item.use for item in found.operations), key=lambda use: spot(use, course))
    where = found.training or first
    switch = program.context.effects.switches[first.cell.removeprefix("switch:")]
    hidden = len(found.related) - SHOWN
    return Finding(
        "deterministic-algorithms-off",
        spot(where, course),
        {
            "switch": switch.title,
            "operations": found.names,
            "more": f" ({hidden} more places)" if hidden > 0 else "",
            "entry": course.entry.label,
        },
        found.related[:SHOWN],
        course.entry.label,
        severity=found.severity,
        remedy={
            "entry": course.entry.path,
            "function": function(where, course),
            "rows": rows(where, course),
            "switch": switch.name,
            "raises": found.raises,
        },
    )
