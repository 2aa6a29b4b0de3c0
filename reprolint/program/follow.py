"""Follows references through the program: what a name, an attribute or the result of a call is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, TypeVar

from reprolint.catalog.knowledge import Base
from reprolint.core.value import Const, Either, Items, Ref, Value
from reprolint.facts.record import NO_DEFAULT, Class, Function, Parameter
from reprolint.program.modules import Modules
from reprolint.program.sources import Key, Sources, is_parameter, owner

K = TypeVar("K")
V = TypeVar("V")
DEEPEST = 24
MOST_TARGETS = 24  # of more, the first are followed
ANY, ANY_CLASS, ANY_MODULE = "*", "***", "**"  # an attribute of a name that is computed, a class, a module of a package
_UNSET = (NO_DEFAULT, Const(None))


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """What a reference leads to.

    `external`: something of a library, by its dotted name, `receiver` being the instance a method is taken from.
    `object`: an instance of a library's class. `function`, `class`, `instance`, `module`: of the project, by the
    file (`module`) and qualified name. `display`: a list, tuple or dictionary written in the file. `document`: a part
    of a configuration file that the file reads, by its name and keys, joined by `#`.
    """

    kind: Literal["external", "object", "function", "class", "instance", "module", "display", "document"]
    name: str
    module: str = ""
    receiver: Target | None = None
    display: Items | None = None


@dataclass(slots=True)
class Follower:
    """Follows references; answers are remembered for the life of one program.

    Answers that depend on what calls give to parameters are kept apart, with the parameters asked (`fluid`): `forget`
    drops them when more callers are found. `asked` collects these parameters for whoever wants to know.
    """

    modules: Modules
    returns: Mapping[str, str]
    bases: Mapping[str, Base]
    aliases: Mapping[str, str]
    attribute_types: Mapping[str, str]
    functions: dict[tuple[str, str], Function] = field(default_factory=dict)
    classes: dict[tuple[str, str], Class] = field(default_factory=dict)
    sources: Sources = field(default_factory=Sources)
    asked: set[Key] = field(default_factory=set)
    _fluid: dict[tuple[str, str], tuple[tuple[Target, ...], frozenset[Key]]] = field(default_factory=dict)
    _known: dict[str, dict[str, tuple[Target, ...]]] = field(default_factory=dict)
    _sealed: dict[str, int] = field(default_factory=dict)
    _names: dict[str, dict[str, Value]] = field(default_factory=dict)
    _active: set[tuple[str, str]] = field(default_factory=set)

    def targets(self, value: Value, module: str) -> tuple[Target, ...]:
        """All targets of a value written in `module`, sorted; empty when nothing can be followed."""
        if isinstance(value, Ref):
            return self.follow(value.path, value.module or module)
        if isinstance(value, Either):
            found = {target for option in value.options for target in self.targets(option, module)}
            return tuple(sorted(found, key=repr))
        if isinstance(value, Items):
            return (Target("display", "", module, display=value),)
        return ()

    def follow(self, path: str, module: str) -> tuple[Target, ...]:
        """Follow one path from a module."""
        known = self._known.setdefault(module, {})
        if path in known:
            return known[path]
        key = (path, module)
        if key in self._fluid:
            found, asked = self._fluid[key]
            self.asked |= asked
            return found
        if key in self._active or len(self._active) > DEEPEST:
            return ()
        self._active.add(key)
        outer, self.asked = self.asked, set()
        try:
            found = self._follow(path, module)
            if self.asked:
                self._fluid[key] = (found, frozenset(self.asked))
            else:
                known[path] = found
        finally:
            self._active.discard(key)
            outer |= self.asked
            self.asked = outer
        return found

    def forget(self) -> None:
        """Drop the answers that depend on what calls give to parameters."""
        self._fluid.clear()

    def seal(self) -> None:
        """Note the end of linking: where references lead in a circle, an answer depends on what was asked before it."""
        self._sealed = {path: len(known) for path, known in self._known.items()}

    def inherit(self, previous: Follower, files: Iterable[str]) -> None:
        """Take over what an earlier resolver found out, while linking, for files of which nothing has changed."""
        kept = set(files)
        for path in kept & previous._sealed.keys():
            self._known[path] = first(previous._known[path], previous._sealed[path])

    def _follow(self, path: str, module: str) -> tuple[Target, ...]:
        if path.startswith(":") and "(" not in path and (found := self._local(path[1:], module)):
            return found
        tail = last_step(path)
        if tail and len(tail) < len(path) and path[: -len(tail)].strip("."):
            result: dict[Target, None] = {}
            inner = path[: -len(tail)]
            if "(" not in path and self.modules.overshadows(path):
                own = self.modules.locate(path, module)
                if own is not None:
                    return (Target("module", "", own),)
            owners = self.follow(inner, module)
            if tail[1:] in (ANY, ANY_CLASS) and len(owners) >= MOST_TARGETS:
                return ()  # some name of some module is no name at all
            for target in owners:
                result.update(dict.fromkeys(self._step(target, tail)))
            if not result and "(" not in path and path[0] not in "@?{:.":
                own = self.modules.locate(path, module)  # of a package that holds a module of its own name
                return (Target("module", "", own),) if own is not None and own != module else ()
            return tuple(sorted(result, key=repr))
        return self._root(path, module)

    def _root(self, path: str, module: str) -> tuple[Target, ...]:
        if path.startswith("@"):
            return self._parameter(path, module)
        if path.startswith("?"):
            return ()
        if path.startswith("{"):
            return (Target("document", path[1:].rstrip("}").replace("~", "."), module),)
        if path.startswith(":"):
            return self._local(path[1:], module)
        if path.startswith("."):
            found = self.modules.locate(path, module)
            return (Target("module", "", found),) if found is not None else self._submodule(path, module)
        found = self.modules.locate(path, module)
        return (Target("module", "", found),) if found is not None else (Target("external", path),)

    def _parameter(self, path: str, module: str) -> tuple[Target, ...]:
        """What a parameter may stand for: what calls give it, else what it is declared as."""
        if not is_parameter(path):
            return ()
        declared = self.parameter((module, path))
        if declared is not None and declared.document:
            return self.follow(declared.document, module)
        given = self.sources.given((module, path))
        self.asked.update(given.keys)
        found: dict[Target, None] = {}
        for value in given.values:
            found.update(dict.fromkeys(self.targets(value, module)))
        for root in given.roots:
            found.update(dict.fromkeys(self._declared(root)))
        if not found:
            found.update(dict.fromkeys(self._declared((module, path))))
        return tuple(sorted(found, key=repr))[:MOST_TARGETS]

    def _declared(self, key: Key) -> tuple[Target, ...]:
        """What a parameter is by its annotation, or as an argument of a method that a framework calls."""
        module, path = key
        function, parameter = self.functions.get((module, owner(path))), self.parameter(key)
        if parameter is None or function is None:
            return ()
        if parameter.document:
            return self.follow(parameter.document, module)
        if parameter.annotation:
            return self.follow(f"{parameter.annotation}()", module)
        plain = parameter.kind == "plain" and (not isinstance(parameter.default, Const) or parameter.default in _UNSET)
        if not function.owner or not plain:
            return self.targets(parameter.default, module)
        for base in self.linear(Target("class", function.owner, module)):
            known = self.bases.get(base.name) if base.kind == "external" else None
            if known is not None and known.arguments and function.name.rpartition(".")[2] == known.call:
                return (Target("object", known.arguments),)
        return self.targets(parameter.default, module)

    def parameter(self, key: Key) -> Parameter | None:
        """The declaration of a parameter."""
        function = self.functions.get((key[0], owner(key[1])))
        name = key[1].rpartition("/")[2]
        return next((item for item in function.parameters if item.name == name), None) if function else None

    def _submodule(self, path: str, module: str) -> tuple[Target, ...]:
        parent, _, name = path.rpartition(".")
        parent = parent + "." if not parent.strip(".") else parent
        found = self.modules.locate(parent, module)
        return self._attribute(found, name) if found is not None and name else ()

    def _local(self, name: str, module: str) -> tuple[Target, ...]:
        if name in (ANY, ANY_CLASS):
            return self._attribute(module, name)
        if (module, name) in self.functions:
            return (Target("function", name, module),)
        if (module, name) in self.classes:
            return (Target("class", name, module),)
        value = self.names(module).get(name)
        if isinstance(value, Items):
            return (Target("display", name, module, display=value),)
        return ()

    def _step(self, target: Target, token: str) -> tuple[Target, ...]:
        """What an attribute, an item or the result of a target is."""
        raise NotImplementedError

    def linear(self, target: Target) -> tuple[Target, ...]:
        """A class of the project, its project bases, and the library classes they end in, nearest first."""
        raise NotImplementedError

    def _attribute(self, module: str, name: str) -> tuple[Target, ...]:
        """A name defined at the top level of a project file, or a submodule of a package."""
        if name == ANY_MODULE:
            return self._inside(module)
        if name in (ANY, ANY_CLASS):
            return tuple(item for item in self._members(module) if name == ANY or item.kind == "class")
        facts = self.modules.facts.get(module)
        if facts is not None:
            value = self.names(module).get(name)
            if isinstance(value, Items):
                return (Target("display", name, module, display=value),)
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

    def _members(self, module: str) -> tuple[Target, ...]:
        """The public classes and functions of the project that a file has names for, of which a name that is computed
        means one; of many, the first."""
        facts = self.modules.facts.get(module)
        if facts is None:
            return ()
        values = [value for name, value in self.names(module).items() if not name.startswith("_")]
        found = [item for value in values for item in self.targets(value, module)]
        for star in facts.stars:
            found += self.follow(f"{star}{'' if star.endswith('.') else '.'}{ANY}", module)
        kept = {item for item in found if item.kind in ("class", "function")}
        return tuple(sorted(kept, key=repr))[:MOST_TARGETS]

    def _inside(self, module: str) -> tuple[Target, ...]:
        """The modules of a package, of which a name that is computed means one."""
        if module.endswith(".py") and not module.endswith("__init__.py"):
            return ()
        return tuple(Target("module", "", path) for path in self.modules.inside(module.removesuffix("__init__.py")))

    def names(self, module: str) -> dict[str, Value]:
        """The top-level names of a project file."""
        if module not in self._names:
            facts = self.modules.facts.get(module)
            self._names[module] = dict(facts.names) if facts is not None else {}
        return self._names[module]


def last_step(path: str) -> str:
    """The last step of a path: `()`, `[0]` or `.name`; empty for a path of one step."""
    if path.endswith("()"):
        return "()"
    if path.endswith("]"):
        return path[path.rindex("[") :]
    start = path.rfind(".")
    return path[start:] if 0 <= start < len(path) - 1 else ""


def first(known: dict[K, V], count: int) -> dict[K, V]:
    """The entries that were put in first; the table itself when there are no others."""
    return known if len(known) == count else dict(islice(known.items(), count))
