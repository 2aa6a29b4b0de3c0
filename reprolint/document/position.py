"""Offsets in a text as rows and columns."""

from __future__ import annotations

import re
from bisect import bisect_right

from reprolint.core.place import Span


class Rows:
    """Where the rows of a text begin.

    YAML counts further characters as line breaks, which editors do not; so offsets are what readers hand over.
    """

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]

    def span(self, start: int, end: int) -> Span:
        """The stretch between two offsets."""
        return Span(*self.place(start), *self.place(end))

    def place(self, offset: int) -> tuple[int, int]:
        """Row and column of an offset, 1-based."""
        row = bisect_right(self._starts, offset)
        return row, offset - self._starts[row - 1] + 1
