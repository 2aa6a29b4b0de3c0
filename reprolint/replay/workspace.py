"""A private copy of the project for each run, always at the same absolute path."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reprolint.replay.command import Problem

_MARKERS = (".git", "pyproject.toml", "setup.py", "setup.cfg", ".hg")
_SKIPPED = frozenset(
    {"__pycache__", ".reprolint_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints"}
)
# Needed in place, large, and not written by a training run.
_LINKED = frozenset({".git", ".hg", ".venv", "venv", "node_modules", ".tox", ".nox"})
_LIMIT = 4 * 2**30


class WorkspaceError(Exception):
    """The tree cannot be copied; carries the problem to report."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Workspace:
    """Folders of one replay below a private base; runs use them one after another, so paths are equal in all runs.

    Only the copy of the project has another path where that is varied.
    """

    base: Path
    root: Path
    link: tuple[str, ...]
    omit: Path

    def tree(self, folder: int = 0) -> Path:
        """The copy of the project, under its own name; `folder` counts the places it may have."""
        return self.base / (f"elsewhere-{folder}" if folder else "work") / self.root.name

    @property
    def temporary(self) -> Path:
        return self.base / "tmp"

    @property
    def cache(self) -> Path:
        return self.base / "cache"

    @property
    def trace(self) -> Path:
        return self.base / "trace"

    def refresh(self, folder: int = 0) -> Path:
        """Remove what the last run left and copy the project anew; raises WorkspaceError when it is too large."""
        self.clear()
        for beside in (self.temporary, self.cache, self.trace):
            beside.mkdir()
        tree = self.tree(folder)
        tree.parent.mkdir()
        _Copy(self.root, tree, frozenset(self.link), self.omit).copy()
        return tree

    def clear(self) -> None:
        """Remove everything below the base."""
        for entry in self.base.iterdir():
            shutil.rmtree(entry, ignore_errors=True)


@contextmanager
def open_workspace(root: Path, link: tuple[str, ...], omit: Path) -> Iterator[Workspace]:
    """A workspace that is gone, with all it holds, when the block ends; the folder `omit` is left out of copies."""
    base = Path(os.path.realpath(tempfile.mkdtemp(prefix="reprolint-replay-")))
    workspace = Workspace(base, root, link, omit)
    try:
        yield workspace
    finally:
        workspace.clear()
        shutil.rmtree(base, ignore_errors=True)


def find_root(directory: Path) -> Path:
    """The project around `directory`: the nearest folder that says so, else the directory itself."""
    home = Path.home()
    for candidate in (directory, *directory.parents):
        if candidate == home or candidate == candidate.parent:
            break
        if any((candidate / marker).exists() for marker in _MARKERS):
            return candidate
    return directory


@dataclass(slots=True)
class _Copy:
    source: Path
    target: Path
    link: frozenset[str]
    omit: Path
    size: int = 0

    def copy(self) -> None:
        self._folder(self.source, self.target)

    def _folder(self, source: Path, target: Path) -> None:
        target.mkdir()
        with os.scandir(source) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
        for entry in entries:
            path = Path(entry.path)
            if entry.name in _SKIPPED or path == self.omit:
                continue
            try:
                self._entry(entry, path, target / entry.name)
            except FileNotFoundError:
                continue  # gone since it was listed: an editor's or another tool's temporary file

    def _entry(self, entry: os.DirEntry[str], path: Path, target: Path) -> None:
        linked = path.relative_to(self.source).as_posix() in self.link
        if entry.is_symlink():
            # A relative link out of the tree would dangle in the copy.
            aim = Path(os.path.realpath(path))
            target.symlink_to(os.readlink(path) if aim.is_relative_to(self.source) else aim)
        elif linked or (entry.name in _LINKED and entry.is_dir()):
            target.symlink_to(path)
        elif entry.is_dir():
            self._folder(path, target)
        elif stat.S_ISREG(entry.stat().st_mode):
            self.size += entry.stat().st_size
            if self.size > _LIMIT:
                raise WorkspaceError(_too_large(self.source, path))
            shutil.copy2(path, target)


def _too_large(root: Path, path: Path) -> Problem:
    folder = path.relative_to(root).parts[0]
    return Problem(
        f"{root} holds more than {_LIMIT // 2**30} GiB, and each run gets a copy of it",
        f"name data that runs only read with --link, for example `--link {folder}`",
    )
