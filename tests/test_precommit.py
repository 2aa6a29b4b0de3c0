"""The hooks under the real pre-commit, which installs this package as a user's machine would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("pre_commit")

ROOT = Path(os.environ.get("REPROLINT_CHECKOUT") or Path(__file__).resolve().parent.parent)
pytestmark = pytest.mark.slow
Run = Callable[..., tuple[int, str]]

TRAIN = """\
import torch

import data

if __name__ == "__main__":
    weight = torch.tensor(data.sample(), requires_grad=True)
    weight.square().backward()
"""
DATA = "import random\n\n\ndef sample():\n    return random.random()\n"
LISTING = "import os\n\nnames = os.listdir('data')\nprint(names[0])\n"
CLEAN = "print('nothing to see')\n"


def _git(folder: Path, *arguments: str) -> str:
    settings = ("user.name=t", "user.email=t@example.com", "commit.gpgsign=false", "core.hooksPath=")
    command = ["git", *(word for item in settings for word in ("-c", item)), *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout


def _commit(folder: Path) -> None:
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", "all")


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout, uncommitted files included, as a repository of its own."""
    try:
        listed = _git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not in a git checkout")
    folder = tmp_path_factory.mktemp("hooks")
    for name in listed.splitlines():
        if (ROOT / name).is_file() and not name.startswith(("tests/", "fixtures/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    if not (folder / ".pre-commit-hooks.yaml").is_file():
        pytest.skip("there are no hooks")
    (folder / "README.md").touch()  # the build names it
    _commit(folder)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps its environments: one installation serves all tests."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def run(hooks: Path, home: Path, tmp_path: Path) -> Run:
    """Run a hook on files of a project; the project is made of the given texts."""

    def hook(name: str, texts: dict[str, str], *files: str) -> tuple[int, str]:
        for path, text in texts.items():
            (tmp_path / path).write_text(text, encoding="utf-8")
        _commit(tmp_path)
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PYTHONPATH"))}
        environment |= {"PRE_COMMIT_HOME": str(home), "REPROLINT_CACHE_DIR": str(home / "cache"), "NO_COLOR": "1"}
        command = [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), name, "--verbose", "--files", *files]
        done = subprocess.run(command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)
        text = done.stdout + done.stderr
        if done.returncode == 3 and "pip" in text:
            pytest.skip(f"pip cannot install the hook here: {text[-300:]}")
        return done.returncode, text

    return hook


def test_a_hazard_fails_the_hook_and_is_named(run: Run) -> None:
    code, text = run("reprolint", {"train.py": TRAIN, "data.py": DATA}, "train.py", "data.py")
    assert code == 1
    assert "unseeded-stream" in text and "RPL101" in text and "train.py:" in text


def test_clean_files_pass(run: Run) -> None:
    code, text = run("reprolint", {"clean.py": CLEAN, "list.py": LISTING}, "clean.py")
    assert code == 0, text
    assert "unsorted-file-listing" not in text


def test_a_finding_is_shown_when_only_a_related_file_is_given(run: Run) -> None:
    code, text = run("reprolint", {"train.py": TRAIN, "data.py": DATA}, "data.py")
    assert code == 1
    assert "train.py:6" in text and "unseeded-stream" in text


def test_the_rest_of_the_project_is_read_though_it_is_not_given(run: Run) -> None:
    seeded = TRAIN.replace("import torch\n", "import random\n\nimport torch\n")
    seeded = seeded.replace("    weight =", "    random.seed(0)\n    weight =")
    code, text = run("reprolint", {"train.py": seeded, "data.py": DATA}, "data.py")
    assert code == 0, text


def test_the_fixing_hook_rewrites_the_file(run: Run, tmp_path: Path) -> None:
    code, text = run("reprolint-fix", {"list.py": LISTING}, "list.py")
    assert code == 1, text
    assert "files were modified by this hook" in text
    fixed = (tmp_path / "list.py").read_text(encoding="utf-8")
    assert fixed == LISTING.replace("os.listdir('data')", "sorted(os.listdir('data'))")


def test_the_fixing_hook_changes_only_files_it_was_given(run: Run, tmp_path: Path) -> None:
    code, _ = run("reprolint-fix", {"list.py": LISTING, "clean.py": CLEAN}, "clean.py")
    assert code == 0
    assert (tmp_path / "list.py").read_text(encoding="utf-8") == LISTING
