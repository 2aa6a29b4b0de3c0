"""Switches, their values, and environment variables."""

from __future__ import annotations

from collections.abc import Callable

from reprolint.core.diagnostic import Finding
from reprolint.core.place import Place, Span

from .conftest import code, planned

Check = Callable[..., None]

TRAINING = """
import torch


def main():
    torch.manual_seed(0)
    model = torch.nn.Embedding(3, 3).cuda()
    total = torch.zeros(3, 3, device="cuda")
    total.index_add_(0, torch.tensor([0, 0], device="cuda"), model(torch.tensor([1, 2], device="cuda")))
    total.sum().backward()


if __name__ == "__main__":
    main()
"""


def test_a_switch_stands_below_the_seeds(becomes: Check) -> None:
    line = "    torch.manual_seed(0)\n"
    after = TRAINING.replace(line, f"{line}    torch.use_deterministic_algorithms(True)\n")
    becomes(TRAINING, after, "deterministic-algorithms-off")


def test_a_switch_under_which_something_raises_is_only_shown() -> None:
    files = {"main.py": code(TRAINING).encode()}
    ((finding, fix),) = planned(files, ["deterministic-algorithms-off"])
    assert fix is not None and fix.safety == "unsafe"
    remedy = {**finding.remedy, "raises": "torch.put"}
    raising = Finding(finding.rule, finding.place, entry=finding.entry, remedy=remedy)
    ((_, shown),) = planned(files, findings=[raising])
    assert shown is not None and shown.safety == "display"
    assert "`torch.put` would raise" in shown.reason


def _value(line: str, column: int, end: int, callee: str = "torch.backends.cudnn.benchmark") -> tuple[str, str] | None:
    finding = Finding(
        "cudnn-benchmark-on", Place("main.py", Span(1, column, 1, end)),
        remedy={"switch": "cudnn-benchmark", "callee": callee},
    )  # fmt: skip
    ((_, fix),) = planned({"main.py": line.encode()}, findings=[finding])
    return (fix.safety, fix.edits[0].content) if fix is not None else None


def test_an_assigned_value_is_replaced() -> None:
    assert _value("torch.backends.cudnn.benchmark = True  # fast\n", 1, 31) == ("unsafe", "False")


def test_a_computed_value_is_only_shown() -> None:
    assert _value("torch.backends.cudnn.benchmark = not args.exact\n", 1, 31) == ("display", "False")


def test_a_value_shared_by_two_targets_is_left_alone() -> None:
    assert _value("fast = torch.backends.cudnn.benchmark = True\n", 8, 38) is None


STRICT = """
import argparse
import torch

torch.use_deterministic_algorithms(True)
model = torch.nn.Linear(2, 2).cuda()
model(torch.zeros(2, device="cuda")).sum().backward()
print(argparse)
"""


def test_a_variable_is_set_before_the_import(becomes: Check) -> None:
    after = STRICT.replace(
        "import argparse\nimport torch\n",
        'import argparse\nimport os\n\nos.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"\n\nimport torch\n',
    )
    becomes(STRICT, after, "cublas-workspace")


def test_an_import_below_moves_up(becomes: Check) -> None:
    before = STRICT.replace("import argparse\nimport torch\n", "import torch\nimport os\nimport argparse\n")
    after = STRICT.replace(
        "import argparse\nimport torch\n",
        'import os\n\nos.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"\n\nimport torch\nimport argparse\n',
    )
    becomes(before, after, "cublas-workspace")


def test_a_late_variable_moves_up(becomes: Check) -> None:
    line = 'os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":16:8"'
    before = STRICT.replace("import argparse\n", "import os\n\n").replace("argparse", "os")
    before = before.replace("(True)\n", f"(True)\n{line}  # cuBLAS\n")
    after = STRICT.replace("import argparse\n", f"import os\n\n{line}  # cuBLAS\n\n").replace("argparse", "os")
    becomes(before, after, "cublas-workspace")


def test_a_rejected_value_is_replaced(becomes: Check) -> None:
    before = STRICT.replace("import argparse\n", "import os\n\nos.environ['CUBLAS_WORKSPACE_CONFIG'] = '4096:8'\n")
    before = before.replace("argparse", "os")
    becomes(before, before.replace("'4096:8'", "':4096:8'"), "cublas-workspace")
