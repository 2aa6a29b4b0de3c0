"""Put what comes in arbitrary order into a fixed one."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from reprolint.catalog.schema import Remedy
from reprolint.core.diagnostic import Finding
from reprolint.core.edit import Edit, Fix
from reprolint.fixes.names import names_at
from reprolint.fixes.project import Project
from reprolint.fixes.text import point, weakest
from reprolint.fixes.tree import Statement, Tree

_SET_OPERATORS = (cst.BitOr, cst.BitAnd, cst.BitXor, cst.Subtract)
_SET_METHODS = frozenset({"copy", "difference", "intersection", "symmetric_difference", "union"})
_TEXT_METHODS = frozenset({"casefold", "format", "join", "lower", "lstrip", "replace", "rstrip", "strip", "upper"})
_LISTS = frozenset({"list"})
_CONSUMERS = frozenset({"list", "tuple", "enumerate", "zip", "map", "filter", "iter", "reversed", "join", "extend"})
_KEEPS_SET = frozenset({"set", "frozenset", "update", "issubset", "issuperset", "isdisjoint"})


def fix(finding: Finding, remedy: Remedy, project: Project) -> Fix | None:
    """Wrap the expression in `sorted`, or turn the `list` around it into `sorted`."""
    tree = project.tree(finding.place.filename)
    node = tree.expression(finding.place.span)
    if node is None or not _sortable(finding, project) or "sorted" in project.resolver.names(tree.path):
        return None
    node = _whole(tree, node)
    is_set = finding.remedy.get("callee", "") in ("set", "frozenset")
    places = _places(tree, node, is_set)
    edits = tuple(edit for place in places for edit in _wrapped(tree, place))
    if not edits:
        return None
    kinds = {_kind(item, tree, project) for item in _elements(tree, node)} if is_set else {"text"}
    if "never" in kinds or len(kinds - {""}) > 1:
        return None
    if is_set and not kinds and _is_shared(tree, node):
        reason = "it is filled elsewhere, perhaps with what cannot be sorted, such as classes"
        return Fix(remedy.title, "display", edits, reason)
    if is_set and (not kinds or "" in kinds):
        reason = "sorting needs elements that compare with each other, and an order by value"
        return Fix(remedy.title, weakest(remedy.safety, "unsafe"), edits, reason)
    if any("#" in tree.code(place) for place in places):
        return Fix(remedy.title, weakest(remedy.safety, "unsafe"), edits, "a comment stands inside the expression")
    return Fix(remedy.title, remedy.safety, edits, "the order changes once" if remedy.safety != "safe" else "")


def _is_shared(tree: Tree, node: cst.BaseExpression) -> bool:
    """Whether an empty set is made at the top level of a file, for functions to fill."""
    statement = tree.at(tree.span(node).row)
    return isinstance(node, cst.Call) and not node.args and statement is not None and statement.function is None


def _sortable(finding: Finding, project: Project) -> bool:
    """Whether knowledge says that the entries of this listing compare with each other."""
    return all(item.sortable for item in project.effects.listings.get(finding.remedy.get("callee", ""), ()))


def _whole(tree: Tree, node: cst.BaseExpression) -> cst.BaseExpression:
    """The set expression of which a set is a part: `set(a) | set(b)`, `set(a).union(b)`."""
    while True:
        outer = tree.parent(node)
        if isinstance(outer, cst.BinaryOperation) and isinstance(outer.operator, _SET_OPERATORS):
            node = outer
        elif isinstance(outer, cst.Attribute) and outer.attr.value in _SET_METHODS:
            call = tree.parent(outer)
            if not isinstance(call, cst.Call):
                return node
            node = call
        else:
            return node


def _places(tree: Tree, node: cst.BaseExpression, is_set: bool) -> list[cst.BaseExpression]:
    """The expressions to sort: the expression itself, or where a set kept under a name is gone through."""
    outer = tree.parent(node)
    if isinstance(outer, cst.Attribute | cst.Subscript | cst.BinaryOperation | cst.Comparison | cst.Await | cst.Yield):
        return []
    if isinstance(outer, cst.Arg):
        call = tree.parent(outer)
        name = _callee(call)
        if outer.star or name in ("next", "sorted") or (is_set and name in _KEEPS_SET):
            return []
        if is_set and name not in _CONSUMERS:
            return []
        return [node]
    if isinstance(outer, cst.WithItem):
        return []
    if isinstance(outer, cst.Assign | cst.AnnAssign | cst.NamedExpr):
        return _stored(tree, node, outer, is_set)
    if is_set and not isinstance(outer, cst.For | cst.CompFor | cst.StarredElement):
        return []
    return [node]


def _stored(
    tree: Tree, node: cst.BaseExpression, outer: cst.Assign | cst.AnnAssign | cst.NamedExpr, is_set: bool
) -> list[cst.BaseExpression]:
    """A listing is sorted where it is stored, unless `next` takes from it; a set where it is gone through."""
    targets = [item.target for item in outer.targets] if isinstance(outer, cst.Assign) else [outer.target]
    if len(targets) != 1 or not isinstance(targets[0], cst.Name):
        return [] if is_set else [node]
    statement = tree.at(tree.span(node).row)
    uses = list(_uses(tree, targets[0].value, statement)) if statement is not None else []
    if not is_set:
        return [] if any(_callee(_argument_of(tree, use)) == "next" for use in uses) else [node]
    return [use for use in uses if _goes_through(tree, use)]


def _uses(tree: Tree, name: str, statement: Statement) -> Iterator[cst.Name]:
    """The later readings of a name in the same function, up to its next assignment."""
    root: cst.CSTNode = statement.function.node if statement.function is not None else tree.module
    end = max((item.row for item in _assigned(tree, name, statement)), default=len(tree.lines) + 1)
    waiting = [root]
    found = []
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        if isinstance(node, cst.Name) and node.value == name and statement.end_row < tree.span(node).row <= end:
            found.append(node)
    yield from sorted(found, key=lambda item: tree.span(item))


def _assigned(tree: Tree, name: str, statement: Statement) -> Iterator[Statement]:
    for item in tree.statements:
        targets = item.small.targets if isinstance(item.small, cst.Assign) else ()
        later = item.row > statement.end_row and item.function is statement.function
        if later and any(isinstance(part.target, cst.Name) and part.target.value == name for part in targets):
            yield item


def _goes_through(tree: Tree, use: cst.Name) -> bool:
    """Whether a use of a set takes its elements one after the other into something ordered."""
    outer = tree.parent(use)
    if isinstance(outer, cst.For):
        return outer.iter is use
    if isinstance(outer, cst.CompFor):
        return outer.iter is use and not isinstance(tree.parent(outer), cst.SetComp)
    return _callee(_argument_of(tree, use)) in _CONSUMERS


def _argument_of(tree: Tree, node: cst.CSTNode) -> cst.CSTNode | None:
    outer = tree.parent(node)
    return tree.parent(outer) if isinstance(outer, cst.Arg) and not outer.star else None


def _callee(node: cst.CSTNode | None) -> str:
    func = node.func if isinstance(node, cst.Call) else None
    if isinstance(func, cst.Name):
        return func.value
    return func.attr.value if isinstance(func, cst.Attribute) else ""


def _wrapped(tree: Tree, node: cst.BaseExpression) -> tuple[Edit, ...]:
    """The smallest edits that sort an expression."""
    call = _argument_of(tree, node)
    alone = isinstance(call, cst.Call) and len(call.args) == 1
    if isinstance(call, cst.Call) and alone and isinstance(call.func, cst.Name) and call.func.value in _LISTS:
        return (Edit(tree.path, tree.span(call.func), "sorted"),)
    span = tree.span(node)
    bare = isinstance(node, cst.GeneratorExp | cst.NamedExpr | cst.Tuple)
    before, after = ("sorted((", "))") if bare else ("sorted(", ")")
    return (point(tree.path, span.row, span.column, before), point(tree.path, span.end_row, span.end_column, after))


def _elements(tree: Tree, node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """The elements of a set as far as they are written down; a set of unknown origin has one unknown element."""
    if isinstance(node, cst.Set):
        return [item.value for item in node.elements]
    if isinstance(node, cst.SetComp):
        return [node.elt]
    if isinstance(node, cst.Call) and len(node.args) == 1:
        inner = node.args[0].value
        if isinstance(inner, cst.List | cst.Tuple | cst.Set):
            return [item.value for item in inner.elements]
        if isinstance(inner, cst.GeneratorExp | cst.ListComp):
            return [inner.elt]
    return []


def _kind(node: cst.BaseExpression, tree: Tree, project: Project) -> str:
    """What sorting an element needs: `text`, `number`, `never` for what has no order, empty when nobody knows."""
    if isinstance(node, cst.SimpleString | cst.ConcatenatedString | cst.FormattedString):
        return "text"
    if isinstance(node, cst.Integer | cst.Float):
        return "number"
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value in _TEXT_METHODS:
        return "text"
    if isinstance(node, cst.Name) and node.value == "None":
        return "never"
    if isinstance(node, cst.Name | cst.Attribute):
        path = names_at(tree, project, tree.span(node).row, ()).path(node)
        kinds = {target.kind for target in project.follow(path, tree.path)}
        is_type = "external" in kinds and path.rpartition(".")[2][:1].isupper()
        return "never" if is_type or kinds & {"class", "function", "module", "instance"} else ""
    return {"str": "text", "int": "number", "float": "number", "len": "number"}.get(_callee(node), "")
