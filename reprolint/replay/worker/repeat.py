"""Run by the launcher as a script: one operation on one set of inputs, launched again and again in this process.

    python repeat.py PLAN RESULT

PLAN is JSON: `operation` (a dotted name), `file` and `maker` of its inputs, `runs`. What the launches gave is written
to RESULT as JSON, first with the deterministic switch off, then on.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import sys
from typing import Any, Callable

Row = dict[str, Any]


class InputError(Exception):
    """What was asked for cannot be launched; the message says why."""


def main(plan_path: str, result_path: str) -> None:
    """Launch, and write the result."""
    with open(plan_path, encoding="utf-8") as stream:
        plan = json.load(stream)
    sys.path[0] = os.getcwd()
    try:
        result = _measure(plan)
    except InputError as error:
        result = {"problem": str(error)}
    with open(result_path, "w", encoding="utf-8") as stream:
        json.dump(result, stream)


def _measure(plan: Row) -> Row:
    import torch

    function = _find(plan["operation"])
    maker = _maker(plan["file"], plan["maker"])
    if torch.cuda.is_available():
        torch.zeros(1, device="cuda")
    torch.manual_seed(0)
    args, kwargs = _arguments(maker())
    on_device = torch.cuda.is_available()
    args, kwargs = _each(torch, (args, kwargs), lambda tensor: tensor.cuda() if on_device else tensor)
    launch = _Launch(torch, function, args, kwargs)
    try:
        launch()
    except Exception as error:
        raise InputError(f"{plan['operation']} failed: {type(error).__name__}: {error}") from None
    off = _tally(torch, launch, plan["runs"])
    torch.use_deterministic_algorithms(True)
    try:
        on = _tally(torch, launch, plan["runs"])
    except RuntimeError as error:
        if "determinis" not in str(error):
            raise
        on = {"raises": str(error)}
    return {"torch": torch.__version__, "off": off, "on": on}


class _Launch:
    """One launch: fresh copies of the inputs, the results, and the gradients where there are any."""

    def __init__(self, torch: Any, function: Any, args: Any, kwargs: Any) -> None:
        self._torch, self._function, self._given = torch, function, (args, kwargs)

    def __call__(self) -> dict[str, list[Any]]:
        torch = self._torch
        leaves: list[Any] = []

        def copy(tensor: Any) -> Any:
            fresh = tensor.detach().clone()
            if tensor.is_floating_point() or tensor.is_complex():
                leaves.append(fresh.requires_grad_())
                # A leaf may not be written to; its copy may.
                fresh = fresh.clone()
            return fresh

        torch.manual_seed(0)
        args, kwargs = _each(torch, self._given, copy)
        try:
            results = _tensors(torch, self._function(*args, **kwargs))
        except RuntimeError as error:
            # Some refuse what needs a gradient: `out=`, integers by name, weights without a derivative.
            if "determinis" in str(error):
                raise
            leaves.clear()
            with torch.no_grad():
                results = _tensors(torch, self._function(*args, **kwargs))
        if not results:
            raise InputError("it returns no tensor to compare")
        outputs = [result for result in results if result.requires_grad]
        found = {"forward": [result.detach() for result in results]}
        if outputs and leaves:
            generator = torch.Generator(device=outputs[0].device).manual_seed(1)
            upstream = [_like(torch, output, generator) for output in outputs]
            try:
                gradients = torch.autograd.grad(outputs, leaves, upstream, allow_unused=True)
            except RuntimeError as error:
                if "not implemented" not in str(error):
                    raise
            else:
                found["gradient"] = [gradient for gradient in gradients if gradient is not None]
        return found


def _tally(torch: Any, launch: _Launch, runs: int) -> Row:
    """For each phase: how many different results, and how far the farthest is from the first."""
    first = launch()
    seen = {phase: {_bytes(torch, tensors)} for phase, tensors in first.items()}
    rows: Row = {phase: {"distinct": 1, "ulp": 0, "absolute": 0.0} for phase in first}
    for _ in range(runs - 1):
        for phase, tensors in launch().items():
            content = _bytes(torch, tensors)
            if content in seen[phase]:
                continue
            seen[phase].add(content)
            row = rows[phase]
            row["distinct"] += 1
            for ours, theirs in zip(first[phase], tensors):  # noqa: B905, not before Python 3.10
                ulp, absolute = _distance(torch, ours, theirs)
                row["ulp"], row["absolute"] = max(row["ulp"], ulp), max(row["absolute"], absolute)
    return rows


def _bytes(torch: Any, tensors: list[Any]) -> str:
    # The package has a private name in this process, given by the `sitecustomize` that armed it.
    return str(importlib.import_module("_reprolint_worker.hashing").digest(tensors)[0])


def _distance(torch: Any, first: Any, second: Any) -> tuple[int, float]:
    """The largest distance of two tensors in units of the last place (floats only), and in numbers."""
    if first.shape != second.shape or not first.numel():
        return 0, 0.0
    with importlib.import_module("_reprolint_worker.hashing").quiet():
        first, second = (tensor.to_dense() if tensor.layout != torch.strided else tensor for tensor in (first, second))
        if first.is_complex():
            first, second = torch.view_as_real(first), torch.view_as_real(second)
        absolute = float((first.double() - second.double()).abs().nan_to_num(0.0, 0.0, 0.0).max())
        if not first.is_floating_point():
            return 0, absolute
        return int((_ordered(torch, first) - _ordered(torch, second)).abs().max()), absolute


def _ordered(torch: Any, tensor: Any) -> Any:
    """Floats as integers in the same order, whose differences count the floats in between."""
    size = tensor.element_size()
    words = tensor.contiguous().view({1: torch.int8, 2: torch.int16, 4: torch.int32, 8: torch.int64}[size])
    words = words.to(torch.int64)
    return torch.where(words < 0, -(2 ** (8 * size - 1)) - words, words)


def _like(torch: Any, output: Any, generator: Any) -> Any:
    """The gradient that is handed in for a result."""
    return torch.randn(output.shape, generator=generator, device=output.device).to(output.dtype)


def _tensors(torch: Any, value: Any) -> list[Any]:
    """All tensors of a result, in order."""
    found: list[Any] = []
    _each(torch, value, found.append)
    return found


def _each(torch: Any, value: Any, change: Callable[[Any], Any]) -> Any:
    """A nest of plain containers with every tensor changed."""
    if isinstance(value, torch.Tensor):
        return change(value)
    if isinstance(value, dict):
        return {key: _each(torch, item, change) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_each(torch, item, change) for item in value)
    return value


def _find(name: str) -> Any:
    """The function of a dotted name: the longest module, then attributes."""
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:length])
        with contextlib.suppress(ModuleNotFoundError):
            value: Any = importlib.import_module(module)
            for part in parts[length:]:
                if not hasattr(value, part):
                    raise InputError(f"`{module}` has no `{'.'.join(parts[length:])}`")
                value = getattr(value, part)
            return value
    raise InputError(f"`{name}` was not found; write package.function")


def _maker(file: str, name: str) -> Any:
    """The function that makes the inputs."""
    spec = importlib.util.spec_from_file_location("inputs_of_the_operation", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not hasattr(module, name):
        raise InputError(f"{file} has no `{name}`")
    return getattr(module, name)


def _arguments(made: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What a maker returns: one argument, a tuple of them, a dict by name, or such a tuple and a dict."""
    if isinstance(made, dict):
        return (), made
    if not isinstance(made, tuple):
        return (made,), {}
    if len(made) == 2 and isinstance(made[0], tuple) and isinstance(made[1], dict):
        return made
    return made, {}


if __name__ == "__main__":
    main(*sys.argv[1:])
