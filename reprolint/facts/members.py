"""What stands for a part of something that holds others: one sequence of many, one table of those that are joined."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from reprolint.facts.climb import Body
from reprolint.facts.elements import callee_name, dotted

TRANSPARENT = frozenset(
    {"list", "tuple", "iter", "enumerate", "filter", "map", "imap", "reversed", "zip", "chain", "from_iterable", "join"}
)
_ENTRIES = frozenset({"items", "values"})


def members(use: ast.expr, body: Body) -> Iterator[ast.expr]:
    """The expressions that stand for one member: `groups[0]`, and what a loop over `groups.items()` takes last."""
    node: ast.AST = use
    while (parent := body.above.get(node)) is not None:
        if isinstance(parent, ast.Subscript) and node is parent.value and isinstance(parent.ctx, ast.Load):
            if not isinstance(body.above.get(parent), ast.Attribute | ast.Subscript | ast.For):
                yield parent
        elif isinstance(parent, ast.For) and node is parent.iter:
            last = parent.target.elts[-1] if isinstance(parent.target, ast.Tuple) else parent.target
            yield from (item for item in body.loads(dotted(last), parent) if body.within(item, parent))
            return
        elif not (isinstance(parent, ast.Attribute) and parent.attr in _ENTRIES) and not (
            isinstance(parent, ast.Call) and (node is parent.func or callee_name(parent) in TRANSPARENT)
        ):
            return
        node = parent


def joins_tables(call: ast.Call) -> bool:
    """Whether a call is the method of a table that joins another one: its own rows give the order."""
    return isinstance(call.func, ast.Attribute) and not isinstance(call.func.value, ast.Constant | ast.JoinedStr)
