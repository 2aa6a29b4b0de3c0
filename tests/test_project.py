"""House rules: what every rule, every fact and every file owes its reader."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from markdown import FIXTURES, Case, cases

from reprolint.catalog.knowledge import Knowledge
from reprolint.catalog.load import load, rules_folder
from reprolint.catalog.schema import Rule

ROOT = Path(os.environ.get("REPROLINT_CHECKOUT") or Path(__file__).resolve().parent.parent)
CATALOG = load([rules_folder()])
HUNDREDS = {"streams": 1, "operations": 2, "switches": 3, "data": 4, "values": 5, "kernels": 8, "tool": 9}
LONGEST_FILE = 300
LIBRARIES = re.compile(
    r"['\"](?:torch|numpy|tensorflow|tf|np|keras|jax|sklearn|random|lightning|transformers|accelerate)\.[a-z_]+[\w.]*['\"]"
)
KEYS = tuple(item.name.replace("_", "-") for item in fields(Rule))


def _rule(rule: Rule) -> str:
    return rule.name


def _source(rule: Rule) -> str:
    return (ROOT / "rules" / rule.topic / f"{rule.name}.yaml").read_text(encoding="utf-8")


def _tracked(*suffixes: str) -> list[Path]:
    """Files of the project, those not yet committed among them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode != 0:
        pytest.skip("not in a git checkout")
    paths = [ROOT / name for name in sorted(set(listed.stdout.splitlines()))]
    return [path for path in paths if path.suffix in suffixes and path.is_file()]


@pytest.mark.parametrize("rule", CATALOG.rules, ids=_rule)
def test_rule_is_complete(rule: Rule) -> None:
    assert "TODO" not in _source(rule)
    assert 3 <= len(rule.why.strip().splitlines()) <= 7 or rule.topic == "tool"
    assert rule.proof.strip().endswith(".")
    assert rule.examples.bad.strip() and rule.examples.good.strip()
    assert rule.references
    assert all(item.startswith("https://") for item in rule.references)


@pytest.mark.parametrize("rule", CATALOG.rules, ids=_rule)
def test_rule_is_worded_alike(rule: Rule) -> None:
    assert rule.summary.endswith(".") and rule.summary[0].isupper()
    assert rule.summary.count(". ") == 0 and "\n" not in rule.summary
    assert not rule.summary.startswith("This rule")
    assert not rule.message.endswith(".") and "\n" not in rule.message
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert not rule.name.startswith(("avoid-", "no-", "use-", "check-"))
    assert rule.fix is None or not rule.fix.title.endswith(".")
    assert len(max(_source(rule).splitlines(), key=len)) <= 120


@pytest.mark.parametrize("rule", CATALOG.rules, ids=_rule)
def test_keys_stand_in_the_order_of_the_schema(rule: Rule) -> None:
    keys = list(yaml.safe_load(_source(rule)))
    assert set(keys) <= set(KEYS)
    wanted = ("name", "code", "profile", "summary", "severity", "confidence", "why")
    assert tuple(keys[: len(wanted)]) == wanted
    assert keys[-3:] == ["examples", "references", "since"]


def test_codes_are_unique_and_in_the_hundred_of_their_topic() -> None:
    codes = [rule.code for rule in CATALOG.rules]
    assert len(set(codes)) == len(codes)
    for rule in CATALOG.rules:
        assert re.fullmatch(rf"RPL{HUNDREDS[rule.topic]}\d\d", rule.code), rule.name


def test_names_of_other_rules_exist() -> None:
    names = {rule.name for rule in CATALOG.rules}
    for rule in CATALOG.rules:
        assert names.issuperset((*rule.yields_to, *rule.may_reveal)), rule.name
        assert names.isdisjoint(rule.formerly), rule.name


@pytest.mark.parametrize("rule", [rule for rule in CATALOG.rules if rule.topic != "tool"], ids=_rule)
def test_rule_has_firing_and_silent_cases(rule: Rule) -> None:
    path = FIXTURES / f"{rule.name}.md"
    assert path.is_file()
    assert path.read_text(encoding="utf-8").startswith(f"# {rule.name}\n")
    own = [case for case in cases() if case.source == path.name]
    firing = [case for case in own if rule.name in case.rules]
    silent = [case for case in own if rule.name not in case.rules]
    assert len(silent) >= len(firing) >= 6
    assert not _twice(own)


def test_every_case_file_belongs_to_a_rule() -> None:
    assert {path.stem for path in FIXTURES.glob("*.md")} <= {rule.name for rule in CATALOG.rules}


def test_every_chain_is_asserted_somewhere() -> None:
    """Related places are part of what people see: at least ten cases follow one through several files."""
    followed = [
        case for case in cases() if len(case.files) > 1 and any(item.kind == "related" for item in case.expected)
    ]
    assert len(followed) >= 10


@pytest.mark.parametrize("knowledge", CATALOG.knowledge, ids=lambda item: item.library)
def test_every_fact_has_a_reference(knowledge: Knowledge) -> None:
    for section in fields(Knowledge):
        entries = getattr(knowledge, section.name)
        for entry in entries if isinstance(entries, tuple) else ():
            reference = getattr(entry, "reference", "given")
            assert reference.strip(), f"{knowledge.library}: {section.name}: {entry}"


def test_analysis_spells_no_library_name() -> None:
    """What a library does is knowledge: its home is `rules/knowledge/`."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in ("checks", "facts", "program", "model")
        for path in sorted((ROOT / "reprolint" / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if LIBRARIES.search(line)
    ]
    assert found == []


def test_files_stay_readable() -> None:
    files = sorted((ROOT / "reprolint").rglob("*.py"))
    assert files
    lengths = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n") for path in files}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_path_of_a_machine_in_the_tree() -> None:
    """Neither the checkout nor what lies beside it is there on another machine."""
    neighbours = [f"{path}/" for path in sorted(ROOT.parent.iterdir()) if path.is_dir()]
    places = [item for item in (*neighbours, os.environ.get("PIP_FIND_LINKS", "")) if len(item) > 4]
    found = [
        f"{path.relative_to(ROOT)}: {place}"
        for path in _tracked(".py", ".md", ".yaml", ".yml", ".toml", ".cfg", ".txt", ".json")
        for place in places
        if place in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []


def test_readme_lists_every_rule() -> None:
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    rows = re.findall(r"^\|\s*`?(RPL\d{3})`?\s*\|(.*)$", text, re.MULTILINE)
    if not rows:
        pytest.skip("README.md has no table of rules yet")
    listed = dict(rows)
    assert sorted(listed) == [rule.code for rule in CATALOG.rules]
    for rule in CATALOG.rules:
        assert f"`{rule.name}`" in listed[rule.code], rule.name


def _twice(own: list[Case]) -> set[str]:
    headings = [case.heading for case in own]
    return {heading for heading in headings if headings.count(heading) > 1}
