"""Scripts with one planted cause each: named at its line; without it the training is reproduced.

The guilty line ends in `# cause: <cause> [<stream or operation>]`; the argument `repaired` takes the cause away.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from .conftest import ROOT, Replay, needs_torch

pytestmark = [needs_torch, pytest.mark.slow]

CAUSES = ROOT / "fixtures" / "scripts" / "causes"
SCRIPTS = sorted(path for path in CAUSES.glob("*.py") if "# cause: " in path.read_text())
# What no line can be named for: the difference shows where a batch or a loss does.
NOWHERE = ("hash-order", "time-zone", "working-directory")


def planted(script: Path) -> tuple[int, str, str | None]:
    """Line, cause, and the stream or operation."""
    lines = enumerate(script.read_text().splitlines(), start=1)
    ((row, found),) = [(row, match) for row, line in lines if (match := re.search(r"# cause: (\S+)(?: (\S+))?$", line))]
    return row, found[1], found[2]


@pytest.fixture
def causes(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in sorted(CAUSES.glob("*.py")):
        shutil.copy(path, project)
    monkeypatch.setenv("MARKER", str(tmp_path))
    monkeypatch.delenv("TZ", raising=False)


@pytest.mark.usefixtures("causes")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_planted_cause(replay: Replay, script: Path) -> None:
    row, cause, name = planted(script)
    found = replay(script.name, steps=2).divergence
    assert found is not None
    assert (found.cause, found.operation or found.stream) == (cause, name)
    if cause not in NOWHERE or found.stream:
        assert (script.name, row) in [(site.filename, site.row) for site in found.chain]
    report = replay(script.name, "repaired", steps=2)
    assert report.verdict == "reproduced", report.notes
