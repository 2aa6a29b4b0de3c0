"""Compares what the tool says of real training repositories with what a person read in their source.

    python -m tests.repositories FOLDER

FOLDER holds clones named `owner+name` (at the commits that fixtures/repositories/streams.yaml names; nothing is
fetched). Prints a table, then every disagreement; exits with 1 when one of them has no explanation in that file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

TRUTH = Path(__file__).parents[1] / "fixtures" / "repositories" / "streams.yaml"
LETTERS = {"seeded": "s", "unused": "-", "unseeded": "U", "maybe": "m", "late": "L", "entropy": "E", "no entry": "?"}
SILENT = {"seeded", "unused"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run over all repositories that are there."""
    parser = argparse.ArgumentParser(prog="python -m tests.repositories", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    count: Counter[str] = Counter()
    differences: list[str] = []
    missing: list[str] = []
    print(f"{'repository':45} {'entry':42} {'truth':7} tool (python, numpy, torch)")
    for record in yaml.safe_load(TRUTH.read_text(encoding="utf-8")):
        clone = folder / record["repository"].replace("/", "+")
        if not clone.is_dir():
            missing.append(record["repository"])
            continue
        count["repositories"] += 1
        told = verdicts(clone)
        count["entries the tool sees"] += len(told)
        for entry in record["entries"]:
            count["entries read"] += 1
            differences += compare(record["repository"], entry, told.get(entry["file"]), count)
    print()
    print(", ".join(f"{name}: {number}" for name, number in sorted(count.items())))
    print(f"legend: {', '.join(f'{letter} {word}' for word, letter in LETTERS.items())}")
    print(*differences, sep="\n")
    if missing:
        print(f"not there: {', '.join(missing)}")
    return 1 if count["disagreements without an explanation"] else 0


def verdicts(clone: Path) -> dict[str, dict[str, str]]:
    """What `reprolint graph` says of every stream, by entry."""
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "reprolint", "graph", "--format", "json", "--cache-dir", cache, "."]
        answer = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=True)
    entries = json.loads(answer.stdout)["entries"]
    return {entry["filename"]: {item["name"]: verdict(item) for item in entry["streams"]} for entry in entries}


def verdict(stream: dict[str, Any]) -> str:
    """One word for a stream."""
    for rule, word in (("late-seeding", "late"), ("seed-disabled", "maybe"), ("entropy-seed", "entropy")):
        if rule in stream["rules"]:
            return word
    return str(stream["verdict"])


def compare(repository: str, entry: dict[str, Any], told: dict[str, str] | None, count: Counter[str]) -> Iterator[str]:
    """Print the row of one entry and yield its disagreements."""
    truth = {name: item["verdict"] for name, item in entry["streams"].items()}
    said = {name: "no entry" if told is None else told.get(name, "unused") for name in truth}
    shown = ["".join(LETTERS[of.get(name, "unused")] for name in ("python", "numpy", "torch")) for of in (truth, said)]
    print(f"{repository:45} {entry['file']:42} {shown[0]:7} {shown[1]}")
    for name, item in entry["streams"].items():
        count["streams"] += 1
        if said[name] == item["verdict"] or {said[name], item["verdict"]} <= SILENT:
            continue
        why = item.get("differs") or entry.get("differs")
        count["disagreements explained" if why else "disagreements without an explanation"] += 1
        place = f"{repository} {entry['file']} {name}: read {item['verdict']}, told {said[name]}"
        yield f"{place}: {why or item['evidence']}"


if __name__ == "__main__":
    sys.exit(main())
