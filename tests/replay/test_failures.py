"""Commands that cannot be replayed: each gets a verdict, a reason and an exit code, and leaves no process behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from reprolint.replay.report import render
from reprolint.replay.trace import read_trace

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
    assert _is_gone(child)


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


@pytest.mark.parametrize(
    ("how", "message", "words"),
    [
        ("crash", "failed with exit code 1 after 2 steps", "loss is not finite"),
        ("kill", "was ended by signal 9 (SIGKILL) after 2 steps", "when memory runs out"),
        ("segfault", "was ended by signal 11 (SIGSEGV) after 2 steps", "crashed in compiled code"),
        ("memory", "failed with exit code 1", "not enough memory"),
        ("stdin", "failed with exit code 1", "standard input is empty in a replay"),
        ("display", "failed with exit code 1", "it wants a display"),
    ],
)
def test_failing_commands_are_told_apart(replay: Replay, tmp_path: Path, how: str, message: str, words: str) -> None:
    if how == "display":
        pytest.importorskip("tkinter")
    report = replay("misbehave.py", how, steps=5)
    assert (report.verdict, report.exit_code, report.runs) == ("failed", 2, 1)
    assert report.problem is not None and report.problem.message.endswith(message)
    assert words in render(report, color=False)
    trace = read_trace(tmp_path / "traces" / "run-1")
    assert trace is not None and trace.steps == (2 if "2 steps" in message else 0)


@pytest.mark.parametrize(
    ("how", "steps", "note"),
    [
        ("exit", 2, "the command ended after 2 of 5 steps"),
        ("leave", 2, "the command left without its exit handlers; what came after its last step was not seen"),
        ("spawn", 3, "the command ended after 3 of 5 steps"),
    ],
)
def test_commands_that_end_early_are_compared_as_far_as_they_go(
    replay: Replay, how: str, steps: int, note: str
) -> None:
    report = replay("misbehave.py", how, steps=5)
    assert (report.verdict, report.steps) == ("reproduced", steps)
    assert note in report.notes


def test_a_command_that_leaves_at_once_leaves_nothing_to_compare(replay: Replay) -> None:
    report = replay("misbehave.py", "exit-at-once")
    assert (report.verdict, report.exit_code) == ("not-comparable", 3)


@pytest.mark.parametrize("how", ["orphan", "daemon"])
def test_nothing_outlives_a_run(replay: Replay, tmp_path: Path, how: str) -> None:
    if how == "daemon" and not Path("/proc/self/environ").exists():
        pytest.skip("a daemon is found by its environment, which this system does not show")
    assert replay("misbehave.py", how, steps=5).verdict == "reproduced"
    for path in (tmp_path / "traces").glob("*/stdout.txt"):
        assert _is_gone(int(path.read_text()))


@pytest.mark.slow
@pytest.mark.parametrize("stream", ["out", "err"])
def test_a_gigabyte_of_output_is_kept_in_part(replay: Replay, tmp_path: Path, stream: str) -> None:
    report = replay("misbehave.py", stream, steps=5)
    assert report.verdict == "reproduced"
    kept = tmp_path / "traces" / "run-1" / f"std{stream}.txt"
    assert kept.stat().st_size < 20 * 2**20
    text = kept.read_text()
    assert "bytes are left out here" in text and text.endswith("the end\n")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_replay_that_is_stopped_leaves_nothing(project: Path, tmp_path: Path, number: signal.Signals) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = _start(project, tmp_path / "traces", "wait", temporary)
    child = _child(temporary)
    process.send_signal(number)
    assert process.wait(timeout=30) == 128 + number
    assert _is_gone(child)
    assert not list(temporary.iterdir())


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found by their environment")
@pytest.mark.parametrize("how", ["wait", "hidden"])
def test_a_replay_that_is_killed_leaves_no_process(project: Path, tmp_path: Path, how: str) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with _start(project, tmp_path / "traces", how, temporary) as process:
        child = _child(temporary)
        assert _is_alive(child)
        process.kill()
    assert _is_gone(child)


def test_traces_of_another_replay_are_not_overwritten(project: Path, tmp_path: Path) -> None:
    first, second = (_start(project, tmp_path / "traces", "exit", tmp_path).communicate()[0] for _ in range(2))
    kept = tmp_path / "traces" / "run-1" / "manifest.json"
    assert json.loads(first)["verdict"] == "reproduced" and kept.exists()
    assert json.loads(second)["verdict"] == "failed"
    assert f"{tmp_path / 'traces'} holds the traces of another replay" in " ".join(json.loads(second)["notes"])


@pytest.mark.slow
def test_replays_at_the_same_time_do_not_disturb_each_other(project: Path, tmp_path: Path) -> None:
    def end(how: str) -> dict[str, Any]:
        out, err = running[how].communicate(timeout=120)
        assert not err, err
        data: dict[str, Any] = json.loads(out)
        return data

    running = {how: _start(project, None, how, tmp_path) for how in ("spawn", "orphan", "crash", "daemon")}
    verdicts = {how: end(how) for how in running}
    assert {how: data["verdict"] for how, data in verdicts.items()} == {
        "spawn": "reproduced",
        "orphan": "reproduced",
        "crash": "failed",
        "daemon": "reproduced",
    }
    assert len({data["traces"] for data in verdicts.values()}) == 4
    for data in verdicts.values():
        assert (Path(data["traces"]) / "run-1" / "manifest.json").exists()


def _start(project: Path, traces: Path | None, how: str, temporary: Path) -> subprocess.Popen[str]:
    kept = ["--traces", str(traces)] if traces is not None else []
    command = [sys.executable, "-m", "reprolint", "replay", "--steps", "5", "--output-format", "json", *kept, "--"]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    environment.pop("PYTHONHASHSEED", None)
    return subprocess.Popen(
        [*command, sys.executable, "misbehave.py", how],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hear,
    )


def _hear() -> None:
    """A test run that a script started in the background ignores interrupts, and so would what it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _child(temporary: Path) -> int:
    """The process that a running command tells of."""
    for _ in range(300):
        for path in temporary.glob("*/trace/stdout.txt"):
            if (text := path.read_text()).endswith("\n"):
                return int(text)
        time.sleep(0.1)
    raise AssertionError("the command told of no process")


def _is_gone(pid: int) -> bool:
    for _ in range(50):
        if not _is_alive(pid):
            return True
        time.sleep(0.1)
    return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    # A zombie whose parent has not looked yet is as good as gone.
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")
