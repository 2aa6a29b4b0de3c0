"""Negative controls and further pairs: what the runs of a verdict are worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from reprolint.replay.compare import compare
from reprolint.replay.launch import Run
from reprolint.replay.report import Control, PropertyVerdict
from reprolint.replay.trace import VALUES, Trace
from reprolint.replay.variation import Pair, Settings, change_seeds, ignore_switch

# Enough for a difference to show; a control proves sensitivity, not length.
_STEPS = 3
_VIRTUAL = "atomics, algorithm"

Start = Callable[[str, Settings], Run]


@dataclass(frozen=True, slots=True)
class Atomics:
    """What is proved of the order of additions, and the control it rests on, if one was run."""

    control: Control | None
    verdict: PropertyVerdict


def control_seeds(first: Run, start: Start) -> Control | None:
    """Set other seeds than the program does: the training must change, or equal runs prove nothing about seeds.

    None when the program sets no seed that could be changed.
    """
    trace = _trace(first)
    if not any(event.kind == "seed" for event in trace.events):
        return None
    settings = change_seeds(_short(first.settings)).experiment
    run = start("control-seeds", settings)
    if run.problem is not None or run.trace is None:
        return Control("every seed changed, and the run failed", False)
    return Control("every seed changed", compare(trace, run.trace, settings.steps, VALUES) is not None)


def control_atomics(first: Run, start: Start) -> Atomics:
    """Let operations vary although the deterministic switch is on; says what is proved of the order of additions."""
    operations = [event for event in _trace(first).events if event.kind == "op"]
    if not operations:
        reason = "control did not vary: this run had no operation that could vary"
        return Atomics(None, PropertyVerdict("run-to-run", _VIRTUAL, "not-proved", reason))
    names = ", ".join(sorted({event.name for event in operations}))
    calls = f"{len(operations)} call{'s' if len(operations) > 1 else ''} of {names}"
    if all(event.fields["jittered"] for event in operations):
        reason = f"{calls} added in another order gave the same bits"
        return Atomics(None, PropertyVerdict("run-to-run", _VIRTUAL, "reproduced", reason))
    settings = ignore_switch(_short(first.settings)).experiment
    run = start("control-switch", settings)
    varied = (
        run.problem is None
        and run.trace is not None
        and compare(_trace(first), run.trace, settings.steps, VALUES) is not None
    )
    control = Control("deterministic switch ignored", varied)
    if varied:
        reason = f"{calls} use deterministic kernels; with the switch ignored they vary"
        return Atomics(control, PropertyVerdict("run-to-run", _VIRTUAL, "reproduced", reason))
    reason = f"control did not vary: {calls} gave the same bits with the switch ignored"
    return Atomics(control, PropertyVerdict("run-to-run", _VIRTUAL, "not-proved", reason))


def join(controls: list[Control]) -> Control | None:
    """One control for the report: what varied if anything did, else everything that was tried."""
    if not controls:
        return None
    varied = [control for control in controls if control.varied]
    return Control("; ".join(control.what for control in varied or controls), bool(varied))


def _short(settings: Settings) -> Pair:
    steps = min(settings.steps, _STEPS) if settings.steps else _STEPS
    short = replace(settings, steps=steps)
    return Pair(short, short)


def _trace(run: Run) -> Trace:
    assert run.trace is not None
    return run.trace
