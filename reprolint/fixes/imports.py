"""Where a new import belongs, and adding one."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass

import libcst as cst
from libcst.helpers import get_full_name_for_node

from reprolint.core.edit import Edit
from reprolint.core.value import Ref
from reprolint.fixes.names import Names
from reprolint.fixes.project import Project
from reprolint.fixes.tree import Statement, Tree

FUTURE, STANDARD, LIBRARY, OWN = range(4)


@dataclass(frozen=True, slots=True)
class Spelled:
    """Code with its names as the file knows them, and the import this needs first; `api` is the callee's full name."""

    code: str
    api: str
    edits: tuple[Edit, ...] = ()
    before: tuple[str, ...] = ()


def spelled(template: str, needs: str, names: Names, site_row: int) -> Spelled | None:
    """Adapt a template of knowledge to the imports of a file; None when the name it needs means something else.

    `site_row` is the row above which the code is inserted: an import that would come after it goes there as well.
    """
    expression = cst.parse_module(template).body[0]
    api = next((found for found in _names(expression)), "")
    known = names.spell(api)
    if known is not None:
        return Spelled(template.replace(api, known, 1), api) if known.partition(".")[0] not in names.unbound else None
    module = needs.removeprefix("import ").strip() or api.partition(".")[0]
    alias = _alias(module, names.project)
    if alias in names.unbound:
        return None
    if _taken(alias, module, names):
        alias = f"{module.replace('.', '_')}_module"
        if _taken(alias, module, names):
            return None
    statement = f"import {module}" if alias == module else f"import {module} as {alias}"
    code = template.replace(api, alias + api[len(module) :], 1)
    edit = insertion(names.tree, statement, module, names.project, site_row)
    later = _later(names.tree, statement, site_row)
    return Spelled(code, api, (edit, *later)) if edit is not None else Spelled(code, api, later, (statement,))


def _taken(alias: str, module: str, names: Names) -> bool:
    """Whether a name means something else than this module anywhere in the file."""
    everywhere = names.project.resolver.names(names.tree.path).get(alias, Ref(module))
    return names.bound(alias) is not None or everywhere != Ref(module)


def _later(tree: Tree, statement: str, row: int) -> tuple[Edit, ...]:
    """Edits that take the same import away where it stands too far down."""
    below = (item for item in tree.top_level if item.row >= row and item.top == item.row == item.end_row)
    return tuple(tree.delete(item.row, item.row) for item in below if tree.lines[item.row - 1] == statement)


def _names(node: cst.CSTNode) -> list[str]:
    """The dotted names of a template, in the order in which they are written."""
    if isinstance(node, cst.Name) or (isinstance(node, cst.Attribute) and _is_dotted(node.value)):
        return [get_full_name_for_node(node) or ""]
    return [name for child in node.children for name in _names(child)]


def _is_dotted(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Name) or (isinstance(node, cst.Attribute) and _is_dotted(node.value))


def _alias(module: str, project: Project) -> str:
    """The name most files of the project give to a module."""
    found: Counter[str] = Counter()
    for facts in project.program.files.values():
        found.update(name for name, value in facts.names if isinstance(value, Ref) and value.path == module)
    return min(found, key=lambda name: (-found[name], name)) if found else module


def section(root: str, tree: Tree, project: Project) -> int:
    """The group an import belongs to, as import sorters see it."""
    if root == "__future__":
        return FUTURE
    if not root or project.is_local(root, tree.path):
        return OWN
    return STANDARD if root in sys.stdlib_module_names else LIBRARY


def root_of(statement: Statement) -> str | None:
    """The first module an import line imports (empty for a relative one); None when it is no import."""
    node = statement.node
    small = node.body[0] if isinstance(node, cst.SimpleStatementLine) else None
    if isinstance(small, cst.Import):
        return (get_full_name_for_node(small.names[0].name) or "").partition(".")[0]
    if isinstance(small, cst.ImportFrom):
        module = get_full_name_for_node(small.module) if small.module is not None else None
        return "" if small.relative else (module or "").partition(".")[0]
    return None


def insertion(tree: Tree, statement: str, module: str, project: Project, limit: int) -> Edit | None:
    """An edit that adds an import where a sorter would put it; None when that is not above `limit`."""
    wanted = section(module.partition(".")[0], tree, project)
    lines = [item for item in tree.top_level if root_of(item) is not None and item.end_row < limit]
    if not lines:
        return _first(tree, statement, limit)
    ranked = [(section(root_of(item) or "", tree, project), item) for item in lines]
    same = [item for rank, item in ranked if rank == wanted]
    if same:
        smaller = [item for item in same if _straight(item) and tree.code(item.node).strip() < statement]
        if smaller:
            return tree.insert(smaller[-1].end_row + 1, (statement,))
        return tree.insert(same[0].row, (statement,))
    above = [item for rank, item in ranked if rank < wanted]
    if above:
        row = above[-1].end_row + 1
        return tree.insert(row, ("", statement) if tree.is_blank(row) else ("", statement, ""))
    return tree.insert(lines[0].row, (statement, ""))


def _straight(item: Statement) -> bool:
    return isinstance(item.node, cst.SimpleStatementLine) and isinstance(item.node.body[0], cst.Import)


def _first(tree: Tree, statement: str, limit: int) -> Edit | None:
    """The first import of a file: below the docstring, above everything else."""
    top = tree.top_level
    if docstring(top):
        row = top[0].end_row + 1
        lines = ("", statement) if tree.is_blank(row) else ("", statement, "")
        return tree.insert(row, lines) if row <= limit else None
    if not top or top[0].top > limit:
        return None
    return tree.insert(top[0].top, (statement, ""))


def docstring(block: tuple[Statement, ...]) -> bool:
    """Whether a block begins with a docstring."""
    small = block[0].small if block else None
    return isinstance(small, cst.Expr) and isinstance(small.value, cst.SimpleString | cst.ConcatenatedString)


def prelude(tree: Tree, limit: int) -> int:
    """The row below the docstring, the imports and the constants a file begins with, at most `limit`."""
    row = 0
    for statement in tree.top_level:
        if statement.end_row >= limit:
            break
        opening = root_of(statement) is not None or (row == 0 and docstring((statement,)))
        if opening or (row and _constant(statement) and not _gap(tree, row, statement.top)):
            row = statement.end_row + 1
        elif isinstance(statement.node, cst.ClassDef | cst.FunctionDef | cst.For | cst.While | cst.With):
            break
    if not row:
        first = tree.top_level[0].top if tree.top_level else 1
        return min(first, limit)
    return row


def _gap(tree: Tree, row: int, top: int) -> bool:
    """Whether a comment or two blank lines set a statement off from what stands above it."""
    return top - row > 1 or not all(tree.is_blank(number) for number in range(row, top))


def _constant(statement: Statement) -> bool:
    """Whether a statement gives a name in capitals a value that is written down."""
    small = statement.small
    if isinstance(small, cst.Assign) and len(small.targets) == 1 and isinstance(small.targets[0].target, cst.Name):
        literal = cst.BaseNumber | cst.SimpleString | cst.Tuple | cst.Name | cst.BinaryOperation | cst.UnaryOperation
        return small.targets[0].target.value.isupper() and isinstance(small.value, literal)
    return False
