"""The environment variables of one run: what its settings change in the user's own."""

from __future__ import annotations

import os
from collections.abc import Mapping

from reprolint.replay.variation import Settings

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


def _threads(ordinal: int, given: Mapping[str, str]) -> int:
    """Fewer threads than the run would have by itself, or more where there are none to spare."""
    told = given.get("OMP_NUM_THREADS", "")
    usual = int(told) if told.isdecimal() else os.cpu_count() or 1
    return usual - ordinal if usual > ordinal else usual + ordinal
