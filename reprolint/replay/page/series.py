"""How far two runs are apart, for each quantity and step."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reprolint.replay.trace import VALUES, Event, Trace

# Of these every name is a quantity of its own; weights and gradients are too many for that.
_NAMED = frozenset({"loss", "value", "output", "file"})


@dataclass(frozen=True, slots=True)
class Point:
    """One quantity in one step. `distance` is relative, None if the runs have nothing in common that has a size.

    `worst` names the event that is farthest apart; `ours` and `theirs` are its numbers.
    """

    step: int
    equal: bool
    distance: float | None
    worst: str
    ours: float | None
    theirs: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """One quantity over the steps."""

    name: str
    points: tuple[Point, ...]

    @property
    def first(self) -> Point | None:
        """Where the runs part."""
        return next((point for point in self.points if not point.equal), None)


def quantities(control: Trace, experiment: Trace) -> tuple[Series, ...]:
    """All quantities, in the order in which they come up."""
    ours, theirs = _grouped(control.events), _grouped(experiment.events)
    series: dict[str, list[Point]] = {}
    for step, name in sorted({*ours, *theirs}, key=lambda key: key[0]):
        point = _point(step, ours.get((step, name), []), theirs.get((step, name), []))
        series.setdefault(name, []).append(point)
    order = list(dict.fromkeys(name for _, name in (*ours, *theirs)))
    return tuple(Series(name, tuple(series[name])) for name in order)


def _grouped(events: Iterable[Event]) -> dict[tuple[int, str], list[Event]]:
    groups: dict[tuple[int, str], list[Event]] = {}
    for event in events:
        if event.kind in VALUES:
            plain = event.kind not in _NAMED or event.kind == event.name
            name = event.kind if plain else f"{event.kind} {event.name}"
            groups.setdefault((event.step, name), []).append(event)
    return groups


def _point(step: int, ours: Sequence[Event], theirs: Sequence[Event]) -> Point:
    if [event.key for event in ours] != [event.key for event in theirs]:
        return Point(step, False, None, "not the same events", None, None)
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a.hash != b.hash]
    if not pairs:
        size = _size(ours[0]) if len(ours) == 1 else None
        return Point(step, True, 0.0, "", size, size)
    a, b = max(pairs, key=lambda pair: -1.0 if (far := _distance(*pair)) is None else far)
    return Point(step, False, _distance(a, b), a.name, _size(a), _size(b))


def _size(event: Event) -> float | None:
    try:
        size = float(event.fields["value"])
    except (KeyError, TypeError, ValueError):
        size = math.nan if event.norm is None else event.norm
    return size if math.isfinite(size) else None


def _distance(a: Event, b: Event) -> float | None:
    ours, theirs = _size(a), _size(b)
    if ours is None or theirs is None:
        return None
    larger = max(abs(ours), abs(theirs))
    return abs(ours - theirs) / larger if larger else 0.0
