"""What a hash is taken of, and what it decides, as far as the text of one function tells."""

from __future__ import annotations

import ast
import re

from reprolint.facts.climb import Body
from reprolint.facts.elements import bound_name, callee_name, dotted, is_word

BUCKET, NAMED, PASSED, OTHER, NOTHING = "bucket", "named", "passed", "other", ""
WORDS, NUMBERS, UNKNOWN = "words", "numbers", ""
DEEPEST = 3
# What gives bytes, strings, or other values whose hash is made from a string's; what gives a plain number.
_TEXTS = frozenset(
    {"Path", "PosixPath", "PurePath", "as_posix", "bytes", "date", "datetime", "dumps", "encode", "hexdigest",
     "isoformat", "repr", "strftime", "tobytes"}
)  # fmt: skip
_COUNTS = frozenset({"float", "int", "len", "ord", "randint", "randrange", "round"})
_WRITES = frozenset({"format", "hex", "str"})
_THROUGH = frozenset({"frozenset", "list", "sorted", "tuple"})
_ITEMS = frozenset({"items", "keys", "split", "splitlines"})
_NUMBER_NAMES = re.compile(r"(^|_)(e|epoch|i|idx|index|j|k|n|num|number|rank|seed|step|worker_id)$", re.IGNORECASE)
_TEXT_NAMES = re.compile(r"(^|_)(prompt|question|uri|url|uuid)s?$", re.IGNORECASE)
_GUARDS = re.compile(r"condition|futures?\b|locks?\b|mutex|semaphore", re.IGNORECASE)
_PLAIN = re.compile(r"color|colour|palette|cmap|marker|port\b", re.IGNORECASE)


def kind(node: ast.expr, body: Body, depth: int = 0) -> str:
    """What a value is that is hashed: `words` when its hash differs between processes, `numbers` when it does not."""
    if isinstance(node, ast.Tuple):
        kinds = {kind(item, body, depth) for item in node.elts}
        return WORDS if WORDS in kinds else NUMBERS if kinds == {NUMBERS} else UNKNOWN
    if isinstance(node, ast.Constant):
        return (
            WORDS
            if isinstance(node.value, str | bytes)
            else NUMBERS
            if isinstance(node.value, int | float)
            else UNKNOWN
        )
    if isinstance(node, ast.BinOp):
        kinds = {kind(node.left, body, depth), kind(node.right, body, depth)}
        return WORDS if WORDS in kinds and isinstance(node.op, ast.Add | ast.Mod) else min(kinds)
    if isinstance(node, ast.Call):
        return _called(node, body, depth)
    if isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        return kind(node.elt, body, depth)
    known = _declared(node, body, depth) if isinstance(node, ast.Name) and depth < DEEPEST else UNKNOWN
    if known:
        return known
    name = dotted(node).rpartition(".")[2]
    if name == "key":
        return UNKNOWN  # of a table, and of anything
    if is_word(node) or _TEXT_NAMES.search(name):
        return WORDS
    return NUMBERS if _NUMBER_NAMES.search(name) else UNKNOWN


def _called(node: ast.Call, body: Body, depth: int) -> str:
    name = callee_name(node)
    if is_word(node) or name in _TEXTS or name in _ITEMS:
        return WORDS
    if name in _THROUGH and len(node.args) == 1:
        return kind(node.args[0], body, depth)
    return NUMBERS if name in _COUNTS else UNKNOWN


def _declared(node: ast.Name, body: Body, depth: int) -> str:
    """What a name of the function around it is annotated as, or was last bound to."""
    root = body.root(node)
    arguments = getattr(root, "args", None)
    if isinstance(arguments, ast.arguments):
        for item in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if item.arg == node.id and item.annotation is not None:
                return {"str": WORDS, "bytes": WORDS, "int": NUMBERS, "float": NUMBERS}.get(dotted(item.annotation), "")
    bound = [part for part in ast.walk(root) if isinstance(part, ast.Assign) and bound_name(part) == node.id]
    bound = [part for part in bound if part.lineno < node.lineno]
    return kind(bound[-1].value, body, depth + 1) if bound else UNKNOWN


