"""Trainings for which a deterministic switch only warns."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import route
from reprolint.checks.operations import devices, held
from reprolint.checks.streams import trains
from reprolint.core.diagnostic import Finding
from reprolint.core.value import Const
from reprolint.program.link import Program
from reprolint.program.state import INITIAL


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and place that is in force when something is trained on an accelerator."""
    for course, program in whole.views():
        if not trains(course) or not devices(course, program) - {"cpu"}:
            continue
        for switch in program.context.effects.switches.values():
            for item in sorted(held(f"switch:{switch.name}", course) - {INITIAL}, key=lambda item: item.place):
                if program.context.evaluate(item.value, item.place.filename) == Const("warn"):
                    evidence = {"api": item.api, "switch": switch.title}
                    related = route(item.chain, item.place)
                    yield Finding("deterministic-warn-only", item.place, evidence, related, course.entry.label)
