"""Memory that nobody has written to: filled with another number in each run, so that reading it shows."""

from __future__ import annotations

import functools
import sys
from typing import Any

from .trace import Recorder

# A ring buffer of gigabytes takes no memory before it is written to; filling it would.
_LIMIT = 64 * 2**20


def poison_torch(recorder: Recorder, torch: Any) -> None:
    """Fill what torch hands out without writing to it."""

    def fill(tensor: Any, number: int) -> bool:
        if tensor.layout != torch.strided or tensor.device.type == "meta" or tensor.is_quantized:
            return False
        if tensor.numel() * tensor.element_size() > _LIMIT:
            return False
        with torch.no_grad():
            tensor.detach().fill_(number % 2 if tensor.dtype == torch.bool else number)
        return True

    for name in ("empty", "empty_like", "empty_strided", "empty_permuted"):
        _replace(recorder, torch, name, f"torch.{name}", fill, torch)
    for name in ("new_empty", "new_empty_strided"):
        _replace(recorder, torch.Tensor, name, f"torch.Tensor.{name}", fill, torch)


def poison_numpy(recorder: Recorder, numpy: Any) -> None:
    """Fill what NumPy hands out without writing to it."""

    def fill(array: Any, number: int) -> bool:
        if array.dtype.kind not in "fciub" or array.nbytes > _LIMIT:
            return False
        array[...] = number % 2 if array.dtype.kind == "b" else number
        return True

    for name in ("empty", "empty_like"):
        _replace(recorder, numpy, name, f"numpy.{name}", fill, None)


def _replace(recorder: Recorder, owner: Any, name: str, label: str, fill: Any, torch: Any) -> None:
    number: int | None = recorder.config["uninitialised"]
    original = getattr(owner, name, None)
    if number is None or original is None:
        return
    first: int = 1

    @functools.wraps(original)
    def poisoned(*args: Any, **kwargs: Any) -> Any:
        made = original(*args, **kwargs)
        # While compiling nothing is filled: the compiler reads this function.
        if torch is not None and torch.compiler.is_compiling():
            return made
        frame = sys._getframe(1)
        if recorder.active and recorder.sites.innermost(frame) is not None:
            chain = recorder.sites.chain(frame)
            if fill(made, number if recorder.varies_at(chain) else first):
                recorder.explain("uninitialised", label, "", chain)
        return made

    poisoned.__module__ = getattr(original, "__module__", None) or poisoned.__module__
    setattr(owner, name, poisoned)
