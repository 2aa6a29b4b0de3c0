"""Where an order reaches the samples of a training: shuffled, split, numbered, indexed, written as a list."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from reprolint.facts.elements import callee_name, dotted, inside, is_sorting

SHUFFLED, SPLIT, NUMBERED, INDEXED, WRITTEN = "shuffled", "split", "numbered", "indexed", "written"
STACKED = "stacked"  # made an array or a table, entry after entry: samples, where that is trained on
SINKS = (STACKED, INDEXED, WRITTEN, SPLIT, SHUFFLED, NUMBERED)
_PICKS = frozenset({"choice", "choices", "permutation", "sample", "shuffle"})
_DRAWS = _PICKS | {"integers", "randint", "randrange"}
_WRITES = frozenset({"write", "writelines", "writerow", "writerows"})
# What people call a function that divides samples, and lists of samples or words that are written; results are none.
_SPLITS = re.compile(r"(^|_)(data|kfold|random|stratified|test|train|val|valid)\w*_split$")
_LISTS = re.compile(
    r"annot?|corpus|csv|data_?set|(file|image|img|path|wav|utt)s?_?(list|names?|paths?)|label|(^|[\W_])li?st|manifest|meta"
    r"|scp|split|(^|[\W_])(tags|train\w*|val|words)([\W_]|$)|vocab",
    re.IGNORECASE,
)
_MODELS = re.compile(r"check_?point|ckpt|model|snapshot|weight", re.IGNORECASE)
_GIVES_FILES = re.compile(
    r"class|data|dir|file|find|glob|ima?ge?|label|list|mask|path|read|sample|scan|shard|utt|video|walk"
)
_RESULTS = re.compile(r"eval|log|metric|pred|report|result|score|stat", re.IGNORECASE)


def picks(name: str) -> bool:
    """Whether a call of this name moves, or takes at random, what it is given."""
    return name in _PICKS


def splits(name: str) -> bool:
    """Whether a function is named after a split of samples."""
    return _SPLITS.search(name) is not None


def names_models(name: str) -> bool:
    """Whether a name is that of files which hold trained models: they are no samples."""
    return _MODELS.search(name) is not None


def gives_files(name: str) -> bool:
    """Whether a function is named after files, or samples made of them."""
    return _GIVES_FILES.search(name.lower()) is not None


def takes_samples(name: str) -> bool:
    """Whether a class is named after a set of samples, or a loader of them, to train on."""
    return name.endswith(("Dataset", "DataLoader")) and not re.match(r"Demo|Eval|Infer|Predict|Test|Val", name)


def gives_samples(owner: ast.ClassDef) -> bool:
    """Whether instances of a class are asked for samples."""
    return any(isinstance(item, ast.FunctionDef) and item.name in ("__getitem__", "__iter__") for item in owner.body)


def cut(node: ast.Subscript, root: ast.AST) -> str:
    """How a part is taken: `split` (by a number that was computed), `first` (one, by a constant), `shuffled` (at a
    place drawn at random), `indexed` (where samples are asked for), or empty."""
    index = node.slice
    if isinstance(index, ast.Slice):
        ends = [end for end in (index.lower, index.upper) if end is not None]
        return SPLIT if any(not _is_constant(end) for end in ends) else ""
    if _is_constant(index):
        return "first"
    if any(isinstance(part, ast.Call) and callee_name(part) in _DRAWS for part in ast.walk(index)):
        return SHUFFLED
    return INDEXED if getattr(root, "name", "") == "__getitem__" else ""


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def held(owner: ast.ClassDef | None, key: str) -> str:
    """What a class does with a sequence that it keeps in an attribute: `ordered` where a method sorts it, `shuffled`,
    `indexed` where its instances are asked for samples; else empty."""
    found = ""
    methods = [item for item in owner.body if isinstance(item, ast.FunctionDef)] if owner is not None else []
    samples = owner is not None and gives_samples(owner)
    for method in methods:
        for part in ast.walk(method):
            if _sorts(part, key):
                return "ordered"
            if isinstance(part, ast.Call) and part.args and callee_name(part) in _PICKS and _of(part.args[0], key):
                found = SHUFFLED
            asked = samples and not found and method.name != "__init__" and isinstance(part, ast.Attribute)
            if asked and dotted(part) == key and _gives(method, key):
                found = INDEXED
    return found


def _gives(method: ast.FunctionDef, key: str) -> bool:
    """Whether a method takes entries of the sequence by an index that is no constant, or goes through all to yield."""
    if method.name == "__iter__":
        return True
    taken = (part for part in ast.walk(method) if isinstance(part, ast.Subscript) and dotted(part.value) == key)
    return any(not _is_constant(part.slice) for part in taken)


def _of(node: ast.expr, key: str) -> bool:
    while isinstance(node, ast.Subscript):
        node = node.value
    return dotted(node) == key


def _sorts(node: ast.AST, key: str) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "sort" and dotted(node.value) == key
    sorts = isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and is_sorting(callee_name(node.value))
    return sorts and any(dotted(target) == key for target in node.targets)  # type: ignore[attr-defined]


def writes(call: ast.AST) -> bool:
    """Whether a call writes to something that has a name: a file, not the terminal."""
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _WRITES):
        return False
    key = dotted(call.func.value)
    return bool(key) and not key.startswith("sys.")


def writes_outside(call: ast.AST, loop: ast.For | ast.AsyncFor) -> bool:
    """Whether a call in a loop writes to a file that is open all the while: a line for each turn."""
    if not writes(call):
        return False
    key = dotted(call.func.value)  # type: ignore[attr-defined]
    return not any(dotted(target) == key for part in inside(loop) for target, _ in _bindings(part))


def lists_samples(call: ast.AST, root: ast.AST) -> bool:
    """Whether what is written to is, by its name, a list of samples or words and no table of results."""
    key = dotted(call.func.value)  # type: ignore[attr-defined]
    texts = [getattr(root, "name", "")]
    wanted = {key}
    for _ in range(2):  # the writer of rows, then the file it writes to
        made = [value for part in ast.walk(root) for target, value in _bindings(part) if dotted(target) in wanted]
        names = [inner for value in made for inner in ast.walk(value)]
        texts += [str(inner.value) for inner in names if isinstance(inner, ast.Constant)]
        texts += [name for inner in names if (name := dotted(inner))]
        wanted = {dotted(inner) for inner in names if isinstance(inner, ast.Name)} - wanted
    return any(map(_LISTS.search, texts)) and not any(map(_RESULTS.search, texts))


def _bindings(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What a statement binds to the results of calls."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, ast.With | ast.AsyncWith):
        yield from ((item.optional_vars, item.context_expr) for item in node.items if item.optional_vars is not None)
