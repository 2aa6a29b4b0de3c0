"""Repairs from public histories, told again in small: what stood there is flagged, what mended it is not.

`fixtures/repairs/<rule>.md` holds a case a repair, with its link. The blocks are the program before, with the
expectations; a `fixed` block is a file as people mended it, after which other advice may be left. `python -m
tests.repairs FOLDER` judges the originals.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from markdown import Case, lint, parse, problems, show

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "repairs"
RECORDS = yaml.safe_load((FOLDER / "repairs.yaml").read_text(encoding="utf-8"))
KEYS = {"repository", "commit", "parent", "file", "line", "rule", "link", "note"}
CASES = [case for path in sorted(FOLDER.glob("*.md")) for case in parse(path.read_text(encoding="utf-8"), path.name)]


def _parameter(case: Case) -> object:
    marks = [pytest.mark.xfail(strict=True, reason="known to be open")] if case.open else []
    return pytest.param(case, id=f"{case.source.removesuffix('.md')}: {case.heading}", marks=marks)


@pytest.mark.parametrize("case", [_parameter(case) for case in CASES])
def test_it_is_seen_before_and_gone_after(case: Case) -> None:
    rule = case.source.removesuffix(".md")
    before = [item for item in lint(case.files, case.settings) if item.name == rule]
    found = problems(before, case.expected)
    assert not found, f"fixtures/repairs/{case.source}:{case.row}\n" + "\n".join(found)
    after = [item for item in lint({**case.files, **case.fixed}, case.settings) if item.name == rule]
    told = {item.message for item in before}
    left = [item for item in after if item.message in told or item.severity != "advice"]
    assert not left, "after:\n" + "\n".join(show(left))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.heading)
def test_a_case_is_a_repair(case: Case) -> None:
    assert case.rules == {case.source.removesuffix(".md")}
    assert case.fixed and case.fixed.keys() <= case.files.keys()


def test_every_case_has_a_link_and_every_record_a_case() -> None:
    told = {path.stem: path.read_text(encoding="utf-8").split("\n## ")[1:] for path in FOLDER.glob("*.md")}
    for rule, parts in told.items():
        for part in parts:
            assert re.search(r"\nhttps://github\.com/\S+$", part, re.MULTILINE), f"{rule}: {part.splitlines()[0]}"
    for record in RECORDS:
        assert set(record) - {"project", "open"} == KEYS, record
        assert len(record["commit"]) == len(record["parent"]) == 40
        assert any(record["link"] in part for part in told[record["rule"]]), record["link"]
