"""`reprolint.step(...)` in the user's program: a step border where no optimizer makes one."""

from __future__ import annotations

import sys
from typing import Any

from . import hashing
from .steps import ReplayStop, leave, switches
from .trace import Recorder


class Marks:
    """Follows the calls of one process. In a training with optimizer steps they only add their values to these."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def step(self, **values: Any) -> None:
        """Record `values` and, where nothing else does, end the step."""
        recorder = self._recorder
        if recorder.stopped:
            leave()
        if not recorder.active:
            recorder.revive()
        chain = recorder.sites.chain(sys._getframe(1))
        for name, value in values.items():
            digest, norm = hashing.content(value)
            recorder.value("value", name, digest, norm, value=_number(value), chain=chain)
        if not recorder.claim("step"):
            return
        switches(recorder, sys.modules.get("torch"))
        recorder.flush(recorder.step)
        recorder.step += 1
        if recorder.step == recorder.config["steps"]:
            recorder.finish("steps")
            raise ReplayStop(0)


def _number(value: Any) -> str | None:
    """The number itself where a value is one; arrays have norms."""
    try:
        return repr(value.item() if hasattr(value, "item") else value + 0.0)
    except Exception:  # whatever a user's object does when asked
        return None
