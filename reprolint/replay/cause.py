"""Why two runs differ, read off their traces; what the traces cannot tell is left to further runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from reprolint.replay.compare import Difference, StepDifference
from reprolint.replay.trace import Event, Site, Trace

Cause = Literal[
    "unseeded-stream",
    "extra-draw",
    "hash-order",
    "file-order",
    "time",
    "threads",
    "working-directory",
    "time-zone",
    "locale",
    "workers",
    "cpu-capability",
    "atomics",
    "algorithm",
    "uninitialised",
    "resumed-state",
    "ranks",
    "structure",
    "unknown",
]

# The static rule that would have warned.
RULES: Mapping[str, str] = MappingProxyType(
    {
        "unseeded-stream": "unseeded-stream",
        "time": "unseeded-stream",
        "algorithm": "nondeterministic-op",
        "atomics": "nondeterministic-op",
        "hash-order": "set-order",
        "file-order": "unsorted-file-listing",
        "workers": "loader-worker-seeding",
        "threads": "uncontrolled-threads",
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """The difference to report and what it comes from. `sure` is False where further runs may know better."""

    cause: Cause
    difference: Difference
    stream: str | None = None
    chain: tuple[Site, ...] = ()
    sure: bool = True
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    control: Trace
    experiment: Trace
    found: StepDifference

    def of(self, kind: str) -> list[Difference]:
        return [difference for difference in self.found.differences if difference.event.kind == kind]

    def earlier(self, kind: str, stream: str) -> list[Event]:
        traces = (self.control, self.experiment)
        events = [event for trace in traces for event in trace.events if event.step <= self.found.step]
        return [event for event in events if event.kind == kind and event.name == stream]


def find_cause(control: Trace, experiment: Trace, found: StepDifference) -> Finding:
    """Classify the first divergent step. Streams come first: numbers drawn differently explain all that follows."""
    case = _Case(control, experiment, found)
    for explain in _EXPLANATIONS:
        finding = explain(case)
        if finding is not None:
            return finding
    first = found.differences[0]
    return Finding("structure" if first.structural else "unknown", first, chain=first.event.chain, sure=False)


def _by_clock(case: _Case) -> Finding | None:
    """A seed that is the time in both runs: hashes reduced to 32 bits look like it once in forty runs."""
    for difference in case.of("seed"):
        both = (difference.control, difference.experiment)
        if all(event is not None and event.fields["clock"] for event in both):
            return Finding("time", difference, difference.event.name, difference.event.chain)
    return None


def _by_state(case: _Case) -> Finding | None:
    """Streams drawn from and never seeded, whose states differ by birth; generators made from the system's entropy."""
    unseeded = [item for item in case.of("rng-state") if not _is_seeded(case, item.event.name)]
    unseeded += [item for item in case.of("seed") if not item.structural and item.event.fields["entropy"]]
    if not unseeded:
        return None
    first = unseeded[0]
    stream = first.event.name
    given_up = [event.chain for event in case.earlier("seed", stream) if event.fields["entropy"] and event.chain]
    chain = first.event.chain or (given_up or [_draw_chain(case, stream)])[-1]
    names = dict.fromkeys(difference.event.name for difference in unseeded[1:] if difference.event.name != stream)
    return Finding("unseeded-stream", first, stream, chain, others=tuple(names))


def _is_seeded(case: _Case, stream: str) -> bool:
    """Whether the last word on the stream is a value: a later seeding from the system's entropy takes it back."""
    return any(not event.fields["entropy"] for event in case.earlier("seed", stream)[-1:])


def _by_late_seed(case: _Case) -> Finding | None:
    """A stream drawn from before its first seeding: its later states agree, what was drawn early does not."""
    values = [difference for difference in case.found.differences if difference.event.kind not in ("seed", "draw")]
    for stream in ("python", "numpy", "torch"):
        late = [event for event in case.earlier("seed", stream) if event.fields["drawn-before"]]
        if late and values:
            return Finding("unseeded-stream", values[0], stream, _draw_chain(case, stream), sure=False)
    return None


def _by_seed_value(case: _Case) -> Finding | None:
    """A seed that is computed from something that varies; only further runs can say from what."""
    for difference in case.of("seed"):
        if not difference.structural:
            return Finding("unseeded-stream", difference, difference.event.name, difference.event.chain, sure=False)
    return None


def _by_operation(case: _Case) -> Finding | None:
    """An operation with equal inputs and unequal outputs, before any other value differs."""
    for difference in case.found.differences:
        ours, theirs = difference.control, difference.experiment
        if ours is None or theirs is None or ours.kind in ("draw", "seed", "rng-state"):
            continue
        if ours.kind == "op" and ours.fields["inputs"] == theirs.fields["inputs"]:
            cause: Cause = "algorithm" if ours.fields["cause"] == "algorithm" else "atomics"
            return Finding(cause, difference, chain=ours.chain)
        return None
    return None


def _by_draw(case: _Case) -> Finding | None:
    """One run drew more often, or elsewhere, than the other."""
    for difference in case.of("draw"):
        return Finding("extra-draw", difference, difference.event.name, difference.event.chain, sure=False)
    return None


# `_by_operation` before `_by_draw`: numbers that differ may make a program draw differently, too.
_EXPLANATIONS: tuple[Callable[[_Case], Finding | None], ...] = (
    _by_clock,
    _by_state,
    _by_operation,
    _by_late_seed,
    _by_seed_value,
    _by_draw,
)


def _draw_chain(case: _Case, stream: str) -> tuple[Site, ...]:
    draws = case.earlier("draw", stream)
    unseeded = [event for event in draws if not event.fields["seeded"] and event.chain]
    return (unseeded or [event for event in draws if event.chain] or draws or [_NOWHERE])[0].chain


_NOWHERE = Event(0, "draw", "", "", None, (), MappingProxyType({}))
