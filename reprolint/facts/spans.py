"""Spans of syntax nodes: `ast` counts UTF-8 bytes, people and editors count characters."""

from __future__ import annotations

import ast

from reprolint.core.place import Span
from reprolint.model.parse import decode


class Columns:
    """Converts the byte columns of one file to code points; free of cost for an ASCII file."""

    __slots__ = ("_lines",)

    def __init__(self, data: bytes) -> None:
        self._lines: list[bytes] = []
        if not data.isascii():
            text = decode(data).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
            self._lines = [line.encode() for line in text.split("\n")]

    def span(self, node: ast.AST) -> Span:
        """The span of a node; a function or class is reduced to its first line's keyword and name."""
        row, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        end_row, end_column = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        if not self._lines:
            return Span(row, column + 1, end_row, end_column + 1)
        return Span(row, self._count(row, column), end_row, self._count(end_row, end_column))

    def _count(self, row: int, column: int) -> int:
        line = self._lines[row - 1] if row <= len(self._lines) else b""
        return len(line[:column].decode("utf-8", "replace")) + 1
