"""Where what was shuffled is cut in two, one part of it to test on.

Seen are the name that holds what was shuffled, and what is made of it (`rows = rows[order]`, `xs, ys = zip(*pairs)`);
cut in two is what gives both its begin and its end to something else. A batch has two ends, a sample only one of both.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from reprolint.facts.climb import Body, position
from reprolint.facts.elements import callee_name, dotted
from reprolint.facts.members import TRANSPARENT

DEEPEST = 3


def held_out(call: ast.Call, body: Body, means: Callable[[str], bool]) -> bool:
    """Whether one part of what a call shuffles, or gives shuffled, is kept to test on, as names that `means` knows
    tell, and another one is not."""
    statement = body.statement(call)
    known = list(_targets(statement)) or [dotted(item) for item in call.args[:1]]
    head = tail = False
    named = set()
    for key in _made_of([item for item in known if item], statement, body):
        for use in body.loads(key, call):
            part = body.above.get(use)
            if position(use) <= position(call) or not isinstance(part, ast.Subscript) or part.value is not use:
                continue
            index = part.slice.elts[0] if isinstance(part.slice, ast.Tuple) and part.slice.elts else part.slice
            if isinstance(index, ast.Slice) and (index.lower is None) != (index.upper is None):
                head, tail = head or index.lower is None, tail or index.upper is None
                named.add(any(map(means, _receivers(part, body))))
    return head and tail and len(named) > 1


def _made_of(known: list[str], statement: ast.AST, body: Body) -> list[str]:
    """Names, and those that later statements bind to what is made of them as a whole."""
    found = dict.fromkeys(known)
    fresh = known
    for _ in range(DEEPEST):
        later = [body.statement(use) for key in fresh for use in body.loads(key, statement) if _is_kept(use, body)]
        names = (name for item in later if position(item) > position(statement) for name in _targets(item))
        fresh = [name for name in names if name not in found]
        found |= dict.fromkeys(fresh)
    return list(found)


def _is_kept(use: ast.expr, body: Body) -> bool:
    """Whether the statement around a value binds all of it, or what it puts in order: `rows[order]`, `zip(*pairs)`."""
    node: ast.AST = use
    while not isinstance(node, ast.stmt):
        parent = body.above.get(node)
        if isinstance(parent, ast.Call):
            if callee_name(parent) not in TRANSPARENT | body.wrappers:
                return False
        elif parent is None or (isinstance(parent, ast.Subscript) and parent.value is node) or not _holds(parent):
            return False
        node = parent
    return True


def _holds(node: ast.AST) -> bool:
    kinds = ast.Assign | ast.Attribute | ast.List | ast.ListComp | ast.Starred | ast.Subscript | ast.Tuple
    return isinstance(node, kinds | ast.comprehension)


def _receivers(part: ast.expr, body: Body) -> Iterator[str]:
    """What a part is given to: the names it is bound to, a keyword, a key, or what it is put into."""
    node: ast.AST = part
    while (parent := body.above.get(node)) is not None:
        if isinstance(parent, ast.keyword) and parent.arg is not None:
            yield parent.arg
        elif isinstance(parent, ast.Dict) and node in parent.values:
            yield _text(parent.keys[parent.values.index(node)])
        elif isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and _stands_alone(parent, body):
            yield dotted(parent.func.value).rpartition(".")[2]
        elif isinstance(parent, ast.Tuple) and isinstance(above := body.above.get(parent), ast.Assign):
            first = above.targets[0]
            if isinstance(first, ast.Tuple) and len(first.elts) == len(parent.elts):
                yield _text(first.elts[parent.elts.index(node)])  # type: ignore[arg-type]
                return
        if isinstance(parent, ast.stmt):
            yield from (_text(target) for target in getattr(parent, "targets", (getattr(parent, "target", None),)))
            return
        node = parent


def _stands_alone(call: ast.Call, body: Body) -> bool:
    return isinstance(body.above.get(call), ast.Expr)


def _targets(statement: ast.AST) -> Iterator[str]:
    """The names that an assignment binds."""
    for target in statement.targets if isinstance(statement, ast.Assign) else ():
        yield from (dotted(item) for item in (target.elts if isinstance(target, ast.Tuple) else [target]))


def _text(node: ast.expr | None) -> str:
    """The last name of a target, or the text of a key."""
    if isinstance(node, ast.Subscript):
        return _text(node.slice)
    if isinstance(node, ast.Constant):
        return str(node.value)
    return dotted(node).rpartition(".")[2] if node is not None else ""
