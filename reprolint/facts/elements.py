"""What a set holds and what a loop does, as far as their own text tells."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping

_SORTS = frozenset({"sort", "sorted", "sort_values", "sort_index"})
_NOT_SORTED = ("unsorted", "not_sorted", "non_sorted", "nonsorted")
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
_NAMES_ERRORS = re.compile(r"(^|[._])(err|error|exception|failed|failure)s?$", re.IGNORECASE)
GROWS = frozenset({"append", "appendleft", "extend", "insert", "put"})
SET_METHODS = frozenset(
    {"add", "discard", "remove", "clear", "update", "difference_update", "intersection_update", "issubset",
     "issuperset", "isdisjoint", "count", "sort"}
)  # fmt: skip
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


def callee_name(node: ast.expr) -> str:
    """The last name of what is called; empty for what is no call."""
    func = node.func if isinstance(node, ast.Call) else None
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""


def dotted(node: ast.AST) -> str:
    """A name as it is written, with its attributes; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def gives_sorted(call: ast.Call) -> bool:
    """Whether a call gives its elements sorted, or without any order."""
    name = callee_name(call)
    return name in _SORTS or name == "set" or is_sorting(name)


def names_sorting(node: ast.AST) -> bool:
    """Whether a node names something that sorts."""
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name in _SORTS or is_sorting(name)


def is_sorting(name: str) -> bool:
    """Whether a function gives back its argument in order: `sorted` and those named after it, as `natsorted`."""
    return name.endswith("sorted") and not name.endswith(_NOT_SORTED)


def inside(loop: ast.For | ast.AsyncFor) -> Iterator[ast.AST]:
    """Everything in the body of a loop, at any depth; what is only done about an error is left out."""
    waiting: list[ast.AST] = list(reversed(loop.body))
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [part for part in ast.iter_child_nodes(node) if not isinstance(part, ast.ExceptHandler)]


def sorts_folders(loop: ast.For | ast.AsyncFor) -> bool:
    """Whether a walk over a tree is told its way: `folders.sort()`, `folders[:] = sorted(folders)`."""
    triples = (part.elts for part in ast.walk(loop.target) if isinstance(part, ast.Tuple))
    folders = {dotted(items[1]) for items in triples if len(items) > 2}
    return bool(folders) and any(_sorts_in_place(part, folders) for part in inside(loop))


def _sorts_in_place(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        return dotted(node.targets[0].value) in names and any(map(names_sorting, ast.walk(node.value)))
    return isinstance(node, ast.Attribute) and node.attr == "sort" and dotted(node.value) in names


def made_anew(loop: ast.For | ast.AsyncFor, above: Mapping[ast.AST, ast.AST]) -> set[str]:
    """The names that every turn of a loop binds to something else than what they held before."""
    found: set[str] = set()
    for part in inside(loop):
        if isinstance(part, ast.Assign) and isinstance(above[part], ast.For | ast.AsyncFor | ast.While | ast.With):
            held = {dotted(inner) for inner in ast.walk(part.value)}
            found.update(name for target in part.targets if (name := dotted(target)) and name not in held)
    return found


def grown(node: ast.AST, root: ast.AST) -> ast.expr | None:
    """The sequence that a node adds to: by a method, or by `rows += more` where the function makes `rows` a list
    or an empty text."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in GROWS:
        return node.func.value
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and isinstance(node.target, ast.Name):
        name = node.target.id
        if any(isinstance(part, ast.Assign) and _starts(part, name) for part in ast.walk(root)):
            return node.target
    return None


def _starts(node: ast.Assign, name: str) -> bool:
    text = isinstance(node.value, ast.Constant) and node.value.value == ""
    return (text or isinstance(node.value, ast.List)) and any(dotted(target) == name for target in node.targets)


def keeps_results(name: str, fresh: Collection[str]) -> bool:
    """Whether a sequence that a loop appends to outlives its turn, and is no list of what went wrong."""
    return name not in fresh and not _NAMES_ERRORS.search(name)


def numbers_by_length(node: ast.AST) -> bool:
    """Whether a statement is `index[name] = len(index)`."""
    if not isinstance(node, ast.Assign):
        return False
    counted = isinstance(node.value, ast.Call) and callee_name(node.value) == "len"
    return counted and any(isinstance(target, ast.Subscript) for target in node.targets)


def keeps_numbers(loop: ast.For | ast.AsyncFor) -> tuple[bool, list[ast.expr]]:
    """Whether the body stores a number that it counts, `index[name] = number`, and what it fills by that number."""
    first = loop.target.elts[0] if isinstance(loop.target, ast.Tuple) else None
    numbers = {first.id} if isinstance(first, ast.Name) else set[str]()
    stored, filled = False, list[ast.expr]()
    for part in inside(loop):
        if not isinstance(part, ast.Assign | ast.AugAssign) or (numbers and not _names(part, numbers)):
            continue
        targets = part.targets if isinstance(part, ast.Assign) else [part.target]
        places = [target for target in targets if isinstance(target, ast.Subscript)]
        stored = stored or (bool(places) and (not numbers or _names(part.value, numbers)))
        filled += [target.value for target in places if _names(target.slice, numbers)]
        numbers.update(target.id for target in targets if isinstance(target, ast.Name))
    return stored, filled


def appends_number(call: ast.AST, loop: ast.For | ast.AsyncFor) -> bool:
    """Whether what a call adds to a sequence is the number that the loop counts, alone or in a tuple."""
    first = loop.target.elts[0] if isinstance(loop.target, ast.Tuple) else None
    given = call.args if isinstance(call, ast.Call) else []
    parts = [part for arg in given for part in (arg.elts if isinstance(arg, ast.Tuple) else [arg])]
    return isinstance(first, ast.Name) and any(isinstance(part, ast.Name) and part.id == first.id for part in parts)


def joins_files(node: ast.AST) -> bool:
    """Whether a statement adds what it reads to a text: `text += file.read()`."""
    added = ast.walk(node.value) if isinstance(node, ast.AugAssign) else ()
    return any(isinstance(part, ast.Call) and callee_name(part) in ("read", "read_text") for part in added)


def is_transposed(node: ast.AST) -> bool:
    """Whether an expression gives the columns of rows: `zip(*rows)`."""
    args = node.args if isinstance(node, ast.Call) and callee_name(node) == "zip" else []
    return any(isinstance(arg, ast.Starred) for arg in args)


def counted_with(call: ast.Call) -> bool:
    """Whether a call pairs its arguments with numbers that count up: `zip(names, range(9))`."""
    counts = any(isinstance(arg, ast.Call) and callee_name(arg) in ("count", "range") for arg in call.args)
    return callee_name(call) == "zip" and counts


def _names(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node))
