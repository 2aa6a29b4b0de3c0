"""A lab's own helper and rule, in a project of their own, as README shows them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests_support import Project

README = Path(__file__).parents[2] / "README.md"
KNOWLEDGE, RULE = "lint/knowledge/ourlab.yaml", "lint/constant-generator.yaml"
TRAIN = """\
import random

import numpy as np
import torch
from ourlab.utils import fix_everything

fix_everything(3)
print(random.random(), np.random.rand(), torch.rand(1))
noise = torch.Generator()
print(torch.rand(3, generator=noise))
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
    assert [row for row, _ in found(lab, "--isolated")] == [8, 8, 8]


def test_with_the_example_of_readme_only_its_rule_speaks(lab: Project) -> None:
    assert set(example()) == {"pyproject.toml", KNOWLEDGE, RULE}
    assert found(lab) == [(9, "constant-generator")]
    for selector in ("LAB", "LAB001", "lint", "constant-generator"):
        assert found(lab, "--select", selector) == [(9, "constant-generator")], selector
    assert "# constant-generator (LAB001)" in lab.run("rule", "constant-generator").out
    lab.write({"train.py": TRAIN.replace("Generator()", "Generator()  # reprolint: ignore[constant-generator]", 1)})
    assert found(lab) == []


def test_paths_start_at_the_configuration(lab: Project, tmp_path: Path) -> None:
    assert found(lab, str(lab.root), cwd=tmp_path) == [(9, "constant-generator")]
    (lab.root / "part").mkdir()
    assert found(lab, "..", cwd=lab.root / "part") == [(9, "constant-generator")]


def test_a_change_of_the_knowledge_shows_at_once(lab: Project) -> None:
    whole = example()[KNOWLEDGE]
    assert found(lab) == [(9, "constant-generator")]
    lab.write({KNOWLEDGE: whole.replace("[python, numpy, torch]", "[python, torch]")})
    assert (7, "seed-not-covering") in found(lab)
    lab.write({KNOWLEDGE: whole})
    assert found(lab) == [(9, "constant-generator")]
    lab.write({RULE: example()[RULE].replace("severity: advice", "severity: error")})
    assert lab.run().code == 1


def test_a_folder_of_knowledge(lab: Project) -> None:
    (lab.root / "lint" / "knowledge").rename(lab.root / "know")
    lab.write({"pyproject.toml": '[tool.reprolint]\nextend-knowledge = ["know"]\n'})
    assert found(lab) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (KNOWLEDGE, "seedings:", "seeding:", ":2: unknown key `seeding`; did you mean `seedings`?"),
        (KNOWLEDGE, "numpy, ", "nunpy, ", ":4: there is no stream `nunpy`; did you mean `numpy`?"),
        (KNOWLEDGE, "none: entropy", "none: entrpy", ":6: `entrpy` is not allowed here; did you mean `entropy`?"),
        (RULE, "match:", "mtch:", ":9: unknown key `mtch`; did you mean `match`?"),
        (RULE, "match: {effect: generator, state: [constant]}", "check: constant-generator",
         ":9: the check `constant-generator` is none of reprolint"),
        (RULE, "name: constant-generator", "name: constant", ": the rule is named `constant` but its file `constant-"),
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
