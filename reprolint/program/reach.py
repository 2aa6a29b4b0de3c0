"""Which functions the entries reach, over which calls, and what calls give to their parameters.

What a call runs may hang on what other calls give to a parameter (a model handed to a trainer), so the search goes
in rounds: each finds more arguments, which show more callees, until there is no news.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reprolint.core.value import OPAQUE, parameter
from reprolint.facts.record import Call, Step
from reprolint.program.arguments import anchor, bind
from reprolint.program.context import Context
from reprolint.program.follow import Target
from reprolint.program.graph import calls
from reprolint.program.sources import field_key

MOST_ROUNDS = 8
Key = tuple[str, str]


@dataclass(slots=True)
class Reach:
    """The call graph from some roots. A key is a file and a function of it, or a file and nothing: its top level."""

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
                if not key[1]:
                    for _, files in self.context.imported(key[0]):
                        self.graph[key].update({(item, ""): None for item in files})
            waiting += reversed(self.graph[key])

    def _body(self, key: Key) -> tuple[Step, ...]:
        path, name = key
        resolver = self.context.resolver
        return resolver.functions[key].body if name else resolver.modules.facts[path].body

    def _follow(self, key: Key, made: Iterable[Call], *, first: bool = False) -> None:
        path, edges = key[0], self.graph[key]
        for call in made:
            found = self.context.callees(call, path)
            if first and self.context.is_fluid(call):
                self._fluid[key].append(call)
            for target in found.now:
                edges[(target.module, target.name)] = None
                self._give(call, path, target)
            for built in found.built if not found.now else ():
                self._fill(call, path, built)
            for item in found.started:
                edges[(item.target.module, item.target.name)] = None
                self._give(item.call, path, item.target)
            for target in found.later:
                edges[(target.module, target.name)] = None
                self._open(target)

    def _give(self, call: Call, path: str, target: Target) -> None:
        resolver = self.context.resolver
        function = resolver.functions[(target.module, target.name)]
        if function.parameters:
            for name, value in bind(function, target.module, call, path).items():
                resolver.sources.add((target.module, name), value)

    def _fill(self, call: Call, path: str, target: Target) -> None:
        """What a call gives to the attributes of a class without a constructor of its own (a dataclass)."""
        resolver = self.context.resolver
        named = {name: anchor(value, path) for name, value in call.keywords}
        for name, default in resolver.attributes(target).items():
            hidden = call.open or bool(call.args)
            value = OPAQUE if hidden and name not in named else named.get(name, anchor(default, target.module))
            resolver.sources.add((target.module, field_key(target.name, name)), value)

    def _open(self, target: Target) -> None:
        """Whoever calls it later may give it anything."""
        resolver = self.context.resolver
        for item in resolver.functions[(target.module, target.name)].parameters:
            resolver.sources.add((target.module, parameter(target.name, item.name)), OPAQUE)
