"""Rules that only those want who train on other machines, and findings in files that are not Python."""

from __future__ import annotations

import json

from tests_support import Project

TRAINING = """\
import os

import torch

torch.manual_seed(3)
torch.set_num_threads(os.cpu_count())
model = torch.nn.Linear(2, 1)
model(torch.ones(4, 2)).sum().backward()
"""
FILES = {"train.py": TRAINING, "requirements.txt": "# what we need\nnumpy\ntorch>=2.1  # or newer\n"}


def names(project: Project, *arguments: str) -> list[str]:
    """The portable rules that fire."""
    found = json.loads(project.run("--output-format", "json", *arguments).out)
    return sorted(item["name"] for item in found if item["profile"] == "portable")


def test_portable_rules_run_when_asked_for(project: Project) -> None:
    project.write(FILES)
    assert names(project) == []
    both = ["uncontrolled-threads", "unpinned-dependencies"]
    assert names(project, "--profile", "portable") == both
    assert names(project, "--select", "RPL505,RPL506") == both
    assert names(project, "--extend-select", "unpinned-dependencies") == ["unpinned-dependencies"]
    assert project.run("--select", "values").code == 0


def test_a_place_in_a_manifest_is_shown_in_every_format(project: Project) -> None:
    project.write(FILES)
    select = ("--select", "unpinned-dependencies")
    assert (
        "requirements.txt:3:1: RPL505 [advice] `torch` has no" in project.run("--output-format", "concise", *select).out
    )
    shown = project.run(*select).out
    assert "--> requirements.txt:3:1" in shown and "3 | torch>=2.1  # or newer" in shown
    (found,) = json.loads(project.run("--output-format", "json", *select).out)
    assert (found["filename"], found["location"]) == ("requirements.txt", {"row": 3, "column": 1})
    assert found["end_location"] == {"row": 3, "column": 11}
    assert found["related"][0]["filename"] == "train.py"
    assert project.run("--fix", "--unsafe-fixes", *select).code == 0
    project.write({"reprolint.toml": 'per-file-ignores = {"requirements.txt" = ["RPL5"]}\n'})
    assert names(project, *select) == []


def test_a_pinned_manifest_is_seen_at_once(project: Project) -> None:
    project.write(FILES)
    select = ("--select", "unpinned-dependencies")
    assert names(project, *select) == ["unpinned-dependencies"]
    project.write({"requirements.txt": "torch==2.4.1\n"})
    assert names(project, *select) == []
    project.write({"requirements.txt": "torch\n", "uv.lock": ""})
    assert names(project, *select) == []
