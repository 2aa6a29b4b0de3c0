"""Whole replays of small torch trainings: cause, line, control and independence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reprolint.replay.report import render
from reprolint.replay.trace import read_trace
from reprolint.replay.variation import chosen

from .conftest import Replay, Work, needs_torch

pytestmark = [needs_torch, pytest.mark.slow]


def test_unseeded_training_diverges_in_every_stream(replay: Replay) -> None:
    report = replay("pooling.py")
    data = report.to_json()
    assert list(data) == [
        *("command", "device", "simulated", "runs", "steps", "verdict", "verdicts"),
        *("divergence", "control", "notes", "traces"),
    ]
    assert (data["device"], data["simulated"], data["verdict"]) == ("cuda-virtual", True, "diverged")
    found = data["divergence"]
    assert list(found) == [
        *("step", "kind", "name", "operation", "cause", "stream", "rule", "filename", "row", "chain", "hashes", "norms")
    ]
    assert (found["step"], found["cause"], found["rule"]) == (0, "unseeded-stream", "unseeded-stream")
    assert any("numpy" in note and "torch" in note for note in data["notes"])


def test_seeded_training_diverges_in_index_add_alone(replay: Replay) -> None:
    report = replay("pooling.py", "--seed", "1", device="cuda-virtual")
    found = report.divergence
    assert found is not None and found.site is not None
    assert (found.step, found.kind, found.operation, found.cause) == (0, "op", "index_add", "atomics")
    assert (found.site.filename, found.site.row, found.site.function) == ("pooling.py", 19, "forward")
    assert found.hashes[0] != found.hashes[1] and None not in found.norms
    # Everything else was varied again, and the runs agreed.
    assert [item.verdict for item in report.verdicts] == ["diverged", "reproduced"]
    assert "simulated" in render(report, color=False)


def test_deterministic_training_is_reproduced_and_both_controls_vary(replay: Replay) -> None:
    report = replay("pooling.py", "--seed", "1", "--deterministic")
    assert (report.verdict, report.exit_code, report.steps) == ("reproduced", 0, 2)
    assert report.control is not None and report.control.varied
    assert report.control.what == "every seed changed; deterministic switch ignored"
    assert [(item.variation, item.verdict) for item in report.verdicts] == [
        (", ".join(chosen("deterministic")), "reproduced"),
        ("atomics, algorithm", "reproduced"),
    ]


def test_order_of_a_set_is_told_apart_from_seeds(replay: Replay) -> None:
    found = replay("vocabulary.py", steps=1).divergence
    assert found is not None
    assert (found.kind, found.cause, found.rule) == ("batch", "hash-order", "set-order")


def test_draw_before_the_seed_is_found_at_its_line(replay: Replay) -> None:
    found = replay("late.py", steps=1, device="cpu").divergence
    assert found is not None and found.site is not None
    assert (found.cause, found.stream, found.name) == ("unseeded-stream", "torch", "Linear.weight")
    assert (found.site.row, found.site.function) == (7, "build")


def test_runs_share_nothing_but_their_paths(replay: Replay, project: Path, tmp_path: Path) -> None:
    report = replay("resume.py", steps=3, vary=("hash-seed",))
    assert report.verdict == "reproduced"
    first, second = (tmp_path / "traces" / f"run-{number}" / "stdout.txt" for number in (1, 2))
    assert first.read_text() == second.read_text()
    assert str(project) not in first.read_text()
    assert not (project / "last.pt").exists()


def test_stop_leaves_no_loader_worker_and_runs_the_scripts_cleanup(replay: Replay, tmp_path: Path) -> None:
    report = replay("loader.py", steps=3)
    assert (report.verdict, report.steps) == ("reproduced", 3)
    assert "cleaned up" in (tmp_path / "traces" / "run-1" / "stdout.txt").read_text()
    assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if str(project_name(path)) == "loader.py"]
    trace = read_trace(tmp_path / "traces" / "run-1")
    assert trace is not None and trace.end is not None and trace.end["reason"] == "steps"


def test_closures_nested_steps_and_a_swallowed_stop(replay: Replay, tmp_path: Path) -> None:
    report = replay("optimizers.py", steps=4, device="cpu")
    assert (report.verdict, report.steps) == ("reproduced", 4)
    trace = read_trace(tmp_path / "traces" / "run-1")
    assert trace is not None
    for step in range(4):
        assert [event.name for event in trace.at(step) if event.kind == "grad"] == ["Linear.weight", "Linear.bias"]


def test_a_step_that_the_scaler_leaves_out_is_a_step(replay: Replay, tmp_path: Path) -> None:
    report = replay("skipped.py", steps=4)
    assert (report.verdict, report.steps) == ("reproduced", 4)
    trace = read_trace(tmp_path / "traces" / "run-1")
    assert trace is not None
    kinds = [{event.kind for event in trace.at(step)} & {"scaler", "grad"} for step in range(4)]
    assert kinds[0] == {"scaler"} and kinds[-1] == {"grad"}


def test_without_an_optimizer_a_backward_pass_is_a_step(replay: Replay, tmp_path: Path) -> None:
    report = replay("by_hand.py", steps=4)
    found = report.divergence
    assert found is not None and found.site is not None
    assert (report.steps, found.step, found.operation, found.site.row) == (4, 0, "index_add", 9)
    trace = read_trace(tmp_path / "traces" / "run-1")
    assert trace is not None
    for step in range(4):
        names = [(event.kind, event.name) for event in trace.at(step) if event.kind in ("grad", "param")]
        assert names == [("grad", "leaf0"), ("grad", "leaf1"), ("param", "leaf0"), ("param", "leaf1")]


def test_a_generator_is_what_it_was(work: Work) -> None:
    done, _ = work("generators.py")
    assert done.returncode == 0, done.stderr


def test_operation_without_deterministic_kernel_raises_as_on_cuda(replay: Replay) -> None:
    report = replay("strict.py")
    assert report.exit_code == 2 and report.problem is not None
    message = "upsample_bicubic2d_backward_out_cuda does not have a deterministic implementation, but you set "
    assert message + "'torch.use_deterministic_algorithms(True)'" in report.problem.tail
    assert "CUDA device would raise" in report.problem.remedy


def test_warn_only_warns_and_varies_at_the_forward_line(replay: Replay, tmp_path: Path) -> None:
    found = replay("strict.py", "warn", steps=1).divergence
    assert found is not None and found.site is not None
    assert (found.operation, found.site.row) == ("upsample_bicubic2d_backward", 14)
    assert "warn_only=True" in (tmp_path / "traces" / "run-1" / "stderr.txt").read_text()


def project_name(path: Path) -> str:
    try:
        arguments = path.read_bytes().split(b"\0")
    except OSError:
        return ""
    return os.path.basename(arguments[1].decode()) if len(arguments) > 1 else ""


def test_a_clean_training_never_diverges(replay: Replay) -> None:
    """README says how to do it fifty times."""
    report = replay("clean.py", steps=6, runs=5)
    assert (report.verdict, report.runs) == ("reproduced", 5)
    assert report.control is not None and report.control.varied
