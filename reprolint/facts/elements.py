"""What a set holds, as far as its own text tells."""

from __future__ import annotations

import ast

_COUNTS = frozenset({"int", "len", "ord", "hash", "round", "argmax", "argmin", "randint", "randrange"})


def is_exact(node: ast.AST) -> bool:
    """Whether a set holds only numbers or nothing by its own text: their order is the same in every run."""
    if isinstance(node, ast.Set):
        return all(_is_count(item) for item in node.elts)
    if isinstance(node, ast.SetComp):
        return _is_count(node.elt)
    if isinstance(node, ast.Call) and len(node.args) == 1:
        inner = node.args[0]
        if isinstance(inner, ast.List | ast.Tuple):
            return all(_is_count(item) for item in inner.elts)
        if isinstance(inner, ast.ListComp | ast.GeneratorExp):
            return _is_count(inner.elt)
        return isinstance(inner, ast.Call) and callee_name(inner) in ("range", "arange", "where", "nonzero")
    return False


def _is_count(node: ast.expr) -> bool:
    """Whether an expression is a number by its own text."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int)
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
    return isinstance(node, ast.Call) and callee_name(node) in _COUNTS


def callee_name(node: ast.Call) -> str:
    """The last name of what is called."""
    func = node.func
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
