"""Reading the configuration and what the project says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from reprolint.config import Config, ConfigError, Overrides, find, load, overlay, target
from reprolint.project import entries, locate, resolve


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_nearest_file_wins(tmp_path: Path) -> None:
    outer = write(tmp_path, "reprolint.toml", "")
    inner = write(tmp_path, "a/pyproject.toml", "[tool.reprolint]\n")
    write(tmp_path, "a/b/pyproject.toml", "[project]\n")
    assert find(tmp_path / "a" / "b") == inner
    assert find(tmp_path) == outer
    first = write(tmp_path, "a/.reprolint.toml", "")
    assert find(tmp_path / "a") == first


def test_a_broken_pyproject_that_does_not_mention_us_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "pyproject.toml", "[[[")
    assert find(tmp_path) is None
    write(tmp_path, "pyproject.toml", "[[[ reprolint")
    with pytest.raises(ConfigError, match="not valid TOML"):
        find(tmp_path)


def test_every_key(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "pyproject.toml",
        """
        [tool.reprolint]
        select = ["RPL1"]
        ignore = ["RPL101"]
        extend-select = ["data"]
        per-file-ignores = {"b/**" = ["ALL"], "a.py" = ["RPL4"]}
        profile = "seeded"
        fail-on = "error"
        entries = ["train.py:main"]
        exclude = ["x"]
        extend-exclude = ["y"]
        device = "cuda"
        versions = {torch = "2.9"}
        extend-rules = ["rules"]
        extend-knowledge = ["lab.yaml"]
        output-format = "json"
        """,
    )
    assert load(path) == Config(
        folder=tmp_path,
        source=path,
        select=("RPL1",),
        ignore=("RPL101",),
        extend_select=("data",),
        per_file_ignores=(("a.py", ("RPL4",)), ("b/**", ("ALL",))),
        profile="seeded",
        fail_on="error",
        entries=("train.py:main",),
        exclude=("x",),
        extend_exclude=("y",),
        device="cuda",
        versions=(("torch", "2.9"),),
        extend_rules=("rules",),
        extend_knowledge=("lab.yaml",),
        output_format="json",
    )


def test_select_on_the_command_line_starts_anew() -> None:
    config = Config(select=("a",), ignore=("b",), extend_select=("c",))
    added = overlay(config, Overrides(ignore=("d",), extend_select=("e",)))
    assert (added.select, added.ignore, added.extend_select) == (("a",), ("b", "d"), ("c", "e"))
    anew = overlay(config, Overrides(select=("f",)))
    assert (anew.select, anew.ignore, anew.extend_select) == (("f",), (), ())


def test_root_is_the_folder_of_the_configuration_else_of_the_repository(tmp_path: Path) -> None:
    file = write(tmp_path, "repo/src/train.py", "")
    (tmp_path / "repo" / ".git").mkdir()
    given = (resolve("src/train.py", str(tmp_path / "repo")),)
    assert given == (str(file),)
    assert locate(given, Config()).root == str(tmp_path / "repo")
    assert locate(given, Config(folder=tmp_path / "repo" / "src")).root == str(tmp_path / "repo" / "src")


def test_without_either_the_root_is_what_the_paths_have_in_common(tmp_path: Path) -> None:
    one, two = write(tmp_path, "a/x.py", ""), write(tmp_path, "b/y.py", "")
    project = locate((str(one), str(two)), Config())
    assert project.root == str(tmp_path)
    assert project.context == (str(tmp_path / "a"), str(tmp_path / "b"))
    assert locate((str(tmp_path / "a"),), Config()).context == ()


def test_console_scripts_are_entries(tmp_path: Path) -> None:
    write(tmp_path, "src/lab/cli.py", "")
    write(tmp_path, "train.py", "")
    write(tmp_path, "pyproject.toml", '[project.scripts]\nlab = "lab.cli:main"\ngone = "lab.gone:main"\n')
    config = Config(folder=tmp_path, entries=("train.py",))
    assert entries(config, str(tmp_path), str(tmp_path)) == ("train.py", "src/lab/cli.py:main")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('{torch = "two"}', r"`versions`: `torch`: `two` is neither a version \(2.4\) nor a range \(>=2.3,<2.6\)"),
        ('{torch = ">=2.3 <2.6"}', r"`versions`: `torch`: `>=2.3 <2.6` is neither"),
        ("{torch = 2.4}", r"`versions`: expected a table of library and version"),
    ],
)
def test_a_version_that_is_none_is_told(tmp_path: Path, table: str, message: str) -> None:
    path = write(tmp_path, "reprolint.toml", f"versions = {table}\n")
    with pytest.raises(ConfigError, match=message):
        load(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("torch=2.4", ("torch", "2.4")),
        ("torch==2.4.1", ("torch", "==2.4.1")),
        ("scikit-learn >=1.5,<2", ("scikit-learn", ">=1.5,<2")),
        ("torch~=2.4", ("torch", "~=2.4")),
    ],
)
def test_targets(text: str, expected: tuple[str, str]) -> None:
    assert target(text) == expected


@pytest.mark.parametrize("text", ["torch", "torch=", "=2.4", "", "torch=two", "torch>=two", "torch 2.4"])
def test_a_target_that_is_none_is_told(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^--target: .*2\.4"):
        target(text)


def test_targets_lie_over_versions() -> None:
    config = Config(versions=(("torch", "2.4"),))
    assert overlay(config, Overrides(targets=(("torch", "2.9"),))).targets == (("torch", "2.9"),)
    assert overlay(config, Overrides()).targets == ()
