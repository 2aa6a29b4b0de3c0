"""The projects that ship carry known hazards: every one is found, and nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests_support import Project

FIXTURES = Path(__file__).parents[2] / "fixtures"
PROJECTS = {
    "digits": (FIXTURES / "projects" / "digits", FIXTURES / "projects" / "digits.hazards.yaml"),
    "scripts": (FIXTURES / "scripts", FIXTURES / "scripts" / "hazards.yaml"),
}


@pytest.fixture(params=sorted(PROJECTS))
def known(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, dict[str, list[dict[str, Any]]]]:
    folder, hazards = PROJECTS[request.param]
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("causes", "replay", "virtual", "__pycache__"))
    return copy, yaml.safe_load(hazards.read_text(encoding="utf-8"))


def lint(folder: Path, *options: str) -> list[dict[str, Any]]:
    result = Project(folder, folder / ".cache").run("--output-format", "json", *options, ".")
    assert result.code in (0, 1), result.err
    found: list[dict[str, Any]] = json.loads(result.out)
    return found


def test_every_known_hazard_and_none_beyond(known: tuple[Path, dict[str, list[dict[str, Any]]]]) -> None:
    folder, hazards = known
    found = lint(folder)
    expected = [(item["file"], item["line"], item["rule"]) for item in hazards["hazards"]]
    assert sorted((item["filename"], item["location"]["row"], item["name"]) for item in found) == sorted(expected)
    related = {
        (place["filename"], place["location"]["row"], item["name"]) for item in found for place in item["related"]
    }
    assert related.issuperset((item["file"], item["line"], item["rule"]) for item in hazards["also"])


def test_what_is_left_after_fixing_has_no_fix(known: tuple[Path, dict[str, list[dict[str, Any]]]]) -> None:
    folder, _ = known
    lint(folder, "--fix", "--unsafe-fixes")
    texts = {path: path.read_bytes() for path in sorted(folder.glob("*.py"))}
    left = lint(folder, "--fix", "--unsafe-fixes")
    assert {path: path.read_bytes() for path in texts} == texts
    assert [item["name"] for item in left if item["fix"] and item["fix"]["safety"] != "display"] == []
