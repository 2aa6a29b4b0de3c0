"""Which versions of libraries a project's own files name, and which source wins."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from reprolint.app.pinned import pinned
from reprolint.catalog.library import distributions, libraries
from reprolint.catalog.load import load, rules_folder
from reprolint.config import Config, ConfigError
from reprolint.core.version import parse
from reprolint.pins.pin import pins
from reprolint.pins.source import sources
from reprolint.pins.statement import Statement, conda, normal, poetry, requirement

KNOWLEDGE = load([rules_folder()]).knowledge


def read(folder: Path, files: Mapping[str, str], config: Config | None = None) -> dict[str, str]:
    """The versions of a project with these files, each with its place."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    notes: list[str] = []
    found = pinned(config or Config(), sources(folder), KNOWLEDGE, notes.append)
    return {pin.library: str(pin) for pin in found} | ({"notes": "\n".join(notes)} if notes else {})


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("requirements.txt", "torch==2.9.1\nnumpy>=2\n", {"torch": "2.9.1 (_:1)", "numpy": ">=2 (_:2)"}),
        ("requirements-dev.txt", "\ntorch == 2.9.1+cu128 ; python_version > '3'\n", {"torch": "2.9.1+cu128 (_:2)"}),
        ("requirements.txt", "torch[opt]==2.9.*  # pinned\n# numpy==1\n", {"torch": "2.9.* (_:1)"}),
        ("requirements.txt", "torch >= 2.3, < 2.6 --hash=sha256:0\n", {"torch": ">=2.3,<2.6 (_:1)"}),
        (
            "requirements.txt",
            "torch==2.9 \\\n  --hash=sha256:0 \\\n  --hash=sha256:1\nnumpy==2.1\n",
            {"torch": "2.9 (_:1)", "numpy": "2.1 (_:4)"},
        ),
        (
            "requirements.txt",
            "scikit-learn==1.5\npytorch-lightning==2.4\nPyTorch_Ignite~=0.5.0\n",
            {"sklearn": "1.5 (_:1)", "pytorch_lightning": "2.4 (_:2)", "ignite": "~=0.5.0 (_:3)"},
        ),
        ("requirements.txt", "torch==2.9\ntorch==2.8\n", {"torch": "2.8 || 2.9 (_:1, _:2)"}),
        ("requirements.txt", "torch>=2,<3\ntorch<2.6\n", {"torch": ">=2.0,<2.6 (_:1, _:2)"}),
        ("requirements.txt", "torch>=2\ntorch==2.2; sys_platform == 'darwin'\n", {"torch": ">=2 (_:1)"}),
        (
            "requirements.txt",
            "torch==2.2; sys_platform == 'darwin'\ntorch==2.4; sys_platform == 'linux'\n",
            {"torch": "2.2 || 2.4 (_:1, _:2)"},
        ),
        ("requirements.txt", "torch\nrequests==2.0\n-e .\n--index-url https://example.org\n", {}),
        (
            "requirements.txt",
            "torch @ https://example.org/torch-2.4.1%2Bcu121-cp310-cp310-linux_x86_64.whl\n",
            {"torch": "2.4.1+cu121 (_:1)"},
        ),
        ("requirements.txt", "torch=>2\nnumpy==\n???\ntensorflow-gpu==2.10\n", {"tensorflow": "2.10 (_:4)"}),
        ("requirements/base.txt", "torch>2\n", {"torch": ">2 (_:1)"}),
        ("uv.lock", 'version = 1\n[[package]]\nname = "torch"\nversion = "2.9.1+cpu"\n', {"torch": "2.9.1 (_)"}),
        (
            "uv.lock",
            '[[package]]\nname = "torch"\nversion = "2.2"\n\n[[package]]\nname = "torch"\nversion = "2.4"\n',
            {"torch": "2.2 || 2.4 (_)"},
        ),
        ("poetry.lock", '[[package]]\nname = "torch"\nversion = "2.9.1"\ndescription = ""\n', {"torch": "2.9.1 (_)"}),
        ("pdm.lock", '[[package]]\nname = "numpy"\nversion = "1.26.4"\n', {"numpy": "1.26.4 (_)"}),
        ("pylock.toml", '[[packages]]\nname = "numpy"\nversion = "1.26.4"\n', {"numpy": "1.26.4 (_)"}),
        (
            "Pipfile.lock",
            '{"_meta": {}, "default": {"torch": {"version": "==2.4.1"}, "numpy": {"git": ""}}}',
            {"torch": "2.4.1 (_)"},
        ),
        (
            "conda-lock.yml",
            "package:\n- name: pytorch\n  version: 2.4.1\n  manager: conda\n- name: numpy\n  version: '2.1'\n",
            {"torch": "2.4.1 (_)", "numpy": "2.1 (_)"},
        ),
        (
            "pixi.lock",
            "packages:\n- conda: https://c.org/linux-64/pytorch-2.4.1-cuda118_py310.conda\n  sha256: 0\n"
            "- pypi: https://p.org/numpy-2.1.0.whl\n  name: numpy\n  version: 2.1.0\n",
            {"torch": "2.4.1 (_)", "numpy": "2.1.0 (_)"},
        ),
        (
            "pyproject.toml",
            '[project]\nrequires-python = ">=3.10"\ndependencies = [\n "torch==2.9",\n "numpy>=2",\n]\n',
            {"python": ">=3.10 (_:2)", "torch": "2.9 (_:4)", "numpy": ">=2 (_:5)"},
        ),
        (
            "pyproject.toml",
            '[project.optional-dependencies]\na = ["torch==2.4"]\nb = ["torch==2.5"]\n',
            {"torch": "2.4 || 2.5 (_:2, _:3)"},
        ),
        (
            "pyproject.toml",
            '[dependency-groups]\ntrain = ["torch>=2.3", {include-group = "x"}]\n',
            {"torch": ">=2.3 (_:2)"},
        ),
        (
            "pyproject.toml",
            '[project]\ndependencies = ["torch>=2"]\n[project.optional-dependencies]\nci = ["torch==2.4"]\n',
            {"torch": ">=2 (_:2)"},
        ),
        (
            "pyproject.toml",
            '[tool.poetry.dependencies]\npython = "~3.10"\ntorch = "^2.1"\nnumpy = {version = "~1.26"}\n',
            {"python": ">=3.10,<3.11 (_:2)", "torch": ">=2.1,<3 (_:3)", "numpy": ">=1.26,<1.27 (_:4)"},
        ),
        (
            "pyproject.toml",
            '[tool.poetry.group.dev.dependencies]\ntorch = [{version = "2.2", markers = "x"}, {version = "2.4"}]\n',
            {"torch": "2.2 || 2.4 (_:2)"},
        ),
        ("pyproject.toml", '[tool.pixi.dependencies]\npytorch = ">=2.1,<3"\n', {"torch": ">=2.1,<3 (_:2)"}),
        (
            "setup.cfg",
            "[options]\npython_requires = >=3.9\ninstall_requires =\n    torch>=2.1  # here\n    numpy\n",
            {"python": ">=3.9 (_:2)", "torch": ">=2.1 (_:4)"},
        ),
        (
            "setup.py",
            "from setuptools import setup\nNEEDS = ['torch>=2.1']\n"
            "setup(install_requires=NEEDS + ['numpy<2', read()])\n",
            {"torch": ">=2.1 (_:2)", "numpy": "<2 (_:3)"},
        ),
        (
            "setup.py",
            "import setuptools\nsetuptools.setup(extras_require={'t': ['torch==2.0']})\n",
            {"torch": "2.0 (_:2)"},
        ),
        (
            "environment.yml",
            "dependencies:\n  - python=3.10\n  - pytorch=2.1\n  - conda-forge::numpy=1.26.*=py310*\n"
            "  - pip:\n    - transformers==4.40.0\n",
            {"python": "3.10.* (_:2)", "torch": "2.1.* (_:3)", "numpy": "1.26.* (_:4)", "transformers": "4.40.0 (_:6)"},
        ),
        (
            "Dockerfile",
            "FROM pytorch/pytorch:2.3.0-cuda12.1-cudnn8-runtime AS base\n"
            "RUN pip install \\\n  'numpy<2' pandas==2.2 && ls\n",
            {"torch": "2.3.0.* (_:1)", "numpy": "<2 (_:3)", "pandas": "2.2 (_:3)"},
        ),
        ("Dockerfile", "FROM --platform=linux/amd64 python:3.10-slim\n", {"python": "3.10.* (_:1)"}),
    ],
)
def test_sources(tmp_path: Path, name: str, text: str, expected: dict[str, str]) -> None:
    assert read(tmp_path, {name: text}) == {key: value.replace("_:", f"{name}:").replace("(_)", f"({name})")
                                            for key, value in expected.items()}  # fmt: skip


