"""What a training step is, what is written down at it, and how a run stops after enough of them."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from typing import Any, Callable

from . import hashing
from .names import Names
from .trace import Recorder

Enter = Callable[[str, str, str, "float | None"], None]


class ReplayStop(SystemExit):
    """Ends the run after its last wanted step: `finally` blocks and exit handlers of the user still run."""


class Steps:
    """Follows optimizers, backward passes and batches of one process.

    An iteration ends with the optimizer steps that follow a backward pass: two optimizers after one backward share
    an iteration, as do the many of optimizer-in-backward; two alternating ones (GAN) are iterations of their own.
    Where a program makes no optimizer and changes its weights by itself, an iteration goes from one backward pass to
    the next.
    """

    def __init__(self, recorder: Recorder, torch: Any) -> None:
        self._recorder = recorder
        self._torch = torch
        self._names = Names(torch)
        self._budget: int = recorder.config["steps"]
        self._iteration = -1
        self._backward = False
        self._stepped: list[int] = []
        self._expected = 1
        self._owner = False
        self._outer: dict[int, Any] = {}
        self._started: set[int] = set()
        self._local = threading.local()
        self._optimizers = False
        self._leaves: list[tuple[str, Any]] = []

    def made(self) -> None:
        """An optimizer was made: from now on its steps count, and no backward passes."""
        self._optimizers = True
        self._end_pass()

    def before(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        """Optimizer pre-hook; nested calls of one optimizer (a subclass calling `super().step()`) count once."""
        recorder = self._recorder
        if recorder.stopped:
            leave()
        if not recorder.active:
            recorder.revive()
        if id(optimizer) in self._outer and _is_running(self._outer[id(optimizer)]):
            return
        self._outer[id(optimizer)] = sys._getframe(1)
        self._advance(optimizer)
        if id(optimizer) not in self._started:
            self._started.add(id(optimizer))
            self._record("param", self._names.parameters(optimizer), recorder.start)
        if not _has_closure(args, kwargs):
            self._gradients(optimizer)

    def after(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        """Optimizer post-hook of the outermost call: close the step."""
        recorder = self._recorder
        if not recorder.active or recorder.stopped or self._outer.get(id(optimizer)) is not sys._getframe(1):
            return
        del self._outer[id(optimizer)]
        if _has_closure(args, kwargs):
            self._gradients(optimizer)
        if self._is_recorded():
            self._weights(optimizer)
        self._close()

    def scaled(self, original: Any, scaler: Any, optimizer: Any, args: Any, kwargs: Any) -> Any:
        """`GradScaler.step`: where it leaves the optimizer alone, for a gradient that is not finite, that is a step."""
        recorder = self._recorder
        backward = self._backward
        result = original(scaler, optimizer, *args, **kwargs)
        if recorder.active and not recorder.stopped and backward and self._backward:
            self._advance(optimizer)
            recorder.value("scaler", "skipped", hashing.text(repr(scaler.get_scale())), None)
            self._close()
        return result

    def backward(self, original: Any, tensors: Any, args: Any, kwargs: Any) -> Any:
        """A backward pass from `tensors`."""
        given = tensors if isinstance(tensors, (list, tuple)) else [tensors]
        roots = [tensor for tensor in given if isinstance(tensor, self._torch.Tensor)]
        if not self._optimizers:
            self._begin_pass(roots)
        self._backward = True
        for tensor in roots:
            self._recorder.value("loss", "loss", *hashing.digest(tensor), value=_number(tensor))
        result = original(tensors, *args, **kwargs)
        self._record("grad", [(name, leaf.grad) for name, leaf in self._leaves if leaf.grad is not None])
        return result

    def _begin_pass(self, roots: list[Any]) -> None:
        self._end_pass()
        self._owner = self._recorder.claim("optimizer")
        self._iteration += 1
        if not self._iteration:
            switches(self._recorder, self._torch)
        self._leaves = self._names.leaves(roots)

    def _end_pass(self) -> None:
        """What the program made of its weights after the last backward pass is known when the next one begins."""
        if not self._leaves:
            return
        if self._is_recorded():
            self._record("param", self._leaves)
        self._leaves = []
        self._close()
        if self._iteration == self._budget - 1:
            self._stop()

    def call(self, original: Any, module: Any, args: Any, kwargs: Any) -> Any:
        """Call a module; the inputs of an outermost call are a batch unless they carry gradients."""
        local = self._local
        if getattr(local, "inside", False) or self._is_transformed():
            return original(module, *args, **kwargs)
        local.inside = True
        try:
            self._names.seen(module)
            if self._recorder.active and self._torch.is_grad_enabled() and not self._carries_gradient(args, kwargs):
                name = type(module).__name__
                self._recorder.value("batch", name, *hashing.digest([args, kwargs]))
            return original(module, *args, **kwargs)
        finally:
            local.inside = False

    def _is_transformed(self) -> bool:
        """Whether values are stand-ins: while compiling, tracing, or inside vmap and its kin."""
        torch = self._torch
        if torch.compiler.is_compiling() or torch._C._get_tracing_state() is not None:
            return True
        return torch._C._functorch.peek_interpreter_stack() is not None

    def final(self) -> None:
        """At the end of a run without optimizer steps: the weights it leaves, as ordinary events."""
        self._end_pass()
        if self._iteration < 0:
            self._record("param", list(self._names.all_parameters()))

    def _advance(self, optimizer: Any) -> None:
        first = self._iteration < 0
        self._owner = self._recorder.claim("optimizer")
        if first or self._backward or id(optimizer) in self._stepped:
            if not first:
                self._expected = max(self._expected, len(self._stepped))
            if self._budget and self._iteration + 1 == self._budget:
                self._stop()
            self._iteration += 1
            self._stepped = []
        self._backward = False
        self._stepped.append(id(optimizer))
        if first:
            switches(self._recorder, self._torch)

    def _close(self) -> None:
        """An optimizer is done: everything so far belongs to the iteration, which may have been the last."""
        recorder = self._recorder
        if not self._owner:
            return
        switches(recorder, self._torch)
        recorder.flush(self._iteration)
        recorder.step = self._iteration + 1
        # The number of optimizers that share an iteration is known once one is complete.
        complete = self._budget > 1 and len(self._stepped) >= self._expected
        if self._iteration == self._budget - 1 and complete:
            self._stop()

    def _stop(self) -> None:
        if self._owner:
            self._recorder.step = self._iteration + 1
            self._recorder.finish("steps")
            raise ReplayStop(0)

    def _is_recorded(self) -> bool:
        # Equal weights and equal gradients imply equal weights: after a while powers of two are enough.
        return self._iteration < 16 or self._is_mark()

    def _is_mark(self) -> bool:
        step = self._iteration
        return step & (step - 1) == 0 or step == self._budget - 1

    def _gradients(self, optimizer: Any) -> None:
        named = self._names.parameters(optimizer)
        self._record("grad", [(name, parameter.grad) for name, parameter in named if parameter.grad is not None])

    def _weights(self, optimizer: Any) -> None:
        named = self._names.parameters(optimizer)
        self._record("param", named)
        self._record("buffer", list(self._names.buffers()))
        if self._is_mark() and hasattr(optimizer, "state"):
            # Mostly twice the size of the weights, in which what differs here shows soon.
            states = [(name, optimizer.state.get(parameter)) for name, parameter in named]
            self._record("optimizer", [(name, _plain(state)) for name, state in states if state])

    def _record(self, kind: str, named: Sequence[tuple[str, Any]], enter: Enter | None = None) -> None:
        enter = enter or self._recorder.value
        for (name, _), digest in zip(named, hashing.digests(value for _, value in named)):  # noqa: B905
            enter(kind, name, *digest)

    def _carries_gradient(self, args: Any, kwargs: Any) -> bool:
        values = [*args, *kwargs.values()]
        return any(isinstance(value, self._torch.Tensor) and value.requires_grad for value in values)


def switches(recorder: Recorder, torch: Any) -> None:
    """Write down what is in force at the first step, and later what has changed; without torch there are none."""
    if torch is None:
        return
    cudnn = torch.backends.cudnn
    now = {
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "warn_only": torch.is_deterministic_algorithms_warn_only_enabled(),
        "cudnn_benchmark": cudnn.benchmark,
        "cudnn_deterministic": cudnn.deterministic,
        "cublas_workspace": os.environ.get("CUBLAS_WORKSPACE_CONFIG"),
        "threads": torch.get_num_threads(),
    }
    if now == recorder.switches:
        return
    first = not recorder.switches
    recorder.switches = now
    recorder.meta("switches", step=recorder.step, **now)
    if first:
        _hardware(recorder, torch)


def _hardware(recorder: Recorder, torch: Any) -> None:
    capability = getattr(torch.backends.cpu, "get_cpu_capability", None)
    used = torch.cuda.is_available() and torch.cuda.is_initialized()
    recorder.meta(
        "hardware",
        capability=capability() if capability is not None else None,
        gpu=torch.cuda.get_device_name() if used else None,
    )


def _is_running(frame: Any) -> bool:
    """Whether `frame` is still on the stack: an exception inside a step leaves without a post-hook."""
    current: Any | None = sys._getframe(2)
    while current is not None:
        if current is frame:
            return True
        current = current.f_back
    return False


def _has_closure(args: Any, kwargs: Any) -> bool:
    # The hooks receive the optimizer itself as first argument.
    return (len(args) > 1 and callable(args[1])) or callable(kwargs.get("closure"))


def _number(tensor: Any) -> str | None:
    if tensor.numel() != 1:
        return None
    with hashing.quiet():
        return repr(tensor.detach().cpu().item())


def _plain(state: Any) -> Any:
    """Optimizer state with keys in one order; callables and the like have no content to hash."""
    if isinstance(state, dict):
        return {str(key): _plain(state[key]) for key in sorted(state, key=str)}
    return state


def leave() -> None:
    """End a program whose bare `except:` has swallowed the stop; there is nothing left to record."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
