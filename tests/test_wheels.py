"""The command that counts findings in libraries, on a library of one file."""

from __future__ import annotations

from pathlib import Path

import pytest
import wheels
import yaml
from tests_support import LISTING

from reprolint.catalog.load import load, rules_folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed library, and figures of its own."""
    monkeypatch.setattr(wheels, "FIGURES", tmp_path / "wheels.yaml")
    (tmp_path / "timm").mkdir()
    (tmp_path / "timm" / "data.py").write_text(LISTING, encoding="utf-8")
    (tmp_path / "timm-1.0.31.dist-info").mkdir()
    (tmp_path / "timm-1.0.31.dist-info" / "METADATA").write_text("Name: timm\nVersion: 1.0.31\n", encoding="utf-8")
    return tmp_path


def test_figures_are_written_and_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert wheels.main([str(folder)]) == 1
    assert "timm: new" in capsys.readouterr().out
    assert wheels.main([str(folder), "--update"]) == 0
    (item,) = yaml.safe_load((folder / "wheels.yaml").read_text(encoding="utf-8"))
    assert (item["library"], item["version"], item["lines"]) == ("timm", "1.0.31", 4)
    assert sum(item["findings"].values()) + sum(item["advice"].values()) == 1
    capsys.readouterr()
    assert wheels.main([str(folder)]) == 0
    assert "nothing has changed" in capsys.readouterr().out
    (folder / "timm" / "data.py").write_text("print(1)\n", encoding="utf-8")
    assert wheels.main([str(folder)]) == 1
    shown = capsys.readouterr().out
    assert "timm: was 1.0.31 with 4 lines" in shown
    assert "unsorted-file-listing: 1 -> 0 (-1)" in shown


def test_the_committed_figures_are_of_rules_that_exist() -> None:
    known = yaml.safe_load(wheels.FIGURES.read_text(encoding="utf-8"))
    assert [item["library"] for item in known] == sorted(wheels.LIBRARIES)
    names = {rule.name for rule in load([rules_folder()]).rules}
    assert {rule for item in known for kind in ("findings", "advice") for rule in item[kind]} <= names
