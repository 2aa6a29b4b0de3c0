"""Versions on the command line: `--target`, `-v`, `config`, and what they have to do with the cache."""

from __future__ import annotations

import json

import pytest
from tests_support import Project

TRAIN = """import os
import torch

torch.use_deterministic_algorithms(True)
print(torch.ones(3, device="cuda").cumsum(0))
"""
LOCK = '[[package]]\nname = "torch"\nversion = "2.4.1"\n'


def rules(project: Project, *arguments: str) -> list[tuple[str, str]]:
    """What is reported, with its severity."""
    found = json.loads(project.run("--output-format", "json", *arguments).out)
    return [(item["name"], item["severity"]) for item in found]


def test_the_target_decides(project: Project) -> None:
    project.write({"train.py": TRAIN, "uv.lock": LOCK})
    old = [("cublas-workspace", "warning"), ("nondeterministic-op", "error")]
    assert rules(project) == old
    assert rules(project, "--target", "torch=2.13") == []
    assert rules(project, "--target", "pytorch=2.9") == [("cublas-workspace", "warning")]
    assert rules(project, "--target", "torch>=2.4") == [("cublas-workspace", "advice")]
    assert rules(project) == old


def test_the_cache_knows_the_sources(project: Project) -> None:
    project.write({"train.py": TRAIN, "requirements.txt": "-r base.txt\n", "base.txt": "torch==2.13\n"})
    assert rules(project) == []
    project.write({"base.txt": "torch==2.4\n"})
    assert len(rules(project)) == 2
    (project.root / "requirements.txt").unlink()
    assert rules(project) == [("cublas-workspace", "advice")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--target", "torch"), "--target: `torch` names no library and version; write LIB=VERSION"),
        (("--target", "torch=two"), "--target: `torch`: `two` is neither a version (2.4) nor a range"),
        (("--target", "troch=2.4"), "--target: no rule knows a library `troch`; did you mean `torch`?"),
    ],
)
def test_a_wrong_target_is_told(project: Project, arguments: tuple[str, ...], message: str) -> None:
    project.write({"train.py": TRAIN})
    project.run()
    for _ in range(2):
        result = project.run(*arguments)
        assert (result.code, result.out) == (2, "") and message in result.err


def test_wrong_versions_in_the_configuration_are_told(project: Project) -> None:
    project.write({"train.py": TRAIN, "reprolint.toml": '[versions]\ntorch = "two"\n'})
    result = project.run()
    assert result.code == 2 and "reprolint.toml: `versions`: `torch`: `two` is neither a version" in result.err
    project.write({"reprolint.toml": '[versions]\ntroch = "2.4"\n'})
    result = project.run()
    assert result.code == 2 and "reprolint.toml: `versions`: no rule knows a library `troch`" in result.err


def test_verbose_names_versions_and_what_is_assumed(project: Project) -> None:
    project.write({"train.py": "import numpy\n" + TRAIN, "uv.lock": LOCK})
    assert "versions: numpy any, torch 2.4.1 (uv.lock)\n" in project.run("-v", "-n").err
    assert "assuming" not in project.run("-v", "-n").err
    (project.root / "uv.lock").unlink()
    shown = project.run("-v", "-n").err
    assert "torch any\n" in shown and "cumsum: assuming torch >=2.6; no version found\n" in shown
    shown = project.run("-v", "-n", "--target", "torch>=2.1").err
    assert "assuming torch >=2.6; the project allows >=2.1 (--target)\n" in shown
    assert "versions" not in project.run("-n").err
    project.write({"uv.lock": "", "Pipfile.lock": "{"})
    assert "versions: Pipfile.lock cannot be read" in project.run("-v", "-n").err


def test_config_shows_where_versions_come_from(project: Project) -> None:
    project.write(
        {"pyproject.toml": '[tool.reprolint.versions]\nnumpy = "2.1"\n', "requirements.txt": "\n\ntorch>=2.3,<2.6\n"}
    )
    values = json.loads(project.run("config", "versions").out)["versions"]
    assert (values["torch"], values["numpy"]) == (">=2.3,<2.6 (requirements.txt:3)", "2.1.* (pyproject.toml)")
    assert values["lightning"] == "any" and list(values) == sorted(values)
    assert "targets" not in json.loads(project.run("config").out)


def test_a_run_that_changes_nothing_reads_no_ranges(project: Project) -> None:
    project.write(
        {"train.py": TRAIN, "requirements.txt": "torch>=2.3,<2.6\n", "reprolint.toml": '[versions]\nnumpy = ">=2"\n'}
    )
    first = project.run()
    again = project.run(env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert again.out == first.out and "reprolint.app.check" in again.err
    for module in ("packaging", "reprolint.catalog", "reprolint.pins.pin", "yaml"):
        assert f" {module}\n" not in again.err and f" {module}." not in again.err
