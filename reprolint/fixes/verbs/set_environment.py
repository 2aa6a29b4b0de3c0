"""Set an environment variable before the library that reads it is imported."""

from __future__ import annotations

import libcst as cst

from reprolint.catalog.schema import Remedy
from reprolint.catalog.switch import Variable
from reprolint.core.diagnostic import Finding
from reprolint.core.edit import Edit, Fix
from reprolint.fixes.imports import LIBRARY, root_of, section, spelled
from reprolint.fixes.names import names_at
from reprolint.fixes.project import Project
from reprolint.fixes.site import holds
from reprolint.fixes.tree import Statement, Tree


def fix(finding: Finding, remedy: Remedy, project: Project) -> Fix | None:
    """Insert the statement, move it up, or replace a value the library rejects."""
    known = finding.remedy
    variable = project.effects.variables.get(known["variable"])
    if variable is None:
        return None
    if known["mode"] == "rejected":
        return _replaced(finding, variable, remedy, project)
    tree = project.tree(known["entry"])
    reader = _reader(tree, variable, finding, project)
    if reader is None:
        return None
    old = _movable(tree, finding) if known["mode"] == "late" else None
    line = tree.code(old.node.with_changes(leading_lines=())).strip() if old is not None else None
    inserted = _inserted(tree, reader, variable, line, project)
    if inserted is None:
        return None
    taken = (tree.delete(old.row, old.row),) if old is not None and old.row > reader.row else ()
    return Fix(remedy.title, remedy.safety, (*inserted, *taken))


def _reader(tree: Tree, variable: Variable, finding: Finding, project: Project) -> Statement | None:
    """The import of the entry's file by which the library is loaded first, directly or by way of the project."""
    course = project.course(tree.path, finding.entry)
    rows: list[int] = []
    for use in course.uses if course is not None else ():
        if use.cell == f"variable:{variable.name}" and use.kind == "library":
            place = use.chain[0].place if use.chain else use.place
            rows += [place.span.row] if place.filename == tree.path else []
    rows += [item.row for item in tree.top_level if root_of(item) == variable.read_by]
    found = tree.at(min(rows)) if rows else None
    return found.around[0] if found is not None and found.around else found


def _inserted(
    tree: Tree, reader: Statement, variable: Variable, line: str | None, project: Project
) -> tuple[Edit, ...] | None:
    """Edits that put the statement above the group of imports it must precede, or else right above the import."""
    lines = [item for item in tree.top_level if root_of(item) is not None]
    group = _group(tree, reader, lines)
    row = next(item.top for item in group if item is reader or section(root_of(item) or "", tree, project) >= LIBRARY)
    call = spelled(variable.statement, variable.needs, names_at(tree, project, row, ()), row)
    above = (item for item in tree.top_level if item.row < reader.row)
    if call is None or holds(tree, above, tree.quoted(call.code)):
        return None
    block = tree.at(row - 1) if row > 1 else None
    joined = block is not None and isinstance(block.small, cst.Assign)
    code = line or tree.quoted(call.code)
    gap = [] if row == 1 or joined or tree.is_blank(row - 1) else [""]
    below = [] if tree.is_blank(row) else [""]
    if call.edits and not call.before:
        return (*call.edits, tree.insert(row, [*_gap(tree, call.edits, row, gap), code, *below]))
    head = [*gap, *call.before, *([""] if call.before else [])]
    return (*call.edits, tree.insert(row, [*head, code, *below]))


def _gap(tree: Tree, edits: tuple[Edit, ...], row: int, above: list[str]) -> list[str]:
    """The blank line between a new import and the statement, when they meet at one row."""
    if edits[0].span.row != row:
        return above
    return [] if edits[0].content.endswith(tree.module.default_newline * 2) else [""]


def _group(tree: Tree, reader: Statement, lines: list[Statement]) -> list[Statement]:
    """The imports around the reader that no blank line sets apart."""
    if reader not in lines:
        return [reader]
    result, number = [reader], lines.index(reader)
    for item in reversed(lines[:number]):
        if item.end_row + 1 != result[0].top:
            break
        result.insert(0, item)
    return result


def _movable(tree: Tree, finding: Finding) -> Statement | None:
    """The late statement, when it stands alone on its line in this file and its body does not need it."""
    if finding.place.filename != tree.path:
        return None
    statement = tree.at(finding.place.span.row)
    if statement is None or not isinstance(statement.small, cst.Assign) or len(statement.block) < 2:
        return None
    target, value = statement.small.targets[0].target, statement.small.value
    whole = isinstance(target, cst.Subscript) and isinstance(value, cst.SimpleString)
    return statement if whole and statement.row == statement.end_row else None


def _replaced(finding: Finding, variable: Variable, remedy: Remedy, project: Project) -> Fix | None:
    """Replace the literal that the library rejects."""
    tree = project.tree(finding.place.filename)
    statement = tree.at(finding.place.span.row)
    setter = tree.call(finding.place.span)
    small = statement.small if statement is not None else None
    value: cst.BaseExpression | None = None
    if setter is not None and len(setter.args) > 1:
        value = setter.args[1].value
    elif isinstance(small, cst.Assign) and len(small.targets) == 1:
        value = small.value
    if not isinstance(value, cst.SimpleString):
        return None
    text = f"{value.quote}{variable.accepted[0]}{value.quote}"
    reason = "the library refused the old value" if remedy.safety != "safe" else ""
    return Fix(remedy.title, remedy.safety, (Edit(tree.path, tree.span(value), text),), reason)
