"""What names hold while a function is read for random keys, and which keys have been used so far."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, Union

from reprolint.facts.record import KeyUse

# Where a value comes from. ("start", name): what a name held at first; ("key", ...): a key that a known call made;
# ("new", ...): anything else; ("item", token, index), ("attribute", token, name), ("fold", token, data): taken from it.
Token: TypeAlias = tuple[object, ...]
Guard: TypeAlias = tuple[str, bool, tuple[int, ...]]
MOST_OPTIONS = 4
MOST_USES = 6
_TAKEN = ("item", "attribute", "fold")
_KEYS = re.compile(r"(^|_)(rngs?|prngs?|keys?|subkeys?|seeds?)\d*(_|$)|(rng|key)s?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class One:
    """A value that may be one of a few keys, or arrays of keys."""

    options: frozenset[Token]


@dataclass(frozen=True, slots=True)
class Group:
    """A display: its values by index or constant key."""

    items: tuple[tuple[str, Value], ...]


Value: TypeAlias = Union[One, Group]


@dataclass(frozen=True, slots=True)
class Use:
    """A use of a key: the conditions around it, and how the call is written where that tells its purpose."""

    record: KeyUse
    guards: frozenset[Guard]
    text: str = ""

    def before(self, other: Use) -> bool:
        """Whether both may happen in one run, as far as the conditions around them tell."""
        for text, holds, turn in self.guards:
            if (text, not holds, turn) in other.guards:
                return False
        if self.text and self.text == other.text:
            return False  # a copy of the same weights, on purpose
        return self.guards <= other.guards or other.guards <= self.guards


@dataclass(slots=True)
class State:
    """What names hold at one point, and the uses of every key so far."""

    names: dict[str, Value] = field(default_factory=dict)
    spent: dict[Token, tuple[Use, ...]] = field(default_factory=dict)

    def copy(self) -> State:
        """An independent state."""
        return State(dict(self.names), dict(self.spent))

    def look(self, name: str) -> Value:
        """What a name, or a path such as `self.rng`, holds."""
        return self.names.get(name) or One(frozenset({("start", name)}))

    def bind(self, name: str, value: Value) -> None:
        """Let a name hold a value; what was known of its parts is forgotten."""
        for known in [item for item in self.names if item.startswith((f"{name}.", f"{name}["))]:
            del self.names[known]
        self.names[name] = value

    def spend(self, token: Token, use: Use) -> tuple[Use, ...]:
        """Note a use; the earlier ones of the same key that may happen in the same run."""
        known = self.spent.get(token, ())
        self.spent[token] = (*known, use)[-MOST_USES:]
        return tuple(item for item in known if item.before(use))


def join(states: list[State | None]) -> State | None:
    """The state where several paths meet; None when none of them arrives."""
    alive = [state for state in states if state is not None]
    if not alive:
        return None
    result = alive[0].copy()
    for other in alive[1:]:
        for name in {**result.names, **other.names}:
            result.names[name] = _either(result.look(name), other.look(name))
        for token, uses in other.spent.items():
            known = result.spent.get(token, ())
            result.spent[token] = tuple(dict.fromkeys((*known, *uses)))[-MOST_USES:]
    return result


def _either(left: Value, right: Value) -> Value:
    if left == right:
        return left
    if (
        isinstance(left, Group)
        and isinstance(right, Group)
        and [k for k, _ in left.items] == [k for k, _ in right.items]
    ):
        pairs = zip(left.items, right.items, strict=True)
        return Group(tuple((name, _either(one, other)) for (name, one), (_, other) in pairs))
    found = frozenset({*tokens(left), *tokens(right)})
    return One(found if len(found) <= MOST_OPTIONS else frozenset({("new", *sorted(map(repr, found)))}))


def tokens(value: Value) -> Iterator[Token]:
    """Every key a value may hold."""
    if isinstance(value, One):
        yield from value.options
    else:
        for _, part in value.items:
            yield from tokens(part)


def ones(value: Value) -> Iterator[One]:
    """The single values of a value."""
    if isinstance(value, One):
        yield value
    else:
        for _, part in value.items:
            yield from ones(part)


def taken(kind: str, value: Value, name: str) -> Value | None:
    """An item or attribute of a value; None when a display has no such item."""
    if isinstance(value, Group):
        return dict(value.items).get(name)
    return One(frozenset((kind, token, name) for token in value.options))


def root(token: Token) -> Token:
    """What a token is taken from, in the end."""
    while token[0] in _TAKEN:
        token = token[1]  # type: ignore[assignment]
    return token


def is_key(token: Token) -> bool:
    """Whether a token is surely a key: a known call has made it, or what it is folded from."""
    while token[0] in _TAKEN:
        if token[0] == "fold":
            return True
        token = token[1]  # type: ignore[assignment]
    return token[0] == "key"


def any_key(value: Value) -> bool:
    """Whether a value, not a display, is surely a key or an array of keys."""
    return isinstance(value, One) and any(map(is_key, value.options))


def came_from(token: Token, value: Value) -> bool:
    """Whether a value holds a token at the place in a display from which it was taken; what a loop carries is the
    first of two things that its body returns."""
    way: list[str] = []
    item = token
    while item[0] == "item":
        way.insert(0, str(item[-1]))
        item = item[1]  # type: ignore[assignment]
    for start in (way, ["0", *way]):
        part: Value | None = value
        for name in start:
            part = dict(part.items).get(name) if isinstance(part, Group) else None
        if isinstance(part, One) and token in part.options:
            return True
    return False


def called(token: Token) -> str:
    """The name under which people know what a token stands for, an item of an array by the array's."""
    while token[0] == "item" and str(token[-1]).lstrip("-").isdecimal():
        token = token[1]  # type: ignore[assignment]
    return str(token[-1]) if token[0] in ("start", "attribute", "item") else ""


def named_key(name: str) -> bool:
    """Whether people call keys so."""
    return bool(_KEYS.search(name.rpartition(".")[2].partition("[")[0]))
