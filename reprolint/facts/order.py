"""What becomes of a value whose order is arbitrary: put in order, used where order is free, or used as it comes."""

from __future__ import annotations

import ast

Parents = dict[ast.AST, ast.AST]

ORDERED, UNORDERED, RETURNED, PASSED = "ordered", "unordered", "returned", "passed"
_RANK = {ORDERED: 0, PASSED: 1, RETURNED: 2, UNORDERED: 3}
_TRANSPARENT = frozenset({"list", "tuple", "iter", "enumerate", "filter", "map", "reversed", "zip", "chain", "join"})
_GROWS = frozenset({"append", "appendleft", "extend", "insert", "put"})
_SET_METHODS = frozenset(
    {"add", "discard", "remove", "clear", "update", "difference_update", "intersection_update", "issubset",
     "issuperset", "isdisjoint", "count", "sort"}
)  # fmt: skip
_SET_RESULTS = frozenset({"union", "intersection", "difference", "symmetric_difference", "copy"})
_KEYED = (ast.DictComp, ast.SetComp)
DEEPEST = 6


def parents(body: ast.AST) -> Parents:
    """The parent of every node below `body`."""
    result: Parents = {}
    for node in ast.walk(body):
        for child in ast.iter_child_nodes(node):
            result[child] = node
    return result


def fate(node: ast.AST, above: Parents, order_free: frozenset[str], depth: int = 0) -> str:
    """Follow the value of `node` through the body it stands in.

    Returns `ordered` (sorted, or order plays no part), `unordered` (its order decides something), `returned` (the
    caller decides) or `passed` (handed to a callee that may or may not care).
    """
    numbered = False
    while (parent := above.get(node)) is not None:
        if isinstance(parent, ast.Call):
            outcome = _argument(node, parent, order_free)
            if outcome is not None:
                return outcome
            numbered = numbered or _callee(parent) == "enumerate"
        elif isinstance(parent, ast.comprehension):
            whole = above[parent]
            if isinstance(whole, _KEYED):
                return UNORDERED if numbered else ORDERED
            parent = whole
        elif isinstance(parent, ast.Attribute):
            outcome = _method(parent, above)
            if outcome is not None:
                return outcome
            parent = above[parent]
        elif not isinstance(parent, ast.BinOp | ast.Starred | ast.List | ast.Tuple | ast.IfExp | ast.BoolOp):
            return _statement(node, parent, above, order_free, depth)
        elif isinstance(parent, ast.IfExp) and node is parent.test:
            return ORDERED
        node = parent
    return ORDERED


def is_exact(node: ast.AST) -> bool:
    """Whether a set holds only small integers or nothing by its own text, whose order is the same in every run."""
    if isinstance(node, ast.Set):
        return all(isinstance(item, ast.Constant) and isinstance(item.value, int) for item in node.elts)
    if isinstance(node, ast.Call) and len(node.args) == 1:
        inner = node.args[0]
        if isinstance(inner, ast.List | ast.Tuple):
            return all(isinstance(item, ast.Constant) and isinstance(item.value, int) for item in inner.elts)
        return isinstance(inner, ast.Call) and _callee(inner) == "range"
    return False


def _callee(node: ast.Call) -> str:
    func = node.func
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""


def _argument(node: ast.AST, call: ast.Call, order_free: frozenset[str]) -> str | None:
    """The fate of a value handed to a call; None when the call gives the same order on."""
    name = _callee(call)
    if node is call.func or name in order_free or name in ("sum", "print", "isinstance", "bool", "str", "repr"):
        return ORDERED
    if name in _TRANSPARENT:
        return None
    if isinstance(call.func, ast.Attribute) and name in _SET_METHODS | _SET_RESULTS:
        return ORDERED
    if name in ("next", "fromkeys", "shuffle", "choice", "sample") or name in _GROWS:
        return UNORDERED if name != "append" else PASSED
    return PASSED


def _method(node: ast.Attribute, above: Parents) -> str | None:
    """The fate of a value of which an attribute is taken; None when a method gives back a set of the same kind."""
    call = above.get(node)
    if not (isinstance(call, ast.Call) and call.func is node):
        return ORDERED
    if node.attr in ("pop", "index", "__iter__"):
        return UNORDERED
    return None if node.attr in _SET_RESULTS else ORDERED


