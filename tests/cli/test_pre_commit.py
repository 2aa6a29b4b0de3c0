"""The hooks, run by the real pre-commit from a repository made of this checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests_support import FIXED, LISTING

CHECKOUT = Path(os.environ.get("REPROLINT_CHECKOUT") or Path(__file__).resolve().parent.parent.parent)


def git(folder: Path, *arguments: str) -> None:
    """Run git with an identity and without the user's settings."""
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *identity, *arguments], cwd=folder, env=environment, check=True, capture_output=True)


def commit(folder: Path) -> None:
    """Make a folder a repository with one commit."""
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "all")


@pytest.mark.slow
def test_hooks(tmp_path: Path) -> None:
    hooks, project = tmp_path / "hooks", tmp_path / "project"
    hooks.mkdir()
    for name in ("reprolint", "rules"):
        shutil.copytree(CHECKOUT / name, hooks / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", ".pre-commit-hooks.yaml"):
        shutil.copy(CHECKOUT / name, hooks / name)
    (hooks / "README.md").write_text("# reprolint\n")
    commit(hooks)
    project.mkdir()
    (project / "train.py").write_text(LISTING)
    (project / "other.py").write_text(LISTING)
    commit(project)
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "REPROLINT_CACHE_DIR")
    } | {"PRE_COMMIT_HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def hook(name: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), name, "--files", "train.py"]
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

    report = hook("reprolint")
    assert report.returncode == 1, report.stdout + report.stderr
    assert "train.py:3:14" in report.stdout
    assert "other.py" not in report.stdout
    assert "files were modified" in hook("reprolint-fix").stdout
    assert (project / "train.py").read_text() == FIXED
    assert (project / "other.py").read_text() == LISTING
    assert hook("reprolint").returncode == 0
