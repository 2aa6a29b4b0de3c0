"""The part of replay that runs inside the user's process: standard library, plus the torch and NumPy it finds there.

Nothing of reprolint outside this folder is imported: the user's environment needs no installation. Python >= 3.9.
"""

from __future__ import annotations

import json
import os
from typing import Any


def arm(config_path: str) -> None:
    """Read the launcher's configuration and install the probes; libraries are probed right after their import."""
    from . import imports, lines, listings, stdlib
    from .trace import Recorder

    with open(config_path, encoding="utf-8") as stream:
        config: dict[str, Any] = json.load(stream)
    recorder = Recorder(config)
    parent = os.environ.get("REPROLINT_REPLAY_PARENT", str(os.getpid()))
    if parent != str(os.getpid()):
        # A Python process started by a probed one (spawned loader worker, launcher's child) has a trace of its own;
        # one that replaced itself (`os.execv`) is still the main process.
        recorder.meta("child", of=parent)
    os.environ.setdefault("REPROLINT_REPLAY_PARENT", str(os.getpid()))
    listings.install(recorder)
    stdlib.install(recorder)

    def on_numpy(module: Any) -> None:
        from . import arrays

        arrays.install(recorder, module)

    def on_numpy_functions(module: Any) -> None:
        from . import memory

        memory.poison_numpy(recorder, module)

    def on_torch(module: Any) -> None:
        from . import tensors

        tensors.install(recorder, module)

    def on_loader(module: Any) -> None:
        from . import hooks

        hooks.probe_loader(recorder, module)

    def on_reprolint(module: Any) -> None:
        from .marks import Marks

        module.step = Marks(recorder).step

    imports.after("reprolint", on_reprolint)
    imports.after("numpy.random", on_numpy)
    imports.after("numpy", on_numpy_functions)
    imports.after("torch", on_torch)
    imports.after("torch.utils.data.dataloader", on_loader)
    lines.install(recorder)
