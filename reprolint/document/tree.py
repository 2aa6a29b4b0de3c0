"""A document as the tree it is, between its text and the flat items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, Union

from reprolint.core.place import Span
from reprolint.core.value import Const, Items, Scalar, Unknown, Value
from reprolint.document.record import Document, Keys

# A configuration that people write is far below these; aliases of aliases, and data in a configuration's clothes, not.
MOST_NODES = 20_000
MOST_LEVELS = 32
MOST_BITS = 1024

MISSING = "???"
MUST_BE_GIVEN = Unknown("must be given on the command line")
REFERENCE = Unknown("refers to another value")


class Excess(ValueError):
    """More than a configuration holds."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar, or something that reading cannot look into; `written` is the text of `${...}` and `???`."""

    value: Value
    span: Span
    path: str = ""
    written: str = ""


@dataclass(slots=True)
class Branch:
    """A mapping, or a list, whose keys are its positions."""

    span: Span
    is_list: bool = False
    path: str = ""
    children: dict[str, Node] = field(default_factory=dict)

    def put(self, key: str, node: Node) -> None:
        """Set a key; it then stands last, as its text does."""
        self.children.pop(key, None)
        self.children[key] = node


Node: TypeAlias = Union[Leaf, Branch]


class Budget:
    """Counts nodes until there are too many."""

    def __init__(self) -> None:
        self._left = MOST_NODES

    def spend(self, nodes: int = 1) -> None:
        """Take from what is left."""
        self._left -= nodes
        if self._left < 0:
            raise Excess(f"holds more than {MOST_NODES:,} values")


def leaf(value: Scalar, span: Span, path: str) -> Leaf:
    """A leaf of what a reader found; text that OmegaConf gives a meaning keeps it for later."""
    if isinstance(value, str):
        if value == MISSING:
            return Leaf(MUST_BE_GIVEN, span, path, value)
        if "${" in value:
            return Leaf(REFERENCE, span, path, value)
    elif isinstance(value, int) and value.bit_length() > MOST_BITS:
        # Such a number cannot even be printed.
        return Leaf(Unknown("a number of too many digits"), span, path)
    return Leaf(Const(value), span, path)


def leaves(root: Node) -> Iterator[tuple[Keys, Leaf]]:
    """The leaves of a tree in order, with their paths; empty containers are leaves, too."""
    budget = Budget()
    pending: list[tuple[Keys, Node]] = [((), root)]
    while pending:
        keys, node = pending.pop()
        budget.spend()
        if len(keys) > MOST_LEVELS:
            raise Excess(f"is nested deeper than {MOST_LEVELS} levels")
        if isinstance(node, Leaf):
            yield keys, node
        elif not node.children:
            yield keys, Leaf(Items("list" if node.is_list else "dict", ()), node.span, node.path)
        else:
            pending.extend(((*keys, key), child) for key, child in reversed(node.children.items()))


def lists(root: Node) -> Iterator[Keys]:
    """The paths of the lists of a tree, empty ones apart."""
    pending: list[tuple[Keys, Node]] = [((), root)]
    while pending:
        keys, node = pending.pop()
        if isinstance(node, Branch) and node.children:
            if node.is_list:
                yield keys
            pending.extend(((*keys, key), child) for key, child in reversed(node.children.items()))


def planted(document: Document) -> Node | None:
    """The tree of a document, new with every call; none for an empty one."""
    if not document.items:
        return None
    sequences = set(document.lists)
    first = document.items[0]
    if first.keys == ():
        return _node(first.value, first.span, first.path, first.written)
    root = Branch(first.span, () in sequences, document.path)
    for item in document.items:
        branch = root
        for depth, key in enumerate(item.keys[:-1], 1):
            below = branch.children.get(key)
            if not isinstance(below, Branch):
                below = Branch(item.span, item.keys[:depth] in sequences, document.path)
                branch.children[key] = below
            branch = below
        branch.children[item.keys[-1]] = _node(item.value, item.span, item.path, item.written)
    return root


def _node(value: Value, span: Span, path: str, written: str) -> Node:
    if isinstance(value, Items):
        return Branch(span, value.kind == "list", path)
    return Leaf(value, span, path, written)
