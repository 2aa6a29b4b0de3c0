"""What names mean at a row of a file, and how a file would spell the name of an API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import libcst as cst
from libcst.helpers import get_full_name_for_node

from reprolint.fixes.project import Project
from reprolint.fixes.tree import Statement, Tree


@dataclass(frozen=True, slots=True)
class Binding:
    """A name, the path it stands for (as in `core.value.Ref`), and the statement that binds it."""

    name: str
    path: str
    statement: Statement
    imported: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """The names that are bound when `row` of `tree` runs, inner scopes first, later bindings first.

    `unbound` are names that the function binds only further down: until then they mean nothing at all.
    """

    tree: Tree
    project: Project
    row: int
    functions: tuple[Statement, ...]
    bindings: tuple[Binding, ...]
    table: Mapping[str, Binding]
    unbound: frozenset[str] = frozenset()

    def bound(self, name: str) -> Binding | None:
        """The innermost binding of a name."""
        return self.table.get(name)

    def path(self, node: cst.CSTNode) -> str:
        """The path an expression stands for; empty when it cannot be followed."""
        if isinstance(node, cst.Name):
            known = self.bound(node.value)
            if known is not None:
                return known.path
            names = self.project.resolver.names(self.tree.path)
            return f":{node.value}" if getattr(names.get(node.value), "path", "") == f":{node.value}" else ""
        if isinstance(node, cst.Attribute):
            inner = self.path(node.value)
            return f"{inner}.{node.attr.value}" if inner else ""
        if isinstance(node, cst.Call):
            inner = self.path(node.func)
            return f"{inner}()" if inner else ""
        return ""

    def api(self, node: cst.CSTNode) -> str:
        """The library name of an expression as knowledge spells it; empty for anything else."""
        path = self.path(node)
        return self.project.vocabulary.canonical(path) if path[:1] not in (":", "@", "?", ".") else ""

    def spell(self, api: str) -> str | None:
        """How to write the name of an API with what is imported; None when nothing leads to it."""
        found: list[tuple[int, str]] = []
        for item in self.bindings:
            path = self.project.vocabulary.canonical(item.path)
            shadowed = self.bound(item.name) is not item
            if item.imported and not shadowed and (api == path or api.startswith(path + ".")):
                found.append((path.count("."), item.name + api[len(path) :]))
        return min(found)[1] if found else None

    def parameters(self) -> Iterator[tuple[str, cst.Param]]:
        """The parameters of the functions around the row, innermost first."""
        for function in reversed(self.functions):
            if isinstance(function.node, cst.FunctionDef):
                listed = function.node.params
                for param in (*listed.posonly_params, *listed.params, *listed.kwonly_params):
                    yield param.name.value, param


def names_at(tree: Tree, project: Project, row: int, functions: tuple[Statement, ...]) -> Names:
    """The names bound when `row` runs inside these functions (outermost first), before the statement there."""
    result = Names(tree, project, row, functions, (), {})
    for depth in range(len(functions) + 1):
        around = functions[depth - 1] if depth else None
        limit = row if depth == len(functions) else 0
        inner: list[Binding] = _parameters(around, result) if around is not None else []
        table = {**result.table, **{item.name: item for item in inner}}
        here = Names(tree, project, row, functions, (), table)
        for statement in tree.lines_of(around):
            if _in_class(statement) or _type_checking(statement, tree):
                continue
            always = around is not None or depth == len(functions) or _plain(statement)
            if always and (not limit or statement.end_row < limit):
                found = _bindings(statement, here)
                inner += found
                table.update((item.name, item) for item in found)
        own = {item.name for item in inner}
        later = frozenset(_locals(around.node) - own) if around is not None and limit else frozenset()
        outer = tuple(item for item in result.bindings if item.name not in later)
        table = {name: item for name, item in table.items() if name not in later}
        result = Names(tree, project, row, functions, (*reversed(inner), *outer), table, later)
    return result


def _locals(function: cst.CSTNode) -> set[str]:
    """The names that a function binds anywhere in its body."""
    found: set[str] = set()
    shared: set[str] = set()
    waiting: list[cst.CSTNode] = list(function.body.children) if isinstance(function, cst.FunctionDef) else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            found.add(node.name.value)
            continue
        if isinstance(node, cst.Import | cst.ImportFrom):
            found.update(name for name, _ in imported(node))
        elif isinstance(node, cst.Global | cst.Nonlocal):
            shared.update(item.name.value for item in node.names)
        elif isinstance(node, cst.AssignTarget | cst.AnnAssign | cst.AugAssign | cst.For | cst.NamedExpr):
            found.update(_targets(node.target))
        elif isinstance(node, cst.AsName):
            found.update(_targets(node.name))
        if not isinstance(node, cst.Lambda):
            waiting.extend(node.children)
    return found - shared


def _targets(node: cst.CSTNode) -> Iterator[str]:
    """The plain names among the targets of an assignment."""
    if isinstance(node, cst.Name):
        yield node.value
    elif isinstance(node, cst.Tuple | cst.List):
        for item in node.elements:
            yield from _targets(item.value)


def _plain(statement: Statement) -> bool:
    """Whether what a top-level statement binds is there for functions whoever imports the file."""
    return not any("__main__" in str(getattr(item.node, "test", "")) for item in statement.around)


def _in_class(statement: Statement) -> bool:
    inner = statement.inner
    return any(isinstance(item.node, cst.ClassDef) for item in inner)


def _type_checking(statement: Statement, tree: Tree) -> bool:
    tests = (item.node.test for item in statement.around if isinstance(item.node, cst.If))
    return any(tree.code(test).endswith("TYPE_CHECKING") for test in tests)


def _parameters(function: Statement, names: Names) -> list[Binding]:
    node = function.node
    if not isinstance(node, cst.FunctionDef):
        return []
    listed = [*node.params.posonly_params, *node.params.params, *node.params.kwonly_params]
    result = []
    for number, param in enumerate(listed):
        path = f"@/{param.name.value}"
        owner = function.around[-1].node if function.around else None
        if number == 0 and isinstance(owner, cst.ClassDef) and not node.decorators:
            path = f":{owner.name.value}()"
        elif param.annotation is not None:
            known = names.path(param.annotation.annotation)
            path = f"{known}()" if known else path
        result.append(Binding(param.name.value, path, function, imported=False))
    return result


def _bindings(statement: Statement, names: Names) -> list[Binding]:
    """What one line binds by importing or by plain assignment."""
    if not isinstance(statement.node, cst.SimpleStatementLine):
        return []
    result: list[Binding] = []
    for small in statement.node.body:
        if isinstance(small, cst.Import | cst.ImportFrom):
            result += [Binding(name, path, statement) for name, path in imported(small)]
        elif isinstance(small, cst.Assign):
            for target in small.targets:
                if isinstance(target.target, cst.Name):
                    result.append(Binding(target.target.value, names.path(small.value), statement, imported=False))
                elif isinstance(target.target, cst.Tuple):
                    parts = [item.value.value for item in target.target.elements if isinstance(item.value, cst.Name)]
                    result += [Binding(name, "", statement, imported=False) for name in parts]
        elif isinstance(small, cst.AnnAssign) and small.value is not None and isinstance(small.target, cst.Name):
            result.append(Binding(small.target.value, names.path(small.value), statement, imported=False))
    return result


def imported(node: cst.Import | cst.ImportFrom) -> Iterator[tuple[str, str]]:
    """The names an import binds, with the path each stands for."""
    if isinstance(node, cst.Import):
        for alias in node.names:
            full = get_full_name_for_node(alias.name) or ""
            if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
                yield alias.asname.name.value, full
            else:
                yield full.partition(".")[0], full.partition(".")[0]
    elif not isinstance(node.names, cst.ImportStar):
        dots = "." * len(node.relative)
        module = dots + (get_full_name_for_node(node.module) or "" if node.module is not None else "")
        joint = "" if module.endswith(".") else "."
        for alias in node.names:
            name = get_full_name_for_node(alias.name) or ""
            shown = alias.asname.name if alias.asname is not None else None
            yield (shown.value if isinstance(shown, cst.Name) else name), f"{module}{joint}{name}"
