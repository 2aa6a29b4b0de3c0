"""Orders that are no permutation of arguments: writes to one place, scans, ties, sums over positions."""

from __future__ import annotations

from typing import Any, Callable

from . import hashing, permute
from .permute import Bound, Entry, call

# Ties and writes show in numbers of every type; sums of integers are exact.
_EXACT = ("tie", "last-writer")
_BLOCKS = 8
# Up to this size of the problem the kernel of the CTC loss adds alignments in order.
_SMALL = 450


def varies(entry: Entry, bound: Bound) -> bool:
    """Whether the numbers of this call can come out differently."""
    if entry["strategy"] == "alert":
        return False
    name = permute.operand(entry, bound) or "self"
    value = bound.get(name)
    if value is None or value.numel() < 2:
        return False
    return entry["kind"] in _EXACT or bool(value.is_floating_point() or value.is_complex())


def reorder(torch: Any, entry: Entry, func: Any, bound: Bound, generator: Any) -> Any:
    """Run `func` with its contributions in an order drawn from `generator`."""
    return _STRATEGIES[entry["strategy"]](torch, entry, func, bound, generator)


def _write(torch: Any, entry: Entry, func: Any, bound: Bound, generator: Any) -> Any:
    """Flat places and values in another order: added where the call accumulates, else the last writer stays."""
    target = bound["self"]
    with hashing.quiet():
        places, values = _places(torch, bound)
        order = torch.randperm(places.numel(), generator=generator)
        places, values = places[order], values[order]
        flat = target.reshape(-1).clone()
        if bound.get("accumulate"):
            flat.index_add_(0, places, values)
        else:
            # Not by writing: that may happen in several threads.
            last = torch.full(flat.shape, -1).scatter_reduce_(0, places, torch.arange(places.numel()), "amax")
            written = last >= 0
            flat[written] = values[last[written]]
        result = flat.reshape(target.shape)
    return _hand_in(func, bound, result)


def _places(torch: Any, bound: Bound) -> tuple[Any, Any]:
    target = bound["self"]
    if "indices" not in bound:
        index = bound["index"].reshape(-1)
        return index % target.numel(), bound["source"].reshape(-1)
    picks = tuple(slice(None) if index is None else index for index in bound["indices"])
    places = torch.arange(target.numel()).reshape(target.shape)[picks]
    return places.reshape(-1), bound["values"].expand(places.shape).reshape(-1)


def _hand_in(func: Any, bound: Bound, result: Any) -> Any:
    """Return a result as the form of the operation wants: a new tensor, the first argument, or `out`."""
    if func._schema.name.endswith("_"):
        return bound["self"].copy_(result)
    return bound["out"].copy_(result) if permute.writes_out(func) else result


def _scan(torch: Any, entry: Entry, func: Any, bound: Bound, generator: Any) -> Any:
    """Blocks of random sizes are scanned by themselves, and what came before is joined to each."""
    value, dim = bound["self"], bound["dim"]
    join = getattr(torch, entry["combine"])
    length = value.shape[dim]
    cuts = sorted(set(torch.randint(1, length, (_BLOCKS,), generator=generator).tolist()))
    sizes = [end - start for start, end in zip([0, *cuts], [*cuts, length])]  # noqa: B905
    parts: list[Any] = []
    for block in value.split(sizes, dim):
        given = {**bound, "self": block.clone()}
        if permute.writes_out(func):
            given["out"] = torch.empty_like(block, dtype=bound["out"].dtype)
        scanned = call(func, given)
        parts.append(join(parts[-1].narrow(dim, -1, 1), scanned) if parts else scanned)
    return _hand_in(func, bound, torch.cat(parts, dim))


def _tie(torch: Any, entry: Entry, func: Any, bound: Bound, generator: Any) -> Any:
    """Another of the elements that are equal to the chosen one."""
    result = call(func, bound)
    values, value = result[0], bound["self"]
    dim, keep = bound.get("dim", -1), bound.get("keepdim", False)
    with hashing.quiet():
        chosen = values if keep else values.unsqueeze(dim)
        equal = (value == chosen) | ((value != value) & (chosen != chosen))
        keys = torch.rand(value.shape, generator=generator)
        places = torch.where(equal, keys, -torch.ones(())).argmax(dim, keepdim=keep)
    return values, places


def _positions(torch: Any, entry: Entry, func: Any, bound: Bound, generator: Any) -> Any:
    """A loss over positions (N, C, H, W), those listed in another order."""
    value, target = bound["self"], bound["target"]
    with hashing.quiet():
        order = torch.randperm(target.numel(), generator=generator)
        rows = value.movedim(1, -1)
        rows = rows.reshape(-1, value.shape[1])[order].reshape(rows.shape).movedim(-1, 1)
        moved = {"self": rows.contiguous(), "target": target.reshape(-1)[order].reshape(target.shape)}
    return call(func, {**bound, **moved})


def _alignments(torch: Any, entry: Entry, func: Any, bound: Bound, generator: Any) -> Any:
    """The gradient of labels that repeat in a text, in two parts; f is affine in the exponential of `log_alpha`."""
    whole = call(func, bound)
    chances, alpha = bound["log_probs"], bound["log_alpha"]
    if chances.dim() < 3 or 2 * chances.shape[0] + 2.4 * chances.shape[1] + 0.2 * chances.shape[2] <= _SMALL:
        return whole
    with hashing.quiet():
        mask = torch.rand(alpha.shape, generator=generator) < 0.5
        nothing = torch.full((), -float("inf"), dtype=alpha.dtype)
        parts = (torch.where(mask, alpha, nothing), torch.where(mask, nothing, alpha), nothing.expand_as(alpha))
        first, second, base = (call(func, {**bound, "log_alpha": part.contiguous()}) for part in parts)
        return torch.where(_repeated(torch, bound), first + (second - base), whole)


def _repeated(torch: Any, bound: Bound) -> Any:
    """(text, label): whether it stands there more than once."""
    targets, lengths = bound["targets"], [int(length) for length in bound["target_lengths"]]
    start, rows = 0, []
    for number, length in enumerate(lengths):
        row = targets[number][:length] if targets.dim() > 1 else targets[start : start + length]
        start += length
        rows.append(torch.bincount(row.long(), minlength=bound["log_probs"].shape[2]) > 1)
    return torch.stack(rows)


_STRATEGIES: dict[str, Callable[..., Any]] = {
    "permute": permute.permute,
    "split": permute.split,
    "write": _write,
    "scan": _scan,
    "tie": _tie,
    "positions": _positions,
    "alignments": _alignments,
}
