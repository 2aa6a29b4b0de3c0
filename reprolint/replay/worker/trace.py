"""The trace of one process: JSON lines, one event each, written at step borders."""

from __future__ import annotations

import atexit
import json
import os
import sys
import threading
import time
from types import FrameType, TracebackType
from typing import Any, Callable

from .sites import Frame, Sites

Event = dict[str, Any]
States = Callable[[], "list[tuple[str, str]]"]

# A script without steps (evaluation only) must not keep every event in memory.
_PENDING_LIMIT = 20_000


class Recorder:
    """Collects events of the running step and appends them to this process's trace file.

    Within a step, seedings, draws and random states are written before values: they explain what follows. A forked
    child (a loader worker) inherits the object but is muted: its events are not the training's, unless it turns out
    to be the one that trains.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.sites = Sites(config["roots"])
        self.active = True
        self.stopped = False
        self.step = 0
        self.states: list[States] = []
        self.at_end: list[Callable[[], None]] = []
        self._front: list[Event] = []
        self._seeds: list[Event] = []
        self._chosen = frozenset(config["sites"])
        self._draws: dict[tuple[Any, ...], Event] = {}
        self._values: list[Event] = []
        self._notes: set[str] = set()
        self._lock = threading.RLock()
        self._error: str | None = None
        self._owner = ""
        self._forks = 0
        self._facts: list[Event] = []
        self.switches: dict[str, Any] = {}
        self._file = _open(config["traces"])
        self._header()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(before=self._count_fork, after_in_child=self._mute)
        atexit.register(self._at_exit)
        self._watch_exceptions()

    def meta(self, kind: str, **fields: Any) -> None:
        """Write a line about the run itself; it is not compared."""
        if self.active:
            line = {"kind": kind, "meta": True, **fields}
            self._write([line])
            if kind in ("library", "device", "note"):
                self._facts.append(line)

    def note(self, name: str, **fields: Any) -> None:
        """Write a line about the run once, however often it is called."""
        if name not in self._notes:
            self._notes.add(name)
            self.meta("note", name=name, **fields)

    def claim(self, owner: str) -> bool:
        """Whether `owner` says where steps end; that is for the first who asks, or a step would be counted twice."""
        self._owner = self._owner or owner
        return self._owner == owner

    def value(self, kind: str, name: str, hash: str, norm: float | None, **fields: Any) -> None:
        """Record a value event of the running step."""
        self._append(self._values, {"kind": kind, "name": name, "hash": hash, "norm": norm, **fields})

    def start(self, kind: str, name: str, hash: str, norm: float | None) -> None:
        """Record a value that existed before anything else of the running step (initial weights)."""
        self._append(self._front, {"kind": kind, "name": name, "hash": hash, "norm": norm, "when": "start"})

    def seed(self, event: Event) -> None:
        """Record that a stream's state was fixed; a forked child remembers it, too, in case that it trains."""
        if self.active:
            self._append(self._seeds, {"kind": "seed", **event})
        elif len(self._seeds) < _PENDING_LIMIT:
            self._seeds.append({"kind": "seed", **event})

    def draw(self, stream: str, function: str, frame: FrameType | None, seeded: bool) -> None:
        """Count a draw in the step's ledger, by stream, function and the user's line."""
        if self.stopped:
            return
        place = self.sites.innermost(frame)
        site = (place.f_code, place.f_lineno) if place is not None else None
        with self._lock:
            known = self._draws.get((stream, function, site))
            if known is None:
                chain = self.sites.chain(place)
                known = {"kind": "draw", "name": stream, "function": function, "count": 0}
                known.update(chain=chain, seeded=seeded)
                self._draws[(stream, function, site)] = known
            known["count"] += 1

    def explain(self, kind: str, name: str, hash: str, chain: list[Frame]) -> None:
        """Record what may explain a later difference and is none by itself, once a step and line."""
        if self.active and not self.stopped:
            with self._lock:
                key = (kind, name, self.sites.place(chain))
                self._draws.setdefault(key, {"kind": kind, "name": name, "hash": hash, "chain": chain})

    def varies_at(self, chain: list[Frame]) -> bool:
        """Whether a variation of the user's lines is meant for this one."""
        return not self._chosen or self.sites.place(chain) in self._chosen

    def flush(self, step: int) -> None:
        """Close the running step: everything recorded since the last call belongs to `step`."""
        if not self.active:
            return
        with self._lock:
            states = [
                {"kind": "rng-state", "name": name, "hash": digest} for get in self.states for name, digest in get()
            ]
            events = [*self._seeds, *self._draws.values(), *states, *self._front, *self._values]
            self._front, self._seeds, self._draws, self._values = [], [], {}, []
            self._write([{"step": step, **event} for event in events])
            self.meta("time", step=step, at=time.perf_counter())

    def finish(self, reason: str, **fields: Any) -> None:
        """Write the end marker; the verdict rests on it, not on the exit code."""
        if self.active and not self.stopped:
            self.meta("end", reason=reason, steps=self.step, **fields)
            self.stopped = True

    def _append(self, queue: list[Event], event: Event) -> None:
        if self.active and not self.stopped:
            with self._lock:
                queue.append(event)
                if len(queue) > _PENDING_LIMIT:
                    self.flush(self.step)

    def _write(self, events: list[Event]) -> None:
        with self._lock:
            self._file.write("".join(json.dumps(event) + "\n" for event in events))
            self._file.flush()

    def revive(self) -> None:
        """A forked child trains: from now on it has a trace of its own."""
        self._file = _open(self.config["traces"])
        self.switches = {}
        self._front, self._values = [], []
        self.active = True
        self._header()
        self._write(self._facts)
        # Numbers of files are taken as processes come to them, those of forks are the same in every run.
        self.meta("child", of=str(os.getppid()), fork=self._forks)

    def _header(self) -> None:
        self.meta(
            "header",
            python=sys.version.split()[0],
            platform=sys.platform,
            machine=os.uname().machine if hasattr(os, "uname") else "",
            hash_seed=os.environ.get("PYTHONHASHSEED"),
            rank=os.environ.get("RANK"),
        )

    def _count_fork(self) -> None:
        self._forks += 1

    def _mute(self) -> None:
        self.active = False
        # The parent's thread may have held the lock during the fork.
        self._lock = threading.RLock()

    def _at_exit(self) -> None:
        if self.active and not self.stopped:
            for record in self.at_end:
                record()
            self.flush(self.step)
            if self._error is None:
                self.finish("exit")
            else:
                self.finish("exception", error=self._error)

    def _watch_exceptions(self) -> None:
        previous = sys.excepthook

        def excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            self._error = kind.__name__
            previous(kind, error, trace)

        sys.excepthook = excepthook


def _open(folder: str) -> Any:
    """Create the first free `process-<n>.jsonl`; processes of one command race for names, hence the exclusive mode."""
    for number in range(10_000):
        try:
            return open(os.path.join(folder, f"process-{number}.jsonl"), "x", encoding="utf-8")
        except FileExistsError:
            continue
    raise OSError(f"too many trace files in {folder}")
