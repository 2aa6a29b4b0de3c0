"""Virtual CUDA and the probes inside one process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import Replay, Work, needs_torch

pytestmark = [needs_torch, pytest.mark.slow]


def test_orders(work: Work, project: Path) -> None:
    """Hazards follow their seed alone; exact cases and the user's streams never move."""
    torch = pytest.importorskip("torch")
    results: dict[str, dict[str, Any]] = {}
    for name, seed in (("one", 1), ("again", 1), ("two", 2)):
        done, _ = work("orders.py", f"{name}.pt", atomics=seed, algorithm=seed)
        assert done.returncode == 0, done.stderr
        results[name] = torch.load(project / f"{name}.pt")
    plain = (project / "orders.py").read_text().replace('torch.zeros(1, device="cuda")', "")
    (project / "plain.py").write_text(plain)
    subprocess.run([sys.executable, "plain.py", "plain.pt"], cwd=project, check=True, env={**os.environ})
    expected = torch.load(project / "plain.pt")
    for key, value in expected.items():
        one, again, two = (results[name][key] for name in ("one", "again", "two"))
        assert torch.equal(one, again), key
        if key.startswith(("exact-", "stream-")):
            assert torch.equal(one, two) and torch.equal(one, value), key
        else:
            assert not torch.equal(one, two), key
            assert torch.allclose(one, value, rtol=1e-4, atol=1e-4), key


def test_every_spelling_of_cuda(work: Work) -> None:
    done, trace = work("spellings.py", atomics=1)
    assert "all spellings work" in done.stdout, done.stderr
    assert trace is not None and trace.has_note("cuda-requested") and trace.has_note("compiled")


def test_compiled_code_stays_compiled_at_step_level(work: Work) -> None:
    done, trace = work("compiled.py", device="cpu")
    assert "graphs 2 breaks 0" in done.stdout, done.stderr
    assert trace is not None and trace.steps == 3
    assert {"Net.linear.weight", "Net.count"} <= {event.name for event in trace.at(2)}


def test_iterations_of_several_optimizers(work: Work) -> None:
    done, trace = work("optimizer_kinds.py", device="cpu")
    assert done.returncode == 0, done.stderr
    assert trace is not None and trace.steps == 8
    grads = [{event.name for event in trace.at(step) if event.kind == "grad"} for step in range(8)]
    assert grads[0] == {"Linear.weight", "Linear.bias"}
    assert grads[1] == {"Linear#2.weight", "Linear#2.bias"}
    # Two optimizers after one backward are one iteration.
    assert len(grads[4]) == 4
    assert (grads[6], grads[7]) == ({"group0.0"}, {"Embedding.weight"})


def test_what_scripts_call_of_cuda_works(work: Work) -> None:
    done, _ = work("cuda_api.py")
    assert done.stdout == "47 cases\n", done.stdout + done.stderr


@pytest.mark.parametrize(("what", "said"), [("refused", "CUDA graphs are not imitated"), ("where", "tensors say so")])
def test_what_is_not_imitated_ends_in_words_that_help(replay: Replay, what: str, said: str) -> None:
    report = replay("cuda_api.py", what, device="cuda-virtual")
    assert report.problem is not None
    assert said in report.problem.tail + report.problem.remedy
