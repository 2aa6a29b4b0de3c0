"""Probes for the `random` module."""

from __future__ import annotations

import os
import random
from typing import Any

from . import generators, hashing
from .streams import Stream, probe_draw, probe_seed
from .trace import Recorder

_NO_DRAW = {"seed", "getstate", "setstate"}


def install(recorder: Recorder) -> None:
    """Follow the hidden generator behind `random.random()` and its fellows."""
    stream = Stream("python", recorder, lambda: hashing.text(repr(random.getstate())))
    hidden: Any = random.seed.__self__  # type: ignore[attr-defined]
    for name, value in sorted(vars(random).items()):
        if getattr(value, "__self__", None) is hidden and name not in _NO_DRAW:
            probe_draw(random, name, stream)
    probe_seed(random, "seed", stream, recorder.config["seed_nonce"])
    probe_seed(random, "setstate", stream, 0, state=True)
    generators.replace_python(recorder)
    if hasattr(os, "register_at_fork"):
        # `random` seeds itself anew in every forked child.
        os.register_at_fork(after_in_child=lambda: stream.reborn("os.fork"))
