"""Fixing from the command line."""

from __future__ import annotations

import os

import pytest
from tests_support import DRAW, FIXED, LISTING, Project


def test_safe_fixes_only(project: Project) -> None:
    project.write({"a.py": LISTING, "b.py": DRAW})
    result = project.run("--fix", "--output-format", "concise")
    assert "Found 2 problems (1 fixed, 1 remaining: " in result.out
    assert "b.py:3:7: RPL101" in result.out
    assert (project.root / "a.py").read_text() == FIXED
    assert (project.root / "b.py").read_text() == DRAW


def test_twice_is_once(project: Project) -> None:
    project.write({"a.py": LISTING, "b.py": DRAW})
    project.run("--fix", "--unsafe-fixes")
    once = {path.name: path.read_bytes() for path in project.root.iterdir()}
    result = project.run("--fix", "--unsafe-fixes")
    assert {path.name: path.read_bytes() for path in project.root.iterdir()} == once
    assert (result.code, result.out) == (0, "All checks passed!\n")


def test_difference_writes_nothing(project: Project) -> None:
    project.write({"a.py": LISTING})
    result = project.run("--diff")
    assert (result.code, result.err) == (1, "Would fix 1 problem.\n")
    assert '-names = list(os.listdir("data"))\n+names = sorted(os.listdir("data"))\n' in result.out
    assert (project.root / "a.py").read_text() == LISTING


def test_files_that_were_not_named_are_not_changed(project: Project) -> None:
    project.write({".git/HEAD": "", "a.py": LISTING, "b.py": LISTING})
    project.run("--fix", "a.py")
    assert (project.root / "b.py").read_text() == LISTING


def test_line_endings_encoding_and_mode_stay(project: Project) -> None:
    data = b"# coding: latin-1\r\n" + LISTING.replace("\n", "\r\n").encode() + b"x = '\xff'\r\n"
    project.write({"a.py": data})
    (project.root / "a.py").chmod(0o754)
    project.run("--fix")
    assert (project.root / "a.py").read_bytes() == data.replace(b"list(os", b"sorted(os")
    assert (project.root / "a.py").stat().st_mode & 0o777 == 0o754


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everything")
def test_all_or_nothing(project: Project) -> None:
    project.write({"a.py": LISTING, "b.py": LISTING})
    (project.root / "b.py").chmod(0o444)
    result = project.run("--fix", "--output-format", "concise")
    assert (result.code, "b.py:1:1: RPL902" in result.out) == (1, True)
    assert (project.root / "a.py").read_text() == LISTING


@pytest.mark.parametrize("command", ["python gone.py", "python -c 'unfinished", ""])
def test_verify_with_a_command_that_cannot_run(project: Project, command: str) -> None:
    project.write({"a.py": LISTING})
    result = project.run("--fix", "--verify", command)
    assert result.code == 2
    assert (project.root / "a.py").read_text() == LISTING
