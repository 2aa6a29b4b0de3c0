"""Probes for NumPy's global stream and for generators made without a seed."""

from __future__ import annotations

import functools
import hashlib
import sys
from typing import Any

from . import generators
from .streams import Stream, perturb, probe_draw, probe_seed
from .trace import Recorder

_NO_DRAW = {"seed", "get_state", "set_state"}


def install(recorder: Recorder, module: Any) -> None:
    """`module` is `numpy.random`, just imported."""
    stream = Stream("numpy", recorder, lambda: _state(module))
    hidden = module.mtrand._rand
    for name, value in sorted(vars(module).items()):
        if getattr(value, "__self__", None) is hidden and name not in _NO_DRAW:
            probe_draw(module, name, stream)
    nonce = recorder.config["seed_nonce"]
    probe_seed(module, "seed", stream, nonce)
    probe_seed(module, "set_state", stream, 0, state=True)
    _probe_factory(recorder, module, nonce)
    generators.replace_numpy(recorder, module)
    version = getattr(sys.modules.get("numpy"), "__version__", None)
    recorder.meta("library", name="numpy", version=version)


def _probe_factory(recorder: Recorder, module: Any, nonce: int) -> None:
    original = module.default_rng

    @functools.wraps(original)
    def default_rng(*args: Any, **kwargs: Any) -> Any:
        given = args[0] if args else kwargs.get("seed")
        if nonce and given is not None and not hasattr(given, "bit_generator"):
            args, kwargs = (perturb(given, nonce),), {}
        generator = original(*args, **kwargs)
        if not hasattr(given, "bit_generator"):
            state = repr(generator.bit_generator.state)
            generators.record(recorder, "numpy-generator", "numpy.random.default_rng", given, state)
        return generator

    default_rng.__module__ = module.__name__
    module.default_rng = default_rng


def _state(module: Any) -> str:
    name, keys, *rest = module.mtrand._rand.get_state(legacy=True)
    digest = hashlib.sha256(repr((name, rest)).encode())
    digest.update(keys.tobytes())
    return digest.hexdigest()[:32]
