"""Loops that a clock ends: which loop a test leaves, and how far that is meant for every run."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from reprolint.facts.climb import Body
from reprolint.facts.elements import bound_name, callee_name, dotted

Loop = ast.For | ast.AsyncFor | ast.While
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_LATER = re.compile(r"save|checkpoint|requeue|resubmit|preempt", re.IGNORECASE)
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def measured(test: ast.expr, tells: Callable[[ast.expr], str]) -> tuple[str, ast.Compare] | None:
    """The clock that a condition compares with something, and the comparison; None when it asks no clock."""
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], _ORDER):
        names = (tells(part) for side in (test.left, *test.comparators) for part in _terms(side))
        name = next((name for name in names if name), "")
        return (name, test) if name else None
    parts = test.values if isinstance(test, ast.BoolOp) else [test.operand] if isinstance(test, ast.UnaryOp) else []
    return next((found for part in parts if (found := measured(part, tells)) is not None), None)


def _terms(node: ast.expr) -> Iterator[ast.expr]:
    """The names and calls that a sum or difference is made of; few conditions have any that matter."""
    while isinstance(node, ast.BinOp):
        yield from _terms(node.right)
        node = node.left
    if isinstance(node, ast.Name | ast.Call):
        yield node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield from _terms(node.func.value)
    elif isinstance(node, ast.Attribute):
        yield from _terms(node.value)


def ended(node: ast.If | ast.While, body: Body) -> Loop | None:
    """The loop that goes on no longer when a condition says so."""
    if isinstance(node, ast.While):
        return node
    loops = list(_loops(node, body))
    if not loops:
        return None
    for part in (*_inside(node.body), *_inside(node.orelse)):
        if isinstance(part, ast.Break):
            return loops[0]
        if isinstance(part, ast.Return):
            return loops[-1]
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, bool):
            flag = dotted(part.targets[0])
            asked = (loop for loop in loops if isinstance(loop, ast.While) and flag in _names(loop.test))
            if flag and (found := next(asked, None)) is not None:
                return found
    return None


def stops(node: ast.If, attributes: frozenset[str]) -> bool:
    """Whether what happens under a condition tells a framework to end the training (`model.stop_training = True`)."""
    told = (part for part in _inside(node.body) if isinstance(part, ast.Assign))
    return any(
        isinstance(target, ast.Attribute) and target.attr in attributes and not _is_false(part.value)
        for part in told
        for target in part.targets
    )


def doubt(node: ast.If | ast.While, compare: ast.Compare, body: Body) -> str:
    """Why a deadline may not decide what comes out: it is an `option` that other conditions ask for or that is `inf`
    by default, or the state is `saved` first, for another run to go on with; empty when neither."""
    limits = _names(compare) - {""}
    tests: list[ast.expr] = []
    if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And):
        tests += [part for part in node.test.values if part is not compare]
    above: ast.AST | None = body.above.get(node)
    while above is not None and not isinstance(above, _FUNCTIONS):
        tests += [above.test] if isinstance(above, ast.If) else []
        above = body.above.get(above)
    if any(limits & _names(test) for test in tests) or any(_is_endless(name, node, body) for name in limits):
        return "option"
    calls = (part for statement in node.body for part in ast.walk(statement) if isinstance(part, ast.Call))
    saved = isinstance(node, ast.If) and any(_LATER.search(callee_name(call)) for call in calls)
    return "saved" if saved else ""


def _loops(node: ast.AST, body: Body) -> Iterator[Loop]:
    """The loops around a statement within its function, innermost first."""
    inner: ast.AST = node
    while (above := body.above.get(inner)) is not None and not isinstance(above, _FUNCTIONS):
        if isinstance(above, ast.For | ast.AsyncFor | ast.While) and inner not in above.orelse:
            yield above
        inner = above


def _inside(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a block, other conditions looked through, loops and functions not."""
    for statement in statements:
        yield statement
        if isinstance(statement, ast.If):
            yield from _inside(statement.body)
            yield from _inside(statement.orelse)
        elif isinstance(statement, ast.With):
            yield from _inside(statement.body)


def _names(node: ast.AST) -> set[str]:
    return {dotted(part) for part in ast.walk(node) if isinstance(part, ast.Name | ast.Attribute)}


def _is_endless(name: str, node: ast.AST, body: Body) -> bool:
    """Whether a limit is `given or float("inf")`, or its like, where the function binds it."""
    bound = (part for part in ast.walk(body.root(node)) if isinstance(part, ast.Assign) and bound_name(part) == name)
    return any(isinstance(part.value, ast.BoolOp | ast.IfExp) for part in bound)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value
