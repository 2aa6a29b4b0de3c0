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
from reprolint.catalog.result import Made, Returns, Written
from reprolint.catalog.stream import (
    Draw,
    Generator,
    Key,
    Loader,
    Ranks,
    Restores,
    Runs,
    Sampler,
    Seeding,
    Stateless,
    Stream,
)
from reprolint.catalog.switch import Environment, Module, Switch, Variable


@dataclass(frozen=True, slots=True)
class Listing:
    """A call whose entries come in an order that the file system chooses, that of their completion, or, being rows,
    that of parallel threads (`kind`), where `when` surely holds."""

    api: tuple[str, ...]
    reference: str
    kind: Literal["files", "completion", "rows"] = "files"
    sortable: bool = True
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Hazard:
    """A call that by itself makes two runs differ, or two machines, where `when` surely holds.

    `rule` is the rule that speaks of it, `effect` what is said. `entry`: it counts only in an entry that `trains`, or
    that trains and `seeds`. `settled_by`: switches or variables; with any of them set as it should be it does no harm.
    `device`: it counts only on these, all where nothing is said. `once`: one place of an entry stands for all.
    `anywhere`: what the call is given says it all, so a function that nobody is seen to call is worth advice.
    """

    api: tuple[str, ...]
    rule: str
    effect: str
    reference: str
    when: tuple[Condition, ...] = ()
    entry: Literal["any", "trains", "seeds"] = "any"
    settled_by: tuple[str, ...] = ()
    device: tuple[str, ...] = ()
    once: bool = False
    anywhere: bool = False
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Base:
    """A class that people derive from: what calls it and which methods the framework calls later.

    `call` is the method that runs when an instance is called (`forward`), `arguments` the type of what it is given when
    nothing else tells. `later` are methods that run some time after an instance is built, `loaded` those of them that
    a loader runs, perhaps in its workers, `steps` those that run for every batch, `evaluates` those that run only when
    the framework evaluates, now and then, between the steps of a training. `returns_self` are methods that give
    back the instance. The same holds of the classes `like` it.
    """

    name: str
    reference: str
    like: tuple[str, ...] = ()
    call: str = ""
    arguments: str = ""
    later: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    evaluates: tuple[str, ...] = ()
    returns_self: tuple[str, ...] = ()
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A call that declares a command-line option. The option's name is its first long flag.

    `reads` are the types whose attributes are the options; `parameter` means that it decorates a function and gives
    the parameter of that name its default; `defaults` that it gives options declared elsewhere other defaults.
    """

    api: tuple[str, ...]
    reference: str
    reads: tuple[str, ...] = ()
    parameter: bool = False
    defaults: bool = False


@dataclass(frozen=True, slots=True)
class Configured:
    """A decorator that gives a function its configuration: the arguments that name folder and file."""

    api: tuple[str, ...]
    folder: str
    name: str
    reference: str


@dataclass(frozen=True, slots=True)
class Device:
    """A call or argument that shows that a program uses a device."""

    api: tuple[str, ...]
    device: Literal["cpu", "cuda", "mps", "xpu"]
    reference: str
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """A call that is given a time, and what then hangs on how fast the machine is."""

    api: tuple[str, ...]
    argument: Argument
    decides: Literal["steps", "trials", "checkpoints"]
    reference: str
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Threads:
    """A call that sets how many threads compute."""

    api: tuple[str, ...]
    argument: Argument
    reference: str
    versions: str = ""


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
    common_name: projects often have a module of that name; what a call of it means shows when the program is linked
    deep_learning: it is a framework of deep learning: what is computed hangs on its version
    framework: the library whose switch settles the operations of this one
    aliases: a module prefix -> the one used in this file (`torch.nn.modules.linear: torch.nn`)
    says: a keyword argument, `=` and its value -> the method that says the same (`dtype=torch.long: long`); methods
        that take the value by position as well, `(`, value and `)` in place of `=` and value
    variable_names: further environment variables that bear on determinism, for the sake of those who misspell them
    seeders: regular expressions of names that seed, when nothing else is known about the callee
    purposes: regular expressions of names that tell what a value is for, by purpose: it is a `label` of a run (with
        `-text`: where it is made into text), a `seed`, part of an `evaluation`, or first `weights`
        (by their own name, or that of what makes them); names of functions that ask whether an `interval` has passed,
        of what is done to `look` at a training; names in conditions on the `mode` in which code runs; options that
        ask for the `work` itself (`--do_train`)
    order_free, keeps_order: callables whose result does not depend on, or keeps, the order of their argument
    keeps_rows, numbers_rows: methods of a table that give back its rows in their order, or number them
    derives: callables that compute a plain value from their arguments (`int`, `min`)
    wrappers: callables that give back what they are given, perhaps wrapped (`functools.partial`, `DataParallel`)
    envelopes: callables that give back their first argument, wrapped, whatever else they are given
    instantiates: callables that give back instances of the class they are given, or of those their constructor is given
    imports: callables that give back the module which their first argument names
    transforms: modules whose callables call what they are given where samples are loaded
    fields: callables that give an attribute of a class the value of their argument `default`
    documents: callables that open or read the configuration file which their first argument names
    instantiates_documents: callables that build what the `_target_` of a configuration names
    code: suffixes of source files that are compiled
    splits: callables that give back several parts of their first argument
    shuffles: callables that shuffle their first argument, or give back something shuffled
    registers: decorators that hand the function to an object which calls it later (`app.command`)
    key_repeats: callables that call the function they are given once for every item
    clocks: calls whose value differs in every run
    hashes: calls that give the hash of their argument, which for a string differs in every process
    identities: calls that give the address of their argument
    timers: the clocks among them that tell the time
    stops: attributes by which a framework is told to end the training
    machine: calls whose value is that of the machine they run on (`os.cpu_count`)
    thread_variables: environment variables that say how many threads compute
    trains: names of functions and methods that only a training calls (`backward`)
    no_gradient_trains: those of them that go without gradients
    own_methods: methods of a class of this library that no other class has, or has with this keyword
        (`pandas.DataFrame.sample(frac=)`), so that a receiver nobody knows is one
    tells_epochs: classes of frameworks that tell samplers the number of the epoch themselves
    rank_names: what people call the number of a process among those that train together
    ends: calls that never return
    children: calls that start other programs, which inherit the environment
    no_gradient: context managers and decorators under which no gradient is recorded
    context_managers: decorators that make a generator function run when it is called
    """

    library: str
    framework: str = ""
    common_name: bool = False
    deep_learning: bool = False
    streams: tuple[Stream, ...] = ()
    draws: tuple[Draw, ...] = ()
    seedings: tuple[Seeding, ...] = ()
    generators: tuple[Generator, ...] = ()
    keys: tuple[Key, ...] = ()
    stateless: tuple[Stateless, ...] = ()
    operations: tuple[Operation, ...] = ()
    switches: tuple[Switch, ...] = ()
    modules: tuple[Module, ...] = ()
    variables: tuple[Variable, ...] = ()
    environment: tuple[Environment, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    listings: tuple[Listing, ...] = ()
    loaders: tuple[Loader, ...] = ()
    samplers: tuple[Sampler, ...] = ()
    ranks: tuple[Ranks, ...] = ()
    returns: tuple[Returns, ...] = ()
    attributes: tuple[Returns, ...] = ()
    makes: tuple[Made, ...] = ()
    written_for: tuple[Written, ...] = ()
    bases: tuple[Base, ...] = ()
    options: tuple[Option, ...] = ()
    restores: tuple[Restores, ...] = ()
    runs: tuple[Runs, ...] = ()
    saves: tuple[Restores, ...] = ()
    devices: tuple[Device, ...] = ()
    budgets: tuple[Budget, ...] = ()
    threads: tuple[Threads, ...] = ()
    atomics: tuple[Atomic, ...] = ()
    configured: tuple[Configured, ...] = ()
    distributions: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict)
    variable_names: tuple[str, ...] = ()
    purposes: Mapping[str, str] = field(default_factory=dict)
    seeders: tuple[str, ...] = ()
    order_free: tuple[str, ...] = ()
    keeps_order: tuple[str, ...] = ()
    keeps_rows: tuple[str, ...] = ()
    numbers_rows: tuple[str, ...] = ()
    derives: tuple[str, ...] = ()
    wrappers: tuple[str, ...] = ()
    envelopes: tuple[str, ...] = ()
    instantiates: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    transforms: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    instantiates_documents: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    shuffles: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()
    key_repeats: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    timers: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    machine: tuple[str, ...] = ()
    thread_variables: tuple[str, ...] = ()
    trains: tuple[str, ...] = ()
    no_gradient_trains: tuple[str, ...] = ()
    own_methods: tuple[str, ...] = ()
    tells_epochs: tuple[str, ...] = ()
    rank_names: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    no_gradient: tuple[str, ...] = ()
    context_managers: tuple[str, ...] = ()
