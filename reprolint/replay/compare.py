"""Strict comparison of two traces: structure first, then values, up to the first step that differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from reprolint.replay.trace import EXPLANATIONS, Event, Trace


@dataclass(frozen=True, slots=True)
class Difference:
    """One event that differs; an event that only one run has is None on the other side."""

    control: Event | None
    experiment: Event | None

    @property
    def event(self) -> Event:
        """The event of the side that has one."""
        found = self.control or self.experiment
        assert found is not None
        return found

    @property
    def structural(self) -> bool:
        """Whether one run lacks the event."""
        return self.control is None or self.experiment is None


@dataclass(frozen=True, slots=True)
class StepDifference:
    """The first step at which two runs differ, with all its differences in the order of the trace."""

    step: int
    differences: tuple[Difference, ...]


def compare(
    control: Trace, experiment: Trace, steps: int | None = None, kinds: frozenset[str] | None = None
) -> StepDifference | None:
    """The first divergent step, or None. `steps` limits the comparison to that many, `kinds` to some kinds."""
    numbers = sorted({event.step for event in (*control.events, *experiment.events)})
    for number in numbers:
        if steps is not None and number >= steps:
            break
        found = _differences(_chosen(control.at(number), kinds), _chosen(experiment.at(number), kinds))
        if found:
            return StepDifference(number, found)
    return None


def _chosen(events: Sequence[Event], kinds: frozenset[str] | None) -> list[Event]:
    return [event for event in events if (event.kind not in EXPLANATIONS if kinds is None else event.kind in kinds)]


def _differences(control: Sequence[Event], experiment: Sequence[Event]) -> tuple[Difference, ...]:
    ours, theirs = [event.key for event in control], [event.key for event in experiment]
    if ours == theirs:
        pairs = zip(control, experiment, strict=True)
        return tuple(Difference(a, b) for a, b in pairs if not _equal(a, b))
    found: list[Difference] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs = zip(control[i1:i2], experiment[j1:j2], strict=True)
            found.extend(Difference(a, b) for a, b in pairs if not _equal(a, b))
        else:
            found.extend(Difference(event, None) for event in control[i1:i2])
            found.extend(Difference(None, event) for event in experiment[j1:j2])
    return tuple(found)


def _equal(a: Event, b: Event) -> bool:
    if a.kind == "draw":
        return bool(a.fields["count"] == b.fields["count"])
    return a.hash == b.hash
