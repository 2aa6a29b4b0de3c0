"""The dispatch mode of virtual CUDA: contributions of atomic additions arrive in another order under each jitter seed.

Whether and how an operation varies is data handed in by the launcher; this module knows only how to reorder.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
import warnings
from typing import Any, Callable

from . import hashing, orders, permute
from .streams import Stream
from .table import Table, fits
from .trace import Recorder

# The words of torch, which users search for.
_ISSUES = (
    "file an issue at https://github.com/pytorch/pytorch/issues to help us prioritize adding deterministic support "
    "for this operation."
)
_FORWARD_LIMIT = 200_000


def jitter_mode(recorder: Recorder, torch: Any, stream: Stream, wanted: Any) -> Callable[[], Any]:
    """Build the factory of the mode; all threads of the process share one state."""
    base: Any = importlib.import_module("torch.utils._python_dispatch").TorchDispatchMode
    state = Jitter(recorder, torch, stream, wanted)

    class JitterMode(base):  # type: ignore[misc]
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return state.dispatch(func, args, kwargs or {})

    return JitterMode


class Jitter:
    """Per process: the table of operations, the ordinal of jittered calls within a step, forward lines by node."""

    def __init__(self, recorder: Recorder, torch: Any, stream: Stream, wanted: Any) -> None:
        config = recorder.config
        self._recorder = recorder
        self._torch = torch
        self._stream = stream
        self._wanted = wanted
        self._seeds: dict[str, int | None] = {cause: config[cause] for cause in ("atomics", "algorithm")}
        self._ignore_switch: bool = config["ignore_switch"]
        self._table = Table(config["operations"])
        self._draws: dict[Any, bool] = {}
        self._forward: dict[int, Any] = {}
        self._step = 0
        self._ordinal = 0

    def dispatch(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Run `func`, reordered if the table, the arguments and the switches say that CUDA would."""
        recorder = self._recorder
        if not recorder.active or recorder.stopped:
            return func(*args, **kwargs)
        self._remember_line()
        if self._is_draw(func) and not self._has_generator(args, kwargs):
            self._stream.drawn(func._schema.name.replace("aten::", "torch."), sys._getframe(1))
        entries = self._table.entry(func)
        if not entries or not self._wanted.made:
            return func(*args, **kwargs)
        bound = permute.bind(func, args, kwargs)
        entry = next((entry for entry in entries if fits(entry, bound)), None)
        if entry is None:
            return func(*args, **kwargs)
        free = self._is_free(entry)
        return self._run(entry, func, bound, free) if orders.varies(entry, bound) else func(*args, **kwargs)

    def _run(self, entry: dict[str, Any], func: Any, bound: dict[str, Any], free: bool) -> Any:
        cause = entry["cause"]
        jittered = free and self._seeds[cause] is not None
        before = hashing.fingerprint([_copy(value) for value in bound.values()])
        if jittered:
            result = orders.reorder(self._torch, entry, func, bound, self._generator(cause))
        else:
            result = permute.call(func, bound)
        digest, norm = hashing.digest(result)
        chain = self._chain()
        fields = {"inputs": before, "jittered": jittered, "cause": cause, "chain": chain}
        self._recorder.value("op", entry["name"], digest, norm, **fields)
        return result

    def _is_free(self, entry: dict[str, Any]) -> bool:
        """Whether the operation may vary under the switches in force; raises or warns as CUDA does."""
        torch = self._torch
        switch = entry["switch"]
        if not self._ignore_switch and any(_is_set(path) for path in entry["settled_by"]):
            return False
        if self._ignore_switch or switch == "silent" or not torch.are_deterministic_algorithms_enabled():
            return True
        lenient = torch.is_deterministic_algorithms_warn_only_enabled()
        if switch == "deterministic":
            if lenient and entry["warns"]:
                warnings.warn(entry["warns"], UserWarning, stacklevel=4)
            return bool(lenient and entry["warns"])
        name = entry["alert"] or entry["name"]
        what = f"{name} does not have a deterministic implementation, but you set "
        what += "'torch.use_deterministic_algorithms(True"
        if lenient:
            warnings.warn(f"{what}, warn_only=True)'. You can {_ISSUES}", UserWarning, stacklevel=4)
            return True
        raise RuntimeError(
            f"{what})'. You can turn off determinism just for this operation, or you can use the 'warn_only=True' "
            f"option, if that's acceptable for your application. You can also {_ISSUES}"
        )

    def _generator(self, cause: str) -> Any:
        """A generator of our own, fixed by (seed, step, ordinal): the user's streams are never drawn from."""
        if self._recorder.step != self._step:
            self._step, self._ordinal = self._recorder.step, 0
        key = hashlib.sha256(f"{self._seeds[cause]}:{self._step}:{self._ordinal}".encode()).digest()
        self._ordinal += 1
        generator = self._torch._C.Generator()
        generator.manual_seed(int.from_bytes(key[:8], "big") >> 1)
        return generator

    def _is_draw(self, func: Any) -> bool:
        known = self._draws.get(func)
        if known is None:
            known = self._torch.Tag.nondeterministic_seeded in func.tags
            self._draws[func] = known
        return known

    def _has_generator(self, args: Any, kwargs: Any) -> bool:
        native = self._torch._C.Generator
        return any(isinstance(value, native) for value in (*args, *kwargs.values()))

    def _remember_line(self) -> None:
        """The first operation seen after a node was made is the one that made it: keep its line for the backward."""
        c = self._torch._C
        number = c._autograd._get_sequence_nr()
        if number in self._forward or c._current_autograd_node() is not None:
            return
        if len(self._forward) > _FORWARD_LIMIT:
            self._forward.clear()
        self._forward[number] = self._recorder.sites.chain(sys._getframe(2))

    def _chain(self) -> Any:
        node = self._torch._C._current_autograd_node()
        if node is not None:
            forward = self._forward.get(node._sequence_nr() + 1)
            if forward:
                return forward
        return self._recorder.sites.chain(sys._getframe(2))


def _is_set(path: str) -> bool:
    """Whether a dotted attribute (`torch.backends.cudnn.deterministic`) is true now."""
    root, *names = path.split(".")
    value: Any = sys.modules.get(root)
    for name in names:
        value = getattr(value, name, None)
    return bool(value)


def _copy(value: Any) -> Any:
    # Sequences of optional tensors (indices of index_put) hash as plain lists.
    return list(value) if isinstance(value, (list, tuple)) else value
