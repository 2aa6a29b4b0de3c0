"""HTML as text: whatever comes from outside goes through `escape` or `tag`."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def escape(value: object) -> Markup:
    """A value as text of a page; what no page can show (control characters) is replaced."""
    if isinstance(value, Markup):
        return value
    shown = "".join(
        char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in str(value)
    )
    return Markup(html.escape(shown))


def tag(name: str, *inside: object, **attributes: object) -> Markup:
    """An element. `class_` and `stroke_width` are written as `class` and `stroke-width`."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{given}>{join(inside)}</{name}>")


def join(parts: Iterable[object]) -> Markup:
    """Parts one after another."""
    return Markup("".join(escape(part) for part in parts))


def table(head: Sequence[object], rows: Iterable[tuple[str, Sequence[object]]]) -> Markup:
    """A table; each row comes with its class."""
    body = [tag("tr", *(tag("td", cell) for cell in cells), class_=style or None) for style, cells in rows]
    top = tag("thead", tag("tr", *(tag("th", cell) for cell in head)))
    return tag("div", tag("table", top, tag("tbody", *body)), class_="scroll")


def number(value: float) -> str:
    """A coordinate."""
    return f"{value:.1f}".removesuffix(".0")
