"""A lab's own helper and rule, in a project of their own, as README shows them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests_support import Project

README = Path(__file__).parents[2] / "README.md"
KNOWLEDGE, RULE = "lint/knowledge/ourlab.yaml", "lint/cache-order.yaml"
TRAIN = """\
import random

import numpy as np
import torch
from ourlab.data import cached
from ourlab.utils import fix_everything

fix_everything(3)
print(random.random(), np.random.rand(), torch.rand(1))
print(cached("train"))
"""


def example() -> dict[str, str]:
    """The files that README shows, by name."""
    text = README.read_text(encoding="utf-8").partition("## Your own helpers and rules\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"```\w+\n# (\S+)\n(.*?)```", text, re.DOTALL))


@pytest.fixture
def lab(project: Project) -> Project:
    """The project of README."""
    project.write({"train.py": TRAIN, **example()})
    return project


def found(project: Project, *arguments: str, cwd: Path | None = None) -> list[tuple[int, str]]:
    """Rows and rules of the findings."""
    result = project.run("--output-format", "json", *arguments, cwd=cwd)
    assert result.code in (0, 1), result.err
    return [(item["location"]["row"], item["name"]) for item in json.loads(result.out)]


def test_without_the_knowledge_the_streams_are_unseeded(lab: Project) -> None:
    rules = {name for _, name in found(lab, "--isolated")}
    assert rules == {"maybe-unseeded-stream"} or rules == {"unseeded-stream"}
    assert [row for row, _ in found(lab, "--isolated")] == [9, 9, 9]


def test_with_the_example_of_readme_only_its_rule_speaks(lab: Project) -> None:
    assert set(example()) == {"pyproject.toml", KNOWLEDGE, RULE}
    assert found(lab) == [(10, "cache-order")]
    for selector in ("LAB", "LAB001", "lint", "cache-order"):
        assert found(lab, "--select", selector) == [(10, "cache-order")], selector
    assert "# cache-order (LAB001)" in lab.run("rule", "cache-order").out
    lab.write({"train.py": TRAIN.replace('(cached("train"))', '(cached("train"))  # reprolint: ignore[cache-order]')})
    assert found(lab) == []


def test_paths_start_at_the_configuration(lab: Project, tmp_path: Path) -> None:
    assert found(lab, str(lab.root), cwd=tmp_path) == [(10, "cache-order")]
    (lab.root / "part").mkdir()
    assert found(lab, "..", cwd=lab.root / "part") == [(10, "cache-order")]


def test_a_change_of_the_knowledge_shows_at_once(lab: Project) -> None:
    whole = example()[KNOWLEDGE]
    assert found(lab) == [(10, "cache-order")]
    lab.write({KNOWLEDGE: whole.replace("[python, numpy, torch]", "[python, torch]")})
    assert (8, "seed-not-covering") in found(lab)
    lab.write({KNOWLEDGE: whole})
    assert found(lab) == [(10, "cache-order")]
    lab.write({RULE: example()[RULE].replace("severity: warning", "severity: advice")})
    assert lab.run().code == 0


def test_a_folder_of_knowledge(lab: Project) -> None:
    (lab.root / "lint" / "knowledge").rename(lab.root / "know")
    lab.write({"pyproject.toml": '[tool.reprolint]\nextend-knowledge = ["know"]\nextend-rules = ["lint"]\n'})
    assert found(lab) == [(10, "cache-order")]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (KNOWLEDGE, "seedings:", "seeding:", ":2: unknown key `seeding`; did you mean `seedings`?"),
        (KNOWLEDGE, "numpy, ", "nunpy, ", ":4: there is no stream `nunpy`; did you mean `numpy`?"),
        (KNOWLEDGE, "rule: cache-order", "rule: cache-ordr", ":10: there is no rule `cache-ordr`; did you mean `cache"),
        (KNOWLEDGE, "none: entropy", "none: entrpy", ":6: `entrpy` is not allowed here; did you mean `entropy`?"),
        (RULE, "match:", "mtch:", ":9: unknown key `mtch`; did you mean `match`?"),
        (RULE, "match: {effect: hazard}", "check: cache-order",
         ":9: the check `cache-order` is none of reprolint"),
        (RULE, "name: cache-order", "name: cache", ": the rule is named `cache` but its file `cache-order`"),
        ("pyproject.toml", "ourlab.yaml", "ourlap.yaml", "`extend-knowledge`: there is no file or folder `lint/kn"),
        ("pyproject.toml", "extend-knowledge", "extend-knowlege", "did you mean `extend-knowledge`?"),
    ],
)  # fmt: skip
def test_what_does_not_fit_ends_the_run(lab: Project, file: str, old: str, new: str, message: str) -> None:
    lab.write({file: example()[file].replace(old, new)})
    result = lab.run()
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error: {lab.root / file if file == 'pyproject.toml' else file}:")
    assert message in result.err