def decides(node: ast.AST, body: Body, depth: int = 0) -> str:
    """What a hash decides: a `bucket` (a remainder, or some bits of it), what something is `named`; `passed` when a
    callee decides, `other` for anything else, such as a comparison, `nothing` that a training sees."""
    name = getattr(body.root(node), "name", "")
    if name in ("__eq__", "__hash__") or _PLAIN.search(name):
        return NOTHING
    while (parent := body.above.get(node)) is not None:
        if isinstance(parent, ast.BinOp):
            if isinstance(parent.op, ast.Mod | ast.BitAnd) and node is parent.left:
                return NOTHING if _is_plain(parent, body) else NAMED if _is_written(parent, body) else BUCKET
            if isinstance(parent.op, ast.Mod):
                return OTHER
        elif isinstance(parent, ast.Call):
            if callee_name(parent) not in ("abs", "int"):
                return NAMED if callee_name(parent) in _WRITES else PASSED
        elif isinstance(parent, ast.Assign | ast.AnnAssign):
            name = bound_name(parent)
            uses = [use for use in body.loads(name, node) if use.lineno > parent.lineno] if name else []
            found = {decides(use, body, depth + 1) for use in uses} if depth < DEEPEST else set()
            return next((state for state in (BUCKET, NAMED, PASSED) if state in found), OTHER)
        elif isinstance(parent, ast.FormattedValue):
            return NAMED
        elif not isinstance(parent, ast.UnaryOp | ast.IfExp):
            return PASSED if isinstance(parent, ast.keyword) else OTHER
        node = parent
    return OTHER


def _is_written(node: ast.AST, body: Body) -> bool:
    """Whether a number goes straight into a text: an identifier, the name of a file."""
    above = body.above.get(node)
    while isinstance(above, ast.BinOp) and isinstance(above.op, ast.Add | ast.Sub | ast.Mult):
        above = body.above.get(above)
    return isinstance(above, ast.FormattedValue) or (isinstance(above, ast.Call) and callee_name(above) in _WRITES)


def _is_plain(node: ast.BinOp, body: Body) -> bool:
    """Whether a bucket is a colour, a marker or the number of a port: no training sees it."""
    around = ast.unparse(node.right) + " " + bound_name(body.statement(node))
    above = body.above.get(node)
    owner = ast.unparse(above.value) if isinstance(above, ast.Subscript) else ""
    return bool(_PLAIN.search(f"{around} {owner}"))


def guards(node: ast.Call, body: Body) -> bool:
    """Whether what is sorted are locks and their like: they are taken in one order to avoid a deadlock, any order."""
    sorted_ones = node.func.value if isinstance(node.func, ast.Attribute) else node.args[0] if node.args else node
    return bool(_GUARDS.search(f"{ast.unparse(sorted_ones)} {bound_name(body.statement(node))}"))


def sorting_key(node: ast.expr, identities: frozenset[str], hashes: frozenset[str]) -> tuple[str, str]:
    """Whether a key of sorting is the address or the hash of what is sorted: the callable, and `only` or `tie` (the
    last resort behind other parts of a tuple); empty when it is neither."""
    inner = node
    if isinstance(node, ast.Lambda):
        inner = node.body
        if isinstance(inner, ast.Tuple) and inner.elts:
            last = inner.elts[-1]
            name = callee_name(last) if isinstance(last, ast.Call) and isinstance(last.func, ast.Name) else ""
            return (name, "only" if len(inner.elts) == 1 else "tie") if name in identities | hashes else ("", "")
        if not (isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and len(inner.args) == 1):
            return "", ""
        inner = inner.func
    name = inner.id if isinstance(inner, ast.Name) else ""
    return (name, "only") if name in identities | hashes else ("", "")
