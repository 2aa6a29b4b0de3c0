"""Conditions that hold now and then: every so many steps a loop evaluates, logs or samples."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection


def counts(node: ast.expr, names: Collection[str], means: Callable[[str], bool]) -> bool:
    """Whether a condition counts steps: `step % 100 == 0`, a name it was kept under, or a call that says so by its own
    name (`every_n_steps(step)`)."""
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Call):
        return means(_called(node))
    if isinstance(node, ast.BinOp):
        return (isinstance(node.op, ast.Mod) and not _is_text(node.left)) or counts(node.left, names, means)
    if isinstance(node, ast.BoolOp):
        return any(counts(part, names, means) for part in node.values)
    if isinstance(node, ast.Compare):
        return any(counts(part, (), means) for part in (node.left, *node.comparators))
    return isinstance(node, ast.UnaryOp) and counts(node.operand, names, means)


def looks(node: ast.If, means: Callable[[str], bool]) -> bool:
    """Whether names in a condition, or of what its body calls, say that the training is only looked at; any other
    interval is part of how it trains (`if step % 4 == 0: policy.reset_noise()`)."""
    calls = (part.func for statement in node.body for part in ast.walk(statement) if isinstance(part, ast.Call))
    return any(means(name) for part in (node.test, *calls) for name in _names(part))


def _names(node: ast.expr) -> list[str]:
    parts = ast.walk(node)
    return [
        part.id if isinstance(part, ast.Name) else part.attr
        for part in parts
        if isinstance(part, ast.Name | ast.Attribute)
    ]


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
