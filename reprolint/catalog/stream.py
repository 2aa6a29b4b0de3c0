"""The shape of knowledge about random streams: what draws from them, seeds, saves and inherits them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reprolint.catalog.argument import Argument, Condition
from reprolint.core.value import Scalar

COMMON = "unseeded-stream"  # the rule that owns draws for which no other one is named
SPLIT = "split-without-seed"  # the rule that looks at shuffles, too, of which a part is kept to test on


@dataclass(frozen=True, slots=True)
class Stream:
    """A source of random numbers with one state. `seed` is the call a fix inserts, `{seed}` standing for the value;
    it is empty where no call can fix the state."""

    name: str
    title: str
    seed: str
    needs: str
    reference: str


@dataclass(frozen=True, slots=True)
class Draw:
    """A call that takes numbers from a stream, unless `own` brings its own generator or seed.

    hidden: it does not look random (building a layer)
    weights: it fills the weights of a model
    later: it builds what draws when it is iterated
    likely: it draws unless the conditions surely fail
    rule: the rule that owns the problem, when a more specific one than `unseeded-stream` does
    own_statement: what a fix gives as `own`, `{seed}` standing for the value, where a seed itself will not do
    """

    api: tuple[str, ...]
    stream: str
    reference: str
    hidden: bool = False
    weights: bool = False
    later: bool = False
    likely: bool = False
    own: Argument | None = None
    when: tuple[Condition, ...] = ()
    rule: str = COMMON
    own_statement: str = ""
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Seeding:
    """A call that fixes streams from a value.

    `none` says what a seed of None does: `entropy` (re-randomises), `keeps` (does nothing), `default` (falls back to a
    fixed or configured seed), `error`. Without `seed` the call always re-randomises (`torch.seed()`) when `none` is
    `entropy`, and restores a saved state otherwise. `switches` are set by the same call, each to the given value,
    when the conditions under `when-switches` hold. `workers` is the argument by which it prepares the workers of all
    loaders as well.
    """

    api: tuple[str, ...]
    streams: tuple[str, ...]
    reference: str
    seed: Argument | None = None
    none: Literal["entropy", "keeps", "default", "error"] = "error"
    switches: Mapping[str, Scalar] = field(default_factory=dict)
    when_switches: tuple[Condition, ...] = ()
    workers: Argument | None = None
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Stateless:
    """A call whose numbers follow from its seed alone: the same constant gives the same numbers every time.

    `weights`: the numbers are what a layer starts with.
    """

    api: tuple[str, ...]
    seed: Argument
    reference: str
    weights: bool = False
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
class Key:
    """A call that is given, or makes, a random key: a state that the program carries itself.

    `key` is the argument that takes a key; `spends` whether the call uses it up, so that nothing else may be given it.
    `seed` is the number from which a call makes a key, or a sequence of keys. `gives` is true when the
    result is a key or an array of keys; with `data` it follows from the key and that argument alone. `mixed`: other
    values than keys come in the same argument. `folds`: the call folds something of its own into the key.
    `body` is the function that is called again and again with what it gives back.
    """

    api: tuple[str, ...]
    reference: str
    key: Argument | None = None
    spends: bool = True
    seed: Argument | None = None
    gives: bool = False
    data: Argument | None = None
    mixed: bool = False
    folds: bool = False
    body: Argument | None = None
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Loader:
    """A data loader: which arguments carry data, workers, order and seeds.

    `worker_info` is the call by which a function that prepares a worker gets at its copy of the data.
    `reseeds` are the streams that a worker process seeds anew, each worker differently, before it loads anything.
    `persistent` is the argument that keeps workers alive from one epoch to the next.
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
    worker_info: str = ""
    persistent: str = ""
    stream: str = ""
    reseeds: tuple[str, ...] = ()
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Sampler:
    """A sampler whose order follows from its own seed and the number of the epoch; the method `epoch` tells it that."""

    api: tuple[str, ...]
    shuffle: Argument
    epoch: str
    reference: str


@dataclass(frozen=True, slots=True)
class Ranks:
    """A call by which several processes train one model together."""

    api: tuple[str, ...]
    reference: str
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Restores:
    """A context manager that puts the state of streams, and switches, back at its end; under `saves`, a call that
    hands the state out. `same` is the part of that state which is one number in every worker that a loader seeded."""

    api: tuple[str, ...]
    reference: str
    streams: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()
    same: str = ""
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Runs:
    """A call that runs the functions it is given: at once, or in processes of their own.

    `start` is how such a process starts: `fork` inherits the state of everything, `spawn` nothing but the environment.
    `function` is the argument that is run (any, when it is left out), `arguments` the one that holds what it is given,
    after `before` values of the library's own; with `rest` it is given the object of the method and all that follows
    the function. `initializer` is run first in every process. Where no function is given, it runs `main` of the file
    that calls it, or `any` function of that file, as the command line says.
    """

    api: tuple[str, ...]
    reference: str
    start: Literal["", "fork", "spawn"] = ""
    function: Argument | None = None
    arguments: Argument | None = None
    before: int = 0
    rest: bool = False
    otherwise: Literal["", "main", "any"] = ""
    initializer: Argument | None = None
    versions: str = ""
