"""Trainings while a switch has another value than the wanted one, which knowledge gives to a rule."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.catalog.schema import Rule
from reprolint.catalog.switch import Switch
from reprolint.checks.operations import devices, held, is_settled
from reprolint.checks.streams import trains
from reprolint.checks.switches import is_wanted
from reprolint.core.diagnostic import Finding
from reprolint.program.entries import Course
from reprolint.program.link import Program


def switched(rule: Rule, whole: Program) -> Iterator[Finding]:
    """One finding per place that sets such a switch and is in force when something is trained where it matters."""
    switches = [item for item in whole.context.effects.switches.values() if item.rule == rule.name]
    for course, program in whole.views() if switches else ():
        near = trains(course) and bool(devices(course, program) - {"cpu"})
        for switch in switches:
            matters = near or (switch.anywhere and trains(course))
            if matters and not any(is_settled(name, course, program) for name in switch.overruled_by):
                yield from _set(rule, switch, course, program)


def _set(rule: Rule, switch: Switch, course: Course, program: Program) -> Iterator[Finding]:
    cell = f"switch:{switch.name}"
    last = {item.place for item in held(cell, course)}
    for item in course.sets:
        if item.cell == cell and item.place in last and is_wanted(item, switch, program) is False:
            evidence = {"callee": item.api, "short": item.api.rpartition(".")[2], "effect": switch.effect}
            remedy = {"switch": switch.name, "callee": item.api} if rule.fix is not None else {}
            yield Finding(rule.name, item.place, evidence, entry=course.entry.label, remedy=remedy)
