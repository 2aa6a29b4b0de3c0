"""Traces as the worker wrote them, read back into values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What explains a difference and is none by itself: a program may well undo it.
EXPLANATIONS = frozenset({"file-order", "uninitialised"})
# Kinds that say something about the training's result; random states and seeds only explain it.
VALUES = frozenset({"batch", "op", "loss", "grad", "param", "buffer", "optimizer", "scaler", "value", "output", "file"})
# Those of the state that a run without steps ends in.
FINAL = frozenset({"output", "file"})


@dataclass(frozen=True, slots=True)
class Site:
    """A line of the user's code; `filename` is relative to the project."""

    filename: str
    row: int
    function: str

    @property
    def place(self) -> str:
        """The line as settings name it."""
        return f"{self.filename}:{self.row}"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in a step. `hash` covers dtype, shape and bytes; `norm` is L2, or None."""

    step: int
    kind: str
    name: str
    hash: str
    norm: float | None
    chain: tuple[Site, ...]
    fields: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, ...]:
        """What two runs must have in common before values are compared."""
        site = self.chain[-1] if self.kind == "draw" and self.chain else None
        line = site.place if site else ""
        return (self.kind, self.name, self.fields.get("when", ""), self.fields.get("function", ""), line)


@dataclass(frozen=True, slots=True)
class Trace:
    """All events of one process, in order, and what it said about itself."""

    events: tuple[Event, ...]
    meta: tuple[Mapping[str, Any], ...]

    @property
    def steps(self) -> int:
        """Completed training iterations."""
        end = self.end
        if end is not None:
            return int(end["steps"])
        return (
            max(
                (event.step for event in self.events if event.kind in ("grad", "optimizer", "scaler", "value")),
                default=-1,
            )
            + 1
        )

    @property
    def end(self) -> Mapping[str, Any] | None:
        """The end marker; None when the process was killed or left without running its exit handlers."""
        return self.first("end")

    def first(self, kind: str, name: str | None = None) -> Mapping[str, Any] | None:
        """The first line of the run about itself with this kind (and name)."""
        return next((line for line in self.meta if line["kind"] == kind and name in (None, line.get("name"))), None)

    def has_note(self, name: str) -> bool:
        """Whether the worker left this note."""
        return self.first("note", name) is not None

    def at(self, step: int) -> tuple[Event, ...]:
        """The events of one step."""
        return tuple(event for event in self.events if event.step == step)


def read_trace(folder: Path) -> Trace | None:
    """The trace of the training among a run's processes: the first with steps, else that of the main process.

    None when no Python process wrote one.
    """
    numbered = sorted(folder.glob("process-*.jsonl"), key=lambda path: int(path.stem.partition("-")[2]))
    # Forked children come to their files in any order.
    traces = sorted((read_file(path) for path in numbered), key=_fork)
    training = [trace for trace in traces if trace.steps > 0]
    if training:
        return Trace(training[0].events, (*training[0].meta, {"kind": "training", "processes": len(training)}))
    mains = [trace for trace in traces if trace.first("child") is None]
    if not mains:
        return None
    outcome = folder / "outcome.jsonl"
    final = read_file(outcome).events if outcome.exists() else ()
    return Trace((*mains[-1].events, *final), mains[-1].meta)


def _fork(trace: Trace) -> int:
    child = trace.first("child")
    return int(child.get("fork", 0)) if child is not None else 0


def read_file(path: Path) -> Trace:
    """Read one trace file; a last line cut off by a kill is left out."""
    events: list[Event] = []
    meta: list[Mapping[str, Any]] = []
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            try:
                data = json.loads(line)
            except ValueError:
                break
            if data.pop("meta", False):
                meta.append(data)
            else:
                events.append(_event(data))
    return Trace(tuple(events), tuple(meta))


def _event(data: dict[str, Any]) -> Event:
    return Event(
        step=data.pop("step"),
        kind=data.pop("kind"),
        name=data.pop("name"),
        hash=data.pop("hash", ""),
        norm=data.pop("norm", None),
        chain=_chain(data.pop("chain", ())),
        fields=data,
    )


def _chain(frames: Iterable[Mapping[str, Any]]) -> tuple[Site, ...]:
    sites: list[Site] = []
    for frame in frames:
        site = Site(frame["filename"], frame["row"], frame["function"])
        # A comprehension or lambda on the line of its function says nothing of its own.
        inside = site.function.startswith("<") and sites and sites[-1].row == site.row
        if not (inside and sites[-1].filename == site.filename):
            sites.append(site)
    return tuple(sites)