@given(
    st.sampled_from(["torch", "scikit-learn", "a.b_C"]),
    st.sampled_from(["", "[x]", " [x, y-z]"]),
    st.lists(st.builds("{}{}{}".format, st.sampled_from(["==", " >= ", "<", "~=", "!="]),
                       st.sampled_from(["2.4", "2.4.1", "1!2.0rc1", "2.1.post1"]), st.sampled_from(["", " "]))),
    st.sampled_from(["", "; python_version < '3.9'", " ;extra == 'x'"]),
)  # fmt: skip
def test_requirements_are_read_as_packaging_reads_them(name: str, extras: str, ranges: list[str], marker: str) -> None:
    text = f"{name}{extras} {','.join(ranges)}{marker}"
    known, found = Requirement(text), requirement(text, "here")
    assert found == Statement(normal(known.name), found.text if found else "", "here", known.marker is not None)
    assert found is not None and SpecifierSet(found.text) == known.specifier


def test_requirements_include_others(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "-r requirements/base.txt\n-c constraints.txt\n-r gone.txt\n",
        "requirements/base.txt": "torch\n-r ../requirements.txt\n--requirement=extra.txt  # more\n",
        "requirements/extra.txt": "numpy<2\n",
        "constraints.txt": "torch==2.4.1\n",
    }
    assert read(tmp_path, files) == {"torch": "2.4.1 (constraints.txt:1)", "numpy": "<2 (requirements/extra.txt:1)"}


