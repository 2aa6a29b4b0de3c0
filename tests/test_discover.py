"""Which files belong to a run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reprolint.discover import LARGEST, Exclusion, Found, discover


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with the usual folders in it."""
    for name in (
        ".git/hooks/hook.py", ".venv/a.py", "venv/a.py", "build/a.py", "node_modules/a.py", "pkg/__pycache__/a.py",
        "env/pyvenv.cfg", "env/lib/a.py", "pkg/a.py", "pkg/b.pyi", "pkg/c.pyw", "pkg/d.cu", "pkg/e.cuh", "pkg/f.txt",
        "out/a.py", "out/keep/a.py", "deep/one/a.py", "deep/two/a.py",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return tmp_path


def names(found: Found) -> list[str]:
    """Names of the files, in order."""
    return sorted(found.files)


def walk(tree: Path, *given: str, patterns: tuple[str, ...] = (), force: bool = False) -> Found:
    """Discover below a repository."""
    exclusion = Exclusion(str(tree), patterns, repository=str(tree))
    return discover([str(tree / name) for name in given] or [str(tree)], [], exclusion, force_exclude=force)


def test_sources_of_all_kinds_but_not_of_others(tree: Path) -> None:
    assert names(walk(tree, "pkg")) == ["pkg/a.py", "pkg/b.pyi", "pkg/c.pyw", "pkg/d.cu", "pkg/e.cuh"]
    assert {name.split("/")[0] for name in names(walk(tree))} == {"pkg", "out", "deep"}


def test_ignore_files_nest_and_the_innermost_decides(tree: Path) -> None:
    (tree / ".gitignore").write_text("out/\none/\n*.pyw\n!nothing\n")
    (tree / "deep" / ".gitignore").write_text("/two\n!one/\n")
    assert names(walk(tree)) == ["deep/one/a.py", "pkg/a.py", "pkg/b.pyi", "pkg/d.cu", "pkg/e.cuh"]


def test_outer_ignore_files_count_below_a_given_folder(tree: Path) -> None:
    (tree / ".gitignore").write_text("*.cu\n/pkg/*.pyi\n")
    assert names(walk(tree, "pkg")) == ["pkg/a.py", "pkg/c.pyw", "pkg/e.cuh"]


def test_named_paths_are_taken_although_ignored(tree: Path) -> None:
    (tree / ".gitignore").write_text("out/\n")
    assert names(walk(tree, "out")) == ["out/a.py", "out/keep/a.py"]
    assert names(walk(tree, "venv/a.py", "env")) == ["env/lib/a.py", "venv/a.py"]
    assert names(walk(tree, "venv/a.py", "pkg/a.py", force=True)) == ["pkg/a.py"]


def test_patterns_of_the_configuration(tree: Path) -> None:
    assert names(walk(tree, patterns=("/pkg", "keep"))) == ["deep/one/a.py", "deep/two/a.py", "out/a.py"]
    assert names(walk(tree, "pkg/a.py", patterns=("pkg/",), force=True)) == []


def test_links(tree: Path) -> None:
    (tree / "deep" / "loop").symlink_to(tree, target_is_directory=True)
    (tree / "deep" / "gone.py").symlink_to("nowhere.py")
    (tree / "deep" / "self.py").symlink_to("self.py")
    (tree / "deep" / "link.py").symlink_to(tree / "pkg" / "a.py")
    assert names(walk(tree, "deep")) == ["deep/link.py", "deep/one/a.py", "deep/two/a.py"]
    (trouble,) = walk(tree, "deep/self.py").troubles
    assert trouble.name == "deep/self.py"


def test_what_cannot_be_read_is_named(tree: Path) -> None:
    os.mkfifo(tree / "pkg" / "pipe.py")
    (tree / "pkg" / "huge.py").write_bytes(b"#" * (LARGEST + 1))
    assert [trouble.name for trouble in walk(tree, "pkg").troubles] == ["pkg/huge.py"]
    assert [trouble.name for trouble in walk(tree, "pkg/pipe.py", "gone").troubles] == ["gone", "pkg/pipe.py"]
