"""README is the contract: what it lists is what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from reprolint.catalog.load import load, rules_folder

README = Path(__file__).parents[1] / "README.md"
START, END = "<!-- rules: python -m pytest tests/test_readme.py --update -->\n", "<!-- end -->"


def table() -> str:
    """The table of rules, from `rules/`."""
    rows = ["| code | rule | profile | severity | fix | |", "|---|---|---|---|---|---|"]
    for rule in load([rules_folder()]).rules:
        fix = rule.fix.safety if rule.fix is not None else ""
        rows.append(
            f"| {rule.code} | `{rule.name}` | {rule.profile} | {rule.severity} | {fix} | {rule.summary.rstrip('.')} |"
        )
    return "\n".join(rows) + "\n"


def test_the_table_of_rules_is_up_to_date(request: pytest.FixtureRequest) -> None:
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(START)
    shown, after = rest.split(END, maxsplit=1)
    if request.config.getoption("--update") and shown != table():
        README.write_text(before + START + table() + END + after, encoding="utf-8")
    elif shown != table():
        pytest.fail("run `python -m pytest tests/test_readme.py --update`")
