"""The shape of `rules/knowledge/*.yaml`: what a library's calls do to streams, switches and order.

Every class is one mapping of the YAML files: a field `one_of` is the key `one-of`, a field without a default is
required, any other key is an error. An `api` is a dotted name as a user could import it; the method of an instance
is written through its class (`torch.Tensor.scatter_add_`, `numpy.random.Generator.random`). `versions` is the range of
the library (`>=1.9,<2.6`, see `core/version.py`) in which an entry holds; where a call does one thing up to a version
and another from there on, two entries say so.
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
    versions: str = ""


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
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Generator:
    """A constructor of an explicit generator. `unseeded` says where it starts without a seed."""

    api: tuple[str, ...]
    seed: Argument
    unseeded: Literal["entropy", "constant"]
    reference: str
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Setter:
    """A call that sets a switch to the value of `argument`, or to `value` where it takes none."""

    api: tuple[str, ...]
    argument: Argument | None = None
    value: Scalar = True
    when: tuple[Condition, ...] = ()
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """A process-wide determinism setting. `statement` is what a fix inserts to set it to `wanted`.

    `settles` is true for the switch that makes the operations of the same file deterministic. `conflicts`: other
    switches whose wanted value this one spoils unless it has its own, each with the reason.
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


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that a library reads: `read_by` is the module whose import comes too early for it.

    `needed` is the version range (`>=1.7,<2.10`) of that library that reads the variable; `switch` the switch that
    makes it matter; `opens` are calls after which a change has no effect any more. `at_start`: only the start of the
    interpreter reads it.
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
    at_start: bool = False


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
    """A data loader: which arguments carry data, workers, order and seeds.

    `reseeds` are the streams that a worker process seeds anew, each worker differently, before it loads anything.
    """

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
    reseeds: tuple[str, ...] = ()
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Returns:
    """The type of what a call gives back (`self`: the receiver's own), or of an attribute."""

    api: tuple[str, ...]
    type: str


@dataclass(frozen=True, slots=True)
class Base:
    """A class that people derive from: what calls it and which methods the framework calls later.

    `call` is the method that runs when an instance is called (`forward`), `arguments` the type of what it is given when
    nothing else tells. `later` are methods that run some time after an instance is built, `loaded` those of them that
    a loader runs, perhaps in its workers, `steps` those that run for every batch. `returns_self` are methods that give back the instance. The same holds of
    the classes `like` it.
    """

    name: str
    reference: str
    like: tuple[str, ...] = ()
    call: str = ""
    arguments: str = ""
    later: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    returns_self: tuple[str, ...] = ()
    versions: str = ""


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
class Runs:
    """A call that runs the functions it is given: at once, or in processes of their own.

    `start` is how such a process starts: `fork` inherits the state of everything, `spawn` nothing but the environment.
    `function` is the argument that is run (any, when it is left out), `arguments` the one that holds what it is given,
    after `before` values of the library's own; `initializer` is run first in every process.
    """

    api: tuple[str, ...]
    reference: str
    start: Literal["", "fork", "spawn"] = ""
    function: Argument | None = None
    arguments: Argument | None = None
    before: int = 0
    initializer: Argument | None = None
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Restores:
    """A context manager that puts the state of streams back at its end; under `saves`, a call that hands it out."""

    api: tuple[str, ...]
    streams: tuple[str, ...]
    reference: str
    versions: str = ""


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

    distributions: what a package index, conda or a container registry calls it -> the module it is imported as, where
        that is not the same word with underscores (`scikit-learn: sklearn`, `pytorch/pytorch: torch`)
    aliases: a module prefix -> the one used in this file (`torch.nn.modules.linear: torch.nn`)
    seeders: regular expressions of names that seed, when nothing else is known about the callee
    order_free, keeps_order: callables whose result does not depend on, or keeps, the order of their argument
    derives: callables that compute a plain value from their arguments (`int`, `min`)
    wrappers: callables that give back what they are given, perhaps wrapped (`functools.partial`, `DataParallel`)
    registers: decorators that hand the function to an object which calls it later (`app.command`)
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
    runs: tuple[Runs, ...] = ()
    saves: tuple[Restores, ...] = ()
    devices: tuple[Device, ...] = ()
    atomics: tuple[Atomic, ...] = ()
    distributions: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    seeders: tuple[str, ...] = ()
    order_free: tuple[str, ...] = ()
    keeps_order: tuple[str, ...] = ()
    derives: tuple[str, ...] = ()
    wrappers: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    trains: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    no_gradient: tuple[str, ...] = ()
    context_managers: tuple[str, ...] = ()
