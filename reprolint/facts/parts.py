"""What a sequence of arbitrary order becomes a part of, or is unpacked from, as far as syntax shows."""

from __future__ import annotations

import ast

from reprolint.facts.climb import Body
from reprolint.facts.elements import callee_name

_JOINS = frozenset({"chain", "from_iterable"})


def whole(node: ast.AST, body: Body) -> ast.AST | None:
    """What a sequence becomes a part of in its order: `chain(*[glob(p) for p in patterns])`, and a table of which it is
    a column (`DataFrame({"file": listdir(d)})`); None for anything else."""
    parent = body.above.get(node)
    around = body.above.get(parent) if parent is not None else None
    if isinstance(parent, ast.Dict) and isinstance(around, ast.Call):
        return around if callee_name(around) in body.keeps_order else None
    if isinstance(parent, ast.ListComp | ast.GeneratorExp) and node is parent.elt:
        call = body.above.get(around) if isinstance(around, ast.Starred) else around
        return call if isinstance(call, ast.Call) and callee_name(call) in _JOINS else None
    return None


def unpacked(call: ast.Call, body: Body) -> list[tuple[ast.expr, ast.AST]]:
    """What `next(walk(folder))` gives lists of names to, each with the value that it is bound to."""
    parent = body.above.get(call)
    if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Tuple):
        return [(part, call) for part in parent.targets[0].elts[1:]]
    return []
