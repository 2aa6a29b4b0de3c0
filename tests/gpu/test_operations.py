"""The knowledge on PyTorch's operations against measurements: the stored ones, and a GPU where there is one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gpu import agreement
from reprolint.core.version import needed

HERE = Path(__file__).resolve().parent
STORED = sorted((HERE.parents[1] / "fixtures" / "measurements").glob("*.json"))
KNOWN = [
    "scatter-add",
    "index-add",
    "index-copy",
    "index-put",
    "index-reduce",
    "put",
    "take-backward",
    "gather-backward",
    "index-select-backward",
    "scatter-with-reduce",
    "scatter-reduce-product",
    "adaptive-avg-pool2d",
    "avg-pool3d",
    "reflection-pad1d",
    "replication-pad2d",
    "interpolate-bicubic",
    "interpolate-bilinear",
    "grid-sample",
    "embedding-bag-max",
    "weighted-bincount",
    "histc",
    "cumsum",
    "median",
    "interpolate-nearest",
    "matmul",
]

Row = dict[str, Any]


def has_cuda() -> bool:
    """Whether PyTorch is installed and sees a GPU."""
    try:
        import torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available())


def measured(out: Path, *options: str) -> dict[str, Row]:
    """Run the measurement and return its rows by operation/case."""
    command = [sys.executable, str(HERE / "operations.py"), "--out", str(out), *options]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return by_key(json.loads(out.read_text(encoding="utf-8")))


def by_key(data: Row) -> dict[str, Row]:
    """The rows of a measurement by operation/case."""
    return {f"{row['operation']}/{row['case']}": row for row in data["cases"]}


def check_known(rows: dict[str, Row]) -> None:
    """What is beyond doubt about any GPU and any PyTorch from 2.6 on."""
    for key in ("index-add/1d", "scatter-add/1d", "gather-backward/1d"):
        assert rows[key]["distinct_off"] > 1, key
        assert rows[key]["switch_on"] == "deterministic", key
    assert rows["weighted-bincount/1000-bins"]["switch_on"] == "raises"
    assert "_bincount_cuda" in rows["weighted-bincount/1000-bins"]["message"]
    assert rows["weighted-bincount/1000-bins"]["warn_only"]["warned"]
    assert rows["put/assign"]["switch_on"] == "raises"
    exact = [row for row in rows.values() if row["control"] and "error" not in row]
    assert exact
    assert [row["case"] for row in exact if row["distinct_off"] != 1] == []


def test_every_known_operation_has_a_case() -> None:
    """A new operation in the knowledge base needs a case here, if it varies in the versions that can be measured."""
    torch = pytest.importorskip("torch")
    from gpu.cases import CASES

    version = torch.__version__.partition("+")[0]
    known = {name for name, entry in agreement.operations().items() if needed(entry.get("versions", ""), version)}
    covered = {case.operation for case in CASES if not case.control}
    assert sorted(known - covered) == []
    assert len({case.key for case in CASES}) == len(CASES)


@pytest.mark.slow
def test_measurement_runs_on_the_cpu(tmp_path: Path) -> None:
    """The script works without a GPU, and the strict switch raises for put_ on the CPU too."""
    pytest.importorskip("torch")
    only = ["--only", "put/assign", "--only", "scatter-add/integers", "--only", "weighted-bincount/1000-bins"]
    rows = measured(tmp_path / "cpu.json", "--device", "cpu", "--runs", "3", *only)
    assert rows["put/assign"]["switch_on"] == "raises"
    assert rows["put/assign"]["warn_only"]["warned"]
    assert rows["scatter-add/integers"]["distinct_off"] == 1
    assert (tmp_path / "cpu.yaml").exists()


@pytest.mark.gpu
@pytest.mark.skipif(not has_cuda(), reason="no CUDA device")
def test_knowledge_agrees_with_this_gpu(tmp_path: Path) -> None:
    """Measure the clearly known operations here and compare."""
    only = [part for name in KNOWN for part in ("--only", name)]
    check_known(measured(tmp_path / "gpu.json", "--runs", "40", *only))
    lines = agreement.compare(json.loads((tmp_path / "gpu.json").read_text(encoding="utf-8")))
    assert [line for line in lines if line.operation in KNOWN and line.verdict.startswith("disagree")] == []


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_stored_measurement_agrees(path: Path) -> None:
    """A stored measurement of a GPU shows what is known, and no control varied."""
    data = json.loads(path.read_text(encoding="utf-8"))
    if data["setting"]["device"] == "cuda":
        check_known(by_key(data))
    assert agreement.broken_controls(data) == []


def row(switch: str, distinct: int) -> Row:
    """A row of a measurement as far as it is compared."""
    return {"operation": "x", "case": "a", "control": False, "switch_on": switch, "distinct_off": distinct}


def known(kind: str, switch: str) -> Row:
    """An operation of the knowledge base as far as it is compared."""
    return {"varies": {"kind": kind}, "switch": switch}


@pytest.mark.parametrize(
    ("kind", "switch", "rows", "expected"),
    [
        ("atomic-sum", "raises", [row("raises", 3)], "agree"),
        ("atomic-sum", "raises", [row("raises", 1)], "unseen"),
        ("atomic-sum", "raises", [row("deterministic", 3)], "disagree (switch: deterministic)"),
        ("atomic-sum", "deterministic", [row("varies", 3)] * 2, "disagree (switch: silent)"),
        ("tie", "deterministic", [row("varies", 3), row("deterministic", 3)], "disagree (varies under the switch)"),
        ("atomic-sum", "deterministic", [row("raises", 3), row("deterministic", 3)], "partly (raises)"),
        ("algorithm", "silent", [row("varies", 3)], "agree"),
        ("algorithm", "silent", [row("deterministic", 1)], "unseen"),
        ("algorithm", "silent", [row("raises", 1)], "disagree (raises)"),
        ("none", "raises", [row("raises", 2)], "disagree (varies)"),
    ],
)
def test_verdict(kind: str, switch: str, rows: list[Row], expected: str) -> None:
    """The words of the comparer."""
    assert agreement.verdict(known(kind, switch), rows) == expected
