"""What the server answers, computed from a snapshot in the thread that owns the projects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lsprotocol import types

from reprolint.core.edit import Edit
from reprolint.core.place import Span
from reprolint.lsp import convert
from reprolint.lsp.actions import disable, fix_all, mentioned
from reprolint.lsp.project import Problem
from reprolint.lsp.session import Message, Session, Snapshot, View
from reprolint.report.paint import Paint
from reprolint.report.rule import rules_text

Found = dict[str, tuple[int, list[types.Diagnostic]]]
_FIX_ALL_TITLE = "Fix all problems that can be fixed safely (reprolint)"


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the client can do: edits of a certain version, actions whose edit is computed when they are chosen."""

    versioned: bool
    resolves: bool


def abilities(client: types.ClientCapabilities) -> Abilities:
    """Read them from what the client said."""
    edit = client.workspace.workspace_edit if client.workspace is not None else None
    action = client.text_document.code_action if client.text_document is not None else None
    support = action.resolve_support if action is not None else None
    return Abilities(
        versioned=bool(edit is not None and edit.document_changes),
        resolves=bool(support is not None and "edit" in support.properties),
    )


def report(session: Session, snapshot: Snapshot) -> tuple[Found, tuple[Message, ...]]:
    """The diagnostics of every open document with its version, by URI, and what the client should be told."""
    views, told = session.check(snapshot)
    found: Found = {item.uri: (item.version, []) for item in snapshot.documents}
    for uri, view in views.items():
        found[uri] = (view.document.version, [converted(view, item) for item in view.checked.problems[view.name]])
    return found, told


def converted(view: View, problem: Problem) -> types.Diagnostic:
    """A problem as the client sees it."""
    return convert.diagnostic(problem.diagnostic, view.text, view.uri)


def actions(
    session: Session, snapshot: Snapshot, params: types.CodeActionParams, client: Abilities
) -> list[types.CodeAction]:
    """What can be done in a range of a document."""
    view = session.view(snapshot, params.text_document.uri)
    if view is None:
        return []
    only = params.context.only
    result: list[types.CodeAction] = []
    if _wants(only, types.CodeActionKind.QuickFix.value):
        result += _quick(view, params.range, client)
    if _wants(only, convert.FIX_ALL) and (only is not None or client.resolves):
        action = types.CodeAction(_FIX_ALL_TITLE, convert.FIX_ALL, data={"uri": view.document.uri})
        if not client.resolves:
            action = resolved(session, snapshot, action, client)
        if client.resolves or action.edit is not None:
            result.append(action)
    return result


def _wants(only: object, kind: str) -> bool:
    """Whether a kind is asked for: kinds are dotted, and a shorter one means all that begin with it."""
    if not isinstance(only, list | tuple):
        return True
    asked = [getattr(item, "value", item) for item in only]
    return any(item == "" or kind == item or kind.startswith(f"{item}.") for item in asked)


def resolved(session: Session, snapshot: Snapshot, action: types.CodeAction, client: Abilities) -> types.CodeAction:
    """The action with its edit."""
    uri = action.data.get("uri") if isinstance(action.data, dict) else None
    view = session.view(snapshot, uri) if isinstance(uri, str) else None
    if view is not None and (edits := fix_all(view.checked, view.name)):
        action.edit = _edit(view, edits, client)
    return action


def _quick(view: View, where: types.Range, client: Abilities) -> Iterator[types.CodeAction]:
    """The fixes of the problems in a range, then the comments that silence them."""
    problems = view.checked.problems[view.name]
    here = {
        id(item): shown
        for item in problems
        if convert.overlap(where, (shown := converted(view, item)).range)
    }  # fmt: skip
    if not here:
        return
    kind = types.CodeActionKind.QuickFix
    fixes = [(item, fix) for item, fix in view.checked.fixes(view.name) if id(item) in here and fix.safety != "display"]
    titles = [fix.title for _, fix in fixes]
    for problem, fix in fixes:
        title = fix.title if titles.count(fix.title) == 1 else f"{fix.title}: {problem.diagnostic.message}"
        title += "" if fix.safety == "safe" else " (unsafe)"
        edit = _edit(view, fix.edits, client)
        yield types.CodeAction(title, kind, [here[id(problem)]], is_preferred=fix.safety == "safe", edit=edit)
    silenced: dict[Edit, types.CodeAction] = {}
    for problem in problems:
        if id(problem) not in here or (comment := disable(view.checked, view.name, problem)) is None:
            continue
        if comment not in silenced:
            title = f"Disable {problem.finding.rule} for this line"
            silenced[comment] = types.CodeAction(title, kind, [], edit=_edit(view, (comment,), client))
        silenced[comment].diagnostics = [*(silenced[comment].diagnostics or ()), here[id(problem)]]
    yield from silenced.values()


def _edit(view: View, edits: tuple[Edit, ...], client: Abilities) -> types.WorkspaceEdit:
    return convert.workspace_edit(edits, view.text, view.uri, view.versions, versioned=client.versioned)


def hover(session: Session, snapshot: Snapshot, params: types.HoverParams) -> types.Hover | None:
    """The page of the rules whose problem, or whose silencing comment, is at a position."""
    view = session.view(snapshot, params.text_document.uri)
    if view is None:
        return None
    text = view.text(view.name)
    row, column = text.point(params.position)
    comment = mentioned(view.document.data, row, column, text.line(row))
    names: list[str] = list(comment[0]) if comment is not None else []
    span = comment[1] if comment is not None else None
    for problem in view.checked.problems[view.name] if comment is None else ():
        place = problem.finding.place.span
        if (place.row, place.column) <= (row, column) <= (place.end_row, place.end_column):
            names.append(problem.finding.rule)
            span = span or place
    found = [rule for name in dict.fromkeys(names) if (rule := view.checked.session.catalog.rule(name)) is not None]
    if not found:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, rules_text(found, Paint(False)))
    return types.Hover(content, text.range(span or Span(row, column, row, column)))
