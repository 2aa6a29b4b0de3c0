"""What becomes of a value whose order is arbitrary: put in order, used where order is free, or used as it comes."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from reprolint.facts.climb import Body, position
from reprolint.facts.elements import (
    GROWS,
    SET_METHODS,
    bound_name,
    callee_name,
    dotted,
    grown,
    holds_words,
    inside,
    is_sorting,
    keeps_numbers,
    keeps_results,
    made_anew,
    names_sorting,
    names_words,
    numbers_by_length,
    puts_in_order,
    puts_words,
    sorts_folders,
    writes_outside,
)

ORDERED, UNORDERED, RETURNED, PASSED, PICKED = "ordered", "unordered", "returned", "passed", "picked"
GATHERED = "gathered"
_RANK = {ORDERED: 0, PASSED: 1, PICKED: 2, RETURNED: 3, GATHERED: 4, UNORDERED: 5}
_TRANSPARENT = frozenset({"list", "tuple", "iter", "enumerate", "filter", "map", "reversed", "zip", "chain", "join"})
_SILENT = frozenset({"sum", "print", "isinstance", "bool", "str", "repr", "format"})
_PICKS = frozenset({"shuffle", "choice", "sample"})
_SET_RESULTS = frozenset({"union", "intersection", "difference", "symmetric_difference", "copy"})
_MERGES = (ast.BitOr, ast.BitAnd, ast.BitXor, ast.Sub)
DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Trail:
    """How a value came here: `numbered` by enumerate, made a `sequence` (a set is none), through how many names."""

    sequence: bool
    numbered: bool = False
    depth: int = 0


def holds_text(node: ast.expr, body: Body) -> bool:
    """Whether a set holds strings by its own text, the name it is kept under, or what is put into it later."""
    key = bound_name(body.above.get(node))
    if holds_words(node) or names_words(key):
        return True
    for use in body.loads(key, node) if key else ():
        method = body.above.get(use)
        if isinstance(method, ast.Attribute) and puts_words(method, body.above.get(method)):
            return True
    return False


def fate(node: ast.AST, body: Body, trail: Trail) -> str:
    """Follow the value of `node` through the body it stands in.

    Returns `ordered` (sorted, or order plays no part), `unordered` (its order decides something), `returned` (the
    caller decides), `gathered` (a loop makes a sequence of it that is returned), `passed` (handed to a callee that may
    or may not care) or `picked` (one entry is taken, often the only one).
    """
    if isinstance(body.statement(node), ast.Raise):
        return ORDERED  # it only tells what is wrong
    while (parent := body.above.get(node)) is not None:
        if isinstance(parent, ast.Call):
            outcome = _argument(node, parent, body, trail)
            if outcome is not None:
                return outcome
            trail = replace(trail, sequence=True, numbered=trail.numbered or callee_name(parent) == "enumerate")
        elif isinstance(parent, ast.comprehension):
            parent = body.above[parent]
            if isinstance(parent, ast.DictComp | ast.SetComp):
                return UNORDERED if trail.numbered else ORDERED
            trail = replace(trail, sequence=True)
        elif isinstance(parent, ast.Attribute):
            outcome = _method(parent, body)
            if outcome is not None:
                return outcome
            parent = body.above[parent]
        elif isinstance(parent, ast.BinOp) and node is parent.right and not trail.sequence:
            return ORDERED  # the left operand of a set operation stands for the whole
        elif isinstance(parent, ast.IfExp) and node is parent.test:
            return ORDERED
        elif not isinstance(parent, ast.BinOp | ast.Starred | ast.List | ast.Tuple | ast.IfExp | ast.BoolOp):
            return _statement(node, parent, body, trail)
        elif isinstance(parent, ast.Starred):
            trail = replace(trail, sequence=True)
        node = parent
    return ORDERED


def _argument(node: ast.AST, call: ast.Call, body: Body, trail: Trail) -> str | None:
    """The fate of a value handed to a call; None when the call gives the same order on."""
    name = callee_name(call)
    if node is call.func or name in body.order_free or name in _SILENT or is_sorting(name):
        return ORDERED
    if name in _TRANSPARENT or name in body.wrappers:
        return None
    if isinstance(call.func, ast.Attribute) and name in SET_METHODS | _SET_RESULTS:
        return ORDERED
    if name == "extend" and isinstance(call.func, ast.Attribute):
        return _grown(call.func.value, call, body, trail)
    if name == "next":
        return PICKED
    if _sorted_later(call, body):
        return ORDERED
    if name in _PICKS or name in body.keeps_order or dotted(call.func) == "dict.fromkeys":
        return UNORDERED
    return PASSED


def _sorted_later(call: ast.Call, body: Body) -> bool:
    """Whether what a call gives back is put in order by name: `frame = concat(parts); frame.sort_values(...)`."""
    key = bound_name(body.above.get(call))
    later = (use for use in body.loads(key, call) if position(use) > position(call)) if key else ()
    return any(_puts_in_order(use, key, body) for use in later)


def _method(node: ast.Attribute, body: Body) -> str | None:
    """The fate of a value of which an attribute is taken; None when a method gives back a set of the same kind.

    `set(x).pop()` is nearly always the one element of a set of one, and is let pass.
    """
    call = body.above.get(node)
    if not (isinstance(call, ast.Call) and call.func is node):
        return ORDERED
    if node.attr == "index":
        return UNORDERED
    return None if node.attr in _SET_RESULTS else ORDERED


def _statement(node: ast.AST, parent: ast.AST, body: Body, trail: Trail) -> str:
    if isinstance(parent, ast.Subscript) and node is parent.value:
        return UNORDERED
    if isinstance(parent, ast.Return | ast.Yield | ast.YieldFrom | ast.Lambda):
        return RETURNED if trail.sequence else ORDERED
    if isinstance(parent, ast.For | ast.AsyncFor) and node is parent.iter:
        return _loop(parent, body, trail)
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        return _stored(parent.targets[0], node, body, trail)
    if isinstance(parent, ast.AugAssign) and isinstance(parent.op, _MERGES) and not trail.sequence:
        return ORDERED  # the set it is merged into stands for both
    if isinstance(parent, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node is parent.value:
        return _stored(parent.target, node, body, trail)
    if isinstance(parent, ast.keyword | ast.Dict):
        return PASSED
    return ORDERED


def _stored(target: ast.AST, node: ast.AST, body: Body, trail: Trail) -> str:
    """The fate of a value bound to a name: the worst fate of any later use, unless it is sorted in place."""
    key = dotted(target)
    if not key:
        return PASSED
    if trail.depth >= DEEPEST:
        return ORDERED
    end = _rebound(key, node, body)
    outcomes = [RETURNED] if isinstance(target, ast.Attribute) and trail.sequence else []
    for use in body.loads(key, node):
        if position(use) <= position(node) or (end is not None and position(use) > position(end)):
            continue
        if _puts_in_order(use, key, body):
            return ORDERED
        outcomes.append(fate(use, body, replace(trail, depth=trail.depth + 1)))
    return max(outcomes, key=_RANK.__getitem__, default=ORDERED)


def _rebound(key: str, node: ast.AST, body: Body) -> ast.AST | None:
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


def _puts_in_order(use: ast.AST, key: str, body: Body) -> bool:
    """Whether this use is `name.sort()`, `name = sorted(name)`, or a check that there is only one entry."""
    parent = body.above.get(use)
    if isinstance(parent, ast.Attribute) and parent.attr in ("sort", "sort_values", "sort_index"):
        return True
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


def _loop(loop: ast.For | ast.AsyncFor, body: Body, trail: Trail) -> str:
    """The fate of what a loop goes through: that of the sequences it grows, or of the numbers it counts up."""
    outcomes = [UNORDERED] if trail.numbered and keeps_numbers(loop) else []
    if sorts_folders(loop):
        return ORDERED
    fresh = made_anew(loop, body.above)
    for part in inside(loop):
        if isinstance(part, ast.Yield | ast.YieldFrom):
            outcomes.append(RETURNED)
        elif (sequence := grown(part, body.root(loop))) is not None:
            if keeps_results(dotted(sequence), fresh):
                outcomes.append(_grown(sequence, loop, body, trail))
        elif numbers_by_length(part) or writes_outside(part, loop):
            outcomes.append(UNORDERED)
    return max(outcomes, key=_RANK.__getitem__, default=ORDERED)


def _grown(sequence: ast.expr, loop: ast.AST, body: Body, trail: Trail) -> str:
    """The fate of a sequence that a loop appends to: kept in an object or returned, its order is somebody's input."""
    key = dotted(sequence)
    if not key:  # one of many sequences, `groups[name]`: sorted where anything is sorted later
        root = body.root(loop)
        return ORDERED if any(names_sorting(part) for part in ast.walk(root)) else UNORDERED
    if trail.depth >= DEEPEST:
        return UNORDERED
    outcomes = [UNORDERED] if "." in key else []
    for use in body.loads(key, loop):
        parent = body.above.get(use)
        if isinstance(parent, ast.Attribute) and parent.attr in GROWS:
            continue
        if _sorts(use, body) or _puts_in_order(use, key, body):
            return ORDERED
        outcome = fate(use, body, Trail(True, depth=trail.depth + 1))
        outcomes.append({RETURNED: GATHERED, PASSED: UNORDERED}.get(outcome, outcome))
    return max(outcomes, key=_RANK.__getitem__, default=ORDERED)


def _sorts(use: ast.AST, body: Body) -> bool:
    """Whether this use makes something sorted of the sequence, alone or zipped with others."""
    parent = body.above.get(use)
    while isinstance(parent, ast.expr | ast.comprehension):
        if isinstance(parent, ast.Call) and puts_in_order(parent):
            return True
        parent = body.above.get(parent)
    return False
