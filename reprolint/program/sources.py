"""What calls give to the parameters of functions: a small points-to set per parameter, whatever the calling context.

Flow-insensitive and capped, as in Andersen's analysis (1994) restricted to parameters: enough for a model handed to a
trainer, a function handed to a helper, a seed kept in an attribute.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from reprolint.core.value import OPAQUE, Derived, Ref, Value, options

MOST_SOURCES = 24
MOST_HANDED = 8  # functions that a parameter which is called may be: more say nothing of one caller
MOST_KEPT = 512  # for one entry fewer of them may count
Key = tuple[str, str]
ANYONE: Key = ("", "")  # gives what holds whoever else runs


@dataclass(slots=True)
class Source:
    """What a parameter may stand for, each value with the functions that give it; `OPAQUE` for something unknown.

    `stored`: it is what a registry holds, of which the first are followed when there are too many.
    """

    values: dict[Value, set[Key]] = field(default_factory=dict)
    stored: bool = False

    @property
    def known(self) -> tuple[Value, ...]:
        """The values that can be followed; none when there are too many, some when they are stored."""
        found = tuple(value for value in self.values if value != OPAQUE)
        if len(found) <= MOST_SOURCES:
            return found
        return tuple(sorted(found, key=repr))[:MOST_SOURCES] if self.stored else ()

    @property
    def open(self) -> bool:
        """Whether it may also be something unknown."""
        return OPAQUE in self.values or len(self.values) > MOST_SOURCES

    def only(self, givers: Collection[Key]) -> Source | None:
        """What some functions give; None when that is all of it."""
        kept = {value: by for value, by in self.values.items() if ANYONE in by or not by.isdisjoint(givers)}
        return None if len(kept) == len(self.values) else Source(kept, self.stored)


@dataclass(frozen=True, slots=True)
class Given:
    """All that a parameter may stand for, followed through the parameters of callers. `roots` are those among them
    of which nothing is known; `keys` all that were asked."""

    values: tuple[Value, ...]
    roots: tuple[Key, ...]
    keys: tuple[Key, ...]
    open: bool


@dataclass(slots=True)
class Sources:
    """The table of a program, by file and path of the parameter; it only grows while callers are found.

    Besides parameters it holds, under keys that no parameter has, the classes derived from a class that are built
    (`family_key`), the attributes of classes without a constructor (`field_key`) and what is put into displays
    (`store_key`).
    """

    table: dict[Key, Source] = field(default_factory=dict)
    news: bool = False

    def add(self, key: Key, value: Value, giver: Key, *, stored: bool = False) -> None:
        """Note what a function gives; `news` tells that it was not known."""
        source = self.table.setdefault(key, Source())
        source.stored = source.stored or stored
        for part in (OPAQUE,) if value == OPAQUE or isinstance(value, Derived) else options(value):
            by = source.values.get(part)
            if by is None:
                if len(source.values) >= MOST_KEPT:
                    part = OPAQUE
                by = source.values.setdefault(part, set())
                self.news = True
            by.add(giver)

    def owned(self) -> dict[Key, list[Key]]:
        """All keys by the function they belong to; those of classes and displays under the file alone."""
        found: dict[Key, list[Key]] = {}
        for key, source in self.table.items():
            if any(ANYONE not in by for by in source.values.values()):
                found.setdefault((key[0], owner(key[1]) if is_parameter(key[1]) else ""), []).append(key)
        return found

    def narrowed(self, changed: Mapping[Key, Source]) -> Sources:
        """The same table with other sources for some keys."""
        return Sources({**self.table, **changed})

    def get(self, key: Key) -> Source | None:
        """What is known of one parameter alone."""
        return self.table.get(key)

    def is_crowded(self, key: Key) -> bool:
        """Whether so many things are given to a parameter, by many callers, that they say nothing of one of them."""
        sources = (self.table.get(item) for item in self.given(key).keys)
        return any(len(source.values.keys() - {OPAQUE}) > MOST_HANDED for source in sources if source is not None)

    def given(self, key: Key) -> Given:
        """Follow a parameter through callers that only hand on what they were given themselves."""
        values: dict[Value, None] = {}
        roots: list[Key] = []
        seen: dict[Key, None] = {}
        waiting, is_open = [key], False
        while waiting:
            item = waiting.pop()
            if item in seen:
                continue
            seen[item] = None
            source = self.table.get(item)
            known = source.known if source is not None else ()
            is_open = is_open or source is None or source.open
            if not known:
                roots.append(item)
                is_open = True
            for value in known:
                if isinstance(value, Ref) and is_parameter(value.path):
                    waiting.append((value.module or item[0], value.path))
                else:
                    values[value] = None
        return Given(tuple(values), tuple(roots), tuple(seen), is_open)


def is_parameter(path: str) -> bool:
    """Whether a path is a parameter itself, nothing taken from it."""
    return path.startswith("@") and not any(mark in path for mark in ".([")


def field_key(name: str, attribute: str) -> str:
    """The key under which the values of an attribute of a class without a constructor of its own are kept."""
    return f"<{name}>.{attribute}"


def family_key(name: str) -> str:
    """The key under which the classes derived from a class that the program builds are kept."""
    return f"<{name}>"


def store_key(name: str) -> str:
    """The key under which what is put into a named display is kept."""
    return f"={name}"


def owner(path: str) -> str:
    """The qualified name of the function whose parameter a path is."""
    return path[1:].partition("/")[0].replace("~", ".")


def same(left: Sources, right: Sources, keys: Iterable[Key], settled: Collection[str]) -> bool:
    """Whether two tables say the same of some parameters, and that leads to files which have not changed."""
    for key in keys:
        one, other = left.get(key), right.get(key)
        if one is None and other is None:
            continue
        if one is None or other is None or one.values != other.values:
            return False
        if any(isinstance(value, Ref) and value.module and value.module not in settled for value in one.values):
            return False
    return True
