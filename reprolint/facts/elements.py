"""What a set holds and what a loop does, as far as their own text tells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

GROWS = frozenset({"append", "appendleft", "extend", "insert", "put"})
_SORTS = frozenset({"sort", "sorted", "sort_values", "sort_index"})
# What gives strings, or a sequence of them; what hands its argument on; what people call strings.
_TEXTS = frozenset(
    {"basename", "dirname", "format", "join", "keys", "lower", "lstrip", "read", "readlines", "replace", "rstrip",
     "split", "splitext", "splitlines", "strip", "upper"}
)  # fmt: skip
_THROUGH = frozenset({"chain", "from_iterable", "iter", "list", "reversed", "tuple"})
_NAMES_WORDS = re.compile(
    r"(^|_)(alphabet|captions?|chars?|characters?|columns?|file_?names?|files|genres?|keys|names?|paths?|sentences?|tags?"
    r"|strings?|texts?|tokens?|vocab|vocabulary|words?)$",
    re.IGNORECASE,
)
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


def holds_words(node: ast.AST) -> bool:
    """Whether a set holds strings by its own text, or by the name of what it is made from."""
    if isinstance(node, ast.Set):
        return any(is_word(item) for item in node.elts)
    if isinstance(node, ast.SetComp):
        return is_word(node.elt)
    if not (isinstance(node, ast.Call) and len(node.args) == 1):
        return False
    inner = node.args[0]
    while isinstance(inner, ast.Call) and callee_name(inner) in _THROUGH and inner.args:
        inner = inner.args[0]
    if isinstance(inner, ast.List | ast.Tuple | ast.Set):
        return any(is_word(item) for item in inner.elts)
    if isinstance(inner, ast.ListComp | ast.GeneratorExp | ast.SetComp):
        return is_word(inner.elt)
    if isinstance(inner, ast.Call):
        return callee_name(inner) in _TEXTS
    return names_words(dotted(inner))


def puts_words(method: ast.Attribute, call: ast.AST | None) -> bool:
    """Whether a call of a method puts strings into the set that it belongs to."""
    if not isinstance(call, ast.Call) or call.func is not method:
        return False
    return holds_words(call) if method.attr == "update" else method.attr == "add" and any(map(is_word, call.args))


def bound_name(node: ast.AST | None) -> str:
    """The first name that an assignment binds; empty for anything else."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return dotted(targets[0]) if targets[0] is not None else ""


def names_words(name: str) -> bool:
    """Whether people call strings so."""
    return bool(_NAMES_WORDS.search(name.rpartition(".")[2]))


def is_word(node: ast.expr) -> bool:
    """Whether an expression is a string by its own text."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Call) and callee_name(node.value) in _TEXTS
    if isinstance(node, ast.Call):
        return callee_name(node) in _TEXTS or callee_name(node) == "str"
    return isinstance(node, ast.JoinedStr) or names_words(dotted(node))


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


def dotted(node: ast.AST) -> str:
    """A name as it is written, with its attributes; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def names_sorting(node: ast.AST) -> bool:
    """Whether a node names something that sorts."""
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name in _SORTS or is_sorting(name)


def is_sorting(name: str) -> bool:
    """Whether a function gives back its argument in order: `sorted` and those named after it, as `natsorted`."""
    return name.endswith("sorted")


def inside(loop: ast.For | ast.AsyncFor) -> Iterator[ast.AST]:
    """Everything in the body of a loop, at any depth."""
    return (part for statement in loop.body for part in ast.walk(statement))


def sorts_folders(loop: ast.For | ast.AsyncFor) -> bool:
    """Whether a walk over a tree is told its way: `folders.sort()`, `folders[:] = sorted(folders)`."""
    triples = (part.elts for part in ast.walk(loop.target) if isinstance(part, ast.Tuple))
    folders = {dotted(items[1]) for items in triples if len(items) > 2}
    return bool(folders) and any(_sorts_in_place(part, folders) for part in inside(loop))


def _sorts_in_place(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        return dotted(node.targets[0].value) in names and any(map(names_sorting, ast.walk(node.value)))
    return isinstance(node, ast.Attribute) and node.attr == "sort" and dotted(node.value) in names


def grown_in(loop: ast.For | ast.AsyncFor, root: ast.AST) -> Iterator[ast.expr]:
    """The sequences that a loop adds to: by a method, or by `+=` where they start as an empty list or text."""
    for part in inside(loop):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in GROWS:
            yield part.func.value
        elif isinstance(part, ast.AugAssign) and isinstance(part.op, ast.Add):
            starts = (other for other in ast.walk(root) if isinstance(other, ast.Assign) and _is_empty(other.value))
            if dotted(part.target) in {dotted(target) for start in starts for target in start.targets} - {""}:
                yield part.target


def _is_empty(node: ast.expr) -> bool:
    return not node.elts if isinstance(node, ast.List) else isinstance(node, ast.Constant) and node.value == ""


def made_anew(loop: ast.For | ast.AsyncFor, above: Mapping[ast.AST, ast.AST]) -> set[str]:
    """The names that every turn of a loop binds to something else than what they held before."""
    found: set[str] = set()
    for part in inside(loop):
        if isinstance(part, ast.Assign) and isinstance(above[part], ast.For | ast.AsyncFor | ast.While | ast.With):
            held = {dotted(inner) for inner in ast.walk(part.value)}
            found.update(name for target in part.targets if (name := dotted(target)) and name not in held)
    return found


def writes_outside(call: ast.AST, loop: ast.For | ast.AsyncFor) -> bool:
    """Whether a call in a loop writes to a file that is open all the while: a line for each turn."""
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return False
    if call.func.attr not in ("write", "writelines"):
        return False
    key = dotted(call.func.value)
    opened = {dotted(item.optional_vars) for part in inside(loop) if isinstance(part, ast.With | ast.AsyncWith)
              for item in part.items if item.optional_vars is not None}  # fmt: skip
    bound = {dotted(target) for part in inside(loop) if isinstance(part, ast.Assign) for target in part.targets}
    return bool(key) and not key.startswith("sys.") and key not in opened | bound


def numbers_by_length(node: ast.AST) -> bool:
    """Whether a statement is `index[name] = len(index)`."""
    if not isinstance(node, ast.Assign):
        return False
    counted = isinstance(node.value, ast.Call) and callee_name(node.value) == "len"
    return counted and any(isinstance(target, ast.Subscript) for target in node.targets)


def keeps_numbers(loop: ast.For | ast.AsyncFor) -> bool:
    """Whether the body stores something by subscript, as `index[name] = number` does."""
    return any(isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store) for part in inside(loop))
