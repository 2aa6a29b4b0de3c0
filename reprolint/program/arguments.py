"""What a call gives to a parameter, and whether the conditions of knowledge hold for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from reprolint.catalog.argument import REQUIRED, Argument, Condition
from reprolint.catalog.switch import Environment
from reprolint.core.value import (
    OPAQUE,
    Const,
    Derived,
    Either,
    Items,
    Ref,
    Value,
    either,
    index,
    options,
    parameter,
    pick,
)  # fmt: skip
from reprolint.facts.record import NO_DEFAULT, SPREAD, Call, Function


class View(Protocol):
    """What a value written at some place of the program comes to."""

    def evaluate(self, value: Value) -> Value:
        """The constant behind a value, when reading can tell."""

    def types(self, value: Value) -> frozenset[str]:
        """The library classes of which it may be an instance; empty when nothing is known."""

    def kinds(self, value: Value) -> frozenset[str]:
        """What is known of it from the calls that made it."""


def given(call: Call, name: str, position: int | None) -> Value | None:
    """The value a call passes by keyword or position; None when it passes none, opaque when `**` may hide it."""
    for keyword, value in call.keywords:
        if keyword == name:
            return value
    if position is not None and position < len(call.args):
        return OPAQUE if call.open else call.args[position]
    return OPAQUE if call.open else None


def argument(call: Call, wanted: Argument) -> Value | None:
    """The value of an argument, its default when the call leaves it out; None when there is no default either."""
    value = given(call, wanted.name, wanted.position)
    if value is None and wanted.default != REQUIRED:
        return Const(wanted.default)
    return value


def settings(call: Call, entry: Environment) -> list[tuple[Value, Value]]:
    """The variables that a call sets, each with its value: given one by one, as a mapping, or as keywords."""
    if entry.mapping:
        items = [item for item in call.args if isinstance(item, Items) and item.kind == "dict"]
        pairs = [pair for item in items for pair in zip(item.items[::2], item.items[1::2], strict=True)]
        return [*pairs, *((Const(name), value) for name, value in call.keywords)]
    if max(entry.variable, entry.value) >= len(call.args):
        return []
    return [(call.args[entry.variable], call.args[entry.value])]


def holds(call: Call, conditions: Iterable[Condition], view: View, *, some: bool = False) -> bool | None:
    """Whether all conditions hold: True, False, or None when a value is not known. `some`: a call that runs with
    several known values, those of a loop or of several callers, meets a condition with one of them."""
    verdict: bool | None = True
    for condition in conditions:
        result = _holds(call, condition, view, some)
        if result is False:
            return False
        if result is None:
            verdict = None
    return verdict


def _holds(call: Call, condition: Condition, view: View, some: bool) -> bool | None:
    value = given(call, condition.argument, condition.position)
    if value == OPAQUE and call.open:
        value = _spread(call, condition.argument, view)
    if condition.given is not None:
        if value == OPAQUE and call.open:
            return None
        if (value is not None and value != Const(None)) is not condition.given:
            return False
    if condition.type and value is not None:
        found = view.types(value)
        if condition.type not in found:
            return False if found or isinstance(value, Const) else None
    if condition.kind and (value is None or condition.kind not in view.kinds(value)):
        return False
    if not condition.one_of and not condition.none_of:
        return True
    if value is None:
        if condition.default == REQUIRED:
            return not condition.one_of
        known: Value = Const(condition.default)
    else:
        known = view.evaluate(value)
    verdicts = {_value_holds(option, condition, view, some) for option in options(known)}
    if len(verdicts) == 1:
        return verdicts.pop()
    return True if some and True in verdicts else None


def _spread(call: Call, name: str, view: View) -> Value | None:
    """What displays behind `**` give to a keyword; None when they leave it out, opaque when one is unknown."""
    for keyword, value in call.keywords:
        known = view.evaluate(value) if keyword == SPREAD else None
        if isinstance(known, Items) and known.kind == "dict":
            pairs = zip(known.items[::2], known.items[1::2], strict=True)
            found = [item for key, item in pairs if key == Const(name)]
            if found:
                return found[-1]
        elif known is not None:
            return OPAQUE
    hidden = OPAQUE in call.args or not any(keyword == SPREAD for keyword, _ in call.keywords)
    return OPAQUE if hidden else None


def _value_holds(known: Value, condition: Condition, view: View, some: bool) -> bool | None:
    if isinstance(known, Items):
        return _items_hold(known, condition, view, some)
    if not isinstance(known, Const):
        return True if condition.given and not condition.one_of else None
    if condition.one_of:
        return any(_same(known.value, option) for option in condition.one_of)
    return not any(_same(known.value, option) for option in condition.none_of)


def _items_hold(items: Items, condition: Condition, view: View, some: bool) -> bool | None:
    found = [options(view.evaluate(item)) for item in items.items]
    values = [{item.value if isinstance(item, Const) else OPAQUE for item in each} for each in found]
    outside = [each - set(condition.none_of) for each in values]
    if condition.none_of and not any(outside):
        return False
    if some and condition.none_of and any(OPAQUE not in each for each in outside if each):
        return True
    return None if any(OPAQUE in each or len(each) > 1 for each in values) else not condition.one_of


def _same(left: object, right: object) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def as_function(call: Call) -> Call:
    """A call of a method as one of the function of the same name: its receiver is the first argument."""
    owner = call.callee.path.rpartition(".")[0] if isinstance(call.callee, Ref) else ""
    receiver = Ref(owner, call.callee.module) if isinstance(call.callee, Ref) and owner else OPAQUE
    return replace(call, args=(receiver, *call.args))


def bind(function: Function, home: str, call: Call, module: str) -> dict[str, Value]:
    """What each parameter (by its path) of a function of the file `home` stands for in a call made in `module`."""
    listed = function.parameters
    if function.owner and not function.is_static and listed:
        listed = listed[1:]
    names = [known.name for known in listed if known.kind == "plain"]
    passed: dict[str, Value] = dict(zip(names, call.args, strict=False))
    passed.update(call.keywords)
    result: dict[str, Value] = {}
    for known in listed:
        if known.document:
            continue  # a framework gives it, whatever the call looks like
        value = passed.pop(known.name, None)
        if value is None and known.kind == "stars" and not call.open:
            rest = [part for name, item in passed.items() for part in (Const(name), anchor(item, module))]
            result[parameter(function.name, known.name)] = Items("dict", tuple(rest))
            continue
        if value is None:
            missing = call.open or known.default == NO_DEFAULT or known.kind in ("star", "stars")
            value = OPAQUE if missing else anchor(known.default, home)
        else:
            value = anchor(value, module)
        result[parameter(function.name, known.name)] = value
    return result


def anchor(value: Value, module: str) -> Value:
    """Note in every reference the file it is written in, so that it keeps its meaning elsewhere."""
    if isinstance(value, Ref):
        return value if value.module else Ref(value.path, module)
    if isinstance(value, Derived):
        return Derived(tuple(anchor(item, module) for item in value.sources), value.negated)
    if isinstance(value, Either):
        return either(anchor(item, module) for item in value.options)
    if isinstance(value, Items):
        return Items(value.kind, tuple(anchor(item, module) for item in value.items))
    return value


def substitute(value: Value, bindings: Mapping[str, Value], module: str) -> Value:
    """Replace the parameters of a function by what a call gives them; other references are anchored to `module`."""
    if isinstance(value, Ref):
        if value.module or not value.path.startswith("@"):
            return anchor(value, module)
        name, rest = _split(value.path)
        bound = bindings.get(name)
        if bound is None:
            return anchor(value, module)
        if not rest:
            return bound
        if isinstance(bound, Items) and rest.startswith("[") and rest.endswith("]") and rest.count("[") == 1:
            return pick(bound, index(rest[1:-1]))
        return Ref(bound.path + rest, bound.module) if isinstance(bound, Ref) else OPAQUE
    if isinstance(value, Derived):
        return Derived(tuple(substitute(item, bindings, module) for item in value.sources), value.negated)
    if isinstance(value, Either):
        return either(substitute(item, bindings, module) for item in value.options)
    if isinstance(value, Items):
        return Items(value.kind, tuple(substitute(item, bindings, module) for item in value.items))
    return value


def _split(path: str) -> tuple[str, str]:
    """A parameter and what is taken from it."""
    ends = [found for mark in ".([" if (found := path.find(mark)) >= 0]
    end = min(ends, default=len(path))
    return path[:end], path[end:]
