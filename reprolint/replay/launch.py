"""Run the command once in a fresh process and bring home its trace."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reprolint.replay.command import Problem, mask, place
from reprolint.replay.environment import environment as varied
from reprolint.replay.plan import Plan
from reprolint.replay.trace import Trace, read_trace
from reprolint.replay.variation import Settings
from reprolint.replay.workspace import Workspace

_WORKER = Path(__file__).parent / "worker" / "path"
# After the trace's end marker, time for the script's own clean-up.
_GRACE = 20.0
_TAIL = 12

# What a manifest may hold of the environment; everything else may be private.
_ALLOWED = (
    "ATEN_CPU_CAPABILITY",
    "CUBLAS_WORKSPACE_CONFIG",
    "CUDA_VISIBLE_DEVICES",
    "KMP_DETERMINISTIC_REDUCTION",
    "LANG",
    "LC_ALL",
    "MKL_CBWR",
    "MKL_NUM_THREADS",
    "NCCL_ALGO",
    "NUMEXPR_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "PYTHONHASHSEED",
    "TF_DETERMINISTIC_OPS",
    "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE",
    "TZ",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One finished run: its trace, or the problem that kept it from having one."""

    settings: Settings
    trace: Trace | None
    problem: Problem | None
    exit_code: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Launcher:
    """Starts runs of one plan in one workspace, one after another; keeps their traces below `traces`."""

    plan: Plan
    workspace: Workspace
    traces: Path

    def run(self, name: str, settings: Settings) -> Run:
        """Run the command with `settings`; the trace is kept as folder `name`."""
        workspace = self.workspace
        tree = workspace.refresh(settings.folder)
        config = workspace.base / "config.json"
        config.write_text(json.dumps(self._config(settings)), encoding="utf-8")
        environment = self._environment(settings, config)
        begin = time.monotonic()
        code, timed_out = self._wait(environment, tree)
        seconds = time.monotonic() - begin
        kept = self.traces / name
        shutil.copytree(workspace.trace, kept)
        trace = read_trace(kept)
        tail = _tail(kept / "stderr.txt").replace(str(tree), str(workspace.root))
        problem = self._problem(trace, code, timed_out, tail)
        run = Run(settings, trace, problem, code, seconds)
        (kept / "manifest.json").write_text(json.dumps(self._manifest(run, environment), indent=1), encoding="utf-8")
        return run

    def _directory(self, tree: Path) -> Path:
        return tree / self.plan.directory.relative_to(self.workspace.root)

    def _config(self, settings: Settings) -> dict[str, Any]:
        return {
            "traces": str(self.workspace.trace),
            "roots": [str(self.workspace.tree(settings.folder)), str(self.workspace.root)],
            "device": self.plan.device,
            **asdict(settings),
            "operations": [operation.to_json() for operation in self.plan.operations],
        }

    def _environment(self, settings: Settings, config: Path) -> dict[str, str]:
        workspace = self.workspace
        environment = varied(settings, os.environ)
        environment.pop("REPROLINT_REPLAY_PARENT", None)
        previous = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join([str(_WORKER), *([previous] if previous else [])])
        environment["REPROLINT_REPLAY"] = str(config)
        tree = workspace.tree(settings.folder)
        environment["REPROLINT_REPLAY_TREE"] = str(tree)
        environment["PWD"] = str(self._directory(tree))
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        for name in ("TMPDIR", "TEMP", "TMP"):
            environment[name] = str(workspace.temporary)
        for name in ("TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR", "NUMBA_CACHE_DIR", "TORCH_EXTENSIONS_DIR"):
            environment[name] = str(workspace.cache / name.lower())
        if self.plan.device in ("cpu", "cuda-virtual"):
            environment["CUDA_VISIBLE_DEVICES"] = ""
        return environment

    def _wait(self, environment: Mapping[str, str], tree: Path) -> tuple[int | None, bool]:
        """Start the command in a process group of its own and wait; afterwards no process of the group is left."""
        workspace = self.workspace
        command = place(self.plan.command, self.plan.directory, workspace.root, tree)
        with (
            (workspace.trace / "stdout.txt").open("wb") as out,
            (workspace.trace / "stderr.txt").open("wb") as err,
        ):
            process = subprocess.Popen(
                command,
                cwd=self._directory(tree),
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
            try:
                return self._watch(process)
            finally:
                _end_group(process)

    def _watch(self, process: subprocess.Popen[bytes]) -> tuple[int | None, bool]:
        begin = time.monotonic()
        ended: float | None = None
        while True:
            try:
                return process.wait(timeout=0.5), False
            except subprocess.TimeoutExpired:
                now = time.monotonic()
            if ended is None and _has_stopped(self.workspace.trace):
                ended = now
            if ended is not None and now - ended > _GRACE:
                return None, False
            if now - begin > self.plan.timeout:
                return None, ended is None

    def _problem(self, trace: Trace | None, code: int | None, timed_out: bool, tail: str) -> Problem | None:
        shown = " ".join(mask(self.plan.command))
        if timed_out:
            return Problem(
                f"`{shown}` did not end within {self.plan.timeout:g} s and was stopped with all its processes",
                "give it more time with --timeout, fewer steps with --steps, or look for what it waits for",
                tail,
            )
        if trace is None:
            return Problem(
                f"`{shown}` started no Python process that the probes could be loaded into",
                "replay the Python command itself, as in `reprolint replay -- python train.py`",
                tail,
            )
        end = trace.end
        if code and (end is None or end["reason"] != "steps"):
            how = f"was ended by signal {-code}" if code < 0 else f"failed with exit code {code}"
            return Problem(f"`{shown}` {how}", _remedy(trace, tail), tail)
        device = trace.first("device")
        if self.plan.device == "cuda" and device is not None and not device["available"]:
            return Problem(
                "--device cuda was asked for, but the command's torch sees no CUDA device",
                "use --device cuda-virtual to simulate one, or run on a machine that has one",
            )
        return None

    def _manifest(self, run: Run, environment: Mapping[str, str]) -> dict[str, Any]:
        settings = run.settings
        return {
            "command": list(mask(self.plan.command)),
            "device": self.plan.device,
            **asdict(settings),
            "environment": {name: environment[name] for name in _ALLOWED if name in environment},
            "exit_code": run.exit_code,
            "seconds": round(run.seconds, 3),
            "problem": run.problem.message if run.problem else None,
        }


def _remedy(trace: Trace, tail: str) -> str:
    if trace.has_note("cuda-requested") and "does not have a deterministic implementation" in tail:
        return "a CUDA device would raise this, too: replace the operation, or call it with warn_only=True"
    return "its last words are above; see that it runs by itself, then replay it"


def _has_stopped(folder: Path) -> bool:
    """Whether a process of the run has written that it did its steps."""
    for path in sorted(folder.glob("process-*.jsonl")):
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - 400))
            if b'"reason": "steps"' in stream.read():
                return True
    return False


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the command's process group: a hung command, or workers that outlived it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(path: Path) -> str:
    """The last lines of what the command printed as errors."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 8192))
        lines = stream.read().decode("utf-8", "replace").splitlines()
    return "\n".join(lines[-_TAIL:])
