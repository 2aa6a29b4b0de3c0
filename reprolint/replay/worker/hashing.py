"""Content hashes over dtype, shape and bytes, and the norms that say how far two values are apart."""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from types import BuiltinFunctionType, FunctionType
from typing import Any

# Half of SHA-256: processors compute it in hardware, so it beats the nominally faster BLAKE2.
_LENGTH = 32
# Norms of large tensors are taken in blocks, but for those with a smaller square.
_LARGE, _BLOCK, _LEAST = 1 << 16, 1024, 1e-20

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
    return digests([value])[0]


def digests(values: Iterable[Any]) -> list[tuple[str, float | None]]:
    """`digest` of each value; to become unseen takes longer than a small hash."""
    with _unseen():
        return [_digest(value, _State()) for value in values]


def fingerprint(value: Any) -> str:
    """The hash alone, of what `digest` takes."""
    with _unseen():
        return _digest(value, _State(norm=False))[0]


def content(value: Any) -> tuple[str, float | None]:
    """Like `digest`, for a value that the user has named: what cannot be read in full is unreadable as a whole."""
    with _unseen():
        return _digest(value, _Whole())


def _unseen() -> contextlib.AbstractContextManager[None]:
    return quiet() if hasattr(sys.modules.get("torch"), "no_grad") else contextlib.nullcontext()


def _digest(value: Any, state: _State) -> tuple[str, float | None]:
    try:
        state.add(value, 0)
    except Exception:  # a probe must not break the run; what it cannot read is named in the report
        return UNREADABLE, None
    return state.hash.hexdigest()[:_LENGTH], state.norm()


class _State:
    depth = 6

    def __init__(self, norm: bool = True) -> None:
        self.hash = hashlib.sha256()
        self._wanted = norm
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
            self._count(value)
        elif depth >= self.depth:
            self._unknown("deep", value)
        elif isinstance(value, Mapping):
            self._mark(f"map:{len(value)};")
            for key, item in value.items():
                self._mark(f"{key!r}=" if isinstance(key, (str, int, float, tuple)) else "?=")
                self.add(item, depth + 1)
        elif isinstance(value, (list, tuple)):
            self._mark(f"{type(value).__name__}:{len(value)};")
            for item in value:
                self.add(item, depth + 1)
        else:
            self._object(value, depth)

    def _object(self, value: Any, depth: int) -> None:
        if hasattr(value, "__dict__"):
            # Batch objects (graph libraries, dataclasses): their fields, never their address.
            self._mark(f"object:{type(value).__name__};")
            self.add(dict(vars(value)), depth + 1)
        else:
            self._unknown("other", value)

    def _count(self, value: Any) -> None:
        """Plain numbers have no part in the norm of a batch: they are its labels and lengths."""

    def _unknown(self, why: str, value: Any) -> None:
        self._mark(f"{why}:{type(value).__name__};")

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
        if self._wanted and flat.numel():
            self._squares += _square(torch, flat)
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
                self.add(item, self.depth)
            return
        self.hash.update(numpy.ascontiguousarray(array).tobytes())
        if self._wanted and array.size and array.dtype.kind in "fciub":
            self._squares += float(numpy.linalg.norm(array.reshape(-1).astype("complex128"))) ** 2
            self._numbers = True


class _Whole(_State):
    """Objects by the state that pickling them would store."""

    depth = 24

    def __init__(self) -> None:
        super().__init__()
        self._inside: set[int] = set()

    def _object(self, value: Any, depth: int) -> None:
        if isinstance(value, (type, FunctionType, BuiltinFunctionType)):
            self._mark(f"name:{value.__module__}.{value.__qualname__};")
            return
        if id(value) in self._inside:
            self._mark("again;")
            return
        self._inside.add(id(value))
        if isinstance(value, (set, frozenset)):
            found = sorted(content(item)[0] for item in value)
            if UNREADABLE in found:
                self._unknown("set", value)
            self._mark(f"set:{found};")
        else:
            made = value.__reduce_ex__(4)
            # Whatever else it holds (iterators of items) is listed, since an iterator has an address only.
            self._mark(f"object:{type(value).__name__};")
            for part in made if isinstance(made, str) else [*made[1:3], *map(list, filter(None, made[3:5]))]:
                self.add(part, depth + 1)
        self._inside.discard(id(value))

    def _count(self, value: Any) -> None:
        if isinstance(value, float):
            self._squares += value * value
            self._numbers = True

    def _unknown(self, why: str, value: Any) -> None:
        raise ValueError(f"{why}: {type(value).__name__}")


def _square(torch: Any, flat: Any) -> float:
    """The square of the L2 norm: the same for the same bits, whatever the threads, and right to six digits."""
    if flat.dtype is torch.float32 and flat.numel() >= _LARGE:
        # Blocks in single precision, each by one thread, and their sum in double: twenty times as fast.
        whole = flat.numel() // _BLOCK * _BLOCK
        blocks = torch.linalg.vector_norm(flat[:whole].view(-1, _BLOCK), dim=1)
        square = math.fsum(norm * norm for norm in blocks.tolist())
        # Single precision has no squares of numbers above 1e19 or below 1e-19.
        if _LEAST < square < math.inf:
            return square + (_square(torch, flat[whole:]) if whole < flat.numel() else 0.0)
    wide = torch.complex128 if flat.is_complex() else torch.float64
    numbers = flat.is_floating_point() or flat.is_complex()
    norm = torch.linalg.vector_norm(flat if numbers else flat.to(wide), dtype=wide)
    return float(norm.real if norm.is_complex() else norm) ** 2


def _parts(torch: Any, tensor: Any) -> list[Any]:
    if tensor.layout == torch.sparse_coo:
        tensor = tensor.coalesce()
        return [tensor.indices(), tensor.values()]
    if tensor.layout in (torch.sparse_csr, torch.sparse_bsr):
        return [tensor.crow_indices(), tensor.col_indices(), tensor.values()]
    if tensor.layout in (torch.sparse_csc, torch.sparse_bsc):
        return [tensor.ccol_indices(), tensor.row_indices(), tensor.values()]
    return list(tensor.unbind())
