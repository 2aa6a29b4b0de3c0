"""The syntax tree of shell: what is left of a script when spelling is taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union


@dataclass(frozen=True, slots=True)
class Literal:
    """Characters that mean themselves."""

    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$name` and `${name}`; `operator` is what follows the name, `word` what follows the operator."""

    name: str
    quoted: bool
    operator: str = ""
    word: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(...)`; the body is None where it is not read: arithmetic, backticks in backticks, `<(...)`."""

    body: Block | None
    quoted: bool


Part = Union[Literal, Parameter, Substitution]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command, between two offsets of the script."""

    parts: tuple[Part, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """`name=value`, `name+=value` or `name=(word ...)`; `index` marks `name[i]=value`."""

    name: str
    value: Word | tuple[Word, ...]
    appends: bool
    indexed: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Redirect:
    """`>> file`, `2>&1`, `<<END`; a here-document has its body as target."""

    operator: str
    target: Word | None


@dataclass(frozen=True, slots=True)
class Simple:
    """A simple command. Words after a declaring builtin may be assignments, too."""

    assignments: tuple[Assignment, ...]
    words: tuple[Word | Assignment, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands joined by `|`; `negated` is `!` before them."""

    commands: tuple[Node, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """Pipelines joined by `&&` and `||`: the operator before each, empty for the first."""

    links: tuple[tuple[str, Node], ...]
    background: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Commands one after the other."""

    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """`{ ...; }`, or `( ... )` where `subshell` is true."""

    body: Block
    subshell: bool
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class If:
    """Conditions with their branches, in order, and what happens otherwise."""

    branches: tuple[tuple[Block, Block], ...]
    otherwise: Block | None


@dataclass(frozen=True, slots=True)
class For:
    """`for name in words`; without `in`, `words` is None; a counting loop has no name."""

    name: str
    words: tuple[Word, ...] | None
    body: Block
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class While:
    """`while` and, negated, `until`."""

    condition: Block
    body: Block
    negated: bool


@dataclass(frozen=True, slots=True)
class Case:
    """The branches of a `case`; `total` tells that one of them is `*`."""

    subject: Word
    branches: tuple[Block, ...]
    total: bool


@dataclass(frozen=True, slots=True)
class Function:
    """The definition of a function."""

    name: str
    body: Node


@dataclass(frozen=True, slots=True)
class Test:
    """`[[ ... ]]` and `(( ... ))`: a condition, not read."""


Node = Union[Simple, Pipeline, Chain, Block, Group, If, For, While, Case, Function, Test]
