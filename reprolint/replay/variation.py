"""What two runs may differ in: each variation is a pure function from a pair of settings to a pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from reprolint.core.diagnostic import PROFILES
from reprolint.replay.cause import Cause


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the launcher decides for one run; two runs with equal settings differ only by the program's own doing.

    `hash_seed` None leaves PYTHONHASHSEED as the user's environment has it; `atomics` and `algorithm` None keep the
    additions of virtual CUDA in order. `uninitialised` is what new memory is filled with, None for what is there by
    chance. The fields from `file_order` on are ordinals: 0 leaves the thing as it is, another number changes it in one
    certain way. `sites` names the lines (`file:row`) at which file order and memory vary, none of them for all.
    `seed_nonce` other than 0 changes every seed the program sets; `ignore_switch` lets virtual CUDA vary although the
    deterministic switch is on. `level` is "step" or "operation" (draws of torch with their lines).
    """

    steps: int
    hash_seed: int | None = 1
    atomics: int | None = None
    algorithm: int | None = None
    uninitialised: int | None = None
    file_order: int = 0
    folder: int = 0
    time_zone: int = 0
    locale: int = 0
    threads: int = 0
    workers: int = 0
    capability: int = 0
    sites: tuple[str, ...] = ()
    seed_nonce: int = 0
    ignore_switch: bool = False
    level: Literal["step", "operation"] = "step"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two runs to be compared."""

    control: Settings
    experiment: Settings


Variation = Callable[[Pair], Pair]


def _next(field: str) -> Variation:
    """The experiment gets the next ordinal, unless the control says that the thing cannot be varied."""

    def vary(pair: Pair) -> Pair:
        value: int | None = getattr(pair.control, field)
        if value is None:
            return pair
        # The name of a field as a value: mypy cannot follow.
        changed: dict[str, int] = {field: value + 1}
        return replace(pair, experiment=replace(pair.experiment, **changed))  # type: ignore[arg-type]

    return vary


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can vary: how, what a divergence that it alone brings is called, the lowest profile it matters to.

    `where`: whether it happens at lines of the program, which further runs can free one by one.
    """

    vary: Variation
    cause: Cause
    profile: str
    where: bool = False


# In the order in which causes are told apart.
VARIATIONS: Mapping[str, Kind] = MappingProxyType(
    {
        "atomics": Kind(_next("atomics"), "atomics", "deterministic"),
        "algorithm": Kind(_next("algorithm"), "algorithm", "deterministic"),
        "uninitialised": Kind(_next("uninitialised"), "uninitialised", "seeded", where=True),
        "hash-seed": Kind(_next("hash_seed"), "hash-order", "seeded"),
        "file-order": Kind(_next("file_order"), "file-order", "seeded", where=True),
        "cwd": Kind(_next("folder"), "working-directory", "seeded"),
        "time-zone": Kind(_next("time_zone"), "time-zone", "seeded"),
        "threads": Kind(_next("threads"), "threads", "portable"),
        "workers": Kind(_next("workers"), "workers", "portable"),
        "locale": Kind(_next("locale"), "locale", "portable"),
        "cpu-capability": Kind(_next("capability"), "cpu-capability", "portable"),
    }
)


def chosen(profile: str) -> tuple[str, ...]:
    """The variations that a profile promises not to matter."""
    wanted = PROFILES[: PROFILES.index(profile) + 1]
    return tuple(name for name, kind in VARIATIONS.items() if kind.profile in wanted)


def change_seeds(pair: Pair) -> Pair:
    """Negative control for seeds: the experiment sets other seeds than the program says."""
    return replace(pair, experiment=replace(pair.experiment, seed_nonce=0x5EED))


def ignore_switch(pair: Pair) -> Pair:
    """Negative control for the deterministic switch: operations of the experiment vary as if it were off."""
    atomics, algorithm = (pair.control.atomics or 0) + 1, (pair.control.algorithm or 0) + 1
    return replace(pair, experiment=replace(pair.experiment, ignore_switch=True, atomics=atomics, algorithm=algorithm))


def run_to_run(control: Settings, number: int, free: tuple[str, ...]) -> Pair:
    """The pair of the first and the `number`-th run (from 1): all variations named in `free` at once."""
    pair = Pair(control, control)
    for _ in range(number - 1):
        for name in free:
            pair = VARIATIONS[name].vary(Pair(pair.experiment, pair.experiment))
    return Pair(control, pair.experiment)


def only(name: str, control: Settings) -> Pair:
    """A pair that differs in one variation."""
    return VARIATIONS[name].vary(Pair(control, control))
