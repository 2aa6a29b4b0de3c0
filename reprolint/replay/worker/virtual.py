"""Install the virtual CUDA device: modes in every thread, and the switches and stand-ins around them."""

from __future__ import annotations

import threading
from typing import Any

from .streams import Stream
from .trace import Recorder


def install(recorder: Recorder, torch: Any, stream: Stream, simulated: bool) -> None:
    """Enter the modes in this thread and in every later one (mode stacks belong to threads).

    `simulated` maps CUDA to the CPU; without it only the operation probe is installed (draws and their lines).
    """
    from .jitter import jitter_mode

    wanted = _Request(recorder)
    factories = [jitter_mode(recorder, torch, stream, wanted)]
    if simulated:
        from . import device

        factories.append(lambda: device.device_mode(torch, wanted))
        device.patch(recorder, torch, wanted)
    # Never left: the modes belong to the process, as a device does.
    for factory in factories:
        factory().__enter__()
    _follow_threads(factories)
    _note_compile(recorder, torch)


class _Request:
    """Whether the script has asked for a CUDA device; until then nothing varies."""

    def __init__(self, recorder: Recorder) -> None:
        self.made = False
        self._recorder = recorder

    def make(self) -> None:
        if not self.made:
            self.made = True
            self._recorder.note("cuda-requested")


def _follow_threads(factories: list[Any]) -> None:
    # `_bootstrap_inner` and not `run`: subclasses override `run`.
    original = threading.Thread._bootstrap_inner  # type: ignore[attr-defined]

    def bootstrap(self: Any) -> None:
        modes = [factory() for factory in factories]
        for mode in modes:
            mode.__enter__()
        try:
            original(self)
        finally:
            for mode in reversed(modes):
                mode.__exit__(None, None, None)

    threading.Thread._bootstrap_inner = bootstrap  # type: ignore[attr-defined]


def _note_compile(recorder: Recorder, torch: Any) -> None:
    """Nothing is compiled under a dispatch mode; say so, and leave what is handed in as it is."""
    original = torch.compile

    def compile(model: Any = None, **kwargs: Any) -> Any:
        recorder.note("compiled")
        if model is None:
            return lambda given: compile(given, **kwargs)
        if isinstance(model, torch.nn.Module):
            # Scripts unwrap compiled modules; not a submodule, or it would contain itself.
            object.__setattr__(model, "_orig_mod", model)
        return model

    compile.__doc__, compile.__module__ = original.__doc__, original.__module__
    torch.compile = compile
