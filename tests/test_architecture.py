"""The house rules that tools can check."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# The suite may run from a copy without the package, against an installed one.
ROOT = Path(os.environ.get("REPROLINT_CHECKOUT") or Path(__file__).resolve().parent.parent)


def check(*command: str) -> None:
    """Run a tool on the checkout and fail with what it says."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}", pytrace=False)


def test_imports_go_one_way() -> None:
    check(sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-cache")


def test_types() -> None:
    check(sys.executable, "-m", "mypy")


def test_style() -> None:
    check(sys.executable, "-m", "ruff", "check", "--no-cache")


def test_nothing_is_printed_outside_the_command_line() -> None:
    allowed = {"cli", "worker"}
    for path in sorted((ROOT / "reprolint").rglob("*.py")):
        if allowed.isdisjoint(path.relative_to(ROOT).parts):
            assert "\n    print(" not in path.read_text(encoding="utf-8"), path