def _statement(node: ast.AST, parent: ast.AST, above: Parents, order_free: frozenset[str], depth: int) -> str:
    if isinstance(parent, ast.Subscript) and node is parent.value:
        return UNORDERED
    if isinstance(parent, ast.Return | ast.Yield | ast.YieldFrom | ast.Lambda):
        return RETURNED
    if isinstance(parent, ast.For | ast.AsyncFor) and node is parent.iter:
        return _loop(parent, above)
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        return _stored(parent.targets[0], node, above, order_free, depth)
    if isinstance(parent, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node is parent.value:
        return _stored(parent.target, node, above, order_free, depth)
    if isinstance(parent, ast.keyword | ast.Dict):
        return PASSED
    return ORDERED


def _root(node: ast.AST, above: Parents) -> ast.AST:
    """The innermost function around a node, or the module."""
    while node in above and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module):
        node = above[node]
    return node


def _key(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = _key(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def _stored(target: ast.AST, node: ast.AST, above: Parents, order_free: frozenset[str], depth: int) -> str:
    """The fate of a value bound to a name: the worst fate of any later use, unless it is sorted in place."""
    key = _key(target)
    if not key:
        return PASSED
    if depth >= DEEPEST:
        return ORDERED
    end = _rebound(key, node, above)
    uses = [
        use for use in ast.walk(_root(node, above))
        if _is_use(use, key) and _after(use, node) and (end is None or not _after(use, end))
    ]  # fmt: skip
    outcomes = [RETURNED] if isinstance(target, ast.Attribute) else []
    for use in sorted(uses, key=lambda use: (use.lineno, use.col_offset)):  # type: ignore[attr-defined]
        if _puts_in_order(use, key, above):
            return ORDERED
        outcomes.append(fate(use, above, order_free, depth + 1))
    return max(outcomes, key=_RANK.__getitem__, default=ORDERED)


def _is_use(node: ast.AST, key: str) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load) and _key(node) == key


def _after(use: ast.AST, node: ast.AST) -> bool:
    return (use.lineno, use.col_offset) > (node.lineno, node.col_offset)  # type: ignore[attr-defined]


def _rebound(key: str, node: ast.AST, above: Parents) -> ast.AST | None:
    """The last part of the next statement of the same block that binds the name anew."""
    statement = node
    while statement in above and not isinstance(statement, ast.stmt):
        statement = above[statement]
    block = getattr(above.get(statement), "body", None)
    if not isinstance(block, list) or statement not in block:
        return None
    for following in block[block.index(statement) + 1 :]:
        if isinstance(following, ast.Assign) and any(
            _key(part) == key for target in following.targets for part in ast.walk(target)
        ):
            return max(
                (part for part in ast.walk(following) if isinstance(part, ast.expr)),
                key=lambda part: (part.lineno, part.col_offset),
            )
    return None


def _puts_in_order(use: ast.AST, key: str, above: Parents) -> bool:
    """Whether this use is `name.sort()`, or a check that there is only one entry."""
    parent = above.get(use)
    if isinstance(parent, ast.Attribute) and parent.attr == "sort":
        return True
    if not isinstance(parent, ast.Call):
        return False
    around = above.get(parent)
    if _callee(parent) == "len" and isinstance(around, ast.Compare) and len(around.comparators) == 1:
        other = around.comparators[0]
        return isinstance(other, ast.Constant) and other.value == 1 and not isinstance(around.ops[0], ast.Gt | ast.GtE)
    return False


def _loop(loop: ast.For | ast.AsyncFor, above: Parents) -> str:
    """The fate of what a loop goes through: unordered when the body grows a sequence or counts."""
    root = _root(loop, above)
    if any(isinstance(part, ast.Name | ast.Attribute) and _key(part).rpartition(".")[2] in ("sort", "sorted")
           for statement in loop.body for part in ast.walk(statement)):  # fmt: skip
        return ORDERED
    for part in (inner for statement in loop.body for inner in ast.walk(statement)):
        if isinstance(part, ast.Yield | ast.YieldFrom):
            return RETURNED
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in _GROWS:
            if not _sorted_later(_key(part.func.value), root, above):
                return UNORDERED
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Call) and _callee(part.value) == "len":
            if any(isinstance(target, ast.Subscript) for target in part.targets):
                return UNORDERED
    return ORDERED


def _sorted_later(key: str, root: ast.AST, above: Parents) -> bool:
    for use in ast.walk(root):
        if not _is_use(use, key):
            continue
        parent = above.get(use)
        if isinstance(parent, ast.Attribute) and parent.attr == "sort":
            return True
        while isinstance(parent, ast.expr | ast.comprehension):
            if isinstance(parent, ast.Call) and _callee(parent) in ("sorted", "set"):
                return True
            parent = above.get(parent)
    return False
