"""Reordering the contributions of one operation, by the names of its schema's arguments."""

from __future__ import annotations

from typing import Any

from . import hashing

_INDEX = ("index", "indices")
_SOURCE = ("source", "src", "values", "grad_output", "grad", "weights")

Bound = dict[str, Any]


def bind(func: Any, args: Any, kwargs: Any) -> Bound:
    """Arguments by schema name, in schema order, defaults left out."""
    schema = func._schema.arguments
    bound = {argument.name: value for argument, value in zip(schema, args)}  # noqa: B905, not before Python 3.10
    bound.update({argument.name: kwargs[argument.name] for argument in schema if argument.name in kwargs})
    return bound


def call(func: Any, bound: Bound) -> Any:
    """Call `func` with bound arguments: positional where the schema says so."""
    args, kwargs = [], {}
    positional = True
    for argument in func._schema.arguments:
        if argument.name not in bound:
            positional = False
        elif argument.kwarg_only or not positional:
            kwargs[argument.name] = bound[argument.name]
        else:
            args.append(bound[argument.name])
    return func(*args, **kwargs)


def applies(entry: dict[str, Any], bound: Bound) -> bool:
    """Whether this call can vary: wanted argument values, and numbers whose addition does not commute with rounding."""
    for name, value in (entry.get("when") or {}).items():
        if bound.get(name) != value:
            return False
    operand = bound.get(_operand(entry, bound) or "")
    if operand is None:
        return False
    return bool((operand.is_floating_point() or operand.is_complex()) and operand.numel() > 1)


def reorder(torch: Any, entry: dict[str, Any], func: Any, bound: Bound, generator: Any) -> Any:
    """Run `func` with its contributions in an order drawn from `generator`."""
    operand = _operand(entry, bound)
    if operand is None:
        return call(func, bound)
    if entry["strategy"] == "split":
        return _split(torch, entry, func, bound, operand, generator)
    index = next((name for name in _INDEX if name in bound), None)
    if index is None or not isinstance(bound[index], torch.Tensor):
        return _split(torch, entry, func, bound, operand, generator)
    return call(func, _permuted(torch, bound, index, operand, generator))


def _operand(entry: dict[str, Any], bound: Bound) -> str | None:
    wanted = entry.get("operand")
    if wanted:
        return str(wanted)
    # A scan has no source beside the tensor itself; where contributions have indices, `self` is what they are added to.
    names = (*_SOURCE, "self") if entry["strategy"] == "split" else _SOURCE
    return next((name for name in names if hasattr(bound.get(name), "is_floating_point")), None)


def _permuted(torch: Any, bound: Bound, index: str, operand: str, generator: Any) -> Bound:
    """The same pairs of index and contribution, listed in another order."""
    indices, source = bound[index], bound[operand]
    with hashing.quiet():
        if "dim" in bound:
            if indices.dim() == 0 or source.dim() == 0:
                return bound
            dim = bound["dim"] % source.dim()
            order = torch.randperm(indices.shape[dim if indices.dim() == source.dim() else 0], generator=generator)
            if indices.dim() == source.dim():
                # scatter_add: the index may be smaller than the source, whose rest is not added.
                used = source[tuple(slice(size) for size in indices.shape)]
                return {**bound, index: indices.index_select(dim, order), operand: used.index_select(dim, order)}
            return {**bound, index: indices[order], operand: source.index_select(dim, order)}
        # Row gradients (embedding): one row of the operand for each index.
        order = torch.randperm(indices.numel(), generator=generator)
        rows = source.reshape(indices.numel(), -1)[order].reshape(source.shape)
        return {**bound, index: indices.reshape(-1)[order].reshape(indices.shape), operand: rows}


def _split(torch: Any, entry: dict[str, Any], func: Any, bound: Bound, operand: str, generator: Any) -> Any:
    """For an operation f that is linear in one operand: f(part) + f(rest), the parts chosen at random.

    Selected and not multiplied by a mask: 0 * inf is not a number.
    """
    value = bound[operand]
    with hashing.quiet():
        mask = torch.rand(value.shape, generator=generator) < 0.5
        zero = torch.zeros((), dtype=value.dtype)
        part, rest = torch.where(mask, value, zero), torch.where(mask, zero, value)
    if func._schema.name.endswith("_"):
        if operand == "self":
            return value.copy_(call(func, {**bound, operand: part}) + call(func, {**bound, operand: rest}))
        call(func, {**bound, operand: part})
        return call(func, {**bound, operand: rest})
    others = {**bound, operand: rest}
    if entry.get("base"):
        others[entry["base"]] = torch.zeros_like(bound[entry["base"]])
    first = call(func, {**bound, operand: part})
    if "out" in others:
        kept = first.clone()
        return call(func, others).add_(kept)
    return _sum(first, call(func, others))


def _sum(first: Any, second: Any) -> Any:
    """The sum of two results; indices and missing results of a tuple are those of the first."""
    if isinstance(first, (tuple, list)):
        return type(first)(_sum(a, b) for a, b in zip(first, second))  # noqa: B905
    if first is None or not (first.is_floating_point() or first.is_complex()):
        return first
    return first + second
