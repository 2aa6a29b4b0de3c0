"""What becomes of a value whose order is arbitrary: put in order, used where order is free, or used as it comes."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from reprolint.facts.climb import Body, position
from reprolint.facts.elements import (
    GROWS,
    SET_METHODS,
    appends_number,
    bound_name,
    callee_name,
    counted_with,
    dotted,
    grown,
    holds_words,
    inside,
    is_sorting,
    is_transposed,
    joins_files,
    keeps_numbers,
    keeps_results,
    made_anew,
    names_sorting,
    names_words,
    numbers_by_length,
    puts_words,
    sorts_folders,
)
from reprolint.facts.members import TRANSPARENT, joins_tables, members
from reprolint.facts.parts import unpacked, whole
from reprolint.facts.sinks import (
    INDEXED,
    NUMBERED,
    SHUFFLED,
    SINKS,
    SPLIT,
    STACKED,
    WRITTEN,
    cut,
    held,
    lists_samples,
    names_models,
    picks,
    splits,
    takes_samples,
    writes,
    writes_outside,
)
from reprolint.facts.sorting import only_counted, puts_in_order, rebound, sorted_later, sorts

ORDERED, UNORDERED, RETURNED, PASSED, PICKED = "ordered", "unordered", "returned", "passed", "picked"
GATHERED, FIRST = "gathered", "first"
_STATES = (ORDERED, PASSED, PICKED, FIRST, RETURNED, GATHERED, UNORDERED, *SINKS)
_RANK = {state: rank for rank, state in enumerate(_STATES)}
_SILENT = frozenset({"sum", "print", "isinstance", "bool", "str", "repr", "format"})
_SET_RESULTS = frozenset({"union", "intersection", "difference", "symmetric_difference", "copy"})
_MERGES = (ast.BitOr, ast.BitAnd, ast.BitXor, ast.Sub)
DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Trail:
    """How a value came here: `numbered` by enumerate, `paired` with others by zip, made a `sequence` (a set is none),
    still a table with `rows`, through how many names."""

    sequence: bool
    numbered: bool = False
    paired: bool = False
    rows: bool = False
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

    Returns one of `facts.sinks.SINKS` (its order decides about samples), `ordered` (sorted, or order plays no part),
    `unordered` (it decides something else), `returned` (the caller decides), `gathered` (a loop makes a sequence of it
    that is returned), `passed` (handed to a callee that may or may not care), `picked` or `first` (one entry is taken,
    by `next` or by a constant index, often the only one).
    """
    if isinstance(body.statement(node), ast.Raise):
        return ORDERED  # it only tells what is wrong
    while (parent := body.above.get(node)) is not None:
        if (around := whole(node, body)) is not None:
            parent, trail = around, replace(trail, sequence=True, rows=trail.rows or isinstance(parent, ast.Dict))
        elif isinstance(parent, ast.Call):
            outcome = _argument(node, parent, body, trail)
            if outcome is not None:
                return outcome
            numbered = trail.numbered or callee_name(parent) == "enumerate"
            trail = replace(trail, sequence=True, numbered=numbered, paired=counted_with(parent))
        elif isinstance(parent, ast.comprehension):
            parent = body.above[parent]
            if isinstance(parent, ast.DictComp | ast.SetComp):
                return NUMBERED if trail.numbered else ORDERED
            if is_transposed(node) and callee_name(parent.elt) in body.keeps_order:  # type: ignore[attr-defined]
                return STACKED
            trail = replace(trail, sequence=True)
        elif isinstance(parent, ast.Attribute):
            outcome = _method(parent, body, trail)
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
    if name in TRANSPARENT or name in body.wrappers:
        return PASSED if trail.rows and joins_tables(call) else None
    if isinstance(call.func, ast.Attribute) and name in SET_METHODS | _SET_RESULTS:
        return ORDERED
    if name in GROWS and isinstance(call.func, ast.Attribute):
        if name == "extend":
            return _grown(call.func.value, call, body, trail)
        return _member(call.func.value, body, trail) if trail.sequence else PASSED
    if trail.rows and name in body.keeps_rows and isinstance(call.func, ast.Attribute):
        return None  # a column that another table is made of
    if name == "next":
        return _first_folder(call, body, trail) if callee_name(call.args[0]) == "walk" else PICKED
    if sorted_later(call, body):
        return ORDERED
    if picks(name):
        return SHUFFLED
    if splits(name) or takes_samples(name) or name in body.datasets:
        return SPLIT if splits(name) else INDEXED
    if name == "dict" and trail.paired:
        return NUMBERED
    if trail.sequence and writes(call):
        return WRITTEN if lists_samples(call, body.root(call)) else UNORDERED
    if name in body.keeps_order and not only_counted(call, body):
        return _worst(STACKED, fate(call, body, replace(trail, sequence=True)))
    return UNORDERED if dotted(call.func) == "dict.fromkeys" else PASSED


def _first_folder(call: ast.Call, body: Body, trail: Trail) -> str:
    """The fate of the names in the first folder of a walk."""
    if isinstance(parent := body.above.get(call), ast.Subscript):
        return fate(parent, body, trail)
    return _worst(PASSED, *(_stored(name, value, body, trail) for name, value in unpacked(call, body)))


