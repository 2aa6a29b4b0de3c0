"""Every rule against its examples and against the cases of `fixtures/rules/`."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import markdown
import pytest
from markdown import Case, cases, example, lint, parse, problems, repair, with_fixed

from reprolint.catalog.load import load, rules_folder
from reprolint.catalog.schema import Rule
from reprolint.fixes.apply import parses

# The examples of these are commands or settings, and no Python file shows them.
COMMANDS = (
    "unreadable-file", "rule-crashed", "invalid-configuration", "unpinned-dependencies", "unexplained-divergence",
)  # fmt: skip
TESTABLE = [rule for rule in load([rules_folder()]).rules if rule.name not in COMMANDS]


def _parameter(case: Case) -> object:
    marks = [pytest.mark.xfail(strict=True, reason="known to be open")] if case.open else []
    return pytest.param(case, id=f"{case.source.removesuffix('.md')}: {case.heading}", marks=marks)


@pytest.mark.parametrize("case", [_parameter(case) for case in cases()])
def test_case(case: Case) -> None:
    found = problems(lint(case.files, case.settings), case.expected)
    assert not found, f"fixtures/rules/{case.source}:{case.row}\n" + "\n".join(found)


@pytest.mark.parametrize("case", [_parameter(case) for case in cases() if case.fixed])
def test_fixed(case: Case, request: pytest.FixtureRequest) -> None:
    repaired = repair(case.files, case.settings)
    if request.config.getoption("--update"):
        path = markdown.FIXTURES / case.source
        text = with_fixed(path.read_text(encoding="utf-8"), case.heading, repaired)
        path.write_text(text, encoding="utf-8")
        return
    assert {name: repaired[name] for name in case.fixed} == dict(case.fixed)
    _is_clean(repaired, case.source.removesuffix(".md"), case.settings)


@pytest.mark.parametrize("name", ["bad", "good"])
@pytest.mark.parametrize("rule", TESTABLE, ids=lambda rule: rule.name)
def test_example(rule: Rule, name: str) -> None:
    case = example(rule, name)
    found = problems(lint(case.files, case.settings), case.expected)
    assert not found, f"examples.{name} of {rule.name}\n" + "\n".join(found)
    assert bool(case.expected) is (name == "bad")


@pytest.mark.parametrize("rule", [rule for rule in TESTABLE if rule.examples.fixed], ids=lambda rule: rule.name)
def test_fixed_example(rule: Rule) -> None:
    case = example(rule, "bad")
    repaired = repair(case.files, case.settings)
    assert repaired == case.fixed
    _is_clean(repaired, rule.name, case.settings)


def test_fixing_any_case_comes_to_an_end_and_leaves_python() -> None:
    for case in cases():
        if "invalid-syntax" not in case.rules:
            for name, text in repair(case.files, case.settings).items():
                assert parses(name, text.encode()), f"{case.source}: {case.heading}\n{text}"


def _is_clean(files: dict[str, str], rule: str, settings: str = "") -> None:
    for name, text in files.items():
        if name.endswith(".py"):
            ast.parse(text, name)
    assert [item.message for item in lint(files, settings) if item.name == rule] == []


def test_an_expectation_must_be_met_and_a_diagnostic_expected() -> None:
    text = "## One\n```py\nx = list({'a', 'b'})[0]\ny = 1  # warning: [set-order]\n```\n"
    (case,) = parse(text, "one.md")
    missing, extra = problems(lint(case.files), case.expected)
    assert missing == "main.py:2: no warning [set-order]"
    assert extra.startswith("not expected: main.py:1:10: advice [set-order]")


def test_a_wrong_severity_message_or_related_place_is_a_difference() -> None:
    code = "x = list({'a', 'b'})[0]"
    for comment in ("error: [set-order]", 'warning: [set-order] "numpy"', 'warning: [set-order]; related: "here"'):
        (case,) = parse(f"## One\n```py\n{code}  # {comment}\n```\n", "one.md")
        assert problems(lint(case.files), case.expected)


def test_comments_on_lines_of_their_own_belong_to_the_next_line() -> None:
    text = "## One\n```py\n# warning: [set-order]\nx = list({'a', 'b'})[0]  # warning: [unseeded-stream]\n```\n"
    (case,) = parse(text, "one.md")
    assert case.files == {"main.py": "x = list({'a', 'b'})[0]\n"}
    assert [(item.row, item.rule) for item in case.expected] == [(1, "set-order"), (1, "unseeded-stream")]


def test_update_replaces_the_blocks_of_one_heading() -> None:
    text = "## One\n```py fixed\nold\n```\n## Two\n```py fixed pkg/a.py\nold\n```\n"
    assert with_fixed(text, "Two", {"pkg/a.py": "new\n"}) == text.replace("a.py\nold", "a.py\nnew")


def test_output_is_the_same_under_any_hash_seed() -> None:
    script = Path(markdown.__file__)
    paths = os.pathsep.join([str(script.parent.parent), *sys.path])
    outputs = {
        subprocess.run(
            [sys.executable, str(script)], capture_output=True, check=True,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1")
    }  # fmt: skip
    assert len(outputs) == 1
    assert b"[unseeded-stream]" in outputs.pop()
