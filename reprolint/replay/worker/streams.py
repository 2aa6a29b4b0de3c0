"""One random stream with one state: was it touched, seeded, drawn from before it was seeded?"""

from __future__ import annotations

import functools
import sys
import time
from types import FrameType
from typing import Any, Callable

from . import hashing
from .trace import Recorder

# A stream nobody drew from or seeded differs between processes by birth; that is not a divergence.
UNTOUCHED = "untouched"


class Stream:
    """Follows the state of one stream from its birth in this process."""

    def __init__(self, name: str, recorder: Recorder, state: Callable[[], str]) -> None:
        self.name = name
        self.seeded = False
        self._recorder = recorder
        self._state = state
        self._birth = state()
        self._early = False
        recorder.states.append(self._states)

    def drawn(self, function: str, frame: FrameType | None) -> None:
        """Enter a draw in the ledger."""
        self._early = self._early or not self.seeded
        self._recorder.draw(self.name, function, frame, self.seeded)

    def draw(self, function: str, frame: FrameType | None, original: Callable[[], Any]) -> Any:
        """Draw by `original`; what a library draws while it is imported does not count as touching the stream."""
        if self.seeded or not self._recorder.sites.is_import(frame):
            self.drawn(function, frame)
            return original()
        fresh = self._state() == self._birth
        value = original()
        if fresh:
            self._birth = self._state()
        return value

    def seeding(self, function: str, value: Any, frame: FrameType | None) -> None:
        """Record a call that is about to fix the state from `value`; None means from the system's entropy."""
        early = not self.seeded and (self._early or self._state() != self._birth)
        self.seeded = value is not None
        self._recorder.seed(
            {
                "name": self.name,
                "function": function,
                "hash": hashing.fingerprint(value),
                "value": repr(value)[:60],
                "entropy": value is None,
                "clock": _is_clock(value),
                "drawn-before": early,
                "chain": self._recorder.sites.chain(frame),
            }
        )

    def reborn(self, function: str) -> None:
        """The state was just taken from the system's entropy, by nobody's wish."""
        if self.seeded:
            self.seeding(function, None, sys._getframe(1))
        self._birth, self._early = self._state(), False

    def _states(self) -> list[tuple[str, str]]:
        state = self._state()
        return [(self.name, UNTOUCHED if state == self._birth and not self.seeded else state)]


def probe_draw(module: Any, name: str, stream: Stream) -> None:
    """Replace `module.name` by itself plus a line in the ledger."""
    original = getattr(module, name)
    label = f"{module.__name__}.{name}"

    @functools.wraps(original)
    def draw(*args: Any, **kwargs: Any) -> Any:
        return stream.draw(label, sys._getframe(1), lambda: original(*args, **kwargs))

    _install(module, name, draw)


def probe_seed(module: Any, name: str, stream: Stream, nonce: int, state: bool = False) -> None:
    """Replace `module.name(value)` by itself plus a seed event; a control perturbs the value by `nonce`.

    `state` says that the argument is a whole state, which is recorded and never perturbed.
    """
    original = getattr(module, name)
    label = f"{module.__name__}.{name}"

    @functools.wraps(original)
    def seed(*args: Any, **kwargs: Any) -> Any:
        value = args[0] if args else next(iter(kwargs.values()), None)
        stream.seeding(label, value, sys._getframe(1))
        if nonce and not state and value is not None:
            changed = perturb(value, nonce)
            if args:
                args = (changed, *args[1:])
            else:
                kwargs[next(iter(kwargs))] = changed
        return original(*args, **kwargs)

    _install(module, name, seed)


def perturb(seed: Any, nonce: int) -> Any:
    """Another seed of the same type and range; what has no such seed comes back unchanged."""
    if isinstance(seed, bool) or seed is None:
        return seed
    if isinstance(seed, int):
        return seed ^ nonce if seed >= 0 else -((-seed) ^ nonce)
    if isinstance(seed, float):
        return seed + nonce
    if isinstance(seed, str):
        return seed + str(nonce)
    if isinstance(seed, (bytes, bytearray)):
        return bytes(seed) + str(nonce).encode()
    if isinstance(seed, (list, tuple)):
        return type(seed)(perturb(item, nonce) for item in seed)
    kind = getattr(getattr(seed, "dtype", None), "kind", "")
    return seed ^ type(seed)(nonce) if kind in "iu" and getattr(seed, "ndim", 1) == 0 else seed


def _install(module: Any, name: str, function: Any) -> None:
    # Pickled by reference under the name it is reached by (spawned workers unpickle what users pass).
    function.__module__, function.__qualname__ = module.__name__, name
    setattr(module, name, function)


def _is_clock(value: Any) -> bool:
    """Whether a seed looks like the present time, in any usual unit, whole or reduced to 32 bits."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    now = time.time()
    for scale in (1, 10**3, 10**6, 10**9):
        if abs(value - now * scale) < 3600 * scale:
            return True
        if scale > 1 and value > 10**6 and abs(value - int(now * scale) % 2**32) < 60 * scale < 2**31:
            return True
    return False
