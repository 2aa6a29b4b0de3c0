"""What an expression may evaluate to, as far as reading the source tells.

The path of a `Ref` leads into the program and is followed when files are linked:

    numpy.random.rand     an imported name            :Net          a name defined in the same file
    .utils.set_seed       a relative import           @Net~fit/lr   the parameter `lr` of the function `Net.fit`
    torch.zeros().add_    the attribute `add_` of what `torch.zeros` returns (an instance, for a class)
    :MODELS[resnet]       an item of a display or of a result; `[*]` when it is not known which
    {conf/train~yaml}     the configuration file of that name, `{hydra:conf/train}` what Hydra composes
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
    """Something computed from other values (arithmetic, `int(...)`, an f-string); `negated` for `not` of one value."""

    sources: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list, tuple, set or dict display, as `kind` says; of kind `parser`, the classes a parser makes instances of."""

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
MOST_OPTIONS = 24


def either(values: Iterator[Value]) -> Value:
    """Join values of several paths: one if they agree; of more than are followed the first, and something opaque."""
    options: dict[Value, None] = {}
    for value in values:
        for option in value.options if isinstance(value, Either) else (value,):
            options[option] = None
    if len(options) == 1:
        return next(iter(options))
    if len(options) > MOST_OPTIONS:
        followed = sorted((option for option in options if isinstance(option, Ref)), key=_order)[: MOST_OPTIONS - 1]
        return Either((*followed, OPAQUE)) if followed else OPAQUE
    return Either(tuple(sorted(options, key=_order))) if options else OPAQUE


def _order(value: Value) -> tuple[str, str]:
    return ("", value.path) if isinstance(value, Ref) else (value.__class__.__name__, repr(value))


def parameter(function: str, name: str) -> str:
    """The path of a parameter of a function; dots of its qualified name would read as attributes."""
    return f"@{function.replace('.', '~')}/{name}"


def document(name: str) -> str:
    """The path of a configuration file; dots of its name would read as attributes."""
    return "{" + name.replace(".", "~") + "}"


def key(index: Value) -> str:
    """How an index is written in a path: `*` when it is not known."""
    plain = isinstance(index, Const) and isinstance(index.value, int | str) and not isinstance(index.value, bool)
    text = str(index.value) if isinstance(index, Const) and plain else ""
    return text if text.replace("_", "").replace("-", "").isalnum() else "*"


def index(text: str) -> Value:
    """The index that a path writes like this."""
    if text == "*":
        return OPAQUE
    return Const(int(text) if text.lstrip("-").isdecimal() else text)


def pick(display: Items, index: Value) -> Value:
    """The item of a display under an index; any of its items when the index is not known."""
    known = isinstance(index, Const)
    if display.kind == "dict":
        pairs = list(zip(display.items[::2], display.items[1::2], strict=True))
        found = [value for name, value in pairs if name == index] if known else []
        return found[-1] if found else choice(value for _, value in pairs)
    if isinstance(index, Const) and isinstance(index.value, int):
        inside = -len(display.items) <= index.value < len(display.items)
        return display.items[index.value] if inside and display.kind != "set" else OPAQUE
    return choice(iter(display.items))


def choice(values: Iterator[Value]) -> Value:
    """One of several values, by an index or key that is not known."""
    return either(values)


def options(value: Value) -> tuple[Value, ...]:
    """The alternatives of a value."""
    return value.options if isinstance(value, Either) else (value,)


def references(value: Value) -> Iterator[Ref]:
    """Every reference in a value, at any depth."""
    if isinstance(value, Ref):
        yield value
    parts: tuple[Value, ...] = ()
    if isinstance(value, Derived):
        parts = value.sources
    elif isinstance(value, Either):
        parts = value.options
    elif isinstance(value, Items):
        parts = value.items
    for part in parts:
        yield from references(part)


def paths(value: Value) -> tuple[Ref, ...]:
    """The references among the options of a value."""
    if isinstance(value, Ref):
        return (value,)
    if isinstance(value, Either):
        return tuple(option for option in value.options if isinstance(option, Ref))
    return ()
