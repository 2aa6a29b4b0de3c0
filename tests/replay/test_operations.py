"""Every operation that the knowledge says varies is imitated, or the knowledge says why it cannot be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from reprolint.catalog.load import load, rules_folder
from reprolint.catalog.operation import Operation
from reprolint.core.version import needed
from reprolint.replay.variation import Settings

from .conftest import OPERATIONS, ROOT, WORKER, needs_torch

CASES = ROOT / "fixtures" / "scripts" / "virtual"
KNOWN = {
    f"{file.library}/{operation.name}": operation
    for file in load([rules_folder()]).knowledge
    for operation in file.operations
    if operation.varies.kind != "none"
}
TORCH = sorted(name for name, operation in KNOWN.items() if name.startswith("torch/") and not operation.unfaithful)
# The version at hand, then some of which an operation that is known of old versions alone is known.
OLD = ("2.9", "2.5", "2.1", "2.0", "1.12")
IMITATED = {name.partition(".")[0] for operation in OPERATIONS for name in operation.aten}

Results = dict[Any, Any]
Outcome = Callable[[str, str, int], Results]


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_operation_is_imitated_or_said_not_to_be(name: str) -> None:
    """A new operation needs a strategy (its own, or that of another with the same kernel), or a reason."""
    operation = KNOWN[name]
    imitated = bool(operation.virtual) or any(aten.partition(".")[0] in IMITATED for aten in operation.aten)
    assert imitated != bool(operation.unfaithful), "give `virtual`, `aten` of an imitated operation, or `unfaithful`"


def version(operation: Operation) -> str:
    """A version in which the knowledge holds, the one at hand if it does."""
    torch = pytest.importorskip("torch")
    at_hand = torch.__version__.partition("+")[0]
    return next(found for found in (at_hand, *OLD) if needed(operation.versions, found))


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """`outcome(version, switch, jitter)`: the results of all cases of a version, made once in one process."""
    known: dict[tuple[str, str, int], Results] = {}
    folder = Path(os.path.realpath(tmp_path_factory.mktemp("virtual")))

    def run(of: str, switch: str, jitter: int) -> Results:
        if (of, switch, jitter) not in known:
            names = [name.partition("/")[2] for name in TORCH if version(KNOWN[name]) == of]
            known[of, switch, jitter] = work(folder / f"{of}-{switch}-{jitter}", of, switch, jitter, names)
        return known[of, switch, jitter]

    return run


def work(folder: Path, of: str, switch: str, jitter: int, names: list[str]) -> Results:
    torch = pytest.importorskip("torch")
    folder.mkdir()
    operations = [replace(entry, versions="") for entry in OPERATIONS if needed(entry.versions, of)]
    config = {
        "traces": str(folder),
        "roots": [str(CASES)],
        "device": "cuda-virtual",
        **asdict(Settings(steps=0, hash_seed=0, atomics=jitter, algorithm=jitter)),
        "operations": [entry.to_json() for entry in operations],
    }
    (folder / "config.json").write_text(json.dumps(config))
    environment = {**os.environ, "PYTHONPATH": str(WORKER), "REPROLINT_REPLAY": str(folder / "config.json")}
    command = [sys.executable, str(CASES / "run.py"), str(folder / "out.pt"), switch, *names]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found: Results = torch.load(folder / "out.pt")
    return found


def equal(first: Any, second: Any) -> bool:
    torch = pytest.importorskip("torch")
    return all(
        torch.equal(a.reshape(-1).view(torch.uint8), b.reshape(-1).view(torch.uint8))
        for a, b in zip(first, second, strict=True)
    )


@needs_torch
@pytest.mark.slow
@pytest.mark.parametrize("name", TORCH)
def test_imitation(outcome: Outcome, name: str) -> None:
    """The hazard follows its seed, what is exact does not, and the switch does what it does on CUDA."""
    operation, key = KNOWN[name], name.partition("/")[2]
    of = version(operation)
    one, two = outcome(of, "off", 1), outcome(of, "off", 2)
    assert not equal(one[key, "hazard"], two[key, "hazard"])
    assert equal(one[key, "exact"], two[key, "exact"])
    strict = [outcome(of, "on", jitter)[key, "hazard"] for jitter in (1, 2)]
    if operation.switch == "raises":
        words = f"{operation.alert} does not have a deterministic implementation, but you set"
        assert all(isinstance(said, str) and words in said for said in strict), strict
    else:
        assert equal(*strict) == (operation.switch == "deterministic")


@needs_torch
@pytest.mark.slow
@pytest.mark.parametrize("name", TORCH)
def test_imitation_where_the_switch_only_warns(outcome: Outcome, name: str) -> None:
    operation, key = KNOWN[name], name.partition("/")[2]
    results = [outcome(version(operation), "warn", jitter) for jitter in (1, 2)]
    warned = "deterministic" in results[0][key, "hazard", "warned"]
    varies = not equal(results[0][key, "hazard"], results[1][key, "hazard"])
    speaks = operation.switch == "raises" or any(entry.warns for entry in operation.virtual)
    assert (warned, varies) == (speaks, speaks or operation.switch == "silent")
