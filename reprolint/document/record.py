"""What a configuration file says: a scalar at a path of keys, with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from reprolint.core.place import Span
from reprolint.core.value import Unknown, Value

Keys: TypeAlias = tuple[str, ...]

# Longer chains of references are a mistake or an attack.
MOST_STEPS = 32


@dataclass(frozen=True, slots=True)
class Item:
    """One scalar or empty container (`Items("list", ())`, `Items("dict", ())`) of a document.

    `keys` is the path to it, list positions as "0", "1". `span` is where it is written (the key, for a null that is
    not written at all). For `${a.b}` and `???`, `written` is that text, and `target` the keys of what it refers to.
    """

    keys: Keys
    value: Value
    span: Span
    path: str = ""
    written: str = ""
    target: Keys | None = None


@dataclass(frozen=True, slots=True)
class Default:
    """One entry of Hydra's defaults list: `group: value`, or a configuration named by its path (no group).

    `value` is a tuple for a list of options, none for `null`; `problem` says why Hydra would refuse the entry.
    """

    group: str
    value: str | tuple[str, ...] | None
    span: Span
    package: str | None = None
    optional: bool = False
    override: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A configuration file, read on its own.

    `items` stand in document order; of a key given twice the last one counts. `defaults` and `package` are Hydra's
    defaults list and its `# @package` header. `lists` tells the sequences among the paths: composition replaces
    them whole, and merges mappings. `problem` says in a line why the file could not be read.
    """

    path: str
    items: tuple[Item, ...]
    defaults: tuple[Default, ...] = ()
    package: str | None = None
    problem: str = ""
    lists: tuple[Keys, ...] = ()


@dataclass(frozen=True, slots=True)
class Composed:
    """A whole configuration: of one document, or of several that Hydra joins.

    `problems` is what Hydra would refuse, and what reading could not follow. `open` are the paths at and below
    which something may stand that was not read.
    """

    items: Mapping[Keys, Item]
    problems: tuple[str, ...] = ()
    open: tuple[Keys, ...] = ()

    def get(self, keys: Keys) -> Item | None:
        """The item that gives `keys` its value; references are followed, so it may stand elsewhere."""
        followed = self._followed(keys)
        item = self.items.get(followed)
        return self.items.get(item.target, item) if item and item.target is not None else item

    def lacks(self, keys: Keys) -> bool:
        """Whether there surely is nothing at `keys`; false also where reading cannot tell."""
        keys = self._followed(keys)
        if keys in self.items or any(place[: len(keys)] == keys for place in self.items):
            return False
        above = self._above(keys)
        if above is not None:
            return not isinstance(above.value, Unknown)
        return not any(keys[: len(place)] == place or place[: len(keys)] == keys for place in self.open)

    def _followed(self, keys: Keys) -> Keys:
        """The path with references to whole mappings on the way replaced by what they refer to."""
        for _ in range(MOST_STEPS):
            above = self._above(keys)
            if above is None or above.target is None:
                return keys
            keys = above.target + keys[len(above.keys) :]
        return keys

    def _above(self, keys: Keys) -> Item | None:
        places = (keys[:length] for length in range(len(keys)))
        return next((self.items[place] for place in places if place in self.items), None)
