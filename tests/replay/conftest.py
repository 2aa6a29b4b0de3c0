"""Replays of small scripts with real processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import reprolint.replay
from reprolint.catalog.load import load, rules_folder
from reprolint.replay import Plan, Report, run
from reprolint.replay.table import virtual_operations
from reprolint.replay.trace import Trace, read_trace
from reprolint.replay.variation import Settings

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "fixtures" / "scripts" / "replay"
WORKER = Path(reprolint.replay.__file__).parent / "worker" / "path"
OPERATIONS = virtual_operations(load([rules_folder()]).knowledge)

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
needs_numpy = pytest.mark.skipif(find_spec("numpy") is None, reason="numpy is not installed")

Replay = Callable[..., Report]
Work = Callable[..., tuple[subprocess.CompletedProcess[str], Trace | None]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with all scripts, to be replayed in."""
    folder = tmp_path / "project"
    folder.mkdir()
    for script in sorted(SCRIPTS.glob("*.py")):
        shutil.copy(script, folder)
    return folder


@pytest.fixture
def replay(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Replay:
    """`replay("script.py", "--argument", steps=3)` in the project folder."""
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)

    def start(*command: str, **options: Any) -> Report:
        program = (sys.executable, *command) if command[0].endswith(".py") or command[0].startswith("-") else command
        # A replay never writes over another's traces; where a test makes several, it asks for those of the last.
        shutil.rmtree(tmp_path / "traces", ignore_errors=True)
        given = {"steps": 2, "traces": tmp_path / "traces", "operations": OPERATIONS, "timeout": 120.0, **options}
        return run(Plan(command=program, directory=project, **given))

    return start


@pytest.fixture
def work(project: Path, tmp_path: Path) -> Work:
    """One process with the probes and no harness around it: `work("script.py", atomics=1)`."""

    def start(script: str, *arguments: str, **options: Any) -> tuple[subprocess.CompletedProcess[str], Trace | None]:
        traces = Path(os.path.realpath(tmp_path)) / f"work-{len(list(tmp_path.iterdir()))}"
        traces.mkdir()
        config = {
            "traces": str(traces),
            "roots": [str(project)],
            "device": "cuda-virtual",
            **asdict(Settings(steps=0, hash_seed=0)),
            "operations": [operation.to_json() for operation in OPERATIONS],
            **options,
        }
        path = traces / "config.json"
        path.write_text(json.dumps(config))
        environment = {**os.environ, "PYTHONPATH": str(WORKER), "REPROLINT_REPLAY": str(path), "PYTHONHASHSEED": "0"}
        done = subprocess.run(
            [sys.executable, script, *arguments],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done, read_trace(traces)

    return start
