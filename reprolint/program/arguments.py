"""What a call gives to a parameter, and whether the conditions of knowledge hold for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from reprolint.catalog.argument import REQUIRED, Argument, Condition
from reprolint.catalog.knowledge import Environment
from reprolint.core.value import OPAQUE, Const, Derived, Either, Items, Ref, Value, either
from reprolint.facts.record import NO_DEFAULT, Call, Function


class View(Protocol):
    """What a value written at some place of the program comes to."""

    def evaluate(self, value: Value) -> Value:
        """The constant behind a value, when reading can tell."""

    def types(self, value: Value) -> frozenset[str]:
        """The library classes of which it may be an instance; empty when nothing is known."""



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


def holds(call: Call, conditions: Iterable[Condition], view: View) -> bool | None:
    """Whether all conditions hold: True, False, or None when a value is not known."""
    verdict: bool | None = True
    for condition in conditions:
        result = _holds(call, condition, view)
        if result is False:
            return False
        if result is None:
            verdict = None
    return verdict


def _holds(call: Call, condition: Condition, view: View) -> bool | None:
    value = given(call, condition.argument, condition.position)
    if condition.given is not None:
        if value == OPAQUE and call.open:
            return None
        if (value is not None and value != Const(None)) is not condition.given:
            return False
    if condition.type and value is not None:
        found = view.types(value)
        if condition.type not in found:
            return False if found or isinstance(value, Const) else None
    if not condition.one_of and not condition.none_of:
        return True
    if value is None:
        if condition.default == REQUIRED:
            return not condition.one_of
        known: Value = Const(condition.default)
    else:
        known = view.evaluate(value)
    if isinstance(known, Items):
        return _items_hold(known, condition)
    if not isinstance(known, Const):
        return True if condition.given and not condition.one_of else None
    if condition.one_of:
        return any(_same(known.value, option) for option in condition.one_of)
    return not any(_same(known.value, option) for option in condition.none_of)


def _items_hold(items: Items, condition: Condition) -> bool | None:
    values = {item.value if isinstance(item, Const) else OPAQUE for item in items.items}
    if condition.none_of and len(values) == 1 and next(iter(values)) in condition.none_of:
        return False
    return None if OPAQUE in values else not condition.one_of


def _same(left: object, right: object) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def bind(function: Function, call: Call, module: str) -> dict[str, Value]:
    """What each parameter of a project function stands for in a call made in `module`."""
    parameters = [item for item in function.parameters if item.kind == "plain"]
    if function.owner and not function.is_static and parameters:
        parameters = parameters[1:]
    result: dict[str, Value] = {}
    for parameter, value in zip(parameters, call.args, strict=False):
        result[parameter.name] = anchor(value, module)
    named = {keyword: anchor(value, module) for keyword, value in call.keywords}
    for parameter in function.parameters:
        if parameter.name in named:
            result[parameter.name] = named[parameter.name]
        elif parameter.name not in result:
            missing = call.open or parameter.default == NO_DEFAULT or parameter.kind in ("star", "stars")
            result[parameter.name] = OPAQUE if missing else parameter.default
    return result


def anchor(value: Value, module: str) -> Value:
    """Note in every reference the file it is written in, so that it keeps its meaning elsewhere."""
    if isinstance(value, Ref):
        return value if value.module else Ref(value.path, module)
    if isinstance(value, Derived):
        return Derived(tuple(anchor(item, module) for item in value.sources))
    if isinstance(value, Either):
        return either(anchor(item, module) for item in value.options)
    if isinstance(value, Items):
        return Items(value.kind, tuple(anchor(item, module) for item in value.items))
    return value


def substitute(value: Value, bindings: Mapping[str, Value], module: str) -> Value:
    """Replace the parameters of a function by what a call gives them; other references are anchored to `module`."""
    if isinstance(value, Ref):
        if not value.path.startswith("@"):
            return anchor(value, module)
        name, dot, rest = value.path[1:].partition(".")
        bound = bindings.get(name)
        if bound is None or not dot:
            return OPAQUE if bound is None else bound
        return Ref(f"{bound.path}.{rest}", bound.module) if isinstance(bound, Ref) else OPAQUE
    if isinstance(value, Derived):
        return Derived(tuple(substitute(item, bindings, module) for item in value.sources))
    if isinstance(value, Either):
        return either(substitute(item, bindings, module) for item in value.options)
    return value
