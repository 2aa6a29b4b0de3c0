"""Trainings that let a library time its algorithms and choose another one in the next run."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.operations import devices, held
from reprolint.checks.streams import trains
from reprolint.core.diagnostic import Finding
from reprolint.core.value import Const
from reprolint.program.link import Program

SWITCH = "cudnn-benchmark"


def check(whole: Program) -> Iterator[Finding]:
    """One finding per place that switches it on and is in force when something is trained."""
    if whole.settings.device == "cpu":
        return
    for course, program in whole.views():
        if not trains(course) or not devices(course, program) - {"cpu"}:
            continue
        last = held(f"switch:{SWITCH}", course)
        for definition in course.sets:
            if definition.cell != f"switch:{SWITCH}" or definition.place not in {item.place for item in last}:
                continue
            value = program.context.evaluate(definition.value, definition.place.filename)
            if value == Const(True):
                yield Finding(
                    "cudnn-benchmark-on",
                    definition.place,
                    {"api": definition.api},
                    entry=course.entry.label,
                    remedy={"switch": SWITCH, "callee": definition.api},
                )
