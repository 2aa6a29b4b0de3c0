"""CUDA spelled in a script, computed on the CPU: a function mode for tensor calls, stand-ins for `torch.cuda`."""

from __future__ import annotations

import contextlib
import functools
import importlib
from collections.abc import Iterator
from typing import Any, Callable

from . import generators
from .trace import Recorder

_NAME = "reprolint virtual CUDA"


def device_mode(torch: Any, wanted: Any) -> Any:
    """A mode that rewrites every CUDA device among the arguments of torch functions to the CPU."""
    overrides: Any = importlib.import_module("torch.overrides")

    cpu = torch.device("cpu")
    to, parse = torch.Tensor.to, torch._C._nn._parse_to
    unchanged = {torch.Tensor.cuda, torch.Tensor.pin_memory}
    by_type = torch.Tensor.type
    nothing = torch.Tensor.record_stream

    def is_cuda(value: Any) -> bool:
        kind = type(value)
        return (kind is torch.device and value.type == "cuda") or (kind is str and value.split(":")[0] == "cuda")

    class DeviceMode(overrides.TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            if func in unchanged:
                wanted.make()
                return args[0]
            if func is nothing:
                return None
            device = kwargs.get("device")
            if device is not None and (is_cuda(device) or type(device) is int):
                wanted.make()
                kwargs = {**kwargs, "device": cpu}
            if func is to or func is parse:
                first = 1 if func is to else 0
                if len(args) > first and (is_cuda(args[first]) or type(args[first]) is int):
                    wanted.make()
                    args = (*args[:first], cpu, *args[first + 1 :])
            elif func is by_type and len(args) > 1 and isinstance(args[1], str) and "cuda." in args[1]:
                wanted.make()
                args = (args[0], args[1].replace("cuda.", ""), *args[2:])
            elif func is not torch.device and any(type(arg) is torch.device and is_cuda(arg) for arg in args):
                wanted.make()
                args = tuple(cpu if type(arg) is torch.device and is_cuda(arg) else arg for arg in args)
            return func(*args, **kwargs)

    return DeviceMode()


def patch(recorder: Recorder, torch: Any, wanted: Any) -> None:
    """Give `torch.cuda` the answers of a machine with one device, and let what names CUDA elsewhere mean the CPU."""
    cuda = torch.cuda
    answers: dict[str, Any] = {
        "is_available": True,
        "is_initialized": True,
        "device_count": 1,
        "current_device": 0,
        "get_device_name": _NAME,
        "get_device_capability": (8, 0),
        "is_bf16_supported": True,
        "is_current_stream_capturing": False,
        "memory_allocated": 0,
        "max_memory_allocated": 0,
        "memory_reserved": 0,
        "max_memory_reserved": 0,
        "mem_get_info": (2**34, 2**34),
    }
    silent = ["init", "_lazy_init", "synchronize", "set_device", "empty_cache", "ipc_collect", "manual_seed", "seed"]
    silent += ["manual_seed_all", "seed_all", "set_rng_state", "set_rng_state_all", "set_stream"]
    silent += ["reset_peak_memory_stats"]
    for name in silent:
        answers[name] = None
    for name, answer in answers.items():
        _answer(cuda, name, answer)
    cuda.get_device_properties = lambda *args, **kwargs: _Properties()
    cuda.get_rng_state = lambda *args, **kwargs: torch.get_rng_state()
    cuda.get_rng_state_all = lambda *args, **kwargs: [torch.get_rng_state()]
    _patch_streams(cuda)
    for kind in ("Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool"):
        setattr(cuda, f"{kind}Tensor", getattr(torch, f"{kind}Tensor"))
    generators.replace_torch(recorder, torch, lambda given: _map(torch, given))
    _patch_default_device(torch, wanted)
    _patch_load(torch)
    _patch_autocast(torch)
    _patch_distributed(torch)


class _Properties:
    name, major, minor = _NAME, 8, 0
    total_memory, multi_processor_count = 2**34, 1


class _Stream:
    """A stream or event of a device that computes in order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.device_index = 0

    def query(self) -> bool:
        return True

    def elapsed_time(self, other: Any) -> float:
        return 0.0

    def record_event(self, event: Any = None) -> Any:
        return event or _Stream()

    def _nothing(self, *args: Any, **kwargs: Any) -> None:
        return None

    synchronize = wait_stream = wait_event = wait = record = _nothing


def _answer(module: Any, name: str, answer: Any) -> None:
    if hasattr(module, name):

        def stand_in(*args: Any, **kwargs: Any) -> Any:
            return answer

        stand_in.__name__ = stand_in.__qualname__ = name
        stand_in.__module__ = module.__name__
        setattr(module, name, stand_in)


def _patch_streams(cuda: Any) -> None:
    @contextlib.contextmanager
    def within(*args: Any, **kwargs: Any) -> Iterator[None]:
        yield

    cuda.Stream = cuda.Event = _Stream
    cuda.current_stream = cuda.default_stream = _Stream
    cuda.stream = cuda.device = cuda.device_of = within


def _map(torch: Any, device: Any) -> Any:
    """A device as given by a user, CUDA replaced by the CPU; what is no device comes back."""
    if isinstance(device, dict):
        return {key: _map(torch, value) for key, value in device.items()}
    if isinstance(device, int) or (isinstance(device, str) and device.startswith("cuda")):
        return "cpu"
    if isinstance(device, torch.device) and device.type == "cuda":
        return torch.device("cpu")
    return device


def _patch_default_device(torch: Any, wanted: Any) -> None:
    """`set_default_device` and `with torch.device(...)` enter a mode below ours, where nothing maps it any more."""
    context: Any = importlib.import_module("torch.utils._device").DeviceContext
    original = context.__init__

    def init(self: Any, device: Any) -> None:
        mapped = _map(torch, device)
        if mapped != device:
            wanted.make()
        original(self, mapped)

    context.__init__ = init


def _patch_load(torch: Any) -> None:
    load: Callable[..., Any] = torch.load

    @functools.wraps(load)
    def mapped(f: Any, map_location: Any = None, *args: Any, **kwargs: Any) -> Any:
        return load(f, _map(torch, map_location), *args, **kwargs)

    torch.load = mapped


def _patch_autocast(torch: Any) -> None:
    original = torch.amp.autocast_mode.autocast.__init__

    @functools.wraps(original)
    def init(self: Any, device_type: str, dtype: Any = None, *args: Any, **kwargs: Any) -> None:
        if device_type == "cuda":
            device_type, dtype = "cpu", dtype or torch.get_autocast_dtype("cuda")
        original(self, device_type, dtype, *args, **kwargs)

    torch.amp.autocast_mode.autocast.__init__ = init


def _patch_distributed(torch: Any) -> None:
    distributed = getattr(torch, "distributed", None)
    if distributed is None or not distributed.is_available():
        return
    original = distributed.init_process_group

    @functools.wraps(original)
    def init(backend: Any = None, *args: Any, **kwargs: Any) -> Any:
        return original("gloo" if backend in (None, "nccl", "cuda:nccl") else backend, *args, **kwargs)

    distributed.init_process_group = init
