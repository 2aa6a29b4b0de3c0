"""Modules that are imported by a name which is computed: `import_module("models." + name)`."""

from __future__ import annotations

import ast
import re

from reprolint.core.value import OPAQUE, Const, Derived, Ref, Value

_FIELD = re.compile(r"%[sd]|\{[^{}]*\}")


def module(node: ast.expr, value: Value, package: Value | None) -> Value:
    """The module that is meant, where every part of its name that is not written down may be any of a package."""
    name = _pattern(node, value)
    if name.startswith(".") and isinstance(package, Const) and isinstance(package.value, str):
        name = package.value + name
    steps = name.split(".")
    known = [step for step in steps if "*" not in step]
    if "*" in steps[0] or len(steps) < 2 or not all(step.isidentifier() for step in known if step):
        return Ref(name) if name.isidentifier() else OPAQUE
    return Ref(".".join("**" if "*" in step else step for step in steps))


def _pattern(node: ast.expr, value: Value) -> str:
    """A text with `*` for what is computed."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else "*"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _pattern(node.left, OPAQUE) + _pattern(node.right, OPAQUE)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _FIELD.sub("*", _pattern(node.left, OPAQUE))
    if isinstance(node, ast.JoinedStr):
        return "".join(_pattern(part, OPAQUE) for part in node.values)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        text = _pattern(node.func.value, OPAQUE)
        if node.func.attr == "format":
            return _FIELD.sub("*", text)
        parts = node.args[0] if node.func.attr == "join" and node.args else None
        if isinstance(parts, ast.List | ast.Tuple):
            return text.join(_pattern(part, OPAQUE) for part in parts.elts)
    if isinstance(value, Derived):
        return "".join(item.value if isinstance(item, Const) and isinstance(item.value, str) else "*"
                       for item in value.sources)  # fmt: skip
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else "*"
