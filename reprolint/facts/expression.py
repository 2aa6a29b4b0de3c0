"""Expressions of one file: their calls in order, and what each may evaluate to."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from reprolint.core.value import OPAQUE, Const, Derived, Items, Ref, Value, either, paths
from reprolint.facts.call import Calls
from reprolint.facts.condition import read_test
from reprolint.facts.elements import dotted
from reprolint.facts.names import MOST_ITEMS, Waiting
from reprolint.facts.record import NO_DEFAULT, Assign, Branch, Loop, Parameter, Test
from reprolint.model.scope import Scope

MOST_PAIRS = 100


class Expressions(Calls):
    """Reads expressions and binds their values."""

    def value(self, node: ast.expr) -> Value:
        """Read an expression: record its calls, in order, and return what it may evaluate to."""
        kind = node.__class__
        if kind is ast.Name:
            return self._name(node.id)  # type: ignore[attr-defined]
        if kind is ast.Constant:
            constant = node.value  # type: ignore[attr-defined]
            return Const(constant) if constant is None or isinstance(constant, bool | int | float | str) else OPAQUE
        if kind is ast.Attribute:
            return self._attribute_of(self.value(node.value), node.attr)  # type: ignore[attr-defined]
        if kind is ast.Call:
            return self._call(node)  # type: ignore[arg-type]
        method = _EXPRESSIONS.get(kind)
        if method is not None:
            return method(self, node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
        return OPAQUE

    def _bind(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Name):
            self._bind_name(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            for number, part in enumerate(target.elts):
                self._bind(part, OPAQUE if isinstance(part, ast.Starred) else self._item(value, Const(number)))
        elif isinstance(target, ast.Attribute):
            self._bind_attribute(target, value)
        elif isinstance(target, ast.Subscript):
            index = self.value(target.slice)
            for ref in paths(self.value(target.value)):
                if ref.path.startswith(("@", ":", ".")) or self.vocabulary.has_effect(f"{ref.path}.__setitem__"):
                    self._record(Ref(f"{ref.path}.__setitem__"), (index, value), (), False, target)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, OPAQUE)

    def _bind_attribute(self, target: ast.Attribute, value: Value) -> None:
        for ref in paths(self.value(target.value)):
            path = f"{ref.path}.{target.attr}"
            if self.owner and ref.path == f":{self.owner}()":
                self._attribute(self.owner, target.attr, value)
            elif self.vocabulary.is_switch(path):
                self.steps.append(Assign(path, value, self.span(target)))
            elif "(" in path or path.startswith("@"):
                self.scope.bind_path(path, value)
                if self.scope is self.module and isinstance(value, Const) and (name := dotted(target)):
                    self.module.bind(
                        name, value
                    )  # a setting: where several parts have one, the path above is not enough

    def _set(self, node: ast.Set | ast.SetComp) -> Value:
        value = self._items(node) if isinstance(node, ast.Set) else self._comprehension(node)
        self._sight_set(node)
        return value

    def _items(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        items = tuple(self.value(item) for item in node.elts)
        return Items(kind=node.__class__.__name__.lower(), items=items) if len(items) <= MOST_ITEMS else OPAQUE

    def _unary(self, node: ast.UnaryOp) -> Value:
        value = self.value(node.operand)
        if isinstance(value, Const) and isinstance(value.value, int | float) and isinstance(node.op, ast.USub):
            return Const(-value.value)
        if isinstance(node.op, ast.Not):
            return Derived((value,), negated=True) if isinstance(value, Ref) else OPAQUE
        return Derived((value,))

    def _binary(self, node: ast.BinOp) -> Value:
        left: ast.expr = node
        parts: list[Value] = []
        while isinstance(left, ast.BinOp):  # `+` chains of 1,000 terms are real: do not recurse into them
            parts.append(self.value(left.right))
            left = left.left
        parts.append(self.value(left))
        return Derived(tuple(reversed(parts))) if len(parts) <= MOST_ITEMS else OPAQUE

    def _bool(self, node: ast.BoolOp) -> Value:
        first, outer = self.value(node.values[0]), self.fallback
        self.fallback = True
        values = [self._sometimes(part, Test("opaque", "")) for part in node.values[1:]]
        self.fallback = outer
        if isinstance(node.op, ast.Or):
            plain = any(isinstance(value, Const) for value in values) and isinstance(first, Ref)
            first = Derived((first,)) if plain else _something(first)
        return either(iter((first, *values)))

    def _sometimes(self, node: ast.expr, test: Test) -> Value:
        """Read an expression that is evaluated under a condition only."""
        outer, self.steps = self.steps, []
        value = self.value(node)
        steps, self.steps = tuple(self.steps), outer
        if steps:
            self.steps.append(Branch(test, steps, (), self.span(node)))
        return value

    def _conditional(self, node: ast.IfExp) -> Value:
        self.value(node.test)
        test = read_test(node.test, self.peek)
        outer, self.fallback = self.fallback, True
        body = self._sometimes(node.body, test)
        orelse = self._sometimes(node.orelse, replace(test, negated=not test.negated))
        self.fallback = outer
        if test.kind in ("none", "truthy") and test.value in (body, orelse):
            chosen = body if test.negated is (test.kind == "none") else orelse
            body, orelse = (_something(item) if item is chosen else item for item in (body, orelse))
        return either(iter((body, orelse)))

    def _compare(self, node: ast.Compare) -> Value:
        self.value(node.left)
        for operator, part in zip(node.ops, node.comparators, strict=True):
            if isinstance(part, ast.Set) and isinstance(operator, ast.In | ast.NotIn):
                self._items(part)  # membership needs no order
            else:
                self.value(part)
        return OPAQUE

    def _subscript(self, node: ast.Subscript) -> Value:
        value = self.value(node.value)
        return self._item(value, self.value(node.slice))

    def _dict(self, node: ast.Dict) -> Value:
        items = []
        for key, part in zip(node.keys, node.values, strict=True):
            items.append(self.value(key) if key is not None else OPAQUE)
            items.append(self.value(part))
        return Items("dict", tuple(items)) if len(items) <= MOST_PAIRS * 2 else OPAQUE

    def _inner(self, node: ast.Starred | ast.Await) -> Value:
        self.value(node.value)
        return OPAQUE

    def _joined(self, node: ast.JoinedStr) -> Value:
        parts = [self.value(part.value) for part in node.values if isinstance(part, ast.FormattedValue)]
        return Derived(tuple(parts)) if len(parts) <= MOST_ITEMS else OPAQUE

    def _named(self, node: ast.NamedExpr) -> Value:
        value = self.value(node.value)
        self._bind(node.target, value)
        return value

    def _lambda(self, node: ast.Lambda) -> Value:
        name = f"{self.prefix}<lambda:{node.lineno}:{node.col_offset}>"
        body: list[ast.stmt] = [ast.copy_location(ast.Return(node.body), node.body)]
        self._define(node, name, body, ())
        return Ref(f":{name}")

    def _yield(self, node: ast.Yield | ast.YieldFrom) -> Value:
        self.generator = True
        if node.value is not None:
            self.value(node.value)
        return OPAQUE

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> Value:
        self.scope = Scope(self.scope)
        outer, self.steps = self.steps, []
        for number, part in enumerate(node.generators):
            if number == 0:
                inner, self.steps = self.steps, outer
                self._consume(part.iter)
                iterable = self.value(part.iter)
                self._iterate(part.iter)
                self.steps = inner
            else:
                iterable = self.value(part.iter)
                self._iterate(part.iter)
            self._bind(part.target, self._taken(part.iter, iterable))
            for test in part.ifs:
                self.value(test)
        if isinstance(node, ast.DictComp):
            self.value(node.key)
            self.value(node.value)
        else:
            self.value(node.elt)
        steps, self.steps = tuple(self.steps), outer
        if steps:
            self.steps.append(Loop(steps, (), False))
        self.scope = self.scope.parent or self.module
        return OPAQUE

    def _define(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str, body: list[ast.stmt],
        decorators: tuple[str, ...], defaults: Mapping[str, Value] | None = None, configured: str = "",
    ) -> None:  # fmt: skip
        given = defaults or {}
        parameters = tuple(
            replace(item, default=given[item.name], option=True) if item.name in given else item
            for item in self._parameters(node.args)
        )
        if configured and parameters:
            parameters = (replace(parameters[0], document=configured), *parameters[1:])
        in_class = bool(self.owner) and self.prefix == f"{self.owner}."
        owner = self.owner if in_class else ""
        around = self.scope.parent if in_class else self.scope
        self.waiting.append(
            Waiting(node, name, owner, self.owner, around, body, parameters, decorators, self.top)
        )  # fmt: skip

    def _parameters(self, arguments: ast.arguments) -> tuple[Parameter, ...]:
        plain = [*arguments.posonlyargs, *arguments.args]
        defaults: list[Value] = [self.value(default) for default in arguments.defaults]
        padded = [NO_DEFAULT] * (len(plain) - len(defaults)) + defaults
        result = [
            Parameter(part.arg, default, self.annotation(part.annotation))
            for part, default in zip(plain, padded, strict=True)
        ]
        if arguments.vararg:
            result.append(Parameter(arguments.vararg.arg, OPAQUE, "", "star"))
        for part, only in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            default = NO_DEFAULT if only is None else self.value(only)
            result.append(Parameter(part.arg, default, self.annotation(part.annotation), "named"))
        if arguments.kwarg:
            result.append(Parameter(arguments.kwarg.arg, OPAQUE, "", "stars"))
        return tuple(result)


def _something(value: Value) -> Value:
    """A value that is known not to be None where it is taken."""
    return Derived((value,)) if isinstance(value, Ref) and value.path.startswith("@") else value


_EXPRESSIONS: dict[type, Callable[[Any, Any], Value]] = {
    ast.List: Expressions._items,
    ast.Tuple: Expressions._items,
    ast.Set: Expressions._set,
    ast.SetComp: Expressions._set,
    ast.ListComp: Expressions._comprehension,
    ast.DictComp: Expressions._comprehension,
    ast.GeneratorExp: Expressions._comprehension,
    ast.UnaryOp: Expressions._unary,
    ast.BinOp: Expressions._binary,
    ast.BoolOp: Expressions._bool,
    ast.IfExp: Expressions._conditional,
    ast.Compare: Expressions._compare,
    ast.Subscript: Expressions._subscript,
    ast.Dict: Expressions._dict,
    ast.Starred: Expressions._inner,
    ast.Await: Expressions._inner,
    ast.JoinedStr: Expressions._joined,
    ast.NamedExpr: Expressions._named,
    ast.Lambda: Expressions._lambda,
    ast.Yield: Expressions._yield,
    ast.YieldFrom: Expressions._yield,
}
