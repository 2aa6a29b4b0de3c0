"""Generators that a dataset builds once and every worker of a loader gets a copy of."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from reprolint.checks.loaders import Loading, loadings
from reprolint.core.diagnostic import Finding, Related, Severity
from reprolint.core.place import Place
from reprolint.core.value import OPAQUE, Ref, Value, paths
from reprolint.facts.record import Call
from reprolint.program.arguments import argument
from reprolint.program.follow import Target
from reprolint.program.graph import calls
from reprolint.program.link import Program
from reprolint.program.sources import is_parameter

NAME = "stream-shared-with-workers"
MOST_METHODS = 60


@dataclass(frozen=True, slots=True)
class Shared:
    """A generator that `owner` builds at `birth` and that is drawn from at `draw`, where workers run it."""

    owner: str
    birth: Place
    draw: Place


def check(program: Program) -> Iterator[Finding]:
    """One finding per generator."""
    known: set[Place] = set()
    for item in sorted(loadings(program, unsure=True), key=lambda item: not item.sure):
        for found in _shared(item, program):
            if found.birth in known:
                continue
            known.add(found.birth)
            related = (
                Related(Place(item.path, item.call.span), "loaded by workers here"),
                Related(found.draw, "a worker draws from it here"),
            )
            severity: Severity | None = None if item.sure else "advice"
            yield Finding(NAME, found.birth, {"owner": found.owner}, related, severity=severity)


def _shared(item: Loading, program: Program) -> Iterator[Shared]:
    """The generators that the data of a loader holds and that workers draw from."""
    dataset = argument(item.call, item.loader.dataset)
    if item.prepare is not None and _reaches_data(item, program):
        return
    for owner in program.context.resolver.instances(dataset, item.path) if dataset is not None else ():
        search = _Search(program, owner)
        search.methods()
        if not search.renewed:
            yield from search.found


def _reaches_data(item: Loading, program: Program) -> bool:
    """Whether the function that prepares a worker may replace what its copy of the data holds."""
    functions = [
        found for ref in paths(item.prepare or OPAQUE) for found in program.context.resolver.targets(ref, item.path)
        if found.kind == "function"
    ]  # fmt: skip
    made = [
        target.name for found in functions
        for call in calls(program.context.resolver.functions[(found.module, found.name)].body)
        for target in program.context.callees(call, found.module).external
    ]  # fmt: skip
    return not functions or item.loader.worker_info in made


class _Search:
    """What the methods of one class do with generators when workers run them."""

    def __init__(self, program: Program, owner: Target) -> None:
        self.owner = owner
        self.program, self.resolver, self.effects = program, program.context.resolver, program.context.effects
        self.kinds = {self.effects.returns.get(api, api) for api in self.effects.generators}
        self.found: list[Shared] = []
        self.renewed = False

    def methods(self) -> None:
        """Go through the methods that a loader runs, and all that they call."""
        line, later = self.resolver.linear(self.owner), self.resolver.later(self.owner)
        bases = [self.resolver.bases.get(item.name) for item in line if item.kind == "external"]
        names = {name for base in bases if base is not None for name in base.loaded}
        waiting = [item for item in later if item.name.rpartition(".")[2] in names]
        known: set[tuple[str, str]] = set()
        while waiting and len(known) < MOST_METHODS:
            method = waiting.pop(0)
            if (method.module, method.name) in known:
                continue
            known.add((method.module, method.name))
            for call in calls(self.resolver.functions[(method.module, method.name)].body):
                self.call(call, method.module)
                waiting += self.program.context.callees(call, method.module).now

    def call(self, call: Call, module: str) -> None:
        """Look at one call: it may build or seed a generator for this worker, draw from one, or hand one on."""
        external = self.program.context.callees(call, module).external
        seeds = any(item.receiver is not None and item.name in self.effects.seedings for item in external)
        if seeds or any(item.name in self.effects.generators for item in external):
            self.renewed = True
            return
        values: list[Value] = [*call.args, *(value for _, value in call.keywords)]
        drawn = [ref for value in values for ref in paths(value)] if external else []
        if any(item.receiver is not None and item.receiver.name in self.kinds for item in external):
            drawn += [Ref(ref.path.rpartition(".")[0], ref.module) for ref in paths(call.callee)]
        for ref in drawn:
            if any(item.kind == "object" and item.name in self.kinds for item in self.resolver.targets(ref, module)):
                self.held(ref, module, Place(module, call.span))

    def held(self, ref: Ref, module: str, draw: Place) -> None:
        """A generator is drawn from: find the attribute that holds it, and where it was built."""
        home = ref.module or module
        if is_parameter(ref.path):
            for value in self.resolver.sources.given((home, ref.path)).values:
                for source in paths(value):
                    if source.path != ref.path:
                        self.held(source, home, draw)
            return
        if ref.path.removesuffix("()") in self.effects.generators:
            birth = self.built(self.program.files[home].body, home)
            if birth is not None:
                self.found.append(Shared(posixpath.basename(home), birth, draw))
            return
        inner, _, attribute = ref.path.rpartition(".")
        if not inner.endswith("()"):
            return
        for owner in self.resolver.follow(inner, home):
            for line in self.lines(owner):
                held = self.resolver.attributes(line).get(attribute) if line.kind == "class" else None
                birth = self.birth(held, line) if held is not None else None
                if birth is not None:
                    self.found.append(Shared(line.name, birth, draw))

    def lines(self, owner: Target) -> tuple[Target, ...]:
        """The classes whose constructors may have set what an instance holds; one that the dataset derives from may
        use what its sisters set."""
        whole = self.resolver.linear(self.owner)
        if owner.kind != "instance":
            return ()
        above = any((item.module, item.name) == (owner.module, owner.name) for item in whole)
        return whole if above else self.resolver.linear(owner)

    def birth(self, value: Value, line: Target) -> Place | None:
        """Where a generator that an attribute holds is built: in the constructor, or by whoever built the object."""
        for ref in paths(value):
            if is_parameter(ref.path):
                for source in self.resolver.sources.given((line.module, ref.path)).values:
                    for given in paths(source):
                        bodies = [item.body for item in self.program.files[given.module].functions]
                        for body in (self.program.files[given.module].body, *bodies):
                            if (found := self.built(body, given.module)) is not None:
                                return found
        function = self.resolver.functions.get((line.module, f"{line.name}.__init__"))
        return self.built(function.body, line.module) if function is not None else None

    def built(self, body: tuple, module: str) -> Place | None:  # type: ignore[type-arg]
        """The first call of a body that builds a generator."""
        for call in calls(body):
            external = self.program.context.callees(call, module).external
            if any(item.name in self.effects.generators for item in external):
                return Place(module, call.span)
        return None
