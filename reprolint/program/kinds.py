"""What is known of a value from the calls that made it: integers, without repeats, without a gradient, of many
dimensions. Knowledge says which calls do; here they are followed through names, parameters and results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reprolint.catalog.effects import Effects
from reprolint.core.value import Const, Derived, Either, Items, Ref, Value
from reprolint.program.follow import Target, last_step
from reprolint.program.resolve import Resolver
from reprolint.program.sources import is_parameter

Kinds = frozenset[str]
NOTHING: Kinds = frozenset()
_NUMBER = frozenset({"constant", "integer"})
_ARITHMETIC = _NUMBER  # what a sum or product has when all its parts have it
_PARTS = frozenset({"constant", "distinct", "equal", "integer"})  # what parts of a value have, too
DEEPEST = 12


@dataclass(slots=True)
class Tracer:
    """Follows one value; what depends on calls that nobody knows is nothing."""

    resolver: Resolver
    effects: Effects
    _active: list[tuple[str, str]] = field(default_factory=list)

    def of(self, value: Value, module: str) -> Kinds:
        """What surely holds of a value written in `module`."""
        if isinstance(value, Ref):
            step = (value.path, value.module or module)
            if step in self._active or len(self._active) >= DEEPEST:
                return NOTHING
            self._active.append(step)
            try:
                return self._path(*step)
            finally:
                self._active.pop()
        if isinstance(value, Const):
            return _NUMBER if isinstance(value.value, int) else _NUMBER - {"integer"}
        if isinstance(value, Either):
            return _common(self.of(item, module) for item in value.options)
        if isinstance(value, Derived):
            return _ARITHMETIC & _common(self.of(item, module) for item in value.sources)
        return _common(self.of(item, module) for item in value.items) if isinstance(value, Items) else NOTHING

    def _path(self, path: str, module: str) -> Kinds:
        if is_parameter(path):
            given = self.resolver.sources.given((module, path))
            self.resolver.asked.update(given.keys)
            return NOTHING if given.open else _common(self.of(item, module) for item in given.values)
        tail = last_step(path)
        if not tail:
            named = self.resolver.names(module).get(path[1:]) if path.startswith(":") else None
            return self.of(named, module) if named is not None else NOTHING
        inner = path[: -len(tail)]
        if tail == "()":
            found = self.resolver.follow(inner, module)
            return _common(self._made(item, inner, module) for item in found) if found else self._method(inner, module)
        part = _common(self._known(f"{name}(){tail}") for name in self._makers(inner, module))
        if tail.startswith("["):
            return part | (_PARTS & self.of(Ref(inner), module))
        return part or self._known(f"?{tail}") or self._attribute(inner, tail[1:], module)

    def _made(self, target: Target, path: str, module: str) -> Kinds:
        """What calling a target makes; `path` is how the call names it."""
        if target.kind == "function":
            function = self.resolver.functions[(target.module, target.name)]
            returns = () if function.is_generator else function.returns
            return _common(self.of(value, target.module) for value in returns)
        if target.kind == "instance":
            calls = self.resolver.calls(target)
            return _common(self._made(item, path, module) for item in calls)
        if target.kind == "object":
            return self._known(f"{target.name}.__call__")
        if target.kind == "external":
            return self._known(target.name) | self._kept(target.name, path, module)
        return NOTHING

    def _method(self, path: str, module: str) -> Kinds:
        """What a method of something unknown makes, by its name alone."""
        name = f"?{last_step(path)}"
        return self._known(name) | self._kept(name, path, module)

    def _kept(self, name: str, path: str, module: str) -> Kinds:
        kept = self.effects.keeps.get(name, NOTHING)
        owner = path[: -len(last_step(path))]
        return kept & self.of(Ref(owner), module) if kept and owner else NOTHING

    def _known(self, name: str) -> Kinds:
        return self.effects.makes.get(name, NOTHING)

    def _makers(self, path: str, module: str) -> tuple[str, ...]:
        """The library calls whose result a path is."""
        if not path.endswith("()"):
            return ()
        found = self.resolver.follow(path[:-2], module)
        names = tuple(item.name for item in found if item.kind == "external")
        return names if found else (f"?{last_step(path[:-2])}",)

    def _attribute(self, owner: str, name: str, module: str) -> Kinds:
        """What an attribute of a project class, or a name of a project file, was set to."""
        for target in self.resolver.follow(owner, module) if owner.strip(".") else ():
            if target.kind == "module" and (named := self.resolver.names(target.module).get(name)) is not None:
                return self.of(named, target.module)
            for item in self.resolver.linear(target) if target.kind in ("instance", "class") else ():
                value = self.resolver.attributes(item).get(name) if item.kind == "class" else None
                if value is not None:
                    return self.of(value, item.module)
        return NOTHING


def _common(found: Iterable[Kinds]) -> Kinds:
    """What holds of all of them; of none, nothing."""
    kinds = list(found)
    return frozenset.intersection(*kinds) if kinds else NOTHING
