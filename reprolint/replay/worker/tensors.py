"""Probes for torch: streams, seeds and steps; the virtual CUDA device where the plan asks for it."""

from __future__ import annotations

import functools
from typing import Any

from . import generators, hashing, hooks, memory
from .streams import Stream, probe_seed
from .trace import Recorder


def install(recorder: Recorder, torch: Any) -> None:
    """`torch` was just imported; nothing has been drawn from its streams."""
    config = recorder.config
    recorder.meta("library", name="torch", version=torch.__version__)
    real = torch.cuda.is_available()
    device = config["device"]
    if device == "auto":
        device = "cuda" if real else "cuda-virtual"
    recorder.meta("device", name=device, available=real)
    generator = torch.default_generator
    stream = Stream("torch", recorder, lambda: hashing.fingerprint(generator.get_state()))
    nonce = config["seed_nonce"]
    # `torch.random.manual_seed` is reached under both names, by users and by other libraries.
    for name, value in (("manual_seed", False), ("seed", False), ("set_rng_state", True)):
        probe_seed(torch.random, name, stream, nonce, state=value)
        setattr(torch, name, getattr(torch.random, name))
    if device == "cuda":
        recorder.states.append(functools.partial(_cuda_states, torch))
    if device != "cuda-virtual":
        generators.replace_torch(recorder, torch, lambda given: given)
    if device == "cuda-virtual" or config["level"] == "operation":
        from . import virtual

        virtual.install(recorder, torch, stream, device == "cuda-virtual")
    memory.poison_torch(recorder, torch)
    hooks.install(recorder, torch)


def _cuda_states(torch: Any) -> list[tuple[str, str]]:
    if not torch.cuda.is_initialized():
        return []
    states = enumerate(torch.cuda.get_rng_state_all())
    return [(f"torch-cuda:{number}", hashing.fingerprint(state)) for number, state in states]
