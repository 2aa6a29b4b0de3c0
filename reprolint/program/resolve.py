"""Follows references to targets and to constants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reprolint.catalog.effects import Effects
from reprolint.core.value import Const, Derived, Either, Ref, Unknown, Value, either, index, pick
from reprolint.document import Composed
from reprolint.program.arguments import anchor
from reprolint.program.beside import Beside
from reprolint.program.classes import Classes
from reprolint.program.follow import Target, last_step
from reprolint.program.modules import Modules
from reprolint.program.sources import Sources, field_key, is_parameter

_TARGETS = ("_target_", "target", "class", "cls")  # the last two before Hydra 1.0


@dataclass(slots=True)
class Resolver(Classes):
    """Follows references also to the constants behind them: module constants, class attributes, option defaults."""

    option_types: frozenset[str] = frozenset()
    beside: Beside = field(default_factory=Beside)
    options: Mapping[str, Value] = field(default_factory=dict)
    _documents: dict[tuple[str, str], Composed | None] = field(default_factory=dict)
    _values: set[tuple[str, str]] = field(default_factory=set)
    _options: dict[str, dict[str, list[Value]]] = field(default_factory=dict)

    def narrowed(self, sources: Sources, options: Mapping[str, Value]) -> Resolver:
        """The same tables with other sources and options; answers that depend on them are not taken over."""
        return replace(self, sources=sources, options=options, asked=set(), _fluid={}, _active=set(), _values=set())

    def constant(self, value: Value, module: str) -> Value:
        """Reduce a value to a constant where following names leads to one; `Unknown` or the value otherwise."""
        if isinstance(value, Ref):
            key = (value.path, value.module or module)
            if key in self._values:
                return Unknown("defined by itself")
            self._values.add(key)
            try:
                return self._constant(*key)
            finally:
                self._values.discard(key)
        if isinstance(value, Either):
            return either(self.constant(option, module) for option in value.options)
        if isinstance(value, Derived) and len(value.sources) == 1:
            inner = self.constant(value.sources[0], module)
            if value.negated:
                return Const(not inner.value) if isinstance(inner, Const) else value
            return inner if isinstance(inner, Const) and inner.value is not None else value
        return value

    def _constant(self, path: str, module: str) -> Value:
        """The value behind a path: a top-level name, an attribute of a class, a name of another file."""
        if is_parameter(path):
            return self._given(path, module)
        tail = last_step(path)
        if tail in ("", "()") or path[:1] == "?":
            return Ref(path, module)
        inner, name = path[: -len(tail)], tail[1:]
        owners = self.follow(inner, module) if inner.strip(".") else ()
        if not owners and inner.startswith("."):
            located = self.modules.locate(inner, module)
            owners = (Target("module", "", located),) if located else ()
        for owner in owners:
            if owner.kind == "document":
                return self._configured(owner, name.removesuffix("]"))
            if owner.display is not None and tail.startswith("["):
                picked = ((pick(item.display, index(name[:-1])), item.module) for item in owners if item.display)
                return either(self.constant(anchor(value, home), home) for value, home in picked)
            if not tail.startswith("."):
                continue
            if owner.kind == "module":
                value = self.names(owner.module).get(name)
                if value is not None:
                    return self.constant(value, owner.module)
            if owner.kind == "object" and owner.name in self.option_types:
                return self._option(name, module)
            if owner.kind in ("instance", "class"):
                for item in self.linear(owner):
                    if item.kind == "class":
                        found = self.attributes(item).get(name)
                        if found is not None:
                            return self._field(item, name, found)
        return Ref(path, module)

    def document(self, target: Target) -> tuple[Composed | None, tuple[str, ...]]:
        """The configuration that a target is part of, and the keys that lead to it."""
        name, *keys = target.name.split("#")
        known = (name, target.module)
        if known not in self._documents:
            self._documents[known] = self.beside.document(name, target.module)
        return self._documents[known], tuple(keys)

    def part(self, target: Target, token: str) -> tuple[Target, ...]:
        """A part of a configuration; what a `_target_` in it names."""
        if token == "()" or "*" in token:
            return ()
        name = token.strip(".[]")
        if name == "_target_":
            for word in _TARGETS:
                named = self._configured(target, word)
                if isinstance(named, Const) and isinstance(named.value, str) and named.value:
                    return self.follow(named.value, target.module)
            return ()
        return (replace(target, name=f"{target.name}#{name}"),)

    def _configured(self, owner: Target, name: str) -> Value:
        composed, keys = self.document(owner)
        dotted = ".".join((*keys, name))
        self.asked.add(("", f"--{dotted}"))
        if dotted in self.options:
            return self.options[dotted]
        if composed is None:
            return Unknown("a configuration that is not there")
        found = composed.get((*keys, name))
        if found is not None:
            return found.value
        return Const(None) if composed.lacks((*keys, name)) else Unknown("a configuration that reading cannot tell")

    def _field(self, owner: Target, name: str, default: Value) -> Value:
        """An attribute of a class, which calls of a class without a constructor of its own may have given by name."""
        key = (owner.module, field_key(owner.name, name))
        self.asked.add(key)
        source = self.sources.get(key)
        if source is None or not source.values:
            return self.constant(default, owner.module)
        if source.open:
            return Unknown("given in several ways")
        return either(self.constant(value, owner.module) for value in source.known)

    def instances(self, value: Value, module: str) -> tuple[Target, ...]:
        """The instances of project classes that a value may be, or a display holds."""
        found = self.targets(value, module)
        parts = [part for item in found if item.display is not None for part in item.display.items]
        inner = [target for part in parts for target in self.targets(part, module)]
        return tuple(item for item in (*found, *inner) if item.kind == "instance")

    def is_option(self, value: Value, module: str) -> bool:
        """Whether a value is an option of the command line."""
        if not isinstance(value, Ref):
            return False
        path, home = value.path, value.module or module
        if is_parameter(path):
            declared = self.parameter((home, path))
            return declared is not None and declared.option
        tail = last_step(path)
        owners = self.follow(path[: -len(tail)], home) if tail.startswith(".") and path != tail else ()
        return any(owner.kind == "object" and owner.name in self.option_types for owner in owners)

    def _given(self, path: str, module: str) -> Value:
        """The constant that all calls give to a parameter; the parameter itself when they do not agree."""
        declared = self.parameter((module, path))
        if declared is not None and declared.option:
            return self.constant(declared.default, module)
        given = self.sources.given((module, path))
        self.asked.update(given.keys)
        found = either(self.constant(value, module) for value in given.values) if given.values else Ref(path, module)
        return Ref(path, module) if given.open or isinstance(found, Unknown) else found

    def _option(self, name: str, module: str) -> Value:
        """The default of a command-line option: as declared in this file, else as declared anywhere, if all agree."""
        if not self._options:
            for path, facts in self.modules.facts.items():
                for option in facts.options:
                    self._options.setdefault(option.name, {}).setdefault(path, []).append(option.default)
        self.asked.add(("", f"--{name}"))
        if name in self.options:
            return self.options[name]
        declared = self._options.get(name, {})
        here = declared.get(module)
        found = set(here if here is not None else [value for values in declared.values() for value in values])
        return found.pop() if len(found) == 1 else Unknown("an option whose default is not known")


def resolver(modules: Modules, effects: Effects, aliases: Mapping[str, str], beside: Beside) -> Resolver:
    """A resolver over all functions and classes of the program."""
    types = effects.attribute_types
    result = Resolver(
        modules, effects.returns, effects.bases, aliases, types, option_types=effects.option_types, beside=beside
    )
    for path, facts in modules.facts.items():
        for function in facts.functions:
            result.functions[(path, function.name)] = function
        for known in facts.classes:
            result.classes[(path, known.name)] = known
    for path, name in tuple(result.classes):
        for base in result.linear(Target("class", name, path))[1:]:
            if base.kind == "class":
                result.parents.add((base.module, base.name))
    return result
