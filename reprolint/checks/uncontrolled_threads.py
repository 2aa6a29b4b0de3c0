"""Numbers of threads that are those of the machine, where an entry means to be repeated."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.calls import reached
from reprolint.checks.streams import Judge, trains
from reprolint.checks.switches import is_wanted
from reprolint.core.diagnostic import Finding
from reprolint.core.place import Place
from reprolint.core.value import Const, Value, references
from reprolint.facts.record import Call
from reprolint.program.arguments import argument, settings
from reprolint.program.context import Context
from reprolint.program.entries import Course
from reprolint.program.link import Program

DEEPEST = 3


def check(whole: Program) -> Iterator[Finding]:
    """One finding per call, and entry that trains and fixes a seed or a switch."""
    for course, program in whole.views():
        if not trains(course) or not _means_to_repeat(course, program):
            continue
        for path, call in reached(course, program):
            for name, value in _numbers(call, path, program.context):
                source = _machine(value, path, program.context)
                if source:
                    place, evidence = Place(path, call.span), {"api": name, "source": source}
                    yield Finding("uncontrolled-threads", place, evidence, (), course.entry.label)


def _means_to_repeat(course: Course, program: Program) -> bool:
    judge, effects = Judge(course, program), program.context.effects
    for item in course.sets:
        if item.cell in effects.streams and judge.fixed(item):
            return True
        switch = effects.switches.get(item.cell.removeprefix("switch:"))
        if switch is not None and is_wanted(item, switch, program) is True:
            return True
    return False


def _numbers(call: Call, path: str, context: Context) -> Iterator[tuple[str, Value]]:
    """The numbers of threads that a call sets, each with what it sets it by."""
    for target in context.callees(call, path).external:
        for entry in context.effects.threads.get(target.name, ()):
            value = argument(call, entry.argument)
            if value is not None:
                yield target.name, value
        for known in context.effects.environment.get(target.name, ()):
            for name, value in settings(call, known):
                if isinstance(name, Const) and name.value in context.effects.thread_variables:
                    yield str(name.value), value


def _machine(value: Value, path: str, context: Context, depth: int = 0) -> str:
    """The call that asks the machine for a value; empty when it does not come from there."""
    for ref in references(value):
        module = ref.module or path
        called = ref.path.partition("()")[0] if "()" in ref.path else ""
        for target in context.resolver.follow(called, module) if called else ():
            if target.name in context.effects.machine:
                return target.name
        known = context.evaluate(ref, module)
        if known != ref and depth < DEEPEST and (found := _machine(known, module, context, depth + 1)):
            return found
    return ""
