"""Links the program that is given as JSON on the standard input, and prints what it found and what that cost.

Run in a process of its own: whatever recursion, memory or time it takes, the test that started it lives to tell.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import reprolint
from reprolint.catalog.effects import effects
from reprolint.catalog.load import load, rules_folder
from reprolint.catalog.vocabulary import vocabulary
from reprolint.checks.describe import describe
from reprolint.checks.run import run_rules
from reprolint.core.source import Source
from reprolint.facts.read import read
from reprolint.program.link import Settings, link

LONGEST = 100
MOST_MEMORY = 1000  # megabytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """`findings`: `entry: place [rule] message`, one each; `broken`: files that could not be read; `memory` in MB."""

    findings: list[str]
    broken: list[str]
    memory: float

    def of(self, rule: str) -> list[str]:
        """The findings of one rule."""
        return [item for item in self.findings if f"[{rule}]" in item]


def bounded(files: Mapping[str, str]) -> Outcome:
    """What all rules find in some files, within generous limits."""
    package = str(Path(reprolint.__file__).resolve().parent.parent)
    try:
        done = subprocess.run(
            [sys.executable, __file__], input=json.dumps(files), capture_output=True, text=True, check=False,
            timeout=LONGEST, env={"PYTHONPATH": package},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        pytest.fail(f"still at it after {LONGEST} s", pytrace=False)
    if done.returncode:
        pytest.fail(f"exit code {done.returncode}\n{done.stderr[-3000:]}", pytrace=False)
    outcome = Outcome(**json.loads(done.stdout))
    assert outcome.memory < MOST_MEMORY
    return outcome


def main() -> None:
    """Link, check, print."""
    catalog = load([rules_folder()])
    words = vocabulary(catalog.knowledge)
    files = json.load(sys.stdin)
    facts = [read(Source(path, text.encode()), path, words) for path, text in files.items()]
    program = link(facts, effects(catalog.knowledge), words, Settings())
    found = run_rules(catalog.rules, program)
    lines = [
        f"{item.entry or '-'}: {item.place.filename}:{item.place.span.row} [{item.name}] {item.message}"
        for item in describe(found, [None] * len(found), catalog)
    ]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    broken = [item.path for item in facts if item.broken is not None]
    sys.stdout.write(json.dumps({"findings": lines, "broken": broken, "memory": memory}))


if __name__ == "__main__":
    main()
