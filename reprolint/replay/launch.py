"""Run the command once in a fresh process and bring home its trace."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reprolint.replay.command import Problem, mask, place
from reprolint.replay.environment import environment as varied
from reprolint.replay.environment import public
from reprolint.replay.failure import find_problem, read_tail
from reprolint.replay.outcome import write_outcome
from reprolint.replay.plan import Plan
from reprolint.replay.process import execute
from reprolint.replay.trace import VALUES, Trace, read_trace
from reprolint.replay.variation import Settings
from reprolint.replay.workspace import Workspace

_WORKER = Path(__file__).parent / "worker" / "path"


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
        command = place(self.plan.command, self.plan.directory, workspace.root, tree)
        ended = execute(command, self._directory(tree), environment, workspace.trace, self.plan.timeout)
        seconds = time.monotonic() - begin
        trace = read_trace(workspace.trace)
        if trace is not None and not trace.steps and not any(event.kind in VALUES for event in trace.events):
            write_outcome(workspace.trace, ended.printed, tree, workspace.root, (str(tree), str(workspace.base)))
        kept = self.traces / name
        shutil.copytree(workspace.trace, kept)
        trace = read_trace(kept)
        tail = read_tail(kept / "stderr.txt").replace(str(tree), str(workspace.root))
        problem = find_problem(self.plan, trace, ended, tail)
        run = Run(settings, trace, problem, ended.code, seconds)
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
            "lines": self.plan.lines,
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

    def _manifest(self, run: Run, environment: Mapping[str, str]) -> dict[str, Any]:
        settings = run.settings
        return {
            "command": list(mask(self.plan.command)),
            "device": self.plan.device,
            "tree": environment["REPROLINT_REPLAY_TREE"],
            **asdict(settings),
            "environment": public(environment),
            "exit_code": run.exit_code,
            "seconds": round(run.seconds, 3),
            "problem": run.problem.message if run.problem else None,
        }
