"""Programs without optimizer steps: steps that they name, and the state that they end in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import reprolint

from .conftest import Replay, needs_torch


def write(project: Path, *lines: str) -> str:
    (project / "whole.py").write_text("\n".join(["import os, random, sys, time", *lines, ""]))
    return "whole.py"


def test_a_named_step_does_nothing_outside_of_a_replay() -> None:
    reprolint.step()
    reprolint.step(loss=1.0, weights=[1, 2])
    code = "import sys; before = set(sys.modules); import reprolint; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['reprolint']\n"


@pytest.mark.parametrize(
    ("how", "verdict", "cause", "row"),
    [
        ("seeded", "reproduced", None, None),
        ("swallow", "reproduced", None, None),
        ("unseeded", "diverged", "unseeded-stream", 15),
        ("set", "diverged", "hash-order", 18),
    ],
)
def test_named_steps_are_compared(replay: Replay, how: str, verdict: str, cause: str | None, row: int | None) -> None:
    report = replay("named_steps.py", how, steps=4)
    assert (report.verdict, report.steps, report.device) == (verdict, 4, "cpu")
    found = report.divergence
    assert (found and found.cause, found and found.site and found.site.row) == (cause, row)


def test_a_value_that_cannot_be_read_is_told(replay: Replay, project: Path) -> None:
    script = write(project, "import reprolint", "reprolint.step(stream=open(os.devnull), items={'b', 'a'})")
    assert any("could be hashed" in note for note in replay(script).notes)


@needs_torch
@pytest.mark.slow
def test_in_a_training_with_an_optimizer_named_values_are_added_to_its_steps(replay: Replay, project: Path) -> None:
    script = write(
        project,
        "import reprolint, torch",
        "weight = torch.nn.Parameter(torch.ones(2))",
        "optimizer = torch.optim.SGD([weight], lr=0.1)",
        "for number in range(5):",
        "    weight.sum().backward()",
        "    optimizer.step()",
        "    reprolint.step(guess=random.random())",
    )
    report = replay(script, steps=3)
    found = report.divergence
    assert report.steps == 3 and found is not None
    assert (found.cause, found.step) == ("unseeded-stream", 1)


def test_a_run_without_steps_is_compared_by_the_state_it_ends_in(replay: Replay, project: Path) -> None:
    script = write(
        project,
        "random.seed(3)",
        "open('result.txt', 'w').write(f'{__file__} {random.random()}')",
        "print(os.getcwd(), random.random(), f'took {time.time():.3f} s')",
    )
    report = replay(script)
    assert report.verdict == "reproduced", report.verdicts
    assert report.verdicts[0].reason == (
        "2 runs agree in final random states (python), standard output (1 line, but for times), "
        "1 file written (result.txt)"
    )
    assert any("no step was made" in note for note in report.notes)
    assert not (project / "result.txt").exists()


@pytest.mark.parametrize(
    ("line", "kind", "name", "cause"),
    [
        ("print('one'); print(list({'a', 'b', 'c', 'd'}))", "output", "stdout", "hash-order"),
        ("open('order.txt', 'w').write(str({'a', 'b', 'c', 'd'}))", "file", "order.txt", "hash-order"),
        ("print(os.getpid())", "output", "stdout", "unknown"),
        ("print(random.random())", "rng-state", "python", "unseeded-stream"),
    ],
)
def test_the_state_that_differs_is_named(
    replay: Replay, project: Path, line: str, kind: str, name: str, cause: str
) -> None:
    report = replay(write(project, line))
    found = report.divergence
    assert found is not None and report.exit_code == 1
    assert (found.kind, found.name, found.cause) == (kind, name, cause)
    if "one" in line:
        assert any("standard output differs first in line 2" in note for note in report.notes)


def test_without_seeds_agreement_proves_nothing(replay: Replay) -> None:
    report = replay("nothing.py")
    assert (report.verdict, report.exit_code) == ("not-proved", 3)
    assert "standard output (1 line)" in report.verdicts[0].reason


def test_what_leaves_nothing_cannot_be_compared(replay: Replay, project: Path) -> None:
    report = replay(write(project, "1 + 1"))
    assert (report.verdict, report.exit_code) == ("not-comparable", 3)


@needs_torch
@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "verdict", "stream"),
    [
        (("seeded",), "reproduced", None),
        (("seeded", "two"), "reproduced", None),
        (("unseeded",), "diverged", "torch"),
        (("seeded", "python"), "diverged", "python"),  # a fork takes the seed of `random` away
    ],
)
def test_a_forked_child_that_trains_is_followed(
    replay: Replay, arguments: tuple[str, ...], verdict: str, stream: str | None
) -> None:
    report = replay("forked.py", *arguments)
    assert (report.verdict, report.steps) == (verdict, 2)
    assert (report.divergence and report.divergence.stream) == stream
    # What torch said when the parent imported it holds for the child.
    assert report.device != "cpu"
    assert ("2 processes train; only the first was compared" in report.notes) == ("two" in arguments)