def _method(node: ast.Attribute, body: Body, trail: Trail) -> str | None:
    """The fate of a value of which an attribute is taken; None when a method gives back a set of the same kind, or a
    table with the same rows.

    `set(x).pop()` is nearly always the one element of a set of one, and is let pass.
    """
    call = body.above.get(node)
    if not (isinstance(call, ast.Call) and call.func is node):
        return ORDERED
    if trail.rows and (picks(node.attr) or node.attr in body.numbers_rows):
        return SHUFFLED if picks(node.attr) else NUMBERED
    if trail.rows and node.attr in body.keeps_rows:
        return None
    if node.attr == "index":
        return NUMBERED
    return None if node.attr in _SET_RESULTS else ORDERED


def _statement(node: ast.AST, parent: ast.AST, body: Body, trail: Trail) -> str:
    if isinstance(parent, ast.Subscript) and node is parent.value:
        if trail.rows and isinstance(parent.slice, ast.Constant) and isinstance(parent.slice.value, str):
            return fate(parent, body, trail)  # a column of a table
        taken = cut(parent, body.root(parent))
        if taken or not isinstance(parent.slice, ast.Slice):
            return taken or UNORDERED
        return fate(parent, body, trail)
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
    if isinstance(target, ast.Subscript) and trail.sequence:
        return _member(target, body, trail)
    if not key:
        return PASSED
    if trail.depth >= DEEPEST:
        return ORDERED
    end = rebound(key, node, body)
    outcomes: list[str] = []
    if isinstance(target, ast.Attribute) and trail.sequence:
        outcomes.append(held(body.owner, key) or RETURNED)
        if outcomes == [ORDERED]:
            return ORDERED
    for use in body.loads(key, node):
        if position(use) <= position(node) or (end is not None and position(use) > position(end)):
            continue
        if puts_in_order(use, key, body):
            return ORDERED
        outcomes.append(fate(use, body, replace(trail, depth=trail.depth + 1)))
    worst = _worst(*outcomes)
    return UNORDERED if worst in SINKS and names_models(key) else worst


def _member(target: ast.expr, body: Body, trail: Trail) -> str:
    """The fate of a sequence that is put into another one, or under a key: what is done with the members of that."""
    while isinstance(target, ast.Subscript):
        target = target.value
    key, outcomes = dotted(target), [PASSED]
    if "." in key:
        return held(body.owner, key) or PASSED
    for use in body.loads(key, target) if key and trail.depth < DEEPEST else ():
        outcomes += [fate(part, body, Trail(True, depth=trail.depth + 1)) for part in members(use, body)]
    return _worst(*(outcome if outcome in SINKS else PASSED for outcome in outcomes))


def _worst(*outcomes: str) -> str:
    return max(outcomes, key=_RANK.__getitem__, default=ORDERED)


def _loop(loop: ast.For | ast.AsyncFor, body: Body, trail: Trail) -> str:
    """The fate of what a loop goes through: that of the sequences it grows, or of the numbers it counts up."""
    if sorts_folders(loop):
        return ORDERED
    stored, filled = keeps_numbers(loop) if trail.numbered else (False, [])
    outcomes = [NUMBERED] if stored else []
    outcomes += [_grown(sequence, loop, body, trail) for sequence in filled if not stored]
    fresh = made_anew(loop, body.above)
    for part in inside(loop):
        if isinstance(part, ast.Yield | ast.YieldFrom):
            outcomes.append(RETURNED)
        elif (sequence := grown(part, body.root(loop))) is not None:
            if trail.numbered and appends_number(part, loop):
                outcomes.append(NUMBERED)
            elif joins_files(part):
                outcome = _grown(sequence, loop, body, trail)
                outcomes.append(WRITTEN if outcome in (FIRST, STACKED, UNORDERED) else outcome)
            elif keeps_results(dotted(sequence), fresh):
                outcomes.append(_grown(sequence, loop, body, trail))
        elif numbers_by_length(part):
            outcomes.append(NUMBERED)
        elif writes_outside(part, loop):
            outcomes.append(WRITTEN if lists_samples(part, body.root(loop)) else UNORDERED)
    return _worst(*outcomes)


def _grown(sequence: ast.expr, loop: ast.AST, body: Body, trail: Trail) -> str:
    """The fate of a sequence that a loop appends to: kept in an object or returned, its order is somebody's input."""
    key = dotted(sequence)
    if not key:  # one of many sequences, `groups[name]`: sorted where anything is sorted later
        root = body.root(loop)
        ordered = any(names_sorting(part) for part in ast.walk(root))
        return ORDERED if ordered else _worst(UNORDERED, _member(sequence, body, trail))
    if trail.depth >= DEEPEST:
        return UNORDERED
    outcomes: list[str] = []
    if "." in key:
        outcomes.append(held(body.owner, key) or UNORDERED)
        if outcomes == [ORDERED]:
            return ORDERED
    for use in body.loads(key, loop):
        parent = body.above.get(use)
        if isinstance(parent, ast.Attribute) and parent.attr in GROWS:
            continue
        if sorts(use, body) or puts_in_order(use, key, body):
            return ORDERED
        outcome = fate(use, body, Trail(True, depth=trail.depth + 1))
        outcomes.append({RETURNED: GATHERED, PASSED: UNORDERED}.get(outcome, outcome))
    return _worst(*outcomes)
