"""What a call runs: functions of the project now, functions that a framework runs later, and library effects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from reprolint.catalog.effects import Effects
from reprolint.catalog.stream import Runs
from reprolint.core.value import OPAQUE, Const, Items, Ref, Value, paths
from reprolint.facts.record import Call
from reprolint.program.arguments import argument
from reprolint.program.follow import MOST_TARGETS, Target
from reprolint.program.resolve import Resolver
from reprolint.program.sources import is_parameter

MOST_FUNCTIONS = 16


@dataclass(frozen=True, slots=True)
class Started:
    """A function of the project that a library runs within the call, and the call as that function sees it.

    `start`: it runs in this process, in one that inherits everything (`fork`) or nothing (`spawn`), or it prepares all
    processes that are started later (`initializer`).
    """

    target: Target
    call: Call
    start: Literal["", "fork", "spawn", "initializer"]


@dataclass(frozen=True, slots=True)
class Callees:
    """The functions a call enters (`now`, `started`), those it hands over (`later`), the library names it calls."""

    now: tuple[Target, ...] = ()
    later: tuple[Target, ...] = ()
    external: tuple[Target, ...] = ()
    objects: tuple[Target, ...] = ()
    built: tuple[Target, ...] = ()
    started: tuple[Started, ...] = ()


def callees(call: Call, module: str, resolver: Resolver, effects: Effects) -> Callees:
    """Resolve a call made in `module`."""
    found = resolver.targets(call.callee, module)[:MOST_TARGETS]
    parameters = [ref.path for ref in paths(call.callee) if is_parameter(ref.path)]
    handed = bool(parameters)  # a decorator calls what it decorates
    if any(resolver.sources.is_crowded((module, path)) for path in parameters):
        return Callees()
    now: list[Target] = []
    later: list[Target] = []
    external: list[Target] = []
    objects: list[Target] = []
    built = tuple(target for target in found if target.kind == "class")
    for target in found:
        if target.kind == "function":
            now += (target,) if handed else resolver.decorated(target)
        elif target.kind == "class":
            now += [item for item in resolver.member(target, "__init__") if item.kind == "function"]
            later += resolver.later(target)
            if not now:
                external += [item for item in resolver.linear(target)[1:] if item.kind == "external"][:1]
        elif target.kind == "instance":
            now += resolver.calls(target)
        elif target.kind == "external":
            external.append(target)
        elif target.kind == "object":
            objects.append(target)
    now += [item for target in found for item in _iterated(target, resolver)]
    now = [item for item in now if not resolver.is_abstract(item)]
    started = [item for target in external for item in _started(call, module, target, resolver, effects)]
    kept = any(target.receiver is not None and target.receiver.display is not None for target in external)
    if not now and not call.decorates and not kept:  # what is only kept in a display is called where it is taken
        running = {item.target for item in started}
        later += [item for item in _handed_over(call, module, resolver) if item not in running]
        later += [item for target in external for item in _offered(call, module, target, resolver, effects)]
        later += [item for target in external for item in _fetched(call, module, target, resolver, effects)]
    late = tuple(dict.fromkeys(later))
    return Callees(tuple(now), late, tuple(external), tuple(objects), built, tuple(started))


def _iterated(target: Target, resolver: Resolver) -> list[Target]:
    """What else a loop runs that goes through an object: `__next__`, or `__getitem__` of what has no `__iter__`."""
    owner = target.receiver
    if owner is None or owner.kind != "instance" or target.name.rpartition(".")[2] != "__iter__":
        return []
    further = "__next__" if target.kind == "function" else "__getitem__"
    return [item for item in resolver.member(owner, further) if item.kind == "function"]


def _handed_over(call: Call, module: str, resolver: Resolver) -> list[Target]:
    """Functions of the project that a call hands to a library, which will call them, and what is called as they are."""
    return [item for value in _values(call) for item in _functions(value, module, resolver)]


def _values(call: Call) -> Iterable[Value]:
    return (*call.args, *(value for _, value in call.keywords))


def _started(call: Call, module: str, target: Target, resolver: Resolver, effects: Effects) -> Iterator[Started]:
    """The functions that a library call runs itself, the one that prepares processes first."""
    for entry in effects.runs.get(target.name, ()):
        if entry.initializer is not None:
            value = argument(call, entry.initializer)
            for item in _functions(value, module, resolver) if value is not None else ():
                yield Started(item, _bare(call, ()), "initializer")
        else:
            value = argument(call, entry.function) if entry.function is not None else None
            values = _values(call) if entry.function is None else () if value is None else (value,)
            for found in (_functions(value, module, resolver) for value in values):
                if entry.start or len(found) == 1:  # of several it runs one only, the command line says which
                    yield from (Started(item, _inner(call, entry), entry.start) for item in found)


def _offered(call: Call, module: str, target: Target, resolver: Resolver, effects: Effects) -> Iterator[Target]:
    """The functions of the calling file of which a library call runs one, when it is given none."""
    for entry in effects.runs.get(target.name, ()):
        if entry.otherwise and entry.function is not None and argument(call, entry.function) in (None, Const(None)):
            names = ("main",) if entry.otherwise == "main" else tuple(resolver.names(module))
            found = [resolver.follow(f":{name}", module) for name in names if not name.startswith("_")]
            yield from (item for items in found for item in items if item.kind == "function")


def _fetched(call: Call, module: str, target: Target, resolver: Resolver, effects: Effects) -> Iterator[Target]:
    """The methods by which a loader takes samples from an object that says by no class of a library what it is."""
    for entry in effects.loaders.get(target.name, ()):
        dataset = argument(call, entry.dataset)
        for owner in resolver.instances(dataset, module) if dataset is not None else ():
            if not any(item.name in resolver.bases for item in resolver.linear(owner)):
                members = [item for name in ("__getitem__", "__iter__") for item in resolver.member(owner, name)]
                yield from (item for item in members if item.kind == "function")


def _functions(value: Value, module: str, resolver: Resolver) -> tuple[Target, ...]:
    """The functions of the project that a value stands for, or that lie in the displays it stands for; of an object the
    `__call__` of its class."""
    waiting, seen, found = list(resolver.targets(value, module)), set[Target](), dict[Target, None]()
    while waiting and len(found) < MOST_FUNCTIONS:
        target = waiting.pop(0)
        if target.kind == "function":
            found.update(dict.fromkeys(resolver.decorated(target)))
        elif target.kind == "instance":
            found.update({item: None for item in resolver.calls(target) if item.name.endswith(".__call__")})
        elif target.display is not None and target not in seen and len(seen) < MOST_FUNCTIONS:
            seen.add(target)
            inner = target.display.items[1::2] if target.display.kind == "dict" else target.display.items
            waiting += [item for part in inner for item in resolver.targets(part, target.module)]
    return tuple(found)[:MOST_FUNCTIONS]


def _inner(call: Call, entry: Runs) -> Call:
    """The call that the library makes."""
    if entry.rest and entry.function is not None and entry.function.position is not None and not call.open:
        owner = Ref(getattr(call.callee, "path", "?").rpartition(".")[0] or "?")
        return replace(_bare(call, (owner, *call.args[entry.function.position + 1 :])), keywords=call.keywords)
    given = argument(call, entry.arguments) if entry.arguments is not None else None
    if isinstance(given, Items) and given.kind in ("tuple", "list"):
        return _bare(call, (OPAQUE,) * entry.before + given.items)
    if given == Const(None):
        return _bare(call, (OPAQUE,) * entry.before)
    return replace(_bare(call, ()), open=True)


def _bare(call: Call, args: tuple[Value, ...]) -> Call:
    return replace(call, callee=Ref("?"), args=args, keywords=(), open=False)