def test_the_nearest_source_wins(tmp_path: Path) -> None:
    config = Config(source=tmp_path / "reprolint.toml", versions=(("torch", "2.1"), ("scikit-learn", "1.5")))
    targets = Config(source=config.source, versions=config.versions, targets=(("torch", ">=2.8"), ("pytorch", "2.0")))
    order = [
        ({"Dockerfile": "FROM pytorch/pytorch:2.8\n"}, "2.8.* (Dockerfile:1)"),
        ({"environment.yml": "dependencies: [pytorch=2.7]\n"}, "2.7.* (environment.yml:1)"),
        ({"setup.py": "setup(install_requires=['torch==2.6'])\n"}, "2.6 (setup.py:1)"),
        ({"pyproject.toml": "[project]\ndependencies = ['torch==2.5']\n"}, "2.5 (pyproject.toml:2)"),
        ({"requirements-gpu.txt": "torch==2.4\n"}, "2.4 (requirements-gpu.txt:1)"),
        ({"requirements.txt": "torch==2.3\n"}, "2.3 (requirements.txt:1)"),
        ({"uv.lock": '[[package]]\nname = "torch"\nversion = "2.2"\n'}, "2.2 (uv.lock)"),
    ]
    for files, expected in order:
        assert read(tmp_path, files) == {"torch": expected}
    assert read(tmp_path, {}, config) == {"torch": "2.1.* (reprolint.toml)", "sklearn": "1.5.* (reprolint.toml)"}
    assert read(tmp_path, {}, targets)["torch"] == "2.0.* (--target)"


def test_a_source_that_restricts_nothing_leaves_it_to_the_next(tmp_path: Path) -> None:
    files = {"requirements.txt": "torch\n", "pyproject.toml": "[project]\ndependencies = ['torch>=2.3,<2.6']\n"}
    assert read(tmp_path, files) == {"torch": ">=2.3,<2.6 (pyproject.toml:2)"}


