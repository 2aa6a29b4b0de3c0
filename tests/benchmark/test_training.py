"""The benchmark of a training runs and tells everything; how fast anything is, no test can say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import reprolint

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
def test_every_level_of_the_smallest_model_is_told(tmp_path: Path) -> None:
    report = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.benchmark.training", "--model", "mlp", "--pairs", "1", "--steps", "4"]
    package = str(Path(reprolint.__file__).resolve().parent.parent)
    done = subprocess.run(
        [*command, "--json", str(report)], cwd=ROOT, env={**os.environ, "PYTHONPATH": package},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = json.loads(report.read_text())["rows"]
    assert [row["level"] for row in rows] == ["plain", "step", "virtual", "operation"]
    assert all(row["model"] == "mlp" and row["seconds"] > 0 and row["ratio"] > 0 for row in rows)
    assert [row["bytes"] > 0 for row in rows] == [False, True, True, True]
