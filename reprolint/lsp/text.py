"""Positions in a text as an editor counts them: lines from 0, columns in the code units agreed on."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lsprotocol import types

from reprolint.core.place import Span

NEWLINE = re.compile(r"\r\n|\r|\n")  # what the protocol and Python both call the end of a line
_UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2)}

Change = types.TextDocumentContentChangeEvent


@dataclass(frozen=True, slots=True)
class Text:
    """A text whose positions can be converted; `encoding` is `utf-8`, `utf-16` or `utf-32`."""

    content: str
    encoding: str
    starts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts", [0, *(match.end() for match in NEWLINE.finditer(self.content))])

    def line(self, row: int) -> str:
        """A line, counted from 1, without its end; empty beyond the text."""
        if not 1 <= row <= len(self.starts):
            return ""
        end = self.starts[row] if row < len(self.starts) else len(self.content)
        return self.content[self.starts[row - 1] : end].rstrip("\r\n")

    def position(self, row: int, column: int) -> types.Position:
        """Where a row and column (both from 1, in code points) are; what lies beyond the text becomes its end."""
        row = min(max(row, 1), len(self.starts))
        return types.Position(row - 1, self._width(self.line(row)[: max(column - 1, 0)]))

    def range(self, span: Span) -> types.Range:
        """A span as a range."""
        return types.Range(self.position(span.row, span.column), self.position(span.end_row, span.end_column))

    def point(self, position: types.Position) -> tuple[int, int]:
        """Row and column, both from 1, of a position; one beyond the text becomes its end."""
        if position.line >= len(self.starts):
            return len(self.starts), len(self.line(len(self.starts))) + 1
        row = max(position.line, 0) + 1
        return row, self._index(self.line(row), position.character) + 1

    def offset(self, position: types.Position) -> int:
        """The number of characters before a position."""
        row, column = self.point(position)
        return self.starts[row - 1] + column - 1

    def row_of(self, offset: int) -> int:
        """The row of a character."""
        return bisect.bisect_right(self.starts, offset)

    def _width(self, text: str) -> int:
        if self.encoding not in _UNITS or text.isascii():
            return len(text)
        codec, size = _UNITS[self.encoding]
        return len(text.encode(codec, "surrogatepass")) // size

    def _index(self, line: str, units: int) -> int:
        if self.encoding not in _UNITS or line.isascii():
            return min(max(units, 0), len(line))
        passed = 0
        for index, char in enumerate(line):
            if passed >= units:
                return index
            passed += self._width(char)
        return len(line)


def edited(content: str, changes: Iterable[Change], encoding: str) -> str:
    """The text after the changes an editor reports, each relative to the text after the one before."""
    for change in changes:
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            content = change.text
            continue
        text = Text(content, encoding)
        start, end = text.offset(change.range.start), text.offset(change.range.end)
        content = content[:start] + change.text + content[max(start, end) :]
    return content


@dataclass(frozen=True, slots=True)
class Drift:
    """How rows moved between two versions of a text: those at its beginning and at its end are recognised."""

    head: int
    tail: int
    shift: int

    def __call__(self, span: Span) -> Span | None:
        """Where a span of the old text is now; None when it was touched."""
        if span.end_row <= self.head:
            return span
        if span.row >= self.tail:
            return Span(span.row + self.shift, span.column, span.end_row + self.shift, span.end_column)
        return None


def drift(old: str, new: str) -> Drift:
    """Compare two versions of a text, line by line."""
    before, after = NEWLINE.split(old), NEWLINE.split(new)
    most = min(len(before), len(after))
    head = next((index for index in range(most) if before[index] != after[index]), most)
    tail = next((index for index in range(most - head) if before[-1 - index] != after[-1 - index]), most - head)
    return Drift(head, len(before) - tail + 1, len(after) - len(before))
