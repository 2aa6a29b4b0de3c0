"""One command from start to end: what it prints is kept within bounds, and nothing of it stays behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reprolint.replay import guard
from reprolint.replay.drain import Drain, Printed

# After the trace's end marker, time for the script's own clean-up.
_GRACE = 20.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code (None if it was stopped), and what it printed on standard output."""

    code: int | None
    timed_out: bool
    printed: Printed


def execute(
    command: Sequence[str], directory: Path, environment: Mapping[str, str], traces: Path, timeout: float
) -> Ended:
    """Run the command in a session of its own; `stdout.txt` and `stderr.txt` are written into `traces`."""
    # The configuration's path is of this replay alone.
    mark = f"REPROLINT_REPLAY={environment['REPROLINT_REPLAY']}"
    with _guarded(mark):
        return _execute(command, directory, environment, traces, timeout, mark)


def _execute(
    command: Sequence[str], directory: Path, environment: Mapping[str, str], traces: Path, timeout: float, mark: str
) -> Ended:
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None and process.stderr is not None
    places = (environment["REPROLINT_REPLAY_TREE"], str(traces.parent))
    drains = [
        Drain(stream.fileno(), traces / name, places)
        for stream, name in ((process.stdout, "stdout.txt"), (process.stderr, "stderr.txt"))
    ]
    try:
        for drain in drains:
            drain.start()
        code, timed_out = _watch(process, traces, timeout)
    finally:
        _end(process, mark)
        for drain in drains:
            # Not for ever: a process that hides from `_end` may keep the other end of the pipe open.
            drain.join(5)
        if not any(drain.is_alive() for drain in drains):
            process.stdout.close()
            process.stderr.close()
    return Ended(code, timed_out, drains[0].printed)


def _watch(process: subprocess.Popen[bytes], traces: Path, timeout: float) -> tuple[int | None, bool]:
    begin = time.monotonic()
    ended: float | None = None
    while True:
        try:
            return process.wait(timeout=0.5), False
        except subprocess.TimeoutExpired:
            now = time.monotonic()
        if ended is None and _has_stopped(traces):
            ended = now
        if ended is not None and now - ended > _GRACE:
            return None, False
        if now - begin > timeout:
            return None, ended is None


def _has_stopped(folder: Path) -> bool:
    """Whether a process of the run has written that it did its steps."""
    for path in sorted(folder.glob("process-*.jsonl")):
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - 400))
            if b'"reason": "steps"' in stream.read():
                return True
    return False


@contextlib.contextmanager
def _guarded(mark: str) -> Iterator[None]:
    """While this lasts, the end of this process, by whatever signal, is the end of the command's."""
    command = [sys.executable, "-I", "-S", guard.__file__, mark]
    none = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=none, stderr=none, start_new_session=True) as watcher:
        try:
            yield
        finally:
            with contextlib.suppress(BrokenPipeError):
                watcher.communicate(guard.DONE)


def _end(process: subprocess.Popen[bytes], mark: str) -> None:
    """Kill what is left: a hung command, workers that outlived it, and daemons that left its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    guard.end(mark)
