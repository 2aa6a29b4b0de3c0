"""OmegaConf's references between values: `${a.b}`, `${.sibling}`, `${..above}`, text around them, and what it runs.

https://omegaconf.readthedocs.io/en/2.3_branch/usage.html#variable-interpolation
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reprolint.core.value import Const, Unknown, Value
from reprolint.document.record import MOST_STEPS, Item, Keys
from reprolint.document.tree import MISSING, Branch, Leaf, Node

LONGEST_TEXT = 10_000

CYCLE = Unknown("refers to itself")
UNREADABLE = Unknown("a reference that is not followed")


@dataclass(frozen=True, slots=True)
class Reference:
    """The path in `${...}`; `dots` is how many levels above the value it starts, 0 for the root."""

    dots: int
    keys: Keys


class Resolver:
    """Finds what the values of one tree refer to."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._known: dict[Keys, tuple[Value, Keys | None]] = {}
        self._active: set[Keys] = set()

    def item(self, keys: Keys, leaf: Leaf) -> Item:
        """The item of a leaf, with the value it comes to."""
        value, target = self._resolved(keys, leaf)
        return Item(keys, value, leaf.span, leaf.path, leaf.written, target)

    def container(self, keys: Keys, leaf: Leaf) -> Branch | None:
        """The mapping or list that a leaf stands for."""
        target = self._resolved(keys, leaf)[1]
        found = self._find(target)[1] if target is not None else None
        return found if isinstance(found, Branch) else None

    def _resolved(self, keys: Keys, leaf: Leaf) -> tuple[Value, Keys | None]:
        """The value of a leaf, and the path of what it refers to as a whole."""
        if not leaf.written or leaf.written == MISSING:
            return leaf.value, None
        if keys in self._known:
            return self._known[keys]
        if keys in self._active:
            return CYCLE, None
        if len(self._active) >= MOST_STEPS:
            return UNREADABLE, None
        self._active.add(keys)
        self._known[keys] = result = self._followed(keys, leaf.written)
        self._active.discard(keys)
        return result

    def _followed(self, keys: Keys, text: str) -> tuple[Value, Keys | None]:
        parts = split(text)
        if isinstance(parts, Unknown):
            return parts, None
        if len(parts) == 1 and isinstance(parts[0], Reference):
            return self._target(keys, parts[0], text)
        words: list[str] = []
        for part in parts:
            value: Value = Const(part) if isinstance(part, str) else self._target(keys, part, text)[0]
            if not isinstance(value, Const):
                return (value if isinstance(value, Unknown) else UNREADABLE), None
            words.append(str(value.value))
        joined = "".join(words)
        return (Const(joined) if len(joined) <= LONGEST_TEXT else UNREADABLE), None

    def _target(self, keys: Keys, reference: Reference, text: str) -> tuple[Value, Keys | None]:
        if reference.dots > len(keys):
            return Unknown(f"`{text}` leaves the configuration"), None
        place = (keys[: -reference.dots] if reference.dots else ()) + reference.keys
        place, node = self._find(place)
        if node is None:
            return Unknown(f"`{text}` refers to nothing that is written in the configuration"), None
        if isinstance(node, Unknown):
            return node, None
        if isinstance(node, Branch):
            if place == keys[: len(place)]:
                return CYCLE, None
            return Unknown("a list" if node.is_list else "a mapping"), place
        value, target = self._resolved(place, node)
        return value, place if target is None and value is not CYCLE else target

    def _find(self, place: Keys) -> tuple[Keys, Node | Unknown | None]:
        """The node at a path, through references to containers on the way; with the path where it really stands."""
        for _ in range(MOST_STEPS):
            node: Node | None = self._root
            for depth, key in enumerate(place):
                if isinstance(node, Leaf):
                    value, target = self._resolved(place[:depth], node)
                    if target is None:
                        return place, (value if isinstance(value, Unknown) else None)
                    place = target + place[depth:]
                    break
                node = node.children.get(key) if node else None
            else:
                return place, node
        return place, UNREADABLE


def split(text: str) -> list[str | Reference] | Unknown:
    """The pieces of a text with references; unknown where it runs something, or is not understood."""
    if "\\$" in text or len(text) > LONGEST_TEXT:
        return UNREADABLE
    parts: list[str | Reference] = []
    offset = 0
    for found in re.finditer(r"\$\{([^{}$]*)\}", text):
        inner = found.group(1)
        resolver = re.match(r"\s*([A-Za-z_][\w.-]*)\s*:", inner)
        if resolver:
            return Unknown(f"computed by `{resolver.group(1)}` when the program runs")
        path = re.fullmatch(
            r"\s*(\.*)([^.\[\]:\s'\",]+|\[[^.\[\]:\s'\",]+\])((?:\.[^.\[\]:\s'\",]+|\[[^\[\]]+\])*)\s*", inner
        )
        if path is None:
            return UNREADABLE
        if found.start() > offset:
            parts.append(text[offset : found.start()])
        keys = re.findall(r"[^.\[\]]+", path.group(2) + path.group(3))
        parts.append(Reference(len(path.group(1)), tuple(keys)))
        offset = found.end()
    if offset < len(text):
        parts.append(text[offset:])
    if any(isinstance(part, str) and "${" in part for part in parts):
        return UNREADABLE
    return parts
