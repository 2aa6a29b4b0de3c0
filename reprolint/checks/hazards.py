"""Calls that by themselves make two runs differ, or two machines: knowledge says which, and whose finding it is."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.catalog.knowledge import Hazard
from reprolint.catalog.schema import Rule
from reprolint.checks.calls import reached
from reprolint.checks.operations import devices, is_settled
from reprolint.checks.streams import trains
from reprolint.core.diagnostic import Finding
from reprolint.core.place import Place
from reprolint.facts.record import Call
from reprolint.program.arguments import holds
from reprolint.program.context import Spot
from reprolint.program.entries import Course
from reprolint.program.link import Program


def hazards(rule: Rule, whole: Program) -> Iterator[Finding]:
    """One finding per entry and call, or per entry where one place stands for all."""
    for course, program in whole.views():
        told: set[Hazard] = set()
        for path, call, api, hazard in met(rule.name, course, program):
            if hazard.once and hazard in told:
                continue
            told.add(hazard)
            evidence = {"callee": api, "short": api.rpartition(".")[2], "effect": hazard.effect}
            yield Finding(rule.name, Place(path, call.span), evidence, entry=course.entry.label)


def met(rule: str, course: Course, program: Program) -> Iterator[tuple[str, Call, str, Hazard]]:
    """The calls of an entry that are a hazard in the eyes of a rule: file, call, name of the API, and what is known."""
    known = program.context.effects.hazards
    if not any(item.rule == rule for items in known.values() for item in items):
        return
    for path, call in reached(course, program):
        for target in program.context.callees(call, path).external:
            for hazard in known.get(target.name, ()):
                counts = hazard.rule == rule and _counts(hazard, course, program)
                if counts and holds(call, hazard.when, Spot(program.context, path)):
                    yield path, call, target.name, hazard


def _counts(hazard: Hazard, course: Course, program: Program) -> bool:
    """Whether a hazard matters in an entry, whatever the call looks like."""
    if hazard.device and devices(course, program).isdisjoint(hazard.device):
        return False
    if hazard.entry != "any" and not trains(course):
        return False
    if hazard.entry == "seeds" and not any(item.cell in program.context.effects.streams for item in course.sets):
        return False
    return not any(is_settled(name, course, program) for name in hazard.settled_by)
