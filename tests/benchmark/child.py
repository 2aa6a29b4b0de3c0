"""Commands run in processes of their own, and what they cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import reprolint

PACKAGE = Path(reprolint.__file__).resolve().parent.parent
REPROLINT = (sys.executable, "-P", "-m", "reprolint")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU (of all processes together) and by the clock, and the megabytes of the largest process."""

    cpu: float
    wall: float
    memory: float

    def least(self, other: Cost) -> Cost:
        """The smaller figures of two runs."""
        return Cost(min(self.cpu, other.cpu), min(self.wall, other.wall), min(self.memory, other.memory))


def run(command: Sequence[str], cwd: Path, allowed: Sequence[int] = (0,)) -> Cost:
    """Run a command; what it prints is thrown away, unless it fails: then that is how the benchmark ends."""
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(list(command), cwd=cwd, env=environment(), stdout=subprocess.DEVNULL, stderr=errors)
        # wait4 counts the children that the process has waited for; getrusage would mix up all that ran so far.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in allowed:
            errors.seek(0)
            text = errors.read().decode(errors="replace")
            raise SystemExit(f"exit code {process.returncode}: {' '.join(command)}\n{text}")
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return Cost(usage.ru_utime + usage.ru_stime, wall, kilobytes / 1024)


def ask(script: str, *arguments: str) -> Any:
    """Run a script of this folder in a fresh interpreter; returns the JSON that it prints."""
    command = [sys.executable, "-P", str(Path(__file__).with_name(script)), *arguments]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"exit code {done.returncode}: {' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout)


def environment() -> Mapping[str, str]:
    """Our environment, with the package under test in front and nothing that changes what is measured."""
    dropped = ("REPROLINT_CACHE_DIR", "RUFF_CACHE_DIR", "RUFF_NO_CACHE", "PYTHONPROFILEIMPORTTIME", "FORCE_COLOR")
    return {**{name: value for name, value in os.environ.items() if name not in dropped}, "PYTHONPATH": str(PACKAGE)}
