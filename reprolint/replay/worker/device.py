"""CUDA spelled in a script, computed on the CPU: a function mode for tensor calls, stand-ins for `torch.cuda`."""

from __future__ import annotations

import functools
import importlib
import sys
from typing import Any, Callable

from . import cuda, generators
from .trace import Recorder


def device_mode(torch: Any, wanted: Any) -> Any:
    """A mode that rewrites every CUDA device among the arguments of torch functions to the CPU."""
    overrides: Any = importlib.import_module("torch.overrides")

    cpu = torch.device("cpu")
    to, parse = torch.Tensor.to, torch._C._nn._parse_to
    unchanged = {torch.Tensor.cuda, torch.Tensor.pin_memory}
    by_type = torch.Tensor.type

    def is_cuda(value: Any) -> bool:
        kind = type(value)
        return (kind is torch.device and value.type == "cuda") or (kind is str and value.split(":")[0] == "cuda")

    class DeviceMode(overrides.TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            if func in unchanged:
                wanted.make()
                return args[0]
            device = kwargs.get("device")
            if device is not None and (is_cuda(device) or type(device) is int):
                wanted.make()
                kwargs = {**kwargs, "device": cpu}
            if kwargs.get("pin_memory"):
                kwargs = {**kwargs, "pin_memory": False}
            if func is torch.device and len(args) == 1 and type(args[0]) is int:
                args = ("cuda", *args)
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
    cuda.install(torch)
    generators.replace_torch(recorder, torch, lambda given: _map(torch, given))
    _patch_default_device(torch, wanted)
    _patch_load(torch)
    _patch_autocast(torch)
    _patch_parallel(torch)
    _patch_optimizers()
    _patch_distributed(torch)


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
    for module in (torch, torch.jit):
        module.load = _mapped(torch, module.load)
    # For a `map_location` that is a function.
    for storage in (torch.UntypedStorage, torch.TypedStorage):
        storage.cuda = lambda self, *args, **kwargs: self


def _mapped(torch: Any, load: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(load)
    def mapped(f: Any, map_location: Any = None, *args: Any, **kwargs: Any) -> Any:
        return load(f, _map(torch, map_location), *args, **kwargs)

    return mapped


def _patch_autocast(torch: Any) -> None:
    original = torch.amp.autocast_mode.autocast.__init__

    @functools.wraps(original)
    def init(self: Any, device_type: str, dtype: Any = None, *args: Any, **kwargs: Any) -> None:
        if device_type == "cuda":
            device_type, dtype = "cpu", dtype or torch.get_autocast_dtype("cuda")
        original(self, device_type, dtype, *args, **kwargs)

    torch.amp.autocast_mode.autocast.__init__ = init
    enabled = torch.is_autocast_enabled
    torch.is_autocast_enabled = lambda device_type="cuda": enabled("cpu" if device_type == "cuda" else device_type)


def _patch_parallel(torch: Any) -> None:
    """One device: the module is called as it is, as `DataParallel` does where there is none."""
    original = torch.nn.DataParallel.__init__

    @functools.wraps(original)
    def init(self: Any, module: Any, *args: Any, **kwargs: Any) -> None:
        original(self, module, *args, **kwargs)
        self.device_ids = []

    torch.nn.DataParallel.__init__ = init


def _patch_optimizers() -> None:
    """`capturable` asks for a device by name."""
    name = "_get_capturable_supported_devices"
    for module in [value for key, value in sys.modules.items() if key.startswith("torch.optim.")]:
        if hasattr(module, name):
            original = getattr(module, name)
            setattr(module, name, lambda *args, known=original, **kwargs: [*known(*args, **kwargs), "cpu"])


def _patch_distributed(torch: Any) -> None:
    distributed = getattr(torch, "distributed", None)
    if distributed is None or not distributed.is_available():
        return
    original = distributed.init_process_group

    @functools.wraps(original)
    def init(backend: Any = None, *args: Any, **kwargs: Any) -> Any:
        return original("gloo" if backend in (None, "nccl", "cuda:nccl") else backend, *args, **kwargs)

    distributed.init_process_group = init
