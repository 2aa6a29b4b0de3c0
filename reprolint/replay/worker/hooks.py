"""Where the steps of a training are seen: global hooks of torch, and the few functions that have none."""

from __future__ import annotations

import functools
import inspect
from typing import Any

from . import hashing
from .steps import Steps
from .trace import Recorder


def install(recorder: Recorder, torch: Any) -> None:
    """Register the global hooks of torch >= 2.0."""
    steps = Steps(recorder, torch)
    try:
        from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
    except ImportError:
        recorder.note("old-torch", version=torch.__version__)
        return
    register_optimizer_step_pre_hook(steps.before)
    register_optimizer_step_post_hook(steps.after)
    backward = torch.autograd.backward

    @functools.wraps(backward)
    def recorded_backward(tensors: Any, *args: Any, **kwargs: Any) -> Any:
        if not recorder.active or recorder.stopped:
            return backward(tensors, *args, **kwargs)
        return steps.backward(backward, tensors, args, kwargs)

    torch.autograd.backward = recorded_backward
    call = torch.nn.Module.__call__

    def recorded_call(self: Any, *args: Any, **kwargs: Any) -> Any:
        return steps.call(call, self, args, kwargs)

    torch.nn.Module.__call__ = recorded_call
    _probe_scaler(torch, steps)
    _probe_optimizers(torch, steps)
    recorder.at_end.append(steps.final)


def _probe_optimizers(torch: Any, steps: Steps) -> None:
    make = torch.optim.Optimizer.__init__

    @functools.wraps(make)
    def recorded_make(self: Any, *args: Any, **kwargs: Any) -> None:
        steps.made()
        make(self, *args, **kwargs)

    torch.optim.Optimizer.__init__ = recorded_make


def _probe_scaler(torch: Any, steps: Steps) -> None:
    scaler = getattr(getattr(torch, "amp", None), "GradScaler", None) or torch.cuda.amp.GradScaler
    step = scaler.step

    @functools.wraps(step)
    def recorded_step(self: Any, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        return steps.scaled(step, self, optimizer, args, kwargs)

    scaler.step = recorded_step


def probe_loader(recorder: Recorder, module: Any) -> None:
    """Record what a `DataLoader` hands to the training; `module` is `torch.utils.data.dataloader`."""
    iterator = module._BaseDataLoaderIter
    original = iterator.__next__

    @functools.wraps(original)
    def recorded_next(self: Any) -> Any:
        batch = original(self)
        if recorder.active and not recorder.stopped:
            recorder.value("batch", "DataLoader", *hashing.digest(batch))
        return batch

    iterator.__next__ = recorded_next
    if recorder.config["workers"]:
        _add_workers(recorder.config["workers"], module.DataLoader)


def _add_workers(more: int, loader: Any) -> None:
    """Let every loader have other workers than the program says."""
    original = loader.__init__
    place = list(inspect.signature(original).parameters).index("num_workers")

    @functools.wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if len(args) >= place:
            args = (*args[: place - 1], args[place - 1] + more, *args[place:])
        else:
            kwargs["num_workers"] = kwargs.get("num_workers", 0) + more
        original(self, *args, **kwargs)

    loader.__init__ = init
