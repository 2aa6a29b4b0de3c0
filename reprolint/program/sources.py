"""What calls give to the parameters of functions: a small points-to set per parameter, whatever the calling context.

Flow-insensitive and capped, as in Andersen's analysis (1994) restricted to parameters: enough for a model handed to a
trainer, a function handed to a helper, a seed kept in an attribute.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reprolint.core.value import OPAQUE, Derived, Ref, Value, options

MOST_SOURCES = 8
Key = tuple[str, str]


@dataclass(slots=True)
class Source:
    """What a parameter may stand for. `open`: also for something unknown. `many`: for more than is followed."""

    values: dict[Value, None] = field(default_factory=dict)
    open: bool = False

    @property
    def many(self) -> bool:
        """Whether there are more values than are followed."""
        return len(self.values) > MOST_SOURCES

    def same(self, other: Source | None) -> bool:
        """Whether two say the same, in whatever order."""
        return other is not None and self.open == other.open and self.values.keys() == other.values.keys()


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
    """The table of a program, by file and path of the parameter; it only grows while callers are found."""

    table: dict[Key, Source] = field(default_factory=dict)
    news: bool = False

    def add(self, key: Key, value: Value) -> None:
        """Note what one call gives; `news` tells that it was not known."""
        source = self.table.setdefault(key, Source())
        before = len(source.values) + source.open
        if value == OPAQUE or isinstance(value, Derived):
            source.open = True
        elif not source.many:
            source.values.update(dict.fromkeys(options(value)))
        self.news = self.news or len(source.values) + source.open > before

    def get(self, key: Key) -> Source | None:
        """What is known of one parameter alone."""
        return self.table.get(key)

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
            if source is None or source.many or not source.values:
                roots.append(item)
                is_open = True
                continue
            is_open = is_open or source.open
            for value in source.values:
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


def owner(path: str) -> str:
    """The qualified name of the function whose parameter a path is."""
    return path[1:].partition("/")[0].replace("~", ".")


def same(left: Sources, right: Sources, keys: Iterable[Key]) -> bool:
    """Whether two tables say the same of some parameters."""
    for key in keys:
        one, other = left.get(key), right.get(key)
        if one is not other and (one is None or not one.same(other)):
            return False
    return True
