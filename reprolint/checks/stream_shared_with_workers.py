"""Generators that a dataset builds once and every worker of a loader gets a copy of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reprolint.checks.loaders import Loading, loadings
from reprolint.core.diagnostic import Finding, Related
from reprolint.core.place import Place
from reprolint.program.arguments import argument
from reprolint.program.follow import Target
from reprolint.program.graph import calls
from reprolint.program.link import Program


@dataclass(frozen=True, slots=True)
class Shared:
    """A generator that `owner` builds at `birth` and draws from at `draw`, where workers run it."""

    owner: str
    birth: Place
    draw: Place


def check(program: Program) -> Iterator[Finding]:
    """One finding per generator."""
    known: set[Place] = set()
    for item in loadings(program):
        for found in shared(item, program):
            if found.birth in known:
                continue
            known.add(found.birth)
            related = (
                Related(Place(item.path, item.call.span), "loaded by workers here"),
                Related(found.draw, "a worker draws from it here"),
            )
            yield Finding("stream-shared-with-workers", found.birth, {"owner": found.owner}, related)


def shared(item: Loading, program: Program) -> Iterator[Shared]:
    """The generators that the dataset of a loader builds in its constructor and draws from in workers."""
    resolver = program.context.resolver
    dataset = argument(item.call, item.loader.dataset)
    owners = [found for found in resolver.targets(dataset, item.path) if found.kind == "instance"] if dataset else []
    for owner in owners:
        for line in resolver.linear(owner):
            if line.kind == "class":
                yield from _of(owner, line, program)


def _of(owner: Target, line: Target, program: Program) -> Iterator[Shared]:
    resolver, effects = program.context.resolver, program.context.effects
    kinds = {effects.returns.get(api, api) for api in effects.generators}
    for name, value in resolver.classes[(line.module, line.name)].attributes:
        if not any(item.kind == "object" and item.name in kinds for item in resolver.targets(value, line.module)):
            continue
        birth, draw = _birth(line, program), _drawn(owner, name, program)
        if birth is not None and draw is not None:
            yield Shared(owner.name, birth, draw)


def _birth(line: Target, program: Program) -> Place | None:
    """Where the constructor of a class builds a generator."""
    function = program.context.resolver.functions.get((line.module, f"{line.name}.__init__"))
    for call in calls(function.body) if function is not None else ():
        callees = program.context.callees(call, line.module).external
        if any(item.name in program.context.effects.generators for item in callees):
            return Place(line.module, call.span)
    return None


def _drawn(owner: Target, attribute: str, program: Program) -> Place | None:
    """Where methods that a loader runs draw from an attribute, or hand it on."""
    resolver = program.context.resolver
    bases = [resolver.bases.get(item.name) for item in resolver.linear(owner) if item.kind == "external"]
    names = {name for base in bases if base is not None for name in base.loaded}
    waiting = [item for item in resolver.later(owner) if item.name.rpartition(".")[2] in names]
    known = set()
    while waiting:
        method = waiting.pop(0)
        if (method.module, method.name) in known:
            continue
        known.add((method.module, method.name))
        for call in calls(resolver.functions[(method.module, method.name)].body):
            inner, _, rest = getattr(call.callee, "path", "").partition("().")
            if inner.startswith(":") and rest.partition(".")[0] == attribute and "." in rest:
                return Place(method.module, call.span)
            waiting += program.context.callees(call, method.module).now
    return None
