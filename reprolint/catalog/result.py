"""What is known of the results of calls: types, what holds of their elements, which versions know the call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Returns:
    """The type of what a call gives back (`self`: the receiver's own), of its items (`item`), or of an attribute."""

    api: tuple[str, ...]
    type: str
    item: bool = False

    @property
    def types(self) -> Iterator[tuple[str, str]]:
        """The type by name; a result with items is known by the call that gives it."""
        for name in self.api:
            yield name, name if self.item else self.type
            if self.item:
                yield f"{name}.__getitem__", self.type


@dataclass(frozen=True, slots=True)
class Written:
    """Modules and names that newer versions do not have: `means` says for which versions of which libraries code with
    one of them was written. They count where the project does not say which it uses."""

    api: tuple[str, ...]
    means: Mapping[str, str]
    reference: str


@dataclass(frozen=True, slots=True)
class Made:
    """What holds of the result of calls: `integer` (whole numbers or truth values: sums of them are exact), `distinct`
    (no element twice along a dimension), `constant` (nothing it is made from asks for a gradient), `equal`
    (all elements are equal: adding them up is the same in any order), `spatial` (more
    than two dimensions). `api` are calls whose result is so whatever they are given; a part of a result is written
    like `torch.topk()[1]`. `keeps` are methods whose result is so if their receiver is.
    """

    kind: Literal["integer", "distinct", "constant", "equal", "spatial"]
    api: tuple[str, ...]
    reference: str
    keeps: tuple[str, ...] = ()
