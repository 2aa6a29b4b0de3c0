"""What a fix would do to a file, as the lines of a small diff."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from reprolint.core.edit import Edit, Fix
from reprolint.core.place import Span

Lines: TypeAlias = Callable[[str], Sequence[str] | None]
CONTEXT = 2


def hunks(fix: Fix, lines: Lines) -> Iterator[tuple[str, int, str, str]]:
    """File, row, mark (` `, `-`, `+` or `@` where rows are left out) and text of every line of the diff.

    Rows are those of the fixed file; a line that goes has row 0.
    """
    for filename in sorted({edit.filename for edit in fix.edits}):
        before = lines(filename)
        if before is None:
            continue
        shift = 0
        for number, near in enumerate(_near([edit for edit in fix.edits if edit.filename == filename])):
            first = max(min(edit.span.row for edit in near) - CONTEXT - 1, 1)
            old = before[first - 1 : max(edit.span.end_row for edit in near) + CONTEXT + 1]
            new = apply([_moved(edit, 1 - first) for edit in near], old)
            if number:
                yield filename, 0, "@", ""
            for row, mark, text in _compare(list(old), new):
                yield filename, row and row + first - 1 + shift, mark, text
            shift += len(new) - len(old)


def _near(edits: Sequence[Edit]) -> Iterator[list[Edit]]:
    """Edits whose surroundings touch, together: to compare whole files takes the square of their length."""
    group: list[Edit] = []
    for edit in sorted(edits, key=lambda item: item.span):
        if group and edit.span.row - max(item.span.end_row for item in group) > 2 * CONTEXT + 2:
            yield group
            group = []
        group.append(edit)
    if group:
        yield group


def _moved(edit: Edit, rows: int) -> Edit:
    span = edit.span
    return replace(edit, span=Span(span.row + rows, span.column, span.end_row + rows, span.end_column))


def apply(edits: Sequence[Edit], lines: Sequence[str]) -> list[str]:
    """The lines of a file after edits that do not overlap."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    text = "\n".join(lines)

    def offset(row: int, column: int) -> int:
        return min(starts[min(row, len(starts)) - 1] + column - 1, len(text))

    def reach(span: Span) -> tuple[int, int]:
        return offset(span.row, span.column), offset(span.end_row, span.end_column)

    for edit in sorted(edits, key=lambda item: item.span, reverse=True):
        begin, end = reach(edit.span)
        text = text[:begin] + edit.content.replace("\r\n", "\n") + text[end:]
    return text.split("\n")


def _compare(before: list[str], after: list[str]) -> Iterator[tuple[int, str, str]]:
    import difflib

    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(CONTEXT)):
        if number:
            yield 0, "@", ""
        for tag, old, old_end, new, new_end in group:
            if tag == "equal":
                yield from ((row + 1, " ", after[row]) for row in range(new, new_end))
            else:
                yield from ((0, "-", before[row]) for row in range(old, old_end))
                yield from ((row + 1, "+", after[row]) for row in range(new, new_end))
