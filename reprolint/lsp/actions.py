"""What an editor can do about a problem: apply its fix, silence it, fix all that is safe."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from reprolint.app.reading import reread
from reprolint.core.edit import Edit
from reprolint.core.place import Span
from reprolint.fixes import apply as edits
from reprolint.fixes.plan import plan
from reprolint.fixes.text import point
from reprolint.lsp.analysis import inspect
from reprolint.lsp.document import text_of
from reprolint.lsp.project import Checked, Problem
from reprolint.lsp.text import NEWLINE, Text
from reprolint.model.directives import Directive, directives
from reprolint.selection import ALWAYS

MOST_ROUNDS = 20


def disable(checked: Checked, name: str, problem: Problem) -> Edit | None:
    """A comment that silences a problem where it is reported; None where no comment can."""
    rule, span = problem.finding.rule, problem.finding.place.span
    document = checked.documents[name]
    if rule in ALWAYS or problem.diagnostic.topic == "tool" or not name.endswith((".py", ".pyi", ".pyw")):
        return None
    text = Text(document.text, "utf-32")
    present = directives(document.data)
    for row in dict.fromkeys((span.row, span.end_row)):
        edit = _comment(name, row, rule, text, present)
        changed = edits.rewrite(document.data, [edit])
        if any(rule in item.rules and item.span.row == row and item.scope == "line" for item in directives(changed)):
            return edit  # it is a comment there, and not a part of a string
    return None


def _comment(name: str, row: int, rule: str, text: Text, present: Sequence[Directive]) -> Edit:
    """Add the rule to the comment of a line, or add a comment."""
    line = text.line(row)
    for item in present:
        if item.tool == "reprolint" and item.scope == "line" and item.span.row == row:
            return point(name, row, line.index("]", item.span.column - 1) + 1, f", {rule}")
    end = len(line.rstrip())
    return Edit(name, Span(row, end + 1, row, len(line) + 1), f"  # reprolint: ignore[{rule}]")


def fix_all(checked: Checked, name: str) -> tuple[Edit, ...]:
    """The edits of all safe fixes that stay within one document, applied until nothing is left to apply."""
    session, reading, linked = checked.session, checked.reading, checked.linked
    safe = {rule.name for rule in session.catalog.rules if rule.fix is not None and rule.fix.safety == "safe"}
    texts: dict[str, bytes] = {}

    def content(file: str) -> bytes:
        return texts[file] if file in texts else checked.content(file)

    for _ in range(MOST_ROUNDS):
        findings = [item for item in linked.findings if item.place.filename == name and item.rule in safe]
        planned = plan(findings, session.catalog, linked.program, content)
        within = [fix for fix in planned if fix is not None and all(edit.filename == name for edit in fix.edits)]
        applied = edits.apply(within, content)
        if not applied.files:
            break
        texts.update(applied.files)
        reading = reread(session, reading, applied.files)
        linked = inspect(session, reading, (name,), linked.program)
    return tuple(difference(name, checked.documents[name].text, text_of(texts[name]))) if texts else ()


def difference(name: str, old: str, new: str) -> Iterator[Edit]:
    """The edits that make one text of another, whole lines at a time."""
    before, after = _lines(old), _lines(new)
    text = Text(old, "utf-32")
    for tag, start, end, first, last in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Edit(name, Span(*_place(text, start), *_place(text, end)), "".join(after[first:last]))


def _place(text: Text, index: int) -> tuple[int, int]:
    """The beginning of a line; behind the last one, the end of the text."""
    if index < len(text.starts):
        return index + 1, 1
    return len(text.starts), len(text.line(len(text.starts))) + 1


def _lines(text: str) -> list[str]:
    ends = [match.end() for match in NEWLINE.finditer(text)]
    parts = [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
    return parts if parts[-1] else parts[:-1]


def mentioned(document_data: bytes, row: int, column: int, line: str) -> tuple[tuple[str, ...], Span] | None:
    """The rules that a comment at a position silences (the one pointed at, if any), and where the comment is."""
    for item in directives(document_data):
        if item.span.row == row and item.span.column <= column <= item.span.end_column:
            pointed = [match[0] for match in re.finditer(r"[\w-]+", line) if match.start() < column <= match.end() + 1]
            chosen = tuple(name for name in item.rules if name in pointed)
            return chosen or item.rules, item.span
    return None
