"""Why a run has no trace that could be compared, in words that help."""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from reprolint.replay.command import Problem, mask
from reprolint.replay.plan import Plan
from reprolint.replay.process import Ended
from reprolint.replay.trace import Trace

_TAIL = 12
_RUN_IT = "its last words are above; see that it runs by itself, then replay it"

_SIMULATED = (
    "virtual CUDA computes on the CPU, and tensors say so (`x.is_cuda`, `x.device`): leave out what it does not "
    "imitate, or replay with --device cpu, or with --device cuda on a machine that has one"
)

# What the last words of a command tell about what it lacks.
_HINTS: Sequence[tuple[str, str]] = (
    (
        r"EOFError: EOF when reading a line|termios\.error|Inappropriate ioctl for device",
        "it wants to be typed to, and standard input is empty in a replay: give the answers as arguments, or in a file",
    ),
    (
        r"no display name|could not connect to display|cannot (connect to|open) (the )?(X|display)|No available video"
        r"|Unable to init server|failed to initialize GLFW|NoSuchDisplayException",
        "it wants a display: let it draw off the screen (MPLBACKEND=Agg, QT_QPA_PLATFORM=offscreen, "
        "SDL_VIDEODRIVER=dummy, MUJOCO_GL=egl), or start it under xvfb-run",
    ),
    (
        r"MemoryError|out of memory|Cannot allocate memory|Unable to allocate|can't allocate memory|std::bad_alloc",
        "there was not enough memory for it: take a smaller batch or model, fewer loader workers, or a larger machine",
    ),
    (
        r"No space left on device",
        "the disk is full: each run has a copy of the project in the temporary folder; link large data with --link, "
        "or set TMPDIR to a folder with more room",
    ),
)

_SIGNALS: Mapping[int, str] = {
    signal.SIGKILL: "SIGKILL comes from outside, mostly from the system when memory runs out: take a smaller batch or "
    "fewer workers, or look into the system's log",
    signal.SIGSEGV: "it crashed in compiled code; run it by itself with `python -X faulthandler` to see where",
    signal.SIGABRT: "compiled code gave up; its last words are above",
}


def find_problem(plan: Plan, trace: Trace | None, ended: Ended, tail: str) -> Problem | None:
    """What kept a run from being compared, or None."""
    shown = " ".join(mask(plan.command))
    if ended.timed_out:
        return Problem(
            f"`{shown}` did not end within {plan.timeout:g} s and was stopped with all its processes",
            "give it more time with --timeout, fewer steps with --steps, or look for what it waits for",
            tail,
        )
    if trace is None:
        return Problem(
            f"`{shown}` started no Python process that the probes could be loaded into",
            "replay the Python command itself, as in `reprolint replay -- python train.py`",
            tail,
        )
    end, code = trace.end, ended.code
    if code and (end is None or end["reason"] != "steps"):
        how = f"was ended by signal {_name(-code)}" if code < 0 else f"failed with exit code {code}"
        return Problem(f"`{shown}` {how}{_progress(trace)}", _remedy(trace, code, tail), tail)
    device = trace.first("device")
    if plan.device == "cuda" and device is not None and not device["available"]:
        return Problem(
            "--device cuda was asked for, but the command's torch sees no CUDA device",
            "use --device cuda-virtual to simulate one, or run on a machine that has one",
        )
    return None


def read_tail(path: Path) -> str:
    """The last lines of what the command printed as errors."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 8192))
        lines = stream.read().decode("utf-8", "replace").splitlines()
    return "\n".join(lines[-_TAIL:])


def _progress(trace: Trace) -> str:
    return f" after {trace.steps} step{'' if trace.steps == 1 else 's'}" if trace.steps else ""


def _name(number: int) -> str:
    try:
        return f"{number} ({signal.Signals(number).name})"
    except ValueError:
        return str(number)


def _remedy(trace: Trace, code: int, tail: str) -> str:
    if trace.has_note("cuda-requested") and "does not have a deterministic implementation" in tail:
        return "a CUDA device would raise this, too: replace the operation, or call it with warn_only=True"
    for pattern, hint in _HINTS:
        if re.search(pattern, tail):
            return hint
    if trace.has_note("cuda-requested") and re.search(r"is_cuda|\.device\b|CUDA|_cuda_", tail):
        return _SIMULATED
    # A shell tells of a signal by an exit code.
    return _SIGNALS.get(-code if code < 0 else code - 128, _RUN_IT)
