"""Environments of reinforcement learning, and their action spaces, that nobody seeds."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.calls import reached
from reprolint.checks.evidence import way
from reprolint.checks.streams import exposures
from reprolint.core.diagnostic import Finding
from reprolint.core.place import Place
from reprolint.core.value import Const, paths
from reprolint.facts.record import Call
from reprolint.program.arguments import argument
from reprolint.program.entries import Course
from reprolint.program.follow import Target
from reprolint.program.graph import calls
from reprolint.program.link import Program
from reprolint.program.state import Definition

NAME = "unseeded-environment"


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and kind of generator, at the first draw."""
    for course, program in whole.views():
        found = {item.stream: item.uses[0] for item in exposures(course, program, NAME) if item.cause == "unseeded"}
        shown = {name: (use.api, use.place, way(use, use.place)) for name, use in found.items()}
        for name, api, place in _own(course, program):
            shown.setdefault(name, (api, place, ()))
        for name, (api, place, related) in sorted(shown.items()):
            seeded = any(item.cell == name and not _is_none(item, program) for item in course.sets)
            if not seeded and not _may_seed(name, course, program):
                evidence = {"api": api.rpartition(".")[2], "stream": name, "entry": course.entry.label}
                evidence["seed"] = program.context.effects.streams[name].seed.format(seed="...")
                yield Finding(NAME, place, evidence, related, course.entry.label)


def _own(course: Course, program: Program) -> Iterator[tuple[str, str, Place]]:
    """Where environments of the project are reset: stream, method of the library's class, and place."""
    effects, resolver = program.context.effects, program.context.resolver
    draws = (draw for known in effects.draws.values() for draw in known if draw.rule == NAME)
    methods = {api.rpartition(".")[2] for draw in draws for api in draw.api}
    for path, call in reached(course, program):
        if _is_super(call) or methods.isdisjoint(ref.path.rpartition(".")[2] for ref in paths(call.callee)):
            continue
        for target in program.context.callees(call, path).now:
            owner, _, method = target.name.rpartition(".")
            known = (target.module, owner) in resolver.classes
            bases = resolver.linear(Target("class", owner, target.module)) if known else ()
            for api in (f"{base.name}.{method}" for base in bases if base.kind == "external"):
                for draw in effects.draws.get(api, ()):
                    own = argument(call, draw.own) if draw.own is not None else None
                    if draw.rule == NAME and own in (None, Const(None)):
                        yield draw.stream, api, Place(path, call.span)


def _is_super(call: Call) -> bool:
    """Whether a method calls the one it stands for."""
    return any(".__super__" in ref.path for ref in paths(call.callee))


def _is_none(item: Definition, program: Program) -> bool:
    return program.context.evaluate(item.value, item.place.filename) == Const(None)


def _may_seed(stream: str, course: Course, program: Program) -> bool:
    """Whether the files of an entry hold a call that gives a seed to something that cannot be followed, perhaps to an
    environment, in code that is never called as far as reading tells."""
    for path in course.files:
        facts = program.files.get(path)
        for body in (facts.body, *(item.body for item in facts.functions)) if facts is not None else ():
            if any(_gives_seed(call) and not _is_other(stream, call, path, program) for call in calls(body)):
                return True
    return False


def _gives_seed(call: Call) -> bool:
    if _is_super(call):
        return False
    named = any(ref.path.rpartition(".")[2] == "seed" for ref in paths(call.callee))
    return (named and bool(call.args or call.keywords)) or any(name == "seed" for name, _ in call.keywords)


def _is_other(stream: str, call: Call, path: str, program: Program) -> bool:
    """Whether it is known what a call does, and that is not to seed a stream."""
    context = program.context
    found = context.callees(call, path)
    if found.now or found.built:
        return True
    seedings = [known for item in found.external for known in context.effects.seedings.get(item.name, ())]
    known = any(context.vocabulary.has_effect(item.name) for item in found.external)
    return known and not any(stream in item.streams for item in seedings)
