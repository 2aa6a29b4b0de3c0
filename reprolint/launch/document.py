"""YAML as a tree of nodes with places."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from reprolint.core.place import Span
from reprolint.launch.passage import Passage, Source, stretch
from reprolint.launch.state import MOST

if TYPE_CHECKING:
    from yaml import Node

DEEPEST = 50
MOST_EVENTS = 100_000
MOST_MERGES = 3


def compose(file: Source) -> Node | None:
    """The root of a document, or None where it cannot be read."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = count = 0
    try:
        # The composer recurses, in C without a bound; so the depth is measured first.
        for event in yaml.parse(file.text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            count += 1
            if depth > DEEPEST or count > MOST_EVENTS:
                return None
        return next(iter(yaml.compose_all(file.text, Loader=loader)), None)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def items(node: Node | None) -> Iterator[tuple[Node, Node]]:
    """The keys and values of a mapping, merged ones (`<<`) first."""
    return islice(_items(node, 0), MOST)


def _items(node: Node | None, depth: int) -> Iterator[tuple[Node, Node]]:
    import yaml

    if not isinstance(node, yaml.MappingNode):
        return
    own = [(key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)]
    merged = [value for key, value in own if key.value == "<<"]
    for value in merged[:1] if depth < MOST_MERGES else ():
        for part in value.value[:MOST_MERGES] if isinstance(value, yaml.SequenceNode) else (value,):
            yield from _items(part, depth + 1)
    yield from (item for item in own if item[0].value != "<<")


def get(node: Node | None, *path: str) -> Node | None:
    """The value at a path of keys."""
    for name in path:
        node = next((value for key, value in reversed(list(items(node))) if key.value == name), None)
    return node


def elements(node: Node | None) -> list[Node]:
    """The elements of a sequence."""
    import yaml

    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def text(node: Node | None) -> str | None:
    """The text of a scalar, as it is written: `0` is a text, too, and so is nothing at all."""
    import yaml

    return str(node.value) if isinstance(node, yaml.ScalarNode) else None


def place(file: Source, node: Node, until: Node | None = None) -> Span:
    """Where a node stands, up to the end of another."""
    end = (until or node).end_mark.index
    start = node.start_mark.index
    while end > start and file.text[end - 1 : end] in " \n":
        end -= 1
    return file.span(start, end)


def passage(file: Source, node: Node) -> Passage:
    """The text of a scalar, with the place of each line where it is a literal block."""
    value = text(node) or ""
    start, end = node.start_mark.index, node.end_mark.index
    result = Passage(file)
    if getattr(node, "style", None) == "|":
        at = file.text.find("\n", start) + 1
        for line in value.splitlines(keepends=True):
            body = line.rstrip("\n")
            stop = file.text.find("\n", at)
            stop = len(file.text) if stop < 0 else stop
            first = stop - len(body)
            if file.text[first:stop] != body:
                return stretch(file, value, start, end)
            result.copy(first, stop)
            result.put(line[len(body) :], stop, stop)
            at = stop + 1
        return result
    if file.text[start:end] == value:
        result.copy(start, end)
        return result
    return stretch(file, value, start, end)
