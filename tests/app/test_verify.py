"""When fixes stay, and when they are taken back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reprolint.app.fix import restore, save
from reprolint.app.options import Change
from reprolint.app.verify import judge
from reprolint.replay import Divergence, Report
from reprolint.replay.command import Problem


def report(verdict: str, divergence: Divergence | None = None) -> Report:
    """A report with a verdict."""
    problem = Problem("the script crashed", "look at it") if verdict == "failed" else None
    return Report(
        command=("python", "train.py"),
        device="cpu",
        simulated=False,
        runs=2,
        steps=3,
        verdict=verdict,  # type: ignore[arg-type]
        verdicts=(),
        divergence=divergence,
        control=None,
        notes=(),
        traces=Path("traces"),
        root=Path(),
        problem=problem,
    )


DIVERGENCE = Divergence(
    step=2,
    kind="param",
    name="weight",
    cause="unseeded-stream",
    operation=None,
    stream="torch",
    rule=None,
    chain=(),
    hashes=("a", "b"),
    norms=(1.0, 2.0),
    run=2,
)
DIVERGED = report("diverged", DIVERGENCE)


@pytest.mark.parametrize("before", ["diverged", "not-comparable", "not-proved", "reproduced"])
def test_reproduced_is_kept(before: str) -> None:
    assert judge(report(before), report("reproduced")) == ""


def test_progress_is_kept() -> None:
    assert judge(DIVERGED, report("diverged", replace(DIVERGENCE, step=3))) == ""
    assert judge(DIVERGED, report("diverged", replace(DIVERGENCE, cause="atomics"))) == ""


def test_no_progress_is_taken_back() -> None:
    assert judge(DIVERGED, DIVERGED) == "the runs still differ first at step 2, in param weight"
    assert judge(DIVERGED, report("diverged", replace(DIVERGENCE, step=1)))
    assert judge(report("reproduced"), DIVERGED) == "the replay said reproduced before and says diverged now"
    assert judge(report("not-proved"), report("not-proved"))


def test_a_broken_training_is_taken_back() -> None:
    assert judge(DIVERGED, report("failed")) == "the training no longer runs: the script crashed"


def test_all_files_are_written_or_none(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"old a")
    (tmp_path / "b.py").write_bytes(b"changed by someone else")
    changes = (Change("a.py", b"old a", b"new a"), Change("b.py", b"old b", b"new b"))
    refused = save(str(tmp_path), changes)
    assert refused is not None
    assert refused.name == "b.py"
    assert (tmp_path / "a.py").read_bytes() == b"old a"


def test_what_someone_changed_meanwhile_is_not_restored(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"new a")
    (tmp_path / "b.py").write_bytes(b"changed by someone else")
    changes = (Change("a.py", b"old a", b"new a"), Change("b.py", b"old b", b"new b"))
    assert restore(str(tmp_path), changes) == ("b.py",)
    assert (tmp_path / "a.py").read_bytes() == b"old a"
