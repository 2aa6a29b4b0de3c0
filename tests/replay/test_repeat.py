"""One operation launched many times."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from reprolint.replay.repeat import Launches, RepeatReport, render, repeat

from .conftest import OPERATIONS, SCRIPTS, needs_torch
from .test_cli import invoke

pytestmark = [needs_torch, pytest.mark.slow]


def launches(operation: str, maker: str, **options: Any) -> RepeatReport:
    given = {"runs": 12, "operations": OPERATIONS, "python": sys.executable, **options}
    return repeat(Launches(operation, f"inputs.py:{maker}", SCRIPTS, **given))


def test_sums_vary_with_the_switch_off_alone() -> None:
    report = launches("torch.Tensor.index_add_", "rows", device="cuda-virtual")
    forward, gradient = report.off
    assert (report.verdict, report.exit_code, report.simulated) == ("diverged", 1, True)
    assert (forward.distinct, gradient.distinct) == (12, 1)
    assert 0 < forward.ulp < 10_000 and 0 < forward.absolute < 1e-3
    assert [spread.distinct for spread in report.on] == [1, 1]


def test_gradient_of_what_the_switch_refuses() -> None:
    report = launches("torch.nn.functional.interpolate", "image", device="cuda-virtual")
    assert [spread.distinct for spread in report.off] == [1, 12]
    assert report.on == () and report.raises.startswith("upsample_bicubic2d_backward_out_cuda")
    assert "gradient, switch off   12 results, up to" in render(report)


def test_what_is_not_imitated_proves_nothing() -> None:
    report = launches("torch.matmul", "squares", device="cuda-virtual")
    assert (report.verdict, report.exit_code) == ("not-proved", 3)
    assert launches("torch.matmul", "squares", device="cpu").verdict == "reproduced"


def test_exact_sums_are_reproduced() -> None:
    assert launches("torch.bincount", "counts", device="cuda-virtual").verdict == "reproduced"


@pytest.mark.parametrize(
    ("operation", "maker", "words"),
    [
        ("torch.nothing", "rows", "`torch` has no `nothing`"),
        ("nowhere", "rows", "write package.function"),
        ("torch.matmul", "rows", "torch.matmul failed: TypeError"),
        ("torch.matmul", "nobody", "has no `nobody`"),
        ("torch.matmul", "", "names no function of a file"),
        ("torch.numel", "counts", "failed: TypeError"),
    ],
)
def test_what_cannot_be_launched_is_said(operation: str, maker: str, words: str) -> None:
    report = launches(operation, maker)
    assert (report.exit_code, report.verdict) == (2, "failed")
    assert report.problem is not None and words in report.problem.message


def test_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(SCRIPTS)
    arguments = ("--op", "torch.index_add", "--inputs", "inputs.py:rows", "--runs", "3", "--device", "cuda-virtual")
    assert invoke(*arguments, "--output-format", "json", "--", sys.executable) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["operation"], data["runs"], data["raises"]) == ("torch.index_add", 3, None)
    assert data["off"][0]["phase"] == "forward" and data["off"][0]["distinct"] == 3
