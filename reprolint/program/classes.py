"""Classes of the program: their bases and members, and what attributes, items and results of targets are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reprolint.catalog.aliases import canonical
from reprolint.core.value import Items, Ref, Value, index, parameter, pick
from reprolint.facts.record import Exit
from reprolint.program.follow import DEEPEST, MOST_TARGETS, Follower, Target
from reprolint.program.sources import ANYONE, Key, family_key, store_key

STORES = frozenset({"__setitem__", "add", "append", "register", "setdefault"})  # methods of displays that put into them
_TAKES = frozenset({"copy", "get", "pop", "values"})  # methods of displays that give items of them


@dataclass(slots=True)
class Classes(Follower):
    """Follows references also through classes."""

    parents: set[Key] = field(default_factory=set)
    _lines: dict[Target, tuple[Target, ...]] = field(default_factory=dict)
    _attributes: dict[tuple[str, str], dict[str, Value]] = field(default_factory=dict)

    def inherit(self, previous: Follower, files: Iterable[str]) -> None:
        """Take over what an earlier resolver found out for files of which nothing has changed."""
        Follower.inherit(self, previous, kept := set(files))
        if isinstance(previous, Classes):
            self._lines.update({item: found for item, found in previous._lines.items() if item.module in kept})

    def _step(self, target: Target, token: str) -> tuple[Target, ...]:
        if target.kind == "document":
            return self.part(target, token)
        if token == "()":
            return self._called(target)
        if token.startswith("["):
            return self._item(target, token[1:-1])
        name = token[1:]
        if target.kind == "display":
            return (target,) if name in _TAKES else (Target("external", name, "", target),) if name in STORES else ()
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

    def part(self, target: Target, token: str) -> tuple[Target, ...]:
        """A part of a configuration."""
        raise NotImplementedError

    def _item(self, target: Target, text: str) -> tuple[Target, ...]:
        """What stands under an index: of a display, or of an instance of a library class."""
        if target.display is None:
            result = self.returns.get(f"{target.name}.__getitem__") if target.kind == "object" else None
            return (Target("object", target.name if result == "self" else result),) if result else ()
        found = self.targets(pick(target.display, index(text)), target.module)
        return found + self._stored(target) if target.name else found

    def _stored(self, target: Target) -> tuple[Target, ...]:
        """What is put into a display that has a name, by subscript or by methods such as `append`."""
        key = (target.module, store_key(target.name))
        self.asked.add(key)
        source = self.sources.get(key)
        values = source.known if source is not None else ()
        return tuple(item for value in values for item in self.targets(value, target.module))

    def _external(self, name: str, receiver: Target | None = None) -> Target:
        return Target("external", canonical(name, self.aliases), "", receiver)

    def _called(self, target: Target) -> tuple[Target, ...]:
        """What calling a target gives back."""
        if target.kind == "class":
            return (Target("instance", target.name, target.module),)
        if target.kind == "function":
            function = self.functions[(target.module, target.name)]
            if function.is_generator:
                return ()
            found = {item for value in function.returns for item in self.targets(value, target.module)}
            return tuple(sorted(found, key=repr))[:MOST_TARGETS]
        if target.kind == "instance":
            return tuple(item for call in self.calls(target) for item in self._called(call))
        if target.kind == "external":
            return self._external_result(target)
        return self._item(target, "*") if target.kind == "display" else ()

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
            if above:  # looked up exactly: what overrides it is what called `super`
                return (Target("instance", above[0].name, above[0].module, target),)
            outside = [item for item in self.linear(target)[1:] if item.kind == "external"]
            return tuple(Target("object", item.name) for item in outside[:1])
        own = self._own_member(target, name, skip)
        below = self._below(target, name)
        if not below:
            return own
        kept = tuple(item for item in own if item.kind != "function" or not self.is_abstract(item))
        return tuple(dict.fromkeys((*kept, *below)))

    def _own_member(self, target: Target, name: str, skip: int) -> tuple[Target, ...]:
        receiver = target if target.kind == "instance" else Target("instance", target.name, target.module)
        for item in self.linear(target)[skip:]:
            if item.kind == "external":
                known = self.attribute_types.get(f"{item.name}.{name}")
                return (Target("object", known),) if known else (self._external(f"{item.name}.{name}", receiver),)
            key = (item.module, f"{item.name}.{name}")
            if key in self.functions:
                return (Target("function", key[1], key[0], receiver),)
            value = self.attributes(item).get(name)
            if isinstance(value, Items):
                return (Target("display", f"{item.name}.{name}", item.module, display=value),)
            if value is not None:
                return self.targets(value, item.module)
        return ()

    def _below(self, target: Target, name: str) -> tuple[Target, ...]:
        """What a member is in the derived classes that the program builds: `self` may be an instance of any of them."""
        if target.kind != "instance" or target.receiver or (target.module, target.name) not in self.parents:
            return ()
        key = (target.module, family_key(target.name))
        self.asked.add(key)
        source = self.sources.get(key)
        found: dict[Target, None] = {}
        for value in source.known if source is not None else ():
            for derived in self.targets(value, target.module):
                if derived.kind == "class" and derived.name != target.name:
                    below = Target("instance", derived.name, derived.module)
                    found.update(dict.fromkeys(self._own_member(below, name, 0)))
        return tuple(sorted(found, key=repr))[:MOST_TARGETS]

    def build(self, target: Target, giver: Key) -> None:
        """Note that the program builds instances of a class."""
        for base in self.linear(target)[1:]:
            if base.kind == "class":
                key = (base.module, family_key(base.name))
                self.sources.add(key, Ref(f":{target.name}", target.module), giver, stored=True)

    def is_abstract(self, target: Target) -> bool:
        """Whether a function does nothing but raise: something else runs in its place."""
        body = self.functions[(target.module, target.name)].body
        return len(body) == 1 and isinstance(body[0], Exit) and body[0].kind == "raise"

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

    def decorated(self, target: Target) -> tuple[Target, ...]:
        """What runs when a function is called: what a decorator of the project has put in its place, or itself."""
        function = self.functions[(target.module, target.name)]
        for path in function.decorators:
            for maker in self.follow(path, target.module):
                inner = self._called(maker) if maker.kind == "function" else ()
                wrappers = tuple(item for item in inner if item.kind == "function")
                first = self.functions[(maker.module, maker.name)].parameters[:1] if wrappers else ()
                for item in first:
                    key = (maker.module, parameter(maker.name, item.name))
                    self.sources.add(key, Ref(f":{target.name}", target.module), ANYONE)
                    self.asked.add(key)
                    if self.sources.is_crowded(key):
                        return (target,)  # so many share the wrapper that it says nothing of this one
                if wrappers and target not in wrappers:
                    return wrappers
        return (target,)

    def is_framework(self, target: Target) -> bool:
        """Whether a project class derives from a library class whose instances are called by a framework."""
        bases = [self.bases.get(item.name) for item in self.linear(target) if item.kind == "external"]
        return any(base is not None and base.call for base in bases)

    def is_step(self, target: Target, method: str) -> bool:
        """Whether a method of a project class runs again for every batch or sample."""
        bases = [self.bases.get(item.name) for item in self.linear(target) if item.kind == "external"]
        return any(base is not None and method in (base.call, *base.loaded, *base.steps) for base in bases)

    def later(self, target: Target) -> tuple[Target, ...]:
        """The methods of a project class that a framework runs some time after an instance is built."""
        result: list[Target] = []
        for item in self.linear(target):
            base = self.bases.get(item.name) if item.kind == "external" else None
            if base is None:
                continue
            for name in (*base.later, *((base.call,) if base.call else ())):
                result += [found for found in self._own_member(target, name, 0) if found.kind == "function"]
        return tuple(dict.fromkeys(result))
