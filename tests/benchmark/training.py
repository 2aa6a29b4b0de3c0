"""What a replay costs a training: `python -m tests.benchmark.training`.

Each model is trained in fresh processes of one thread, in turns with and without the probes. A figure is the median
over the runs of the CPU seconds of a step (the mean of all but the first two), and of their ratio to the plain run
beside. Steps are timed inside the process, so its start does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import reprolint
from reprolint.catalog.load import load, rules_folder
from reprolint.replay.table import virtual_operations
from reprolint.replay.variation import Settings

from .__main__ import environment

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "fixtures" / "scripts" / "cost.py"
# Of the package that is installed: a test suite need not lie beside it.
WORKER = Path(reprolint.__file__).resolve().parent / "replay" / "worker" / "path"
MODELS = ("mlp", "cnn", "transformer")
# The goals of design.md, for steps of 20 ms and more.
GOALS = {"step": 1.3, "virtual": 2.5, "operation": 4.0}


@dataclass(frozen=True)
class Row:
    """One model at one level: seconds a step, the ratio to the plain run, bytes of trace a step."""

    model: str
    level: str
    seconds: float
    ratio: float
    bytes: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.training", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="runs of each level (default 5)")
    parser.add_argument("--steps", type=int, default=10, metavar="N", help="steps of a run (default 10)")
    parser.add_argument("--model", action="append", choices=MODELS, help="only this one (may be repeated)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args(arguments)
    surroundings = environment()
    print("\n".join(f"{key}: {value}" for key, value in surroundings.items()))
    print(f"\n{'model':12} {'level':10} {'ms a step':>10} {'ratio':>7} {'goal':>6} {'trace a step':>13}")
    rows: list[Row] = []
    for model in options.model or MODELS:
        for row in measure(model, options.pairs, options.steps):
            rows.append(row)
            goal = f"{GOALS[row.level]:.1f}" if row.level in GOALS else "-"
            size = f"{row.bytes / 1024:.1f} KiB"
            print(f"{row.model:12} {row.level:10} {row.seconds * 1000:10.1f} {row.ratio:7.2f} {goal:>6} {size:>13}")
    if options.json is not None:
        data = {"environment": surroundings, "rows": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return 0


def measure(model: str, pairs: int, steps: int) -> list[Row]:
    """All levels of one model, in turns."""
    times: dict[str, list[float]] = {level: [] for level in ("plain", *GOALS)}
    sizes: dict[str, float] = dict.fromkeys(times, 0.0)
    for _ in range(pairs):
        for level, known in times.items():
            seconds, size = run(model, level, steps)
            known.append(seconds)
            sizes[level] = size / steps
    plain = times["plain"]
    return [
        Row(
            model,
            level,
            statistics.median(known),
            statistics.median(own / bare for own, bare in zip(known, plain, strict=True)),
            sizes[level],
        )
        for level, known in times.items()
    ]


def run(model: str, level: str, steps: int) -> tuple[float, int]:
    """Mean seconds of a step, and the bytes of the trace, of one process."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as place:
        folder = Path(os.path.realpath(place))
        surroundings = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
        if level != "plain":
            (folder / "config.json").write_text(json.dumps(config(folder, level)), encoding="utf-8")
            surroundings.update(PYTHONPATH=str(WORKER), REPROLINT_REPLAY=str(folder / "config.json"))
        command = [sys.executable, str(SCRIPT), model, str(steps), "cuda" if level == "virtual" else "cpu"]
        done = subprocess.run(command, env=surroundings, stdout=subprocess.PIPE, text=True, check=True)
        size = sum(path.stat().st_size for path in folder.glob("process-*.jsonl"))
        return float(done.stdout.split()[-1]), size


def config(folder: Path, level: str) -> dict[str, Any]:
    """What the launcher would hand to the worker."""
    virtual = level == "virtual"
    jitter = 1 if virtual else None
    settings = Settings(steps=0, atomics=jitter, algorithm=jitter)
    if level == "operation":
        settings = replace(settings, level="operation")
    operations = virtual_operations(load([rules_folder()]).knowledge)
    return {
        "traces": str(folder),
        "roots": [str(SCRIPT.parent)],
        "device": "cuda-virtual" if virtual else "cpu",
        **asdict(settings),
        "operations": [operation.to_json() for operation in operations],
    }


if __name__ == "__main__":
    raise SystemExit(main())
