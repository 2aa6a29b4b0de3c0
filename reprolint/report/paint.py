"""Colours of a terminal, or none."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from reprolint.core.diagnostic import Severity

_CODES: Mapping[str, str] = {
    "error": "1;31", "warning": "1;33", "advice": "1;36", "bold": "1", "dim": "2", "frame": "1;34", "added": "32",
    "removed": "31", "help": "1;36",
}  # fmt: skip
TAB = 4


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours text when `on`."""

    on: bool

    def __call__(self, style: Severity | str, text: str) -> str:
        """The text in a style; unchanged without colours."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.on and text else text


def visible(text: str) -> str:
    """Source text as a terminal can show it: tabs as spaces, control characters as their pictures."""
    shown = text.expandtabs(TAB)
    return "".join(char if char.isprintable() else _picture(char) for char in shown)


def _picture(char: str) -> str:
    return chr(0x2400 + ord(char)) if ord(char) < 32 else "\N{REPLACEMENT CHARACTER}"


def width(text: str) -> int:
    """How many cells of a terminal a text takes."""
    total = 0
    for char in visible(text):
        if not unicodedata.combining(char):
            total += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return total
