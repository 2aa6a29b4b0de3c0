"""The shape of knowledge about determinism settings: switches and environment variables, and what sets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reprolint.catalog.argument import Argument, Condition
from reprolint.core.value import Scalar


@dataclass(frozen=True, slots=True)
class Setter:
    """A call that sets a switch or variable to the value of `argument`, or to `value` where it takes none."""

    api: tuple[str, ...]
    argument: Argument | None = None
    value: Scalar = True
    when: tuple[Condition, ...] = ()
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """A process-wide determinism setting. `statement` is what a fix inserts to set it to `wanted`.

    `settles` is true for the switch that makes the operations of the same file deterministic. `conflicts`: other
    switches whose wanted value this one spoils unless it has its own, each with the reason. `rule` is the rule that
    speaks where something is trained with another value than the wanted one, `effect` what is said there, and
    `overruled_by` the switches and variables under which that value has no effect. `local`: it belongs to an object and
    not to the process, so that every place which sets it counts, on any device. `needs_seed`: the stream whose draws
    raise while it is on and no seed is set.
    """

    name: str
    title: str
    wanted: Scalar
    default: Scalar
    statement: str
    needs: str
    reference: str
    setters: tuple[Setter, ...] = ()
    attributes: tuple[str, ...] = ()
    settles: bool = False
    conflicts: Mapping[str, str] = field(default_factory=dict)
    rule: str = ""
    effect: str = ""
    overruled_by: tuple[str, ...] = ()
    local: bool = False
    needs_seed: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """A module that takes an assignment to any attribute in silence, and the `attributes` that it has."""

    name: str
    attributes: tuple[str, ...]
    reference: str


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that a library reads: `read_by` is the module whose import comes too early for it.

    `needed` is the version range (`>=1.7,<2.10`) of that library that reads the variable; `switch` the switch that
    makes it matter; `opens` are calls after which a change has no effect any more. `at_start`: only the start of the
    interpreter reads it. `setters` are calls of libraries that set it while it still counts.
    """

    name: str
    accepted: tuple[str, ...]
    statement: str
    needs: str
    reference: str
    read_by: str = ""
    needed: str = ""
    switch: str = ""
    opens: tuple[str, ...] = ()
    at_start: bool = False
    setters: tuple[Setter, ...] = ()


@dataclass(frozen=True, slots=True)
class Environment:
    """A call or item assignment that sets environment variables.

    `variable` and `value` are the positions of name and value; `mapping` means that they come as a mapping or keywords.
    """

    api: tuple[str, ...]
    reference: str
    variable: int = 0
    value: int = 1
    mapping: bool = False
