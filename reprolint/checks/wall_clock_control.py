"""Trainings whose number of steps hangs on a clock."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.calls import reached
from reprolint.checks.streams import trains
from reprolint.core.diagnostic import Finding, Related, Severity
from reprolint.core.place import Place, Span
from reprolint.core.value import Const, Derived, Items, Value, references
from reprolint.facts.record import Sight
from reprolint.program.arguments import argument
from reprolint.program.entries import Course, aside
from reprolint.program.link import Program
from reprolint.program.state import Use

NAME = "wall-clock-control"
_DECIDES = {
    "steps": "how many steps are trained",
    "trials": "how many trials are run",
    "checkpoints": "which states are saved",
}


def check(whole: Program) -> Iterator[Finding]:
    """One finding per condition or call, and entry that trains."""
    for course, program in whole.views():
        if trains(course):
            yield from _conditions(course, program)
            yield from _calls(course, program)


def _conditions(course: Course, program: Program) -> Iterator[Finding]:
    trainings = [use for use in course.uses if use.kind == "training"]
    for path in course.files:
        facts = program.files[path]
        for sight in facts.sights if not aside(path) or path == course.entry.path else ():
            if sight.effect != "clock" or sight.detail == "option":
                continue  # whoever gives a limit asks for it
            use = _trained(path, sight.around, trainings) if sight.around is not None else None
            if use is None and not (sight.around is None and _is_reached(path, sight, course, program)):
                continue
            related = (Related(use.place, f"`{use.api}` trains here"),) if use is not None else ()
            severity: Severity | None = "advice" if sight.detail else None
            evidence = {"what": f"`{sight.callee}`", "decides": _DECIDES["steps"]}
            yield Finding(NAME, Place(path, sight.span), evidence, related, course.entry.label, severity)


def _trained(path: str, loop: Span, trainings: list[Use]) -> Use | None:
    """The first training that happens within a loop, there or in what it calls."""
    for use in trainings:
        for place in (use.place, *(hop.place for hop in use.chain)):
            if place.filename == path and (loop.row, loop.column) <= (place.span.row, place.span.column) and (
                (place.span.end_row, place.span.end_column) <= (loop.end_row, loop.end_column)
            ):  # fmt: skip
                return use
    return None


def _is_reached(path: str, sight: Sight, course: Course, program: Program) -> bool:
    """Whether an entry may run the function that a condition stands in."""
    row = sight.span.row
    around = [item for item in program.files[path].functions if item.span.row <= row <= item.span.end_row]
    return bool(around) and all((path, item.name) in course.reached for item in around[-1:])


def _calls(course: Course, program: Program) -> Iterator[Finding]:
    for path, call in reached(course, program):
        for target in program.context.callees(call, path).external:
            for budget in program.context.effects.budgets.get(target.name, ())[:1]:
                value = argument(call, budget.argument)
                if value is None or not _is_time(program.context.evaluate(value, path)):
                    continue
                severity: Severity | None = "advice" if budget.decides == "checkpoints" else None
                evidence = {"what": f"`{budget.argument.name}`", "decides": _DECIDES[budget.decides]}
                yield Finding(NAME, Place(path, call.span), evidence, (), course.entry.label, severity)


def _is_time(value: Value) -> bool:
    """Whether a time is given: a constant, or what is made of constants; an option may be off."""
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, Derived):
        return all(_is_time(part) for part in value.sources)
    return isinstance(value, Items) or any(ref.path.endswith("()") for ref in references(value))
