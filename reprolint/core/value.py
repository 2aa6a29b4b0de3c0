"""What an expression may evaluate to, as far as reading the source tells.

The path of a `Ref` leads into the program and is followed when files are linked:

    numpy.random.rand     an imported name            :Net          a name defined in the same file
    .utils.set_seed       a relative import           @seed         a parameter of the enclosing function
    torch.zeros().add_    the attribute `add_` of what `torch.zeros` returns (an instance, for a class)
    ?                     nothing that reading can follow
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, Union

Scalar: TypeAlias = Union[bool, int, float, str, None]


@dataclass(frozen=True, slots=True)
class Const:
    """A literal."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Ref:
    """A path to follow. `module` is the file it is written in, empty while it has not left that file's facts."""

    path: str
    module: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """Something computed from other values (arithmetic, `int(...)`, an f-string)."""

    sources: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list, tuple or set display; `kind` is `list`, `tuple` or `set`."""

    kind: str
    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of several values, depending on the path taken; in a fixed order."""

    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that reading cannot tell, and why."""

    reason: str


Value: TypeAlias = Union[Const, Ref, Derived, Items, Either, Unknown]

OPAQUE = Unknown("not followed")
MOST_OPTIONS = 4


def either(values: Iterator[Value]) -> Value:
    """Join values of several paths: one if they agree, opaque when there are more than a person would follow."""
    options: dict[Value, None] = {}
    for value in values:
        for option in value.options if isinstance(value, Either) else (value,):
            options[option] = None
    if len(options) == 1:
        return next(iter(options))
    if not options or len(options) > MOST_OPTIONS:
        return OPAQUE
    return Either(tuple(sorted(options, key=_order)))


def _order(value: Value) -> tuple[str, str]:
    return ("", value.path) if isinstance(value, Ref) else (value.__class__.__name__, repr(value))


def paths(value: Value) -> tuple[Ref, ...]:
    """The references among the options of a value."""
    if isinstance(value, Ref):
        return (value,)
    if isinstance(value, Either):
        return tuple(option for option in value.options if isinstance(option, Ref))
    return ()
