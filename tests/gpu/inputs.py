"""Inputs of the measured operations, drawn once from a fixed seed on the device, and the ways to run an operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

Run = Callable[[], list[Any]]
Build = Callable[["Inputs"], Run]

SEED = 20261


class Inputs:
    """Draws tensors on one device from one seed."""

    def __init__(self, device: str, seed: int = SEED) -> None:
        self.device = device
        self.generator = torch.Generator(device=device).manual_seed(seed)

    def uniform(self, *shape: int) -> Any:
        """Floats from 0 to 1."""
        return torch.rand(shape, device=self.device, generator=self.generator)

    def normal(self, *shape: int, dtype: Any = torch.float32) -> Any:
        """Floats of one magnitude."""
        return torch.randn(shape, device=self.device, generator=self.generator).to(dtype)

    def mixed(self, *shape: int, dtype: Any = torch.float32) -> Any:
        """Floats over four decades, so that the order of an addition shows in its rounding."""
        return (self.normal(*shape) * 10 ** (self.uniform(*shape) * 4 - 2)).to(dtype)

    def near_one(self, *shape: int) -> Any:
        """Factors whose products neither vanish nor overflow."""
        return 1 + 0.01 * self.normal(*shape)

    def integers(self, high: int, *shape: int) -> Any:
        """Indices from 0 below `high`."""
        return torch.randint(high, shape, device=self.device, generator=self.generator)

    def permutation(self, count: int) -> Any:
        """Each index once."""
        return torch.randperm(count, device=self.device, generator=self.generator)


def outputs(make: Callable[[Inputs], Callable[[], Any]]) -> Build:
    """The forward result of what `make` prepares."""

    def build(inputs: Inputs) -> Run:
        call = make(inputs)
        return lambda: as_list(call())

    return build


def as_list(result: Any) -> list[Any]:
    """One tensor, or the tensors of a tuple."""
    return [result] if isinstance(result, torch.Tensor) else list(result)


def backward(inputs: Inputs, forward: Callable[[], Any], leaves: list[Any]) -> Run:
    """The gradients of `leaves` for one fixed gradient of the result of `forward`."""
    result = forward()
    upstream = inputs.mixed(*result.shape, dtype=result.dtype)
    return lambda: list(torch.autograd.grad(forward(), leaves, upstream))


def gradient(function: Callable[[Any], Any], *shape: int, dtype: Any = torch.float32) -> Build:
    """The gradient of `function` for an input of `shape`."""

    def build(inputs: Inputs) -> Run:
        x = inputs.mixed(*shape, dtype=dtype).requires_grad_()
        return backward(inputs, lambda: function(x), [x])

    return build


def forward_of(function: Callable[[Any], Any], *shape: int, draw: Callable[..., Any] = Inputs.mixed) -> Build:
    """The result of `function` for an input of `shape`."""

    def make(inputs: Inputs) -> Callable[[], Any]:
        x = draw(inputs, *shape)
        return lambda: function(x)

    return outputs(make)


def tied(inputs: Inputs, *shape: int) -> Any:
    """Floats of four values only, so that every rank has many equal elements."""
    return inputs.integers(4, *shape).float()


def counts(inputs: Inputs, *shape: int) -> Any:
    """Integers, whose sums are exact in any order."""
    return inputs.integers(1000, *shape)


def indexed(
    function: Callable[[Any, Any, Any], Any],
    count: int = 2_000_000,
    places: int = 1000,
    width: tuple[int, ...] = (),
    draw: Callable[..., Any] = Inputs.mixed,
    start: int = 0,
    unique: bool = False,
) -> Build:
    """`function(base, index, source)`: `count` rows of `source` meet at `places` rows of `base`."""

    def make(inputs: Inputs) -> Callable[[], Any]:
        index = inputs.permutation(count) if unique else inputs.integers(places, count)
        source = draw(inputs, count, *width)
        base = torch.full((count if unique else places, *width), start, dtype=source.dtype, device=inputs.device)
        return lambda: function(base, index, source)

    return outputs(make)


def scattered(
    function: Callable[[Any, Any, Any], Any],
    rows: int = 64,
    count: int = 60_000,
    places: int = 500,
    draw: Callable[..., Any] = Inputs.mixed,
    start: int = 0,
) -> Build:
    """`function(base, index, source)` along the last of two dimensions."""

    def make(inputs: Inputs) -> Callable[[], Any]:
        index = inputs.integers(places, rows, count)
        source = draw(inputs, rows, count)
        base = torch.full((rows, places), start, dtype=source.dtype, device=inputs.device)
        return lambda: function(base, index, source)

    return outputs(make)


def picked(function: Callable[[Any, Any], Any], source: tuple[int, ...], *index: int, unique: bool = False) -> Build:
    """The gradient of `function(x, index)`, where the places of the last dimension of the index repeat."""

    def build(inputs: Inputs) -> Run:
        x = inputs.mixed(*source).requires_grad_()
        chosen = inputs.permutation(source[0]) if unique else inputs.integers(source[0], *index)
        return backward(inputs, lambda: function(x, chosen), [x])

    return build


def module_gradients(factory: Callable[[], Any], *shape: int, dtype: Any = torch.float32, last: bool = False) -> Build:
    """The gradients of a module's input and parameters; `last` asks for the channels-last layout."""

    def build(inputs: Inputs) -> Run:
        module = factory().to(inputs.device, dtype)
        x = inputs.normal(*shape, dtype=dtype)
        if last:
            x, module = x.contiguous(memory_format=torch.channels_last), module.to(memory_format=torch.channels_last)
        x.requires_grad_()
        return backward(inputs, lambda: as_list(module(x))[0], [x, *module.parameters()])

    return build


def with_cudnn(build: Build, setting: str) -> Build:
    """The same with one setting of torch.backends.cudnn on."""

    def changed(inputs: Inputs) -> Run:
        run = build(inputs)

        def inside() -> list[Any]:
            setattr(torch.backends.cudnn, setting, True)
            try:
                return run()
            finally:
                setattr(torch.backends.cudnn, setting, False)

        return inside

    return changed
