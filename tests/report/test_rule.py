"""The page of a rule: all its parts, and nothing but what the YAML says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict

import pytest

from reprolint.catalog.load import load, rules_folder
from reprolint.catalog.schema import Rule
from reprolint.report.paint import Paint
from reprolint.report.rule import rules_json, rules_markdown, rules_text

RULES = load([rules_folder()]).rules
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def sections(page: str) -> Iterator[tuple[str, str]]:
    """Titles and texts; the first has none."""
    fenced = re.split(r"(^```.*?^```$)", page, flags=re.DOTALL | re.MULTILINE)
    marked = "".join(part if part.startswith("```") else re.sub(r"^## ", "\0", part, flags=re.M) for part in fenced)
    for part in ("\n" + marked).split("\0"):
        title, _, text = part.partition("\n")
        yield title, text.strip()


def parts(rule: Rule) -> list[str]:
    """The titles that the page of a rule must have."""
    fixed = ["After the fix"] if rule.examples.fixed not in ("", rule.examples.good) else []
    limits = ["Limits"] if rule.limits else []
    start = ["", "What it does", "Why is this bad?", "Example", "Use instead", *fixed]
    return [*start, "Fix safety", "What replay shows", *limits, "References"]


@every_rule
def test_a_page_has_all_parts_in_order(rule: Rule) -> None:
    found = list(sections(rules_markdown([rule])))
    assert [title for title, _ in found] == parts(rule)
    assert all(text for _, text in found)
    assert found[0][1].startswith(f"# {rule.name} ({rule.code})\n")


@every_rule
def test_a_page_says_what_the_yaml_says(rule: Rule) -> None:
    found = dict(sections(rules_markdown([rule])))
    assert found["What it does"] == rule.summary
    assert found["Why is this bad?"] == rule.why.strip()
    assert found["What replay shows"] == rule.proof.strip()
    assert found.get("Limits", "") == rule.limits.strip()
    assert [line[3:-1] for line in found["References"].splitlines()] == list(rule.references)
    examples = {"Example": rule.examples.bad, "Use instead": rule.examples.good, "After the fix": rule.examples.fixed}
    for title, code in examples.items():
        if title in found:
            block = re.fullmatch(r"(?:With [^\n]+:\n)?```(?:py|sh)\n(.*)\n```", found[title], re.DOTALL)
            assert block is not None and block[1] == code.strip()


def test_all_pages_are_those_of_each_rule() -> None:
    whole = rules_markdown(RULES)
    assert whole == "\n".join(rules_markdown([rule]) for rule in RULES)
    assert "\x1b" not in whole
    assert re.sub(r"\x1b\[\d+m", "", rules_text(RULES, Paint(True))) == whole


@every_rule
def test_the_object_has_every_part(rule: Rule) -> None:
    (item,) = json.loads(rules_json([rule]))
    assert (item["name"], item["why"], item["limits"]) == (rule.name, rule.why, rule.limits)
    assert item["examples"] == asdict(rule.examples)
