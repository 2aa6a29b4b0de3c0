"""`$NAME` and `${NAME:-default}` in files that are no shell scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

from reprolint.launch.scanner import pattern
from reprolint.launch.state import UNKNOWN, bounded

Lookup = Callable[[str], str | None]  # the value of a name; None where the file does not set it

_REFERENCE = r"\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])([^{}]*))?\}|(\{))"


def interpolate(text: str, lookup: Lookup) -> str:
    """A text with its references replaced; what is not known of it is marked."""

    def value(match: re.Match[str]) -> str:
        dollar, short, name, operator, word, odd = match.groups()
        if dollar or odd:
            return "$" if dollar else UNKNOWN
        found = lookup(short or name)
        if operator and operator[-1] == "+":
            return word if found else ""
        if operator and operator[-1] == "-" and (found is None or (not found and operator[0] == ":")):
            return interpolate(word, lookup)
        return UNKNOWN if found is None else found

    return bounded(pattern(_REFERENCE).sub(value, text))
