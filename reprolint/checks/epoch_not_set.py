"""Samplers that are never told the number of the epoch, and so give one order in all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from reprolint.checks.calls import reached
from reprolint.core.diagnostic import Finding
from reprolint.core.place import Place
from reprolint.core.value import Const, Ref, Value, paths
from reprolint.facts.record import Branch, Call, Isolate, Loop, Step, Try
from reprolint.program.arguments import argument
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.sources import Key

NAME = "epoch-not-set"
NOTHING, TRAINS, PASSES, EPOCHS = range(4)  # what a body holds: a step, a pass over data, several passes


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry that trains for several epochs, at its first sampler: that is the one of the training."""
    known: set[Place] = set()
    for course, program in whole.views():
        if any(item.effect == "epoch" for path in course.files for item in program.files[path].sights):
            continue
        for place, api, method in _samplers(course, program)[:1]:
            if place not in known and _Passes(course, program).found == EPOCHS:
                known.add(place)
                evidence = {"api": api, "short": api.rpartition(".")[2], "method": method}
                yield Finding(NAME, place, evidence, entry=course.entry.label)


def _samplers(course: Course, program: Program) -> list[tuple[Place, str, str]]:
    """The shuffling samplers of an entry; none when a framework tells them the epoch."""
    context, found = program.context, []
    names = {api.rpartition(".")[2] for api in (*context.effects.samplers, *context.effects.tells_epochs)}
    for path, call in reached(course, program):
        if call.purpose == "evaluation" or names.isdisjoint(ref.path.rpartition(".")[2] for ref in paths(call.callee)):
            continue
        for target in context.callees(call, path).external:
            if target.name in context.effects.tells_epochs:
                return []
            for sampler in context.effects.samplers.get(target.name, ()):
                shuffle = argument(call, sampler.shuffle)
                if shuffle is not None and context.evaluate(shuffle, path) == Const(True):
                    found.append((Place(path, call.span), target.name, sampler.epoch))
    return found


class _Passes:
    """How often the functions of one entry go through data to train."""

    def __init__(self, course: Course, program: Program) -> None:
        self.course, self.program, self.known = course, program, dict[Key, int]()

    @cached_property
    def found(self) -> int:
        """The most that any function does."""
        path = self.course.entry.path
        bodies = [self.body(self.program.files[path].body, path), *map(self.function, sorted(self.course.reached))]
        return max(bodies)

    def function(self, key: Key) -> int:
        known = self.program.context.resolver.functions.get(key)
        if key not in self.known:
            self.known[key] = NOTHING  # what calls itself counts once
            self.known[key] = self.body(known.body, key[0]) if known is not None else NOTHING
        return self.known[key]

    def body(self, steps: Iterable[Step], path: str) -> int:
        return max((self.step(step, path) for step in steps), default=NOTHING)

    def step(self, step: Step, path: str) -> int:
        if isinstance(step, Call):
            if getattr(step.callee, "path", "").startswith("?."):
                return TRAINS
            found = self.program.context.callees(step, path)
            targets = (*found.now, *(item.target for item in found.started))
            return max((self.function((item.module, item.name)) for item in targets), default=NOTHING)
        if isinstance(step, Loop):
            inner = self.body(step.body, path)
            if inner >= PASSES:
                return EPOCHS
            return PASSES if inner == TRAINS and _is_data(step.over) else inner
        if isinstance(step, Branch):
            return self.body((*step.body, *step.orelse), path)
        if isinstance(step, Isolate):
            return self.body(step.body, path)
        if isinstance(step, Try):
            return self.body((*step.body, *sum(step.handlers, ()), *step.orelse, *step.final), path)
        return NOTHING


def _is_data(over: Value | None) -> bool:
    """Whether a loop goes through something else than numbers."""
    return isinstance(over, Ref) and over.path != "range()"
