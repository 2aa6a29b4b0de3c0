"""Stand-ins for `torch.cuda`: the answers of a machine with one device that computes in order."""

from __future__ import annotations

import collections
import contextlib
import functools
import importlib
import types
from collections.abc import Iterator
from typing import Any, Callable

_NAME = "reprolint virtual CUDA"
_MEMORY = 2**34

_ANSWERS: dict[str, Any] = {
    "is_available": True,
    "is_initialized": True,
    "device_count": 1,
    "current_device": 0,
    "get_device_name": _NAME,
    "get_device_capability": (8, 0),
    "is_bf16_supported": True,
    "is_current_stream_capturing": False,
    "can_device_access_peer": False,
    "get_sync_debug_mode": 0,
    "mem_get_info": (_MEMORY, _MEMORY),
    "memory_summary": f"{_NAME} has no memory of its own\n",
    "list_gpu_processes": f"{_NAME} runs no processes\n",
}
_ZERO = (
    "memory_allocated max_memory_allocated memory_reserved max_memory_reserved memory_cached max_memory_cached "
    "utilization temperature power_draw clock_rate memory_usage device_memory_used"
)
_SILENT = (
    "init _lazy_init synchronize set_device empty_cache ipc_collect manual_seed seed manual_seed_all seed_all "
    "set_rng_state set_rng_state_all set_stream reset_peak_memory_stats reset_accumulated_memory_stats "
    "reset_max_memory_allocated reset_max_memory_cached set_per_process_memory_fraction set_sync_debug_mode _sleep "
    "_record_memory_history _dump_snapshot"
)
_TRACING = ("range_push", "range_pop", "range_start", "range_end", "mark")
_GRAPHS = ("CUDAGraph", "graph", "graph_pool_handle", "make_graphed_callables")


def install(torch: Any) -> None:
    """Put them in place of what a build without CUDA has."""
    cuda = torch.cuda
    answers = {**_ANSWERS, **dict.fromkeys(_ZERO.split(), 0), **dict.fromkeys(_SILENT.split())}
    for name, answer in answers.items():
        for module in (cuda, cuda.memory):
            _answer(module, name, functools.partial(_same, answer))
    for module in (cuda, cuda.memory):
        _answer(module, "memory_stats", lambda: collections.defaultdict(int))
        _answer(module, "memory_stats_as_nested_dict", dict)
        _answer(module, "memory_snapshot", list)
        _answer(module, "_snapshot", dict)
    _answer(cuda, "get_device_properties", _properties)
    _answer(cuda, "initial_seed", torch.initial_seed)
    _answer(cuda, "get_rng_state", torch.get_rng_state)
    _answer(cuda, "get_rng_state_all", lambda: [torch.get_rng_state()])
    _answer(cuda, "cudart", _Runtime)
    cuda.default_generators = (torch.default_generator,)
    for kind in ("Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool"):
        setattr(cuda, f"{kind}Tensor", getattr(torch, f"{kind}Tensor"))
    for name in _TRACING:
        _answer(cuda.nvtx, name, lambda: 0)
    for name in ("start", "stop"):
        _answer(cuda.profiler, name, lambda: None)
    for name in _GRAPHS:
        _refuse(cuda, name)
    _streams(torch)
    _accelerator(torch)


class Stream:
    """A stream of a device that computes in order."""

    device_index = priority = stream_id = cuda_stream = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.device = importlib.import_module("torch").device("cuda", 0)

    def is_capturing(self) -> bool:
        return False

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def query(self) -> bool:
        return True

    def record_event(self, event: Any = None) -> Any:
        return event or Event()

    def _nothing(self, *args: Any, **kwargs: Any) -> None:
        return None

    synchronize = wait_stream = wait_event = _nothing


class Event:
    """An event that has happened when it is asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Whatever is asked for."""

    def query(self) -> bool:
        return True

    def elapsed_time(self, other: Any) -> float:
        return 0.0

    def _nothing(self, *args: Any, **kwargs: Any) -> None:
        return None

    synchronize = wait = record = _nothing


class Device:
    """`with torch.cuda.device(0):`; a class, since libraries ask whether something is one."""

    def __init__(self, device: Any = None) -> None:
        self.idx, self.prev_idx = 0, 0

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        return None


class _Runtime:
    """The runtime's own functions, each of which succeeds."""

    def __getattr__(self, name: str) -> Callable[..., int]:
        return lambda *args: 0


def _properties() -> Any:
    return types.SimpleNamespace(
        name=_NAME,
        major=8,
        minor=0,
        total_memory=_MEMORY,
        multi_processor_count=1,
        max_threads_per_multi_processor=2048,
        regs_per_multiprocessor=65536,
        shared_memory_per_block=49152,
        shared_memory_per_multiprocessor=167936,
        warp_size=32,
        L2_cache_size=41943040,
        is_integrated=False,
        is_multi_gpu_board=False,
        gcnArchName="",
        uuid="00000000-0000-0000-0000-000000000000",
    )


def _same(answer: Any) -> Any:
    return answer


def _answer(module: Any, name: str, answer: Callable[[], Any]) -> None:
    if hasattr(module, name):

        def stand_in(*args: Any, **kwargs: Any) -> Any:
            return answer()

        _install(module, name, stand_in)


def _refuse(module: Any, name: str) -> None:
    def stand_in(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            f"torch.cuda.{name}: CUDA graphs are not imitated by virtual CUDA; replay without them, or "
            "with --device cuda on a machine that has one"
        )

    _install(module, name, stand_in)


def _install(module: Any, name: str, stand_in: Any) -> None:
    stand_in.__name__ = stand_in.__qualname__ = name
    stand_in.__module__ = module.__name__
    setattr(module, name, stand_in)


def _streams(torch: Any) -> None:
    @contextlib.contextmanager
    def within(*args: Any, **kwargs: Any) -> Iterator[None]:
        yield

    cuda = torch.cuda
    for module in (cuda, torch):
        module.Stream, module.Event = Stream, Event
    cuda.current_stream = cuda.default_stream = Stream
    cuda.stream = cuda.StreamContext = within
    cuda.device = cuda.device_of = Device
    torch.Tensor.record_stream = lambda self, stream: None


def _accelerator(torch: Any) -> None:
    accelerator = getattr(torch, "accelerator", None)
    if accelerator is None:
        return
    for name, answer in (("is_available", True), ("device_count", 1), ("current_device_index", 0)):
        _answer(accelerator, name, functools.partial(_same, answer))
    for name in ("synchronize", "set_device_index", "set_device_idx", "set_stream", "empty_cache"):
        _answer(accelerator, name, lambda: None)
    _answer(accelerator, "current_accelerator", lambda: torch.device("cuda"))
    _answer(accelerator, "current_stream", Stream)
