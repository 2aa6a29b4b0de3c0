"""Adding an argument to a call in the style of the call."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from reprolint.core.edit import Edit
from reprolint.core.place import Span
from reprolint.fixes.text import point
from reprolint.fixes.tree import Tree

SHORTEST, LONGEST = 88, 120


def find(call: cst.Call, name: str, position: int | None) -> cst.Arg | None:
    """The argument of a call that is given by keyword `name` or at a position."""
    for number, arg in enumerate(call.args):
        if arg.keyword is not None:
            if arg.keyword.value == name:
                return arg
        elif not arg.star and number == position:
            return arg
    return None


def hides(call: cst.Call) -> bool:
    """Whether `*args` or `**kwargs` may already give any argument."""
    return any(arg.star for arg in call.args)


def give(tree: Tree, call: cst.Call, name: str, position: int | None, value: str) -> tuple[Edit, ...]:
    """Edits that make a call pass `value`: in place of what it passes now, else as a new last argument."""
    present = find(call, name, position)
    if present is not None:
        return (Edit(tree.path, tree.span(present.value), value),)
    free = position is not None and len(call.args) == position and all(arg.keyword is None for arg in call.args)
    signs = [tree.code(arg.equal) for arg in call.args if isinstance(arg.equal, cst.AssignEqual)]
    joint = signs[-1] if signs and "\n" not in signs[-1] else "="
    return append(tree, call, value if free else f"{name}{joint}{value}")


def append(tree: Tree, call: cst.Call, text: str) -> tuple[Edit, ...]:
    """Edits that add a last argument, on a line of its own where the others have theirs."""
    whole = tree.span(call)
    if not call.args:
        return (point(tree.path, whole.end_row, whole.end_column - 1, text),)
    last = call.args[-1]
    end = _end(tree, last)
    rows = [tree.span(arg.value).row for arg in call.args]
    own_line = len(set(rows)) == len(rows) and rows[0] > tree.span(call.func).end_row and whole.end_row > end[0]
    comma = isinstance(last.comma, cst.Comma)
    if own_line:
        indent = tree.indent(_start_row(tree, last))
        edit = tree.insert(end[0] + 1, (f"{indent}{text}," if comma else f"{indent}{text}",))
        return (edit,) if comma else (point(tree.path, *end, ","), edit)
    if not comma:
        return _wrapped(tree, call, text) or (point(tree.path, *end, f",{_joint(tree, call, end, text)}{text}"),)
    return (point(tree.path, *_comma_end(tree, end), f" {text}" if whole.end_row == end[0] else f" {text},"),)


def _wrapped(tree: Tree, call: cst.Call, text: str) -> tuple[Edit, ...]:
    """Edits that put the arguments of a call that gets too long on a line of their own, or each on one."""
    whole, first = tree.span(call), tree.span(call.args[0].keyword or call.args[0].value)
    line = tree.lines[whole.row - 1]
    limit = min(max(SHORTEST, *(len(item) for item in tree.lines)), LONGEST)
    if whole.row != whole.end_row or len(line) + len(text) + 2 <= limit or line[whole.end_column - 1 :].strip():
        return ()
    if any(isinstance(node, cst.Call) and node is not call for node in _around(tree, call)):
        return ()
    outer = tree.indent(whole.row)
    inner = outer + tree.module.default_indent
    newline = tree.module.default_newline
    inside = f"{line[first.column - 1 : whole.end_column - 2]}, {text}"
    opening, closing = point(tree.path, whole.row, first.column, newline + inner), newline + outer
    end = point(tree.path, whole.row, whole.end_column - 1, f", {text}{closing}")
    if len(inner) + len(inside) <= limit:
        return (opening, end)
    starts = [tree.span(arg.keyword or arg.value).column for arg in call.args[1:]]
    ends = [_comma_end(tree, _end(tree, arg))[1] for arg in call.args[:-1]]
    gaps = [Edit(tree.path, Span(whole.row, end, whole.row, start), newline + inner)
            for end, start in zip(ends, starts, strict=True)]  # fmt: skip
    last = point(tree.path, whole.row, whole.end_column - 1, f",{newline}{inner}{text},{closing}")
    return (opening, *gaps, last)


def _joint(tree: Tree, call: cst.Call, end: tuple[int, int], text: str) -> str:
    """What goes between the last argument and a new one: a new line where a long call has several already."""
    first = tree.span(call.args[0].keyword or call.args[0].value).row
    too_long = len(tree.lines[end[0] - 1]) + len(text) + 2 > max(SHORTEST, *(len(item) for item in tree.lines))
    if first == tree.span(call).row or not too_long:
        return " "
    return tree.module.default_newline + tree.indent(first)


def _around(tree: Tree, call: cst.Call) -> Iterator[cst.CSTNode]:
    outer = tree.parent(call)
    while outer is not None and not isinstance(outer, cst.SimpleStatementLine):
        yield outer
        outer = tree.parent(outer)


def _start_row(tree: Tree, arg: cst.Arg) -> int:
    node: cst.CSTNode = arg.keyword if arg.keyword is not None else arg.value
    return tree.span(node).row


def _end(tree: Tree, arg: cst.Arg) -> tuple[int, int]:
    """Where the value of an argument ends, its own parentheses included."""
    span = tree.span(arg.value)
    row, column = span.end_row, span.end_column
    for _ in getattr(arg.value, "rpar", ()):
        while (found := tree.lines[row - 1].find(")", column - 1)) < 0:
            row, column = row + 1, 1
        column = found + 2
    return row, column


def _comma_end(tree: Tree, end: tuple[int, int]) -> tuple[int, int]:
    row, column = end
    while (found := tree.lines[row - 1].find(",", column - 1)) < 0:
        row, column = row + 1, 1
    return row, found + 2
