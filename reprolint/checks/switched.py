"""Trainings while a switch has another value than the wanted one, which knowledge gives to a rule."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.catalog.schema import Rule
from reprolint.catalog.switch import Switch
from reprolint.checks.calls import beside
from reprolint.checks.operations import devices, held, is_settled
from reprolint.checks.streams import trains
from reprolint.checks.switches import is_wanted
from reprolint.core.diagnostic import Finding, Severity
from reprolint.core.place import Place
from reprolint.core.value import Const
from reprolint.facts.record import Assign
from reprolint.program.entries import Course
from reprolint.program.link import Program


def switched(rule: Rule, whole: Program) -> Iterator[Finding]:
    """One finding per place that sets such a switch and is in force when something is trained where it matters."""
    told: set[Place] = set()
    switches = [item for item in whole.context.effects.switches.values() if item.rule == rule.name]
    for course, program in whole.views() if switches else ():
        near = bool(devices(course, program) - {"cpu"})
        for switch in switches if trains(course) else ():
            if (near or switch.local) and not _is_overruled(switch, course, program):
                found = tuple(_set(rule, switch, course, program))
                told.update(item.place for item in found)
                yield from found
    local = {name: item for item in switches for name in item.attributes if item.local}
    for path, step, course in beside(whole) if local else ():
        if isinstance(step, Assign) and step.target in local and (place := Place(path, step.span)) not in told:
            switch = local[step.target]
            if step.value == Const(not switch.wanted) and not _is_overruled(switch, course, whole):
                told.add(place)
                yield _finding(rule, switch, place, step.target, course, advised=True)


def _is_overruled(switch: Switch, course: Course, program: Program) -> bool:
    return any(is_settled(name, course, program) for name in switch.overruled_by)


def _set(rule: Rule, switch: Switch, course: Course, program: Program) -> Iterator[Finding]:
    cell = f"switch:{switch.name}"
    last = {item.place for item in held(cell, course)}
    for item in course.sets:
        stands = switch.local or item.place in last
        if item.cell == cell and stands and is_wanted(item, switch, program) is False:
            yield _finding(rule, switch, item.place, item.api, course)


def _finding(
    rule: Rule, switch: Switch, place: Place, api: str, course: Course, *, advised: bool = False
) -> Finding:  # fmt: skip
    evidence = {"callee": api, "short": api.rpartition(".")[2], "effect": switch.effect}
    remedy = {"switch": switch.name, "callee": api} if rule.fix is not None else {}
    severity: Severity | None = "advice" if advised else None
    return Finding(rule.name, place, evidence, entry=course.entry.label, severity=severity, remedy=remedy)
