"""What two runs may differ in: each variation is a pure function from a pair of settings to a pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from reprolint.replay.cause import Cause


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the launcher decides for one run; two runs with equal settings differ only by the program's own doing.

    `hash_seed` None leaves PYTHONHASHSEED as the user's environment has it; `jitter` None keeps additions in order;
    `seed_nonce` other than 0 changes every seed the program sets; `ignore_switch` lets virtual CUDA vary although the
    deterministic switch is on. `level` is "step" or "operation" (draws of torch with their lines).
    """

    steps: int
    hash_seed: int | None = 1
    jitter: int | None = None
    seed_nonce: int = 0
    ignore_switch: bool = False
    level: Literal["step", "operation"] = "step"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two runs to be compared."""

    control: Settings
    experiment: Settings


def vary_hash_seed(pair: Pair) -> Pair:
    """Give the experiment another hash seed, unless the environment fixes it for both."""
    if pair.control.hash_seed is None:
        return pair
    return replace(pair, experiment=replace(pair.experiment, hash_seed=pair.control.hash_seed + 1))


def vary_atomics(pair: Pair) -> Pair:
    """Let atomic additions of the experiment arrive in another order, where orders vary at all."""
    if pair.control.jitter is None:
        return pair
    return replace(pair, experiment=replace(pair.experiment, jitter=pair.control.jitter + 1))


def change_seeds(pair: Pair) -> Pair:
    """Negative control for seeds: the experiment sets other seeds than the program says."""
    return replace(pair, experiment=replace(pair.experiment, seed_nonce=0x5EED))


def ignore_switch(pair: Pair) -> Pair:
    """Negative control for the deterministic switch: operations of the experiment vary as if it were off."""
    changed = replace(pair.experiment, ignore_switch=True, jitter=(pair.control.jitter or 0) + 1)
    return replace(pair, experiment=changed)


Variation = Callable[[Pair], Pair]

# In the order in which causes are told apart.
VARIATIONS: Mapping[str, Variation] = MappingProxyType({"atomics": vary_atomics, "hash-seed": vary_hash_seed})
CAUSES: Mapping[str, Cause] = MappingProxyType({"atomics": "atomics", "hash-seed": "hash-order"})


def run_to_run(control: Settings, number: int, free: tuple[str, ...]) -> Pair:
    """The pair of the first and the `number`-th run (from 1): all variations named in `free` at once."""
    pair = Pair(control, control)
    for _ in range(number - 1):
        for name in free:
            pair = VARIATIONS[name](Pair(pair.experiment, pair.experiment))
    return Pair(control, pair.experiment)


def only(name: str, control: Settings) -> Pair:
    """A pair that differs in one variation."""
    return VARIATIONS[name](Pair(control, control))
