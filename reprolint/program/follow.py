"""Follows references through the program: what a name, an attribute or the result of a call is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from reprolint.catalog.knowledge import Base
from reprolint.catalog.vocabulary import canonical
from reprolint.core.value import Either, Ref, Value
from reprolint.facts.record import Class, Function
from reprolint.program.modules import Modules

DEEPEST = 24


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """What a reference leads to.

    `external`: something of a library, by its dotted name, `receiver` being the instance a method is taken from.
    `object`: an instance of a library's class. `function`, `class`, `instance`, `module`: of the project, by the
    file (`module`) and qualified name. `value`: the number `name` of a list of known values.
    """

    kind: Literal["external", "object", "function", "class", "instance", "module"]
    name: str
    module: str = ""
    receiver: Target | None = None


@dataclass(slots=True)
class Follower:
    """Follows references; answers are remembered for the life of one program."""

    modules: Modules
    returns: Mapping[str, str]
    bases: Mapping[str, Base]
    aliases: Mapping[str, str]
    attribute_types: Mapping[str, str]
    functions: dict[tuple[str, str], Function] = field(default_factory=dict)
    classes: dict[tuple[str, str], Class] = field(default_factory=dict)
    _known: dict[str, dict[str, tuple[Target, ...]]] = field(default_factory=dict)
    _lines: dict[Target, tuple[Target, ...]] = field(default_factory=dict)
    _attributes: dict[tuple[str, str], dict[str, Value]] = field(default_factory=dict)
    _names: dict[str, dict[str, Value]] = field(default_factory=dict)
    _active: set[tuple[str, str]] = field(default_factory=set)

    def targets(self, value: Value, module: str) -> tuple[Target, ...]:
        """All targets of a value written in `module`, sorted; empty when nothing can be followed."""
        if isinstance(value, Ref):
            return self.follow(value.path, value.module or module)
        if isinstance(value, Either):
            found = {target for option in value.options for target in self.targets(option, module)}
            return tuple(sorted(found, key=repr))
        return ()

    def follow(self, path: str, module: str) -> tuple[Target, ...]:
        """Follow one path from a module."""
        known = self._known.setdefault(module, {})
        if path in known:
            return known[path]
        key = (path, module)
        if key in self._active or len(self._active) > DEEPEST:
            return ()
        self._active.add(key)
        try:
            found = self._follow(path, module)
        finally:
            self._active.discard(key)
        known[path] = found
        return found

    def inherit(self, previous: Follower, files: Iterable[str]) -> None:
        """Take over what an earlier resolver found out for files of which nothing has changed."""
        kept = set(files)
        for path in kept & previous._known.keys():
            self._known[path] = previous._known[path]
        self._lines.update({item: found for item, found in previous._lines.items() if item.module in kept})

    def _follow(self, path: str, module: str) -> tuple[Target, ...]:
        if path.startswith(":") and "(" not in path and (found := self._local(path[1:], module)):
            return found
        tail = last_step(path)
        if tail and len(tail) < len(path) and path[: -len(tail)].strip("."):
            result: dict[Target, None] = {}
            inner = path[: -len(tail)]
            for target in self.follow(inner, module):
                result.update(dict.fromkeys(self._step(target, tail)))
            return tuple(sorted(result, key=repr))
        return self._root(path, module)

    def _root(self, path: str, module: str) -> tuple[Target, ...]:
        if path[:1] in ("@", "?"):
            return ()
        if path.startswith(":"):
            return self._local(path[1:], module)
        if path.startswith("."):
            found = self.modules.locate(path, module)
            return (Target("module", "", found),) if found is not None else self._submodule(path, module)
        found = self.modules.locate(path, module)
        return (Target("module", "", found),) if found is not None else (Target("external", path),)

    def _submodule(self, path: str, module: str) -> tuple[Target, ...]:
        parent, _, name = path.rpartition(".")
        parent = parent + "." if not parent.strip(".") else parent
        found = self.modules.locate(parent, module)
        return self._attribute(found, name) if found is not None and name else ()

    def _local(self, name: str, module: str) -> tuple[Target, ...]:
        if (module, name) in self.functions:
            return (Target("function", name, module),)
        if (module, name) in self.classes:
            return (Target("class", name, module),)
        return ()

    def _step(self, target: Target, token: str) -> tuple[Target, ...]:
        if token == "()":
            return self._called(target)
        if token.startswith("["):
            return ()
        name = token[1:]
        if target.kind == "module":
            return self._attribute(target.module, name)
        if target.kind == "external":
            return (self._external(f"{target.name}.{name}"),)
        if target.kind == "object":
            known = self.attribute_types.get(f"{target.name}.{name}")
            return (Target("object", known),) if known else (self._external(f"{target.name}.{name}", target),)
        if target.kind in ("class", "instance"):
            return self.member(target, name)
        return ()

    def _external(self, name: str, receiver: Target | None = None) -> Target:
        return Target("external", canonical(name, self.aliases), "", receiver)

    def _attribute(self, module: str, name: str) -> tuple[Target, ...]:
        """A name defined at the top level of a project file, or a submodule of a package."""
        facts = self.modules.facts.get(module)
        if facts is not None:
            value = self.names(module).get(name)
            if value is not None:
                found = self.targets(value, module)
                if found:
                    return found
        folder = module.removesuffix("/__init__.py") if module.endswith("/__init__.py") else module
        if not module.endswith(".py") or module.endswith("__init__.py"):
            inner = self.modules.at(f"{folder.removesuffix('__init__.py')}/{name}".lstrip("/"))
            if inner is not None:
                return (Target("module", "", inner),)
        if facts is not None:
            joints = [(star, "" if star.endswith(".") else ".") for star in facts.stars]
            return tuple(
                target for star, joint in joints for target in self.follow(f"{star}{joint}{name}", module)
                if target.kind != "external" or not star.startswith(".")
            )  # fmt: skip
        return ()

    def names(self, module: str) -> dict[str, Value]:
        """The top-level names of a project file."""
        if module not in self._names:
            facts = self.modules.facts.get(module)
            self._names[module] = dict(facts.names) if facts is not None else {}
        return self._names[module]

    def _called(self, target: Target) -> tuple[Target, ...]:
        """What calling a target gives back."""
        if target.kind == "class":
            return (Target("instance", target.name, target.module),)
        if target.kind == "function":
            function = self.functions[(target.module, target.name)]
            if function.is_generator:
                return ()
            found = {item for value in function.returns for item in self.targets(value, target.module)}
            return tuple(sorted(found, key=repr))[:4]
        if target.kind == "instance":
            return tuple(item for call in self.calls(target) for item in self._called(call))
        if target.kind == "external":
            return self._external_result(target)
        return ()

    def _external_result(self, target: Target) -> tuple[Target, ...]:
        known = self.returns.get(target.name)
        if known == "self" and target.receiver is not None:
            return (target.receiver,)
        if known is not None:
            return (Target("object", known),)
        base = self.bases.get(target.name.rpartition(".")[0])
        tail = target.name.rpartition(".")[2]
        if base is not None and target.receiver is not None and tail in base.returns_self:
            return (target.receiver,)
        return (Target("object", target.name),) if tail[:1].isupper() else ()

    def linear(self, target: Target) -> tuple[Target, ...]:
        """A class of the project, its project bases, and the library classes they end in, nearest first."""
        start = Target("class", target.name, target.module)
        if start in self._lines:
            return self._lines[start]
        result: list[Target] = []
        waiting = [start]
        while waiting and len(result) < DEEPEST:
            item = waiting.pop(0)
            if item in result:
                continue
            result.append(item)
            if item.kind == "class":
                known = self.classes[(item.module, item.name)]
                found = [target for base in known.bases for target in self.targets(base, item.module)]
                waiting += [target for target in found if target.kind in ("class", "external")]
        self._lines[start] = tuple(result)
        return self._lines[start]

    def attributes(self, target: Target) -> dict[str, Value]:
        """What the attributes of a project class are set to."""
        key = (target.module, target.name)
        if key not in self._attributes:
            self._attributes[key] = dict(self.classes[key].attributes)
        return self._attributes[key]

    def member(self, target: Target, name: str, *, skip: int = 0) -> tuple[Target, ...]:
        """An attribute or method of a project class, looked up through its bases; `skip` leaves out the first ones."""
        if name == "__super__":
            above = [item for item in self.linear(target)[1:] if item.kind == "class"]
            if above:
                return (Target("instance", above[0].name, above[0].module),)
            outside = [item for item in self.linear(target)[1:] if item.kind == "external"]
            return tuple(Target("object", item.name) for item in outside[:1])
        receiver = Target("instance", target.name, target.module)
        for item in self.linear(target)[skip:]:
            if item.kind == "external":
                return (self._external(f"{item.name}.{name}", receiver),)
            key = (item.module, f"{item.name}.{name}")
            if key in self.functions:
                return (Target("function", key[1], key[0], receiver),)
            value = self.attributes(item).get(name)
            if value is not None:
                return self.targets(value, item.module)
        return ()

    def calls(self, target: Target) -> tuple[Target, ...]:
        """The methods that run when an instance of a project class is called: `__call__`, or what its base calls."""
        lines = self.linear(target)
        for item in lines:
            if item.kind == "class" and (item.module, f"{item.name}.__call__") in self.functions:
                return (Target("function", f"{item.name}.__call__", item.module, target),)
        for item in lines:
            base = self.bases.get(item.name) if item.kind == "external" else None
            if base is not None and base.call:
                return tuple(found for found in self.member(target, base.call) if found.kind == "function")
        return ()

    def function(self, module: str, name: str) -> Target | None:
        """The function that a name of a file stands for, defined there or imported; None when it stands for none."""
        if (module, name) in self.functions:
            return Target("function", name, module)
        return next((item for item in self._attribute(module, name) if item.kind == "function"), None)

    def is_framework(self, target: Target) -> bool:
        """Whether a project class derives from a library class whose instances are called by a framework."""
        bases = [self.bases.get(item.name) for item in self.linear(target) if item.kind == "external"]
        return any(base is not None and base.call for base in bases)

    def later(self, target: Target) -> tuple[Target, ...]:
        """The methods of a project class that a framework runs some time after an instance is built."""
        result: list[Target] = []
        for item in self.linear(target):
            base = self.bases.get(item.name) if item.kind == "external" else None
            if base is None:
                continue
            for name in (*base.later, *((base.call,) if base.call else ())):
                result += [found for found in self.member(target, name) if found.kind == "function"]
        return tuple(dict.fromkeys(result))


def last_step(path: str) -> str:
    """The last step of a path: `()`, `[0]` or `.name`; empty for a path of one step."""
    if path.endswith("()"):
        return "()"
    if path.endswith("]"):
        return path[path.rindex("[") :]
    start = path.rfind(".")
    return path[start:] if 0 <= start < len(path) - 1 else ""
