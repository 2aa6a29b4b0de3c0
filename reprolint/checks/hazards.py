"""Calls that by themselves make two runs differ, or two machines: knowledge says which, and whose finding it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reprolint.catalog.knowledge import Hazard
from reprolint.catalog.schema import Rule
from reprolint.checks.calls import beside, reached
from reprolint.checks.operations import devices, is_settled
from reprolint.checks.streams import trains
from reprolint.core.diagnostic import Finding
from reprolint.core.place import Place
from reprolint.facts.record import Call
from reprolint.program.arguments import holds
from reprolint.program.calls import Callees
from reprolint.program.context import Spot
from reprolint.program.entries import Course
from reprolint.program.link import Program


def hazards(rule: Rule, whole: Program) -> Iterator[Finding]:
    """One finding per entry and call, or per entry where one place stands for all; then advice on calls that say it all
    in functions which no entry is seen to call."""
    places: set[Place] = set()
    for course, program in whole.views():
        told: set[Hazard] = set()
        for path, call, api, hazard in met(rule.name, course, program):
            if hazard.once and hazard in told:
                continue
            told.add(hazard)
            places.add(Place(path, call.span))
            yield _finding(rule, hazard, api, Place(path, call.span), course)
    for path, step, course in beside(whole) if _anywhere(rule.name, whole) else ():
        if not isinstance(step, Call) or (place := Place(path, step.span)) in places:
            continue
        for api, hazard in _known(rule.name, step, path, whole):
            if hazard.anywhere and _counts(hazard, course, whole):
                places.add(place)
                yield replace(_finding(rule, hazard, api, place, course), severity="advice")


def _finding(rule: Rule, hazard: Hazard, api: str, place: Place, course: Course) -> Finding:
    evidence = {"callee": api, "short": api.rpartition(".")[2], "effect": hazard.effect}
    return Finding(rule.name, place, evidence, entry=course.entry.label)


def met(rule: str, course: Course, program: Program) -> Iterator[tuple[str, Call, str, Hazard]]:
    """The calls of an entry that are a hazard in the eyes of a rule: file, call, name of the API, and what is known."""
    if not any(item.rule == rule for items in program.context.effects.hazards.values() for item in items):
        return
    for path, call in reached(course, program):
        for api, hazard in _known(rule, call, path, program):
            if _counts(hazard, course, program):
                yield path, call, api, hazard


def _known(rule: str, call: Call, path: str, program: Program) -> Iterator[tuple[str, Hazard]]:
    """The hazards of a rule that a call is, by the name of the API, whatever the entry."""
    found = program.context.callees(call, path)
    presumed = program.context.presumed(call, path) if found == Callees() else None
    for target in (*found.external, *((presumed,) if presumed is not None else ())):
        for hazard in program.context.effects.hazards.get(target.name, ()):
            if hazard.rule == rule and holds(call, hazard.when, Spot(program.context, path)):
                yield target.name, hazard


def _anywhere(rule: str, program: Program) -> bool:
    known = program.context.effects.hazards.values()
    return any(item.rule == rule and item.anywhere for items in known for item in items)


def _counts(hazard: Hazard, course: Course, program: Program) -> bool:
    """Whether a hazard matters in an entry, whatever the call looks like."""
    if hazard.device and devices(course, program).isdisjoint(hazard.device):
        return False
    if hazard.entry != "any" and not trains(course):
        return False
    if hazard.entry == "seeds" and not any(item.cell in program.context.effects.streams for item in course.sets):
        return False
    return not any(is_settled(name, course, program) for name in hazard.settled_by)
