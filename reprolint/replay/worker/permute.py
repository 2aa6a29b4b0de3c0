"""Reordering the contributions of one operation, by the names of its schema's arguments."""

from __future__ import annotations

from typing import Any

from . import hashing

_INDEX = ("index", "indices")
_SOURCE = ("source", "src", "values", "grad_output", "grad", "grad_out", "weights")

Bound = dict[str, Any]
Entry = dict[str, Any]


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


def writes_out(func: Any) -> bool:
    """Whether the result goes into an argument `out`; attention has one of that name that is read."""
    return any(argument.is_out for argument in func._schema.arguments)


def operand(entry: Entry, bound: Bound) -> str | None:
    """The argument whose numbers are added up, or otherwise brought into an order."""
    wanted = entry["operand"]
    if wanted:
        return str(wanted)
    return next((name for name in _SOURCE if hasattr(bound.get(name), "is_floating_point")), None)


def permute(torch: Any, entry: Entry, func: Any, bound: Bound, generator: Any) -> Any:
    """The same pairs of index and contribution, listed in another order."""
    index = next((name for name in _INDEX if name in bound), None)
    source = operand(entry, bound)
    if index is None or source is None or not isinstance(bound[index], torch.Tensor):
        return split(torch, entry, func, bound, generator)
    return call(func, _permuted(torch, bound, index, source, generator))


def _permuted(torch: Any, bound: Bound, index: str, name: str, generator: Any) -> Bound:
    indices, source = bound[index], bound[name]
    with hashing.quiet():
        if "dim" in bound:
            if indices.dim() == 0 or source.dim() == 0:
                return bound
            dim = bound["dim"] % source.dim()
            order = torch.randperm(indices.shape[dim if indices.dim() == source.dim() else 0], generator=generator)
            if indices.dim() == source.dim():
                # scatter_add: the index may be smaller than the source, whose rest is not added.
                used = source[tuple(slice(size) for size in indices.shape)]
                return {**bound, index: indices.index_select(dim, order), name: used.index_select(dim, order)}
            return {**bound, index: indices[order], name: source.index_select(dim, order)}
        if indices.shape == source.shape and "output_size" in bound:
            # Unpooling: places within each plane.
            first = source.dim() - len(bound["output_size"])
            order = torch.randperm(indices[(0,) * first].numel(), generator=generator)
            planes = {index: indices, name: source}
            moved = {key: value.flatten(first)[..., order].reshape(value.shape) for key, value in planes.items()}
            return {**bound, **moved}
        # Row gradients (embedding): one row of the operand for each index.
        order = torch.randperm(indices.numel(), generator=generator)
        rows = source.reshape(indices.numel(), -1)[order].reshape(source.shape)
        return {**bound, index: indices.reshape(-1)[order].reshape(indices.shape), name: rows}


def split(torch: Any, entry: Entry, func: Any, bound: Bound, generator: Any) -> Any:
    """For an operation f that is linear in one operand: f(part) + f(rest), the parts chosen at random.

    Selected and not multiplied by a mask: 0 * inf is not a number.
    """
    name = operand(entry, bound)
    if name is None:
        return call(func, bound)
    value = bound[name]
    with hashing.quiet():
        part, rest = _halves(torch, value, generator)
    if func._schema.name.endswith("_"):
        call(func, {**bound, name: part})
        return call(func, {**bound, name: rest})
    others = {**bound, name: rest}
    if entry["base"]:
        others[entry["base"]] = torch.zeros_like(bound[entry["base"]])
    first = call(func, {**bound, name: part})
    if writes_out(func):
        kept = first.clone()
        return call(func, others).add_(kept)
    joined = _sum(first, call(func, others))
    if not entry["outputs"]:
        return joined
    whole = call(func, bound)
    return type(whole)(new if place in entry["outputs"] else old for place, (new, old) in enumerate(zip(joined, whole)))  # noqa: B905


def _halves(torch: Any, value: Any, generator: Any) -> tuple[Any, Any]:
    """Each number in one of the two, chosen at random, and zero in the other."""
    count = value.numel()
    # The lowest bit of each byte: an eighth of the draws.
    drawn = torch.empty(count // 8 + 1, dtype=torch.int64).random_(generator=generator).view(torch.uint8)
    chosen = drawn[:count].bitwise_and_(1).view(value.shape)
    whole = {2: torch.int16, 4: torch.int32, 8: torch.int64}.get(value.element_size())
    if whole is None or not value.is_floating_point():
        zero = torch.zeros((), dtype=value.dtype)
        return torch.where(chosen.bool(), value, zero), torch.where(chosen.bool(), zero, value)
    # As integers: selecting by `where` takes eight times as long.
    bits = value.view(whole)
    part = bits & chosen.to(whole).neg_()
    return part.view(value.dtype), (bits ^ part).view(value.dtype)


def _sum(first: Any, second: Any) -> Any:
    """The sum of two results; indices and missing results of a tuple are those of the first."""
    if isinstance(first, (tuple, list)):
        return type(first)(_sum(a, b) for a, b in zip(first, second))  # noqa: B905
    if first is None or not (first.is_floating_point() or first.is_complex()):
        return first
    return first + second
