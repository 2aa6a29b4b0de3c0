"""The benchmark runs and tells everything; how fast anything is, no test can say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import reprolint

TESTS = Path(__file__).resolve().parent
FILES = {
    "train.py": "import random\n\nfrom lib.a import draw\n\nprint(random.random(), draw())\n",
    "lib/__init__.py": "",
    "lib/a.py": "import random\n\n\ndef draw():\n    return random.random()\n",
    "lib/b.py": "import os\n\nNAMES = os.listdir('.')\n",
    "other/c.py": "VALUE = 1\n",
}
COSTS = {"empty project", "cold, 1 process", "cold, 2 processes", "warm", "one file changed"}


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="costs of a process are not known here")
def test_the_benchmark_tells_everything_and_leaves_the_folder_alone(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    report = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.benchmark", str(folder), "--repeat", "1", "--growth", "--profile"]
    package = str(Path(reprolint.__file__).resolve().parent.parent)
    done = subprocess.run(
        [*command, "--json", str(report)], cwd=TESTS.parent, env={**os.environ, "PYTHONPATH": package},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "x ast.parse" in done.stdout and "exponent" in done.stdout
    result = json.loads(report.read_text())
    assert set(result["environment"]) == {"python", "system", "reprolint", "ruff"}
    (figures,) = result["folders"]
    assert (figures["folder"], figures["files"], figures["lines"]) == ("project", 5, 14)
    assert figures["ast.parse cpu"] > 0 and figures["facts cpu"] > 0
    assert set(figures["costs"]) - {"ruff cold", "ruff warm", "ruff warm, few rules"} == COSTS
    for cost in figures["costs"].values():
        assert cost["cpu"] > 0 and cost["wall"] > 0 and cost["memory"] > 1
    assert all(value is None or value > 0 for value in figures["ratios"].values())
    assert len(figures["growth"]["points"]) == 3
    assert 0 < len(figures["profile"]) <= 15
    assert {name: (folder / name).read_text() for name in FILES} == FILES
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == set(FILES)


def test_an_error_of_the_tool_ends_the_benchmark(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmark", str(tmp_path)], cwd=TESTS.parent, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no Python file" in done.stderr
