"""Whether and where a sequence is put in order later."""

from __future__ import annotations

import ast

from reprolint.facts.climb import Body, position
from reprolint.facts.elements import bound_name, callee_name, dotted, gives_sorted, is_sorting


def sorted_later(call: ast.Call, body: Body) -> bool:
    """Whether what a call gives back is put in order by name: `frame = concat(parts); frame.sort_values(...)`."""
    key = bound_name(body.above.get(call))
    later = (use for use in body.loads(key, call) if position(use) > position(call)) if key else ()
    return any(puts_in_order(use, key, body) for use in later)


def only_counted(call: ast.Call, body: Body) -> bool:
    """Whether the order of what a call gives back plays no part in any use of it: `np.max(rows)`, `len(rows)`."""
    key = bound_name(body.above.get(call))
    uses = [use for use in body.loads(key, call) if position(use) > position(call)] if key else []
    around = [body.above.get(use) for use in uses]
    return bool(uses) and all(isinstance(part, ast.Call) and callee_name(part) in body.order_free for part in around)


def puts_in_order(use: ast.AST, key: str, body: Body) -> bool:
    """Whether this use is `name.sort()`, `name = sorted(name)`, or a check that there is only one entry."""
    parent = body.above.get(use)
    if isinstance(parent, ast.Attribute) and parent.attr == "sort":
        return True
    if isinstance(parent, ast.Attribute) and parent.attr in ("sort_values", "sort_index"):
        return not _thrown_away(body.above.get(parent), body)
    if not isinstance(parent, ast.Call):
        return False
    around = body.above.get(parent)
    if is_sorting(callee_name(parent)) and isinstance(around, ast.Assign):
        return any(dotted(target) == key for target in around.targets)
    if callee_name(parent) != "len":
        return False
    if isinstance(around, ast.Compare) and len(around.comparators) == 1:
        other, branch = around.comparators[0], body.above.get(around)
        one = isinstance(other, ast.Constant) and other.value == 1
        refused = isinstance(branch, ast.If) and any(isinstance(part, ast.Raise) for part in branch.body)
        return one and (refused or not isinstance(around.ops[0], ast.Gt | ast.GtE))
    return False


def _thrown_away(call: ast.AST | None, body: Body) -> bool:
    """Whether a call changes nothing in place and nobody takes what it gives back."""
    inplace = any(word.arg in ("inplace", None) for word in call.keywords) if isinstance(call, ast.Call) else True
    return not inplace and isinstance(body.above.get(call), ast.Expr)  # type: ignore[arg-type]


def rebound(key: str, node: ast.AST, body: Body) -> ast.AST | None:
    """The last part of the next statement of the same block that binds the name anew."""
    statement = body.statement(node)
    block = getattr(body.above.get(statement), "body", None)
    if not isinstance(block, list) or statement not in block:
        return None
    for following in block[block.index(statement) + 1 :]:
        if isinstance(following, ast.Assign) and any(
            dotted(part) == key for target in following.targets for part in ast.walk(target)
        ):
            return max((part for part in ast.walk(following) if isinstance(part, ast.expr)), key=position)
    return None


def sorts(use: ast.AST, body: Body) -> bool:
    """Whether this use makes something sorted of the sequence, alone or zipped with others."""
    parent = body.above.get(use)
    while isinstance(parent, ast.expr | ast.comprehension):
        if isinstance(parent, ast.Call) and gives_sorted(parent):
            return True
        parent = body.above.get(parent)
    return False
