"""TOML as the standard library reads it, with places.

`tomllib` tells no positions, so a scan of the text finds them: exact for every value of a valid file.
"""

from __future__ import annotations

import re
from typing import Any

from reprolint.core.place import FILE_START, Span
from reprolint.core.value import Unknown
from reprolint.document.position import Rows
from reprolint.document.record import Keys
from reprolint.document.tree import MOST_LEVELS, Branch, Budget, Excess, Leaf, Node, leaf

BLANK = r"[ \t]*+"
GAP = r"(?:[ \t\r\n]|\#[^\n]*+)*+"
TEXT = (
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*+"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*+'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*+"'
    r"|'[^'\n]*+'"
)
KEY = r'[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|' + r"'[^'\n]*+'"
BARE = r"[^\s,\[\]{}#=\"']++(?: [0-9][^\s,\[\]{}#=\"']*+)?"


def grow(text: str, path: str) -> Node:
    """The tree of a TOML text. Raises `ValueError` with what is wrong."""
    import tomllib

    # The scan goes first: it is linear and refuses deep keys, over which the reader would take quadratic time.
    scan = _Scan(text)
    scan.run()
    return _Grower(scan.spans, path).node((), tomllib.loads(text))


class _Grower:
    def __init__(self, spans: dict[Keys, Span], path: str) -> None:
        self._spans = spans
        self._path = path
        self._budget = Budget()

    def node(self, keys: Keys, data: Any) -> Node:
        self._budget.spend()
        if len(keys) > MOST_LEVELS:
            raise Excess(f"is nested deeper than {MOST_LEVELS} levels")
        span = self._spans.get(keys, FILE_START)
        if isinstance(data, (dict, list)):
            branch = Branch(span, isinstance(data, list), self._path)
            pairs = enumerate(data) if isinstance(data, list) else data.items()
            branch.children = {str(key): self.node((*keys, str(key)), value) for key, value in pairs}
            return branch
        if isinstance(data, (bool, int, float, str)):
            return leaf(data, span, self._path)
        return Leaf(Unknown("a date or time"), span, self._path)


class _Scan:
    """Places of tables and values by their keys."""

    def __init__(self, text: str) -> None:
        self.spans: dict[Keys, Span] = {}
        self._text = text.replace("\r\n", "\n")
        self._rows = Rows(self._text)
        self._offset = 0
        self._budget = Budget()
        # How many tables each array of tables has so far.
        self._tables: dict[Keys, int] = {}

    def run(self) -> None:
        table: Keys = ()
        self._match(GAP)
        while self._offset < len(self._text):
            if self._text[self._offset] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._match(GAP)

    def _match(self, pattern: str) -> str | None:
        found = re.compile(pattern, re.DOTALL).match(self._text, self._offset)
        if found is None:
            return None
        self._offset = found.end()
        return found.group()

    def _take(self, pattern: str) -> str:
        found = self._match(pattern)
        if found is None:
            raise ValueError(f"not valid TOML in line {self._rows.place(self._offset)[0]}")
        return found

    def _header(self) -> Keys:
        self._budget.spend()
        start = self._offset
        brackets = self._take(r"\[\[?")
        *above, name = self._key()
        self._take(BLANK + re.escape("]" * len(brackets)))
        table: Keys = ()
        for key in above:
            table = self._latest((*table, key))
        table = (*table, name)
        span = self._rows.span(start, self._offset)
        self.spans.setdefault(table, span)
        if len(brackets) == 2:
            self._tables[table] = self._tables.get(table, 0) + 1
        table = self._latest(table)
        self.spans.setdefault(table, span)
        return table

    def _latest(self, table: Keys) -> Keys:
        """The table that a name means: of an array of tables, the last one so far."""
        return (*table, str(self._tables[table] - 1)) if table in self._tables else table

    def _pair(self, table: Keys) -> None:
        start = self._offset
        keys = table
        for key in self._key():
            keys = (*keys, key)
            self.spans.setdefault(keys, self._rows.span(start, self._offset))
        self._take(BLANK + "=" + BLANK)
        self._value(keys)

    def _key(self) -> list[str]:
        """The parts of a dotted key."""
        import tomllib

        parts: list[str] = []
        while True:
            self._match(BLANK)
            part = self._take(KEY)
            parts.append(next(iter(tomllib.loads(f"{part} = 0"))) if part[0] in "\"'" else part)
            if len(parts) > MOST_LEVELS:
                raise Excess(f"is nested deeper than {MOST_LEVELS} levels")
            if self._match(BLANK + r"\.") is None:
                return parts

    def _value(self, keys: Keys) -> None:
        self._budget.spend()
        if len(keys) > MOST_LEVELS:
            raise Excess(f"is nested deeper than {MOST_LEVELS} levels")
        start = self._offset
        if self._match(r"\["):
            self._array(keys)
        elif self._match(r"\{"):
            self._inline(keys)
        else:
            self._take(f"{TEXT}|{BARE}")
        self.spans[keys] = self._rows.span(start, self._offset)

    def _array(self, keys: Keys) -> None:
        position = 0
        self._match(GAP)
        while self._match(r"\]") is None:
            self._value((*keys, str(position)))
            position += 1
            self._match(f"{GAP},?{GAP}")

    def _inline(self, keys: Keys) -> None:
        self._match(GAP)
        while self._match(r"\}") is None:
            self._pair(keys)
            self._match(f"{GAP},?{GAP}")
