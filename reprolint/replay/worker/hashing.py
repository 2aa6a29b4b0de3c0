"""Content hashes over dtype, shape and bytes, and the norms that say how far two values are apart."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

# Half of SHA-256: processors compute it in hardware, so it beats the nominally faster BLAKE2.
_LENGTH = 32
_DEPTH = 6

# In place of the hash of a value that has no readable content.
UNREADABLE = "unreadable"


def text(value: str) -> str:
    """Hash of a string."""
    return hashlib.sha256(value.encode("utf-8", "backslashreplace")).hexdigest()[:_LENGTH]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Compute without being seen by function modes, dispatch modes or autograd, ours and the user's alike."""
    import torch
    from torch.utils._python_dispatch import _disable_current_modes

    with torch._C.DisableTorchFunction(), _disable_current_modes(), torch.no_grad():
        yield


def digest(value: Any) -> tuple[str, float | None]:
    """Hash of a nest of tensors, arrays and plain values, and the L2 norm over all numbers of tensors and arrays."""
    state = _State()
    try:
        if "torch" in sys.modules and hasattr(sys.modules["torch"], "no_grad"):
            with quiet():
                state.add(value, 0)
        else:
            state.add(value, 0)
    except Exception:  # a probe must not break the run; what it cannot read is named in the report
        return UNREADABLE, None
    return state.hash.hexdigest()[:_LENGTH], state.norm()


class _State:
    def __init__(self) -> None:
        self.hash = hashlib.sha256()
        self._squares = 0.0
        self._numbers = False
        self._tree = os.environ.get("REPROLINT_REPLAY_TREE", "")

    def norm(self) -> float | None:
        return float(self._squares**0.5) if self._numbers else None

    def add(self, value: Any, depth: int) -> None:
        torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
        if torch is not None and isinstance(value, torch.Tensor):
            self._tensor(torch, value)
        elif numpy is not None and hasattr(numpy, "ndarray") and isinstance(value, (numpy.ndarray, numpy.generic)):
            self._array(numpy, numpy.asarray(value))
        elif value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
            self._mark(f"{type(value).__name__}:{value!r};")
        elif depth >= _DEPTH:
            self._mark(f"deep:{type(value).__name__};")
        elif isinstance(value, Mapping):
            self._mark(f"map:{len(value)};")
            for key, item in value.items():
                self._mark(f"{key!r}=" if isinstance(key, (str, int, float, tuple)) else "?=")
                self.add(item, depth + 1)
        elif isinstance(value, (list, tuple)):
            self._mark(f"{type(value).__name__}:{len(value)};")
            for item in value:
                self.add(item, depth + 1)
        elif hasattr(value, "__dict__"):
            # Batch objects (graph libraries, dataclasses): their fields, never their address.
            self._mark(f"object:{type(value).__name__};")
            self.add(dict(vars(value)), depth + 1)
        else:
            self._mark(f"other:{type(value).__name__};")

    def _mark(self, what: str) -> None:
        # Where the copy of the project lies is no part of a batch that names files.
        if self._tree:
            what = what.replace(self._tree, "")
        self.hash.update(what.encode("utf-8", "backslashreplace"))

    def _tensor(self, torch: Any, tensor: Any) -> None:
        tensor = tensor.detach()
        if tensor.layout != torch.strided:
            parts = _parts(torch, tensor)
            self._mark(f"{tensor.layout}{tuple(tensor.shape)};")
            for part in parts:
                self._tensor(torch, part)
            return
        self._mark(f"{tensor.dtype}{tuple(tensor.shape)};")
        if tensor.device.type == "meta":
            return
        if tensor.is_quantized:
            self._tensor(torch, tensor.int_repr())
            return
        flat = tensor.cpu().resolve_conj().resolve_neg().contiguous().reshape(-1)
        self._bytes(flat.view(torch.uint8))
        if flat.numel():
            wide = torch.complex128 if flat.is_complex() else torch.float64
            whole = flat.is_floating_point() or flat.is_complex()
            norm = torch.linalg.vector_norm(flat if whole else flat.to(wide), dtype=wide)
            self._squares += float(norm.real if norm.is_complex() else norm) ** 2
            self._numbers = True

    def _bytes(self, flat: Any) -> None:
        try:
            self.hash.update(flat.numpy())
        except RuntimeError:  # torch built or installed without NumPy
            self.hash.update(bytes(flat.tolist()))

    def _array(self, numpy: Any, array: Any) -> None:
        self._mark(f"{array.dtype.str}{array.shape};")
        if array.dtype.hasobject:
            for item in array.reshape(-1).tolist():
                self.add(item, _DEPTH)
            return
        self.hash.update(numpy.ascontiguousarray(array).tobytes())
        if array.size and array.dtype.kind in "fciub":
            self._squares += float(numpy.linalg.norm(array.reshape(-1).astype("complex128"))) ** 2
            self._numbers = True


def _parts(torch: Any, tensor: Any) -> list[Any]:
    if tensor.layout == torch.sparse_coo:
        tensor = tensor.coalesce()
        return [tensor.indices(), tensor.values()]
    if tensor.layout in (torch.sparse_csr, torch.sparse_bsr):
        return [tensor.crow_indices(), tensor.col_indices(), tensor.values()]
    if tensor.layout in (torch.sparse_csc, torch.sparse_bsc):
        return [tensor.ccol_indices(), tensor.row_indices(), tensor.values()]
    return list(tensor.unbind())
