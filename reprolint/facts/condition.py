"""The condition of a branch, as far as the flow of seeds and switches can use it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Literal

from reprolint.core.value import Const, Ref, Value
from reprolint.facts.record import Test

LARGEST = 12  # nodes of a condition whose text is worth remembering
LONGEST_SHOWN = 60
MOST_PARTS = 4
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPERATORS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


def now_and_then(test: Test, node: ast.expr) -> Test:
    """The same condition, as one that counts steps."""
    text = ast.unparse(node)
    return replace(test, interval=True, shown=text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}...")


def read_test(node: ast.expr, peek: Callable[[ast.expr], Value]) -> Test:
    """Classify a condition; `peek` gives the value of an expression without recording its calls."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = read_test(node.operand, peek)
        return replace(inner, negated=not inner.negated)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compare(node, peek)
    if isinstance(node, ast.BoolOp):
        parts = tuple(read_test(part, peek) for part in node.values[:MOST_PARTS])
        whole = len(parts) == len(node.values) and any(part.kind != "opaque" for part in parts)
        kind: Literal["all", "any"] = "all" if isinstance(node.op, ast.And) else "any"
        return Test(kind, _text(node), parts=parts) if whole else Test("opaque", _text(node))
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return Test("truthy", _text(node), peek(node))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(peek(node), Ref):
        return Test("truthy", _text(node), peek(node))  # `cfg.get("seed")`
    return Test("opaque", _text(node))


def _compare(node: ast.Compare, peek: Callable[[ast.expr], Value]) -> Test:
    left, operator, right = node.left, node.ops[0], node.comparators[0]
    swapped = isinstance(left, ast.Constant | ast.UnaryOp) and not isinstance(right, ast.Constant | ast.UnaryOp)
    if swapped:
        left, right = right, left
    if isinstance(left, ast.Name) and left.id == "__name__" and isinstance(right, ast.Constant):
        return Test("main", "__main__", negated=isinstance(operator, ast.NotEq))
    constant = peek(right)
    if isinstance(constant, Const) and constant.value is None and isinstance(operator, ast.Is | ast.IsNot | ast.Eq):
        return Test("none", _text(left), peek(left), negated=isinstance(operator, ast.IsNot))
    if isinstance(constant, Const) and type(operator) in _OPERATORS:
        sign = _OPERATORS[type(operator)]
        return Test("compare", _text(node), peek(left), False, _MIRRORED.get(sign, sign) if swapped else sign, constant)
    return Test("opaque", _text(node))


def _text(node: ast.expr) -> str:
    """A short text by which equal conditions are recognised."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_text(node.value)}.{node.attr}"
    small = len(tuple(islice(ast.walk(node), LARGEST + 1))) <= LARGEST
    return ast.unparse(node) if small else ""