@pytest.mark.parametrize(("name", "hint"), [("troch", "did you mean `torch`?"), ("pytroch", "did you mean `pytorch`?")])
def test_a_library_nobody_knows_is_told(tmp_path: Path, name: str, hint: str) -> None:
    for config in (Config(targets=((name, "2.4"),)), Config(source=tmp_path, versions=((name, "2.4"),))):
        with pytest.raises(ConfigError) as caught:
            read(tmp_path, {}, config)
        assert f"no rule knows a library `{name}`" in str(caught.value) and hint in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Pipfile.lock", "{"), ("Pipfile.lock", "[]"), ("pyproject.toml", "[["), ("setup.py", "def f(:\n"),
        ("setup.cfg", "no section\n"), ("environment.yml", "a: [\n"), ("environment.yml", "dependencies: {a: 1}\n"),
        ("setup.py", "setup(install_requires={'a'}, extras_require=[1], python_requires=3)\n"),
        ("pyproject.toml", "[project]\ndependencies = 3\noptional-dependencies = {a = 1}\n[tool.poetry.group]\na = 1"),
        ("pyproject.toml", "tool = 1\nproject = [1]\n"), ("uv.lock", '[[package]]\nname = "torch"\nversion = "dev"\n'),
    ],
)  # fmt: skip
def test_broken_files_stop_nothing(tmp_path: Path, name: str, text: str) -> None:
    found = read(tmp_path, {name: text, "requirements.txt": "torch==2.4\n"})
    notes = found.pop("notes", f"versions: {name} cannot be read")
    assert found == {"torch": "2.4 (requirements.txt:1)"}
    assert notes.startswith(f"versions: {name} cannot be read") and "\n" not in notes


NAMES = (
    "requirements.txt uv.lock pixi.lock conda-lock.yml Pipfile.lock pyproject.toml setup.cfg setup.py environment.yml"
)
PARTS = ["torch", "==", "2.4", ">=", ",", "\n", " ", "[", "]", "- ", "name: ", "version: ", '"', "dependencies", ":"]
PARTS += [
    "= ",
    "^",
    "~",
    "FROM ",
    "pip install ",
    "*",
    "|",
    "; ",
    "-r ",
    "\\\n",
    "[[package]]\n",
    "[project]\n",
    "{",
    "}",
]
PARTS += ["[tool.poetry.dependencies]\n", "install_requires = ", "[options]\n"]


@given(st.sampled_from([*NAMES.split(), "Dockerfile"]), st.lists(st.sampled_from(PARTS)))
def test_no_text_stops_a_run(name: str, parts: list[str]) -> None:
    for pin in pins({name: "".join(parts)}, lambda word: word, lambda note: None):
        assert parse(pin.text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("^2.1", ">=2.1,<3"),
        ("^0.3", ">=0.3,<0.4"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0", ">=0,<1"),
        ("^2.1.3", ">=2.1.3,<3"),
        ("~2.1", ">=2.1,<2.2"),
        ("~2", ">=2,<3"),
        ("~2.1.3", ">=2.1.3,<2.2"),
        ("~=2.1", "~=2.1"),
        ("*", ""),
        ("2.1", "==2.1"),
        ("2.1.*", "==2.1.*"),
        (">=2 <3", ">=2,<3"),
        (">=2, <3", ">=2,<3"),
        ("^1.2 || ^2.4", ">=1.2,<2 || >=2.4,<3"),
    ],
)
def test_constraints_of_poetry(text: str, expected: str) -> None:
    assert poetry(text) == expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("pytorch", "pytorch", ""),
        ("pytorch=2.1", "pytorch", "==2.1.*"),
        ("pytorch==2.1.0", "pytorch", "==2.1.0"),
        ("pytorch=2.1.0=py3.10_cuda", "pytorch", "==2.1.0.*"),
        ("pytorch>=2.1,<3", "pytorch", ">=2.1,<3"),
        ("pytorch 2.1.*", "pytorch", "==2.1.*"),
        ("pytorch >=2.1, <3", "pytorch", ">=2.1,<3"),
        ("pytorch *", "pytorch", ""),
        ("conda-forge::pytorch-gpu=2.1.*=*cuda*", "pytorch-gpu", "==2.1.*"),
        ("numpy 1.26|2.0", "numpy", "==1.26.* || ==2.0.*"),
        ("pytorch[version='>=2.1',build=cuda*]", "pytorch", ">=2.1"),
        ("pytorch==2.1.0=build_0", "pytorch", "==2.1.0"),
    ],
)
def test_match_specifications_of_conda(text: str, name: str, expected: str) -> None:
    found = conda(text, "environment.yml")
    assert found is not None and (found.name, found.text) == (name, expected)


def test_every_distribution_leads_to_a_library() -> None:
    known = libraries(KNOWLEDGE)
    assert {"torch", "numpy", "tensorflow", "sklearn", "python"} <= known
    assert "random" not in known and "stdlib" not in known
    assert set(distributions(KNOWLEDGE).values()) <= known


def test_every_range_of_knowledge_is_one() -> None:
    for file in KNOWLEDGE:
        setters = [setter for switch in file.switches for setter in switch.setters]
        entries: list[Any] = [entry for section in fields(file) for entry in _listed(getattr(file, section.name))]
        assert all(parse(getattr(entry, "versions", "")) for entry in (*entries, *setters))
        assert all(parse(variable.needed) for variable in file.variables)


def _listed(section: object) -> tuple[object, ...]:
    return section if isinstance(section, tuple) else ()
