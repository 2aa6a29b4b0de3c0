"""Generator objects as users make, subclass and test for them: where each got its seed from is written down."""

from __future__ import annotations

import random
import sys
from typing import Any, Callable

from . import hashing
from .streams import perturb
from .trace import Recorder


def replace_torch(recorder: Recorder, torch: Any, device: Callable[[Any], Any]) -> None:
    """Replace `torch.Generator`; `device` maps the device that one is made for."""
    base: Any = torch.Generator
    nonce = recorder.config["seed_nonce"]

    class Generator(base, metaclass=_stand_in(base)):  # type: ignore[misc, metaclass]
        def __new__(cls, device_: Any = "cpu", **given: Any) -> Any:
            return super().__new__(cls, device(given.get("device", device_)))

        def __init__(self, *args: Any, **given: Any) -> None:
            super().__init__()

        def manual_seed(self, value: int) -> Any:
            done = super().manual_seed(int(perturb(value, nonce)) if nonce else value)
            record(recorder, "torch-generator", "torch.Generator.manual_seed", value, repr(value))
            return done

        def seed(self) -> Any:
            drawn = super().seed()
            record(recorder, "torch-generator", "torch.Generator.seed", None, repr(drawn))
            return drawn

    Generator.__module__ = "torch"
    torch.Generator = Generator


def replace_python(recorder: Recorder) -> None:
    """Replace `random.Random`; the hidden generator of the module stays what it is."""
    base: Any = random.Random
    nonce = recorder.config["seed_nonce"]

    class Random(base, metaclass=_stand_in(base)):  # type: ignore[misc, metaclass]
        def __init__(self, x: Any = None) -> None:
            super().__init__(perturb(x, nonce) if nonce else x)
            record(recorder, "python-generator", "random.Random", x, repr(self.getstate()))

        def seed(self, a: Any = None, version: int = 2) -> None:
            super().seed(a, version)
            record(recorder, "python-generator", "random.Random.seed", a, repr(self.getstate()))

    Random.__module__, Random.__qualname__ = "random", "Random"
    random.Random = Random  # type: ignore[misc]


def replace_numpy(recorder: Recorder, module: Any) -> None:
    """Replace `RandomState` and the bit generators of `numpy.random`."""
    nonce = recorder.config["seed_nonce"]

    def replace(name: str) -> None:
        base: Any = getattr(module, name)

        def init(self: Any, seed: Any = None, **given: Any) -> None:
            base.__init__(self, perturb(seed, nonce) if nonce else seed, **given)
            state = self.get_state(legacy=False) if hasattr(self, "get_state") else self.state
            record(recorder, "numpy-generator", f"numpy.random.{name}", seed, repr(state))

        body = {"__init__": init, "__module__": module.__name__, "__doc__": base.__doc__}
        setattr(module, name, _stand_in(base)(name, (base,), body))

    for name in ("RandomState", "MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"):
        if hasattr(module, name):
            replace(name)


def record(recorder: Recorder, stream: str, function: str, given: Any, state: str) -> None:
    """Enter that a generator of the user's got its state from `given`; None means from the system's entropy."""
    frame = sys._getframe(1)
    if not recorder.sites.is_direct(frame):
        # Libraries make generators at import that nobody may ever draw from.
        return
    recorder.seed(
        {
            "name": stream,
            "function": function,
            "hash": hashing.text(state),
            "value": repr(given)[:60],
            "entropy": given is None,
            "clock": False,
            "drawn-before": False,
            "chain": recorder.sites.chain(frame),
        }
    )


def _stand_in(native: Any) -> Any:
    """A metaclass for a replacement of `native`: what libraries make of the original class is an instance, too."""

    class StandIn(type(native)):  # type: ignore[misc]
        def __instancecheck__(cls, value: Any) -> bool:
            # A user's subclass inherits the metaclass, and is what it is.
            return isinstance(value, native) if native in cls.__bases__ else super().__instancecheck__(value)

        def __subclasscheck__(cls, other: type) -> bool:
            return issubclass(other, native) if native in cls.__bases__ else super().__subclasscheck__(other)

    return StandIn
