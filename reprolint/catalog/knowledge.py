"""The shape of `rules/knowledge/*.yaml`: what a library's calls do to streams, switches and order.

Every class is one mapping of the YAML files: a field `one_of` is the key `one-of`, a field without a default is
required, any other key is an error. An `api` is a dotted name as a user could import it; the method of an instance
is written through its class (`torch.Tensor.scatter_add_`, `numpy.random.Generator.random`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reprolint.catalog.argument import Argument, Condition
from reprolint.catalog.operation import Operation
from reprolint.core.value import Scalar


@dataclass(frozen=True, slots=True)
class Stream:
    """A source of random numbers with one state. `seed` is the call a fix inserts, `{seed}` standing for the value."""

    name: str
    title: str
    seed: str
    needs: str
    reference: str


@dataclass(frozen=True, slots=True)
class Draw:
    """A call that takes numbers from a stream, unless `own` brings its own generator or seed.

    hidden: it does not look random (building a layer)
    later: it builds what draws when it is iterated
    likely: it draws unless the conditions surely fail
    rule: the rule that owns the problem, when a more specific one than `unseeded-stream` does
    """

    api: tuple[str, ...]
    stream: str
    reference: str
    hidden: bool = False
    later: bool = False
    likely: bool = False
    own: Argument | None = None
    when: tuple[Condition, ...] = ()
    rule: str = "unseeded-stream"


@dataclass(frozen=True, slots=True)
class Seeding:
    """A call that fixes streams from a value.

    `none` says what a seed of None does: `entropy` (re-randomises), `keeps` (does nothing), `default` (falls back to a
    fixed or configured seed), `error`. Without `seed` the call always re-randomises (`torch.seed()`) when `none` is
    `entropy`, and restores a saved state otherwise. `switches` are set by the same call, each to the given value,
    when the conditions under `when-switches` hold.
    """

    api: tuple[str, ...]
    streams: tuple[str, ...]
    reference: str
    seed: Argument | None = None
    none: Literal["entropy", "keeps", "default", "error"] = "error"
    switches: Mapping[str, Scalar] = field(default_factory=dict)
    when_switches: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Generator:
    """A constructor of an explicit generator. `unseeded` says where it starts without a seed."""

    api: tuple[str, ...]
    seed: Argument
    unseeded: Literal["entropy", "constant"]
    reference: str


@dataclass(frozen=True, slots=True)
class Setter:
    """A call that sets a switch to the value of `argument`, or to `value` where it takes none."""

    api: tuple[str, ...]
    argument: Argument | None = None
    value: Scalar = True
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Switch:
    """A process-wide determinism setting. `statement` is what a fix inserts to set it to `wanted`.

    `settles` is true for the switch that makes the operations of the same file deterministic.
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


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that a library reads: `read_by` is the module whose import comes too early for it.

    `needed` is the version range (`>=1.7,<2.10`) of that library that reads the variable; `switch` the switch that
    makes it matter; `opens` are calls after which a change has no effect any more.
    """

    name: str
    accepted: tuple[str, ...]
    read_by: str
    statement: str
    needs: str
    reference: str
    needed: str = ""
    switch: str = ""
    opens: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Listing:
    """A call whose entries come in an order that the file system chooses."""

    api: tuple[str, ...]
    reference: str
    sortable: bool = True


@dataclass(frozen=True, slots=True)
class Loader:
    """A data loader: which arguments carry data, workers, order and seeds."""

    api: tuple[str, ...]
    dataset: Argument
    workers: Argument
    shuffle: Argument
    generator: Argument
    worker_init: Argument
    reference: str
    sampler: tuple[str, ...] = ()
    generator_statement: str = ""
    stream: str = ""


@dataclass(frozen=True, slots=True)
class Returns:
    """The type of what a call gives back (`self`: the receiver's own), or of an attribute."""

    api: tuple[str, ...]
    type: str


@dataclass(frozen=True, slots=True)
class Base:
    """A class that people derive from: what calls it and which methods the framework calls later.

    `call` is the method that runs when an instance is called (`forward`). `later` are methods that run some time
    after an instance is built. `returns_self` are methods that give back the instance.
    """

    name: str
    reference: str
    call: str = ""
    later: tuple[str, ...] = ()
    returns_self: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """A call that declares a command-line option. The option's name is its first long flag.

    `reads` are the types whose attributes are the options; `parameter` means that it decorates a function and gives
    the parameter of that name its default.
    """

    api: tuple[str, ...]
    reference: str
    reads: tuple[str, ...] = ()
    parameter: bool = False


@dataclass(frozen=True, slots=True)
class Restores:
    """A context manager that puts the state of streams back at its end."""

    api: tuple[str, ...]
    streams: tuple[str, ...]
    reference: str


@dataclass(frozen=True, slots=True)
class Device:
    """A call or argument that shows that a program uses a device."""

    api: tuple[str, ...]
    device: Literal["cpu", "cuda", "mps", "xpu"]
    reference: str
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Atomic:
    """A function of kernel languages that adds atomically: `pattern` matches its name, `exact` the element types
    (both regular expressions) for which the sum does not depend on the order."""

    pattern: str
    exact: str
    reference: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One file of `rules/knowledge/`: what one library does to streams, switches and order.

    aliases: a module prefix -> the one used in this file (`torch.nn.modules.linear: torch.nn`)
    seeders: regular expressions of names that seed, when nothing else is known about the callee
    order_free, keeps_order: callables whose result does not depend on, or keeps, the order of their argument
    derives: callables that compute a plain value from their arguments (`int`, `min`)
    clocks: calls whose value differs in every run
    trains: names of functions and methods that only a training calls (`backward`)
    ends: calls that never return
    no_gradient: context managers and decorators under which no gradient is recorded
    context_managers: decorators that make a generator function run when it is called
    """

    library: str
    streams: tuple[Stream, ...] = ()
    draws: tuple[Draw, ...] = ()
    seedings: tuple[Seeding, ...] = ()
    generators: tuple[Generator, ...] = ()
    operations: tuple[Operation, ...] = ()
    switches: tuple[Switch, ...] = ()
    variables: tuple[Variable, ...] = ()
    environment: tuple[Environment, ...] = ()
    listings: tuple[Listing, ...] = ()
    loaders: tuple[Loader, ...] = ()
    returns: tuple[Returns, ...] = ()
    attributes: tuple[Returns, ...] = ()
    bases: tuple[Base, ...] = ()
    options: tuple[Option, ...] = ()
    restores: tuple[Restores, ...] = ()
    devices: tuple[Device, ...] = ()
    atomics: tuple[Atomic, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    seeders: tuple[str, ...] = ()
    order_free: tuple[str, ...] = ()
    keeps_order: tuple[str, ...] = ()
    derives: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    trains: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    no_gradient: tuple[str, ...] = ()
    context_managers: tuple[str, ...] = ()
