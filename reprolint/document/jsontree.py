"""JSON as the standard library reads it, with places."""

from __future__ import annotations

import re

from reprolint.document.position import Rows
from reprolint.document.tree import MOST_LEVELS, Branch, Budget, Excess, Node, leaf


def grow(text: str, path: str) -> Node:
    """The tree of a JSON text. Raises `ValueError` with what is wrong."""
    import json

    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} in line {error.lineno}") from error
    return _Grower(text, path).grow()


class _Grower:
    """Goes through a text that is known to be valid."""

    def __init__(self, text: str, path: str) -> None:
        import json

        self._text = text
        self._path = path
        self._rows = Rows(text)
        self._budget = Budget()
        self._decode = json.JSONDecoder().raw_decode
        self._gap = re.compile(r"[\s,:]*")

    def grow(self) -> Node:
        return self._node(self._skip(0), 0)[0]

    def _skip(self, offset: int) -> int:
        """Past blanks and separators: what is valid needs no more grammar."""
        found = self._gap.match(self._text, offset)
        return found.end() if found else offset

    def _node(self, start: int, depth: int) -> tuple[Node, int]:
        self._budget.spend()
        if depth > MOST_LEVELS:
            raise Excess(f"is nested deeper than {MOST_LEVELS} levels")
        opening = self._text[start]
        if opening not in "[{":
            value, end = self._decode(self._text, start)
            return leaf(value, self._rows.span(start, end), self._path), end
        branch = Branch(self._rows.span(start, start + 1), opening == "[", self._path)
        offset = self._skip(start + 1)
        while self._text[offset] not in "]}":
            key = str(len(branch.children))
            if not branch.is_list:
                key, offset = self._decode(self._text, offset)
                offset = self._skip(offset)
            node, offset = self._node(offset, depth + 1)
            branch.put(key, node)
            offset = self._skip(offset)
        if not branch.children:
            branch.span = self._rows.span(start, offset + 1)
        return branch, offset + 1
