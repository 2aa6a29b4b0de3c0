"""Which functions the entries reach, over which calls, and what calls give to their parameters.

What a call runs may hang on what other calls give to a parameter (a model handed to a trainer), so the search goes
in rounds: each finds more arguments, which show more callees, until there is no news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reprolint.core.value import OPAQUE, Const, Value, parameter
from reprolint.facts.record import SPREAD, Call, Step
from reprolint.program.arguments import anchor, bind
from reprolint.program.context import Context
from reprolint.program.follow import Target
from reprolint.program.graph import calls, unguarded
from reprolint.program.sources import field_key, store_key

MOST_ROUNDS = 8
MAIN = "<main>"
Key = tuple[str, str]


@dataclass(slots=True)
class Reach:
    """The call graph from some roots. A key is a file and a function of it, or nothing for its top level, `MAIN` for
    its top level when it is the script that is run."""

    context: Context
    graph: dict[Key, dict[Key, None]] = field(default_factory=dict)
    _fluid: dict[Key, list[Call]] = field(default_factory=dict)

    def search(self, roots: Iterable[Key]) -> None:
        """Find everything that the roots reach."""
        start = list(dict.fromkeys(roots))
        sources = self.context.resolver.sources
        for _ in range(MOST_ROUNDS):
            sources.news = False
            self._round(start)
            if not sources.news:
                return
            self.context.forget()
        self._round(start)

    def reached(self, roots: Iterable[Key]) -> frozenset[Key]:
        """What some of the roots reach."""
        waiting = list(roots)
        seen: set[Key] = set()
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                waiting += self.graph.get(key, ())
        return frozenset(seen)

    def _round(self, roots: list[Key]) -> None:
        seen: set[Key] = set()
        waiting = list(reversed(roots))
        while waiting:
            key = waiting.pop()
            if key in seen:
                continue
            seen.add(key)
            if key in self.graph:
                self._follow(key, self._fluid[key])
            else:
                self.graph[key] = {}
                self._fluid[key] = []
                self._follow(key, calls(self._body(key)), first=True)
                if key[1] in ("", MAIN):
                    for _, files in self.context.imported(key[0]):
                        self.graph[key].update({(item, ""): None for item in files})
            waiting += reversed(self.graph[key])

    def _body(self, key: Key) -> tuple[Step, ...]:
        path, name = key
        if name not in ("", MAIN):
            return self.context.resolver.functions[key].body
        body = self.context.resolver.modules.facts[path].body
        return body if name else tuple(unguarded(body))

    def _follow(self, key: Key, made: Iterable[Call], *, first: bool = False) -> None:
        path, edges = key[0], self.graph[key]
        for call in made:
            found = self.context.callees(call, path)
            if first and self.context.is_fluid(call):
                self._fluid[key].append(call)
            for target in found.now:
                edges[(target.module, target.name)] = None
                self._give(call, key, target)
            for built in found.built:
                self.context.resolver.build(built, key)
                if not found.now:
                    self._fill(call, key, built)
            for item in found.started:
                edges[(item.target.module, item.target.name)] = None
                self._give(item.call, key, item.target)
            for target in found.external:
                if target.receiver is not None and target.receiver.display is not None and call.args:
                    owner = target.receiver
                    resolver = self.context.resolver
                    name = (owner.module, store_key(owner.name))
                    resolver.sources.add(name, anchor(call.args[-1], path), key, stored=True)
            for target in found.later:
                edges[(target.module, target.name)] = None
                self._open(target, key)

    def _give(self, call: Call, giver: Key, target: Target) -> None:
        resolver = self.context.resolver
        function = resolver.functions[(target.module, target.name)]
        if function.parameters:
            bound = bind(function, target.module, call, giver[0])
            bound.update(self._spread(call, giver[0], target, bound))
            for name, value in bound.items():
                resolver.sources.add((target.module, name), value, giver, stored=call.decorates)

    def _spread(self, call: Call, path: str, target: Target, bound: Mapping[str, Value]) -> dict[str, Value]:
        """What `**options` of a caller gives to parameters by name."""
        result: dict[str, Value] = {}
        resolver = self.context.resolver
        for value in (value for name, value in call.keywords if name == SPREAD):
            for display in (item.display for item in resolver.targets(value, path) if item.display is not None):
                pairs = zip(display.items[::2], display.items[1::2], strict=True) if display.kind == "dict" else ()
                for name, given in pairs:
                    key = parameter(target.name, str(name.value)) if isinstance(name, Const) else ""
                    if bound.get(key) == OPAQUE:
                        result[key] = given
        return result

    def _fill(self, call: Call, giver: Key, target: Target) -> None:
        """What a call gives to the attributes of a class without a constructor of its own (a dataclass)."""
        resolver = self.context.resolver
        named = {name: anchor(value, giver[0]) for name, value in call.keywords}
        for name, default in resolver.attributes(target).items():
            hidden = call.open or bool(call.args)
            value = OPAQUE if hidden and name not in named else named.get(name, anchor(default, target.module))
            resolver.sources.add((target.module, field_key(target.name, name)), value, giver)

    def _open(self, target: Target, giver: Key) -> None:
        """Whoever calls it later may give it anything."""
        resolver = self.context.resolver
        for item in resolver.functions[(target.module, target.name)].parameters:
            resolver.sources.add((target.module, parameter(target.name, item.name)), OPAQUE, giver)
