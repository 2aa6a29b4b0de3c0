"""The environment variables of one run: what its settings change in the user's own."""

from __future__ import annotations

import os
from collections.abc import Mapping

from reprolint.replay.variation import Settings

# What manifests and certificates may hold of the environment; everything else may be private.
_ALLOWED = (
    "ATEN_CPU_CAPABILITY",
    "CUBLAS_WORKSPACE_CONFIG",
    "CUDA_VISIBLE_DEVICES",
    "KMP_DETERMINISTIC_REDUCTION",
    "LANG",
    "LC_ALL",
    "MKL_CBWR",
    "MKL_NUM_THREADS",
    "NCCL_ALGO",
    "NUMEXPR_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "PYTHONHASHSEED",
    "TF_DETERMINISTIC_OPS",
    "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE",
    "TZ",
)

_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def environment(settings: Settings, given: Mapping[str, str]) -> dict[str, str]:
    """`given` with the variations of `settings`, which are defined for every ordinal."""
    changed = dict(given)
    if settings.hash_seed is not None:
        changed["PYTHONHASHSEED"] = str(settings.hash_seed)
    if settings.time_zone:
        # A zone of POSIX, which needs no table of zones: some hours and a half beside Greenwich.
        changed["TZ"] = f"<RPL>{5 * settings.time_zone % 23 - 11}:30"
    if settings.threads:
        changed.update(dict.fromkeys(_THREADS, str(_threads(settings.threads, given))))
    if settings.locale:
        # Python would mend the first alone (PEP 538, PEP 540).
        changed.update({"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"})
    if settings.capability:
        changed["ATEN_CPU_CAPABILITY"] = "default"
    return changed


def public(environment: Mapping[str, str]) -> dict[str, str]:
    """What may be written down of an environment."""
    return {name: environment[name] for name in _ALLOWED if name in environment}


def _threads(ordinal: int, given: Mapping[str, str]) -> int:
    """Fewer threads than the run would have by itself, or more where there are none to spare."""
    told = given.get("OMP_NUM_THREADS", "")
    usual = int(told) if told.isdecimal() else os.cpu_count() or 1
    return usual - ordinal if usual > ordinal else usual + ordinal
