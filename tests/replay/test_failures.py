"""Commands that cannot be replayed: each gets a verdict, a reason and an exit code, and leaves no process behind."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from reprolint.replay.report import render

from .conftest import Replay


def test_crash_shows_the_end_of_its_errors(replay: Replay) -> None:
    report = replay("crash.py")
    assert (report.verdict, report.exit_code) == ("failed", 2)
    text = render(report, color=False)
    assert "failed with exit code 1" in text
    assert "KeyError: 'learning_rate'" in text
    assert "help:" in text


def test_hang_is_stopped_with_its_children(replay: Replay, tmp_path: Path) -> None:
    begin = time.monotonic()
    report = replay("hang.py", timeout=1.5)
    assert time.monotonic() - begin < 10
    assert (report.verdict, report.exit_code) == ("failed", 2)
    assert report.problem is not None and "--timeout" in report.problem.remedy
    child = int((tmp_path / "traces" / "run-1" / "stdout.txt").read_text())
    for _ in range(50):
        if not _is_alive(child):
            return
        time.sleep(0.1)
    pytest.fail("a child of the hung command is still running")


def test_program_without_training_is_not_comparable(replay: Replay) -> None:
    report = replay("nothing.py")
    assert (report.verdict, report.exit_code) == ("not-comparable", 3)
    assert any("no optimizer step" in note for note in report.notes)


def test_three_runs_are_three_runs(replay: Replay, tmp_path: Path) -> None:
    assert replay("nothing.py", runs=3).runs == 3
    assert sorted(path.name for path in (tmp_path / "traces").iterdir()) == ["run-1", "run-2", "run-3"]


def test_command_that_is_no_python(replay: Replay) -> None:
    report = replay("ls")
    assert report.exit_code == 2
    assert report.problem is not None and "no Python process" in report.problem.message


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("-sE", "nothing.py"), "`python -E` ignores the environment"),
        (("-I", "-m", "json"), "`python -I` ignores the environment"),
        (("-W", "ignore", "-S", "nothing.py"), "`python -S` skips site"),
        (("missing.py",), "`missing.py` does not exist"),
        (("no-such-program",), "`no-such-program` was not found"),
    ],
)
def test_refused_before_anything_runs(replay: Replay, command: tuple[str, ...], words: str) -> None:
    report = replay(*command)
    assert (report.verdict, report.exit_code, report.runs) == ("failed", 2, 0)
    assert report.problem is not None and words in report.problem.message


def test_cuda_that_is_not_there(replay: Replay, project: Path) -> None:
    pytest.importorskip("torch")
    (project / "small.py").write_text("import torch\n")
    report = replay("small.py", device="cuda")
    if report.problem is None:
        pytest.skip("this machine has a CUDA device")
    assert report.exit_code == 2
    assert "cuda-virtual" in report.problem.remedy


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    # A zombie whose parent has not looked yet is as good as gone.
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")
