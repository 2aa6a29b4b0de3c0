"""Environment variables that a library needs for deterministic results: missing, set too late, or rejected."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.catalog.switch import Variable
from reprolint.checks.evidence import origin, route
from reprolint.checks.operations import devices
from reprolint.core.diagnostic import Finding, Related, Severity
from reprolint.core.place import Place
from reprolint.core.value import Const
from reprolint.core.version import needed
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import INITIAL, START, Definition

NAME = "cublas-workspace"


def check(whole: Program) -> Iterator[Finding]:
    """Findings for every variable of knowledge that the locked version of its library reads."""
    for course, program in whole.views():
        for variable in program.context.effects.variables.values():
            known = needed(variable.needed, program.settings.versions.get(variable.read_by, ""))
            if known is not False and variable.accepted and devices(course, program) - {"cpu"}:
                yield from _check(variable, course, program, known)


def _check(variable: Variable, course: Course, program: Program, known: bool | None) -> Iterator[Finding]:
    cell = f"variable:{variable.name}"
    before = course.begin.get(cell, frozenset()) - START
    definitions = [*sorted(before, key=lambda item: item.place), *(item for item in course.sets if item.cell == cell)]
    for definition in definitions:
        value = program.context.evaluate(definition.value, definition.place.filename)
        if isinstance(value, Const) and value.value not in variable.accepted:
            problem = f"is set to `{value.value}`, which the library rejects"
            yield _finding(variable, course, definition.place, problem, "rejected", None if known else "advice")
            return
    opened = [(use, item) for use, item in course.late if use.cell == f"opened:{variable.name}"]
    loaded = [(use, item) for use, item in course.late if use.cell == cell and use.kind == "library"]
    if opened or loaded:
        use, definition = (opened or loaded)[0]
        problem = f"is set after `{use.api}`, when the device may be in use already" if opened else (
            f"is set after `import {use.api}`; it counts only if nothing has used the device before"
        )  # fmt: skip
        severity: Severity | None = None if opened and known else "advice"
        related: tuple[Related, ...] = (Related(origin(use.chain, use.place, course), f"`{use.api}` comes first"),)
        related += route(definition.chain, definition.place)
        yield _finding(variable, course, definition.place, problem, "late", severity, related)
    elif not definitions:
        for switch in _strict(variable, course, program):
            problem = "is not set, and the switch that is on here needs it"
            related = route(switch.chain, switch.place)
            yield _finding(variable, course, switch.place, problem, "missing", None if known else "advice", related)
            return


def _strict(variable: Variable, course: Course, program: Program) -> list[Definition]:
    """Where the switch that makes the variable matter is set to anything but off."""
    result = []
    for item in course.sets:
        if item.cell == f"switch:{variable.switch}" and item is not INITIAL:
            value = program.context.evaluate(item.value, item.place.filename)
            if isinstance(value, Const) and value.value not in (False, None, "default", 0):
                result.append(item)
    return result


def _finding(
    variable: Variable, course: Course, place: Place, problem: str, mode: str, severity: Severity | None,
    related: tuple[Related, ...] = (),
) -> Finding:  # fmt: skip
    versions = f" ({variable.read_by} {variable.needed})" if variable.needed else ""
    return Finding(
        NAME,
        place,
        {"variable": variable.name, "problem": problem, "versions": versions, "accepted": variable.accepted[0]},
        related,
        course.entry.label,
        severity,
        remedy={"entry": course.entry.path, "variable": variable.name, "mode": mode},
    )
