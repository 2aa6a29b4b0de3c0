"""Projects as people lay them out: exactly the findings that their expectation file tells, with every hop."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests_support import Project

PROJECTS = Path(__file__).parents[1] / "fixtures" / "projects"
NAMES = sorted(path.name.removesuffix(".findings.yaml") for path in PROJECTS.glob("*.findings.yaml"))
KEYS = {"file", "line", "rule", "stream", "entry", "chain", "note", "open"}

Item = dict[str, Any]
Spot = tuple[str, int, str]


@cache
def expectation(name: str) -> dict[str, list[Item]]:
    """What `<name>.findings.yaml` says."""
    text = (PROJECTS / f"{name}.findings.yaml").read_text(encoding="utf-8")
    loaded: dict[str, list[Item]] = yaml.safe_load(text)
    return loaded


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Item]]:
    """The diagnostics of a copy of one project."""
    folder = tmp_path_factory.mktemp("projects")
    copy = folder / request.param
    shutil.copytree(PROJECTS / request.param, copy, ignore=shutil.ignore_patterns("__pycache__"))
    result = Project(copy, folder / "cache").run("--profile", "portable", "--output-format", "json", ".")
    assert result.code in (0, 1), result.err
    return request.param, json.loads(result.out)


every_project = pytest.mark.parametrize("found", NAMES, indirect=True)


def spot(item: Item) -> Spot:
    return item["filename"], item["location"]["row"], item["name"]


def place(item: Item) -> str:
    return f"{item['filename']}:{item['location']['row']}"


def streams(item: Item) -> list[str]:
    stream = item.get("stream", [])
    return [stream] if isinstance(stream, str) else stream


def speaks_of(item: Item, diagnostic: Item) -> bool:
    """Whether a diagnostic is the expected one: same place and rule, its streams and its entry."""
    if spot(diagnostic) != (item["file"], item["line"], item["rule"]):
        return False
    if any(f"`{stream}`" not in diagnostic["message"] for stream in streams(item)):
        return False
    return "entry" not in item or diagnostic["entry"] == item["entry"]


def expected(name: str, part: str) -> Iterator[Item]:
    return (item for item in expectation(name)[part] if "open" not in item)


def difference(items: list[Item], diagnostics: list[Item]) -> list[str]:
    """What is missing and what is too much, one line each."""
    wanted = Counter((item["file"], item["line"], item["rule"]) for item in items)
    got = Counter(spot(item) for item in diagnostics)
    notes = {(item["file"], item["line"], item["rule"]): item["note"] for item in items}
    missing = [f"missing {_show(key)}: {notes[key]}" for key in sorted((wanted - got).elements())]
    surplus = [item for item in diagnostics if spot(item) in got - wanted]
    return missing + [f"too much {_show(spot(item))}: {item['message']}" for item in surplus]


def none_of(problems: list[str]) -> None:
    """Fail with one problem a line."""
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


def _show(key: Spot) -> str:
    file, line, rule = key
    return f"{file}:{line} [{rule}]"


def settled(name: str, diagnostics: list[Item]) -> list[Item]:
    """The diagnostics without those of expectations that are open."""
    parts = expectation(name)
    pending = {(item["file"], item["line"], item["rule"]) for part in ("findings", "advice") for item in parts[part]
               if "open" in item}  # fmt: skip
    return [item for item in diagnostics if spot(item) not in pending]


@pytest.mark.parametrize("name", NAMES)
def test_the_expectation_is_well_formed(name: str) -> None:
    parts = expectation(name)
    assert set(parts) == {"findings", "advice", "silent"}
    items = [*parts["findings"], *parts["advice"]]
    assert len(parts["silent"]) >= len(items)
    assert all(set(item) <= KEYS and item["note"] for item in items)
    assert all(set(item) == {"file", "line", "note"} for item in parts["silent"])
    lines = {
        path: path.read_text(encoding="utf-8").splitlines()
        for path in (PROJECTS / name).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    places = [f"{item['file']}:{item['line']}" for item in [*items, *parts["silent"]]]
    for shown in [*places, *(hop for item in items for hop in item.get("chain", ()))]:
        file, _, row = shown.rpartition(":")
        assert lines[PROJECTS / name / file][int(row) - 1].strip(), shown
    assert not {(item["file"], item["line"]) for item in items} & {(x["file"], x["line"]) for x in parts["silent"]}


@every_project
def test_exactly_these_findings(found: tuple[str, list[Item]]) -> None:
    name, diagnostics = found
    loud = [item for item in settled(name, diagnostics) if item["severity"] != "advice"]
    none_of(difference(list(expected(name, "findings")), loud))


@every_project
def test_exactly_this_advice(found: tuple[str, list[Item]]) -> None:
    name, diagnostics = found
    advice = [item for item in settled(name, diagnostics) if item["severity"] == "advice"]
    none_of(difference(list(expected(name, "advice")), advice))


@every_project
def test_streams_entries_and_every_hop(found: tuple[str, list[Item]]) -> None:
    name, diagnostics = found
    problems = []
    for item in [*expected(name, "findings"), *expected(name, "advice")]:
        shown = f"{item['file']}:{item['line']} [{item['rule']}]"
        matching = [diagnostic for diagnostic in diagnostics if speaks_of(item, diagnostic)]
        if not matching:
            problems.append(f"{shown}: none with {streams(item)} and entry {item.get('entry')}")
            continue
        ways = [[place(diagnostic), *map(place, diagnostic["related"])] for diagnostic in matching]
        if not any(_in_order(item.get("chain", []), way) for way in ways):
            problems.append(f"{shown}: expected {item['chain']}, got {' or '.join(map(str, ways))}")
    none_of(problems)


def _in_order(chain: list[str], way: list[str]) -> bool:
    rest = iter(way)
    return all(hop in rest for hop in chain)


@every_project
def test_what_looks_wrong_stays_silent(found: tuple[str, list[Item]]) -> None:
    name, diagnostics = found
    notes = {(item["file"], item["line"]): item["note"] for item in expectation(name)["silent"]}
    wrong = [f"{place(item)} [{item['name']}], but: {notes[spot(item)[:2]]}"
             for item in diagnostics if spot(item)[:2] in notes]  # fmt: skip
    none_of(wrong)
