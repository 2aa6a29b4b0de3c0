"""Positions in the text of a file, and edits that insert whole lines."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reprolint.core.edit import Edit, Safety
from reprolint.core.place import Span

NEWLINE = re.compile(r"\r\n|\r|\n")
_TRUST: tuple[Safety, ...] = ("safe", "unsafe", "display")


def split(text: str) -> list[str]:
    """The lines of a text as Python counts them, without their ends; the last one is empty after a final newline."""
    return NEWLINE.split(text)


def point(filename: str, row: int, column: int, content: str) -> Edit:
    """An edit that inserts."""
    return Edit(filename, Span(row, column, row, column), content)


def merged(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits in file order, those that insert at one position joined in the order in which they were given."""
    joined: dict[tuple[str, Span], str] = {}
    for edit in edits:
        key = (edit.filename, edit.span)
        joined[key] = joined.get(key, "") + edit.content
    ordered = sorted(joined.items(), key=lambda item: item[0])
    return tuple(Edit(filename, span, content) for (filename, span), content in ordered)


def weakest(*levels: Safety) -> Safety:
    """The safety of a fix that is no safer than any of these."""
    return max(levels, key=_TRUST.index)
