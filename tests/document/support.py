"""Short ways to write documents and to say what they hold."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

from reprolint.core.place import Span
from reprolint.core.value import Const, Items, Unknown, Value
from reprolint.document import Composed, Document, Item, alone, compose, read


def document(text: str, path: str = "config.yaml") -> Document:
    """A document of an indented text."""
    return read(path, dedent(text).encode())


def values(found: Document | Composed) -> dict[str, object]:
    """What stands at each path: the constant, `[]`, `{}`, or the reason why it is unknown."""
    items = found.items if isinstance(found, Document) else found.items.values()
    return {".".join(item.keys): said(item.value) for item in items}


def said(value: Value) -> object:
    """A value as a test writes it."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Items):
        return {"list": "[]", "dict": "{}"}[value.kind]
    assert isinstance(value, Unknown)
    return f"? {value.reason}"


def item(found: Document | Composed, path: str) -> Item:
    """The item that gives a dotted path its value."""
    whole = alone(found) if isinstance(found, Document) else found
    result = whole.get(tuple(path.split(".")))
    assert result is not None, path
    return result


def composed(name: str, /, **texts: str) -> Composed:
    """The configuration `conf/<name>.yaml` of files named as `db__mysql` for `conf/db/mysql.yaml`."""
    paths = {f"conf/{key.replace('__', '/')}.yaml": dedent(text) for key, text in texts.items()}
    return compose({path: read(path, text.encode()) for path, text in paths.items()}, "conf", name)


def cut(text: str, span: Span) -> str:
    """The part of a text that a span of one row covers."""
    assert span.row == span.end_row
    return text.split("\n")[span.row - 1][span.column - 1 : span.end_column - 1]


def flat(value: Any, keys: tuple[str, ...] = ()) -> dict[tuple[str, ...], object]:
    """A tree of Python values as paths and scalars."""
    if isinstance(value, (dict, list)) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return {path: leaf for key, child in pairs for path, leaf in flat(child, (*keys, str(key))).items()}
    return {keys: "[]" if value == [] else "{}" if value == {} else value}
