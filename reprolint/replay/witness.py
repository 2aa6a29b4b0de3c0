"""What the traces of a replay say about lines: what made the runs differ where, and which lines were run at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reprolint.replay.cause import Cause
from reprolint.replay.command import Problem
from reprolint.replay.compare import Difference, StepDifference, compare
from reprolint.replay.plan import Plan
from reprolint.replay.report import Report
from reprolint.replay.session import run_once
from reprolint.replay.trace import Site, Trace, read_trace

_FOLDER = "lines"


@dataclass(frozen=True, slots=True)
class Witness:
    """One thing that surely made the runs differ by itself, whatever else did; `chain` leads to its line."""

    cause: Cause
    step: int
    stream: str | None
    operation: str | None
    chain: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Visited:
    """The lines that a run came to, of those that were watched; `doubt` says why others may have run unseen."""

    lines: frozenset[tuple[str, int]]
    doubt: str = ""


def witnesses(report: Report) -> tuple[Witness, ...]:
    """The divergence of the report, and what its traces show beside it: further streams, further operations."""
    found = report.divergence
    if found is None:
        return ()
    result = [Witness(found.cause, found.step, found.stream, found.operation, found.chain)]
    control, experiment = (read_trace(report.traces / f"run-{number}") for number in (1, found.run))
    differing = compare(control, experiment) if control is not None and experiment is not None else None
    if control is None or differing is None:
        return tuple(result)
    result += [
        Witness("unseeded-stream", found.step, name, None, _draw(control, name, differing))
        for name in found.others
    ]  # fmt: skip
    result += [
        Witness("algorithm" if item.event.fields["cause"] == "algorithm" else "atomics", found.step, None,
                item.event.name, item.event.chain)
        for item in differing.differences if _varies_itself(item)
    ]  # fmt: skip
    return tuple(dict.fromkeys(result))


def _varies_itself(item: Difference) -> bool:
    """An operation whose inputs agree and whose outputs do not."""
    ours, theirs = item.control, item.experiment
    if ours is None or theirs is None or ours.kind != "op":
        return False
    return bool(ours.fields["inputs"] == theirs.fields["inputs"])


def _draw(trace: Trace, stream: str, differing: StepDifference) -> tuple[Site, ...]:
    """Where a generator was made from the system's entropy, or where a stream nobody seeded was first drawn from."""
    for event in trace.events:
        if event.kind == "seed" and event.name == stream and event.fields["entropy"] and event.chain:
            return event.chain
    for event in trace.events:
        of = event.kind == "draw" and event.name == stream and event.step <= differing.step
        if of and event.chain and not event.fields["seeded"]:
            return event.chain
    return ()


def visit(plan: Plan, report: Report, lines: Mapping[str, tuple[int, ...]]) -> Visited | Problem:
    """Run the command once more, only to see which of `lines` (below the root of the replay) it comes to."""
    folder = report.traces / _FOLDER
    ended = run_once(replace(plan, traces=folder, lines=lines), "run")
    if isinstance(ended, Problem):
        return ended
    if ended.problem is not None:
        return ended.problem
    doubt = ""
    if ended.trace is not None and ended.trace.has_note("compiled"):
        doubt = "torch.compile ran this training, and what it compiles leaves no lines"
    return _read(folder / "run" / "lines.txt", doubt)


def _read(path: Path, doubt: str) -> Visited:
    if not path.exists():
        return Visited(frozenset(), "no process of the command could be watched")
    seen: set[tuple[str, int]] = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        row, _, name = line.partition(" ")
        if row == "!":
            doubt = doubt or name
        else:
            seen.add((name, int(row)))
    return Visited(frozenset(seen), doubt)
