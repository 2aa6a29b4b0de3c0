"""The condition of a branch, as far as the flow of seeds and switches can use it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from reprolint.core.value import Const, Value
from reprolint.facts.record import Test

LARGEST = 12  # nodes of a condition whose text is worth remembering
_OPERATORS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


def read_test(node: ast.expr, peek: Callable[[ast.expr], Value]) -> Test:
    """Classify a condition; `peek` gives the value of an expression without recording its calls."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = read_test(node.operand, peek)
        return replace(inner, negated=not inner.negated)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compare(node, peek)
    if isinstance(node, ast.Name | ast.Attribute):
        return Test("truthy", _text(node), peek(node))
    return Test("opaque", _text(node))


def _compare(node: ast.Compare, peek: Callable[[ast.expr], Value]) -> Test:
    left, operator, right = node.left, node.ops[0], node.comparators[0]
    if isinstance(left, ast.Constant) and not isinstance(right, ast.Constant):
        left, right = right, left
    if isinstance(left, ast.Name) and left.id == "__name__" and isinstance(right, ast.Constant):
        return Test("main", "__main__", negated=isinstance(operator, ast.NotEq))
    constant = peek(right)
    if isinstance(constant, Const) and constant.value is None and isinstance(operator, ast.Is | ast.IsNot | ast.Eq):
        return Test("none", _text(left), peek(left), negated=isinstance(operator, ast.IsNot))
    if isinstance(constant, Const) and type(operator) in _OPERATORS and left is node.left:
        return Test("compare", _text(node), peek(left), False, _OPERATORS[type(operator)], constant)
    return Test("opaque", _text(node))


def _text(node: ast.expr) -> str:
    """A short text by which equal conditions are recognised."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_text(node.value)}.{node.attr}"
    small = len(tuple(islice(ast.walk(node), LARGEST + 1))) <= LARGEST
    return ast.unparse(node) if small else ""
