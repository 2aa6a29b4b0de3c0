"""Trainers of libraries that run varying operations because nobody asks them for deterministic ones."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.trainers import NAME, trainers
from reprolint.checks.unsettled import SHOWN, seeds, unsettled
from reprolint.core.diagnostic import Finding
from reprolint.program.link import Program


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and trainer; advice where nobody knows what the model runs."""
    for course, program in whole.views():
        if not seeds(course, program):
            continue
        found = unsettled(course, program)
        if not found.operations and not any(item.cell in program.context.effects.streams for item in course.sets):
            continue
        for place, api, hazard in trainers(course, program):
            asked = hazard.when[0]
            evidence = {
                "short": api.rpartition(".")[2],
                "effect": hazard.effect,
                "operations": f" (the results of {found.names} differ between runs)" if found.operations else "",
            }
            yield Finding(
                NAME,
                place,
                evidence,
                found.related[:SHOWN],
                course.entry.label,
                severity=found.severity if found.operations else "advice",
                remedy={"argument": asked.argument, "value": "True", "raises": found.raises},
            )
