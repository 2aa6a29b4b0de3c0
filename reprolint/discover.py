"""Which files belong to a run: a walk that honours .gitignore and leaves out what is nobody's source."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SUFFIXES = (".py", ".pyi", ".pyw", ".cu", ".cuh")
LARGEST = 10 * 2**20
LARGEST_BESIDE = 256 * 2**10
MOST_BESIDE = 100  # of one kind in a folder; more are data
BESIDE = (
    ".yaml", ".yml", ".toml", ".json", ".sh", ".bash", ".zsh", ".slurm", ".sbatch", ".job", ".mk", ".dockerfile",
)  # fmt: skip
_BESIDE_NAMES = ("Dockerfile", "Containerfile", "Makefile", "GNUmakefile", ".env")
_SKIPPED = frozenset(
    {
        ".bzr", ".cache", ".direnv", ".eggs", ".git", ".hg", ".hypothesis", ".ipynb_checkpoints", ".jj", ".mypy_cache",
        ".nox", ".pants.d", ".pixi", ".pyenv", ".pytest_cache", ".pytype", ".reprolint_cache", ".ruff_cache", ".svn",
        ".tox", ".venv", "__pycache__", "__pypackages__", "build", "buck-out", "dist", "node_modules", "site-packages",
        "venv",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class File:
    """A file to read: its name in reports, where it lies, and what `stat` says of it."""

    name: str
    path: str
    size: int = 0
    mtime: int = 0
    inode: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Trouble:
    """A path that cannot be analysed, and why, with the remedy."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What a walk leaves out. `patterns` are lines of .gitignore syntax relative to `root`; `defaults` adds ours."""

    root: str
    patterns: tuple[str, ...] = ()
    defaults: bool = True
    repository: str | None = None


@dataclass(slots=True)
class Found:
    """The result of a walk: files by name, files `beside` them that may configure or start them, what went wrong."""

    files: dict[str, File] = field(default_factory=dict)
    beside: dict[str, File] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)


Rules = tuple[tuple[str, "GitIgnoreSpec"], ...]


def name_of(path: str, root: str) -> str:
    """How reports call a path: relative to the root with `/`; absolute outside of it."""
    prefix = root if root.endswith(os.sep) else root + os.sep
    if path == root:
        return "."
    return (path[len(prefix) :] if path.startswith(prefix) else path).replace(os.sep, "/")


def discover(given: Iterable[str], context: Iterable[str], exclusion: Exclusion, *, force_exclude: bool) -> Found:
    """Files of the given paths and of the context folders, all absolute paths without symbolic links in them."""
    walk = _Walk(exclusion)
    for path in sorted(set(given)):
        walk.take(path, force_exclude=force_exclude)
    for folder in sorted(set(context)):
        walk.folder(folder, explicit=False)
    walk.found.troubles.sort()
    return walk.found


class _Walk:
    def __init__(self, exclusion: Exclusion) -> None:
        self.exclusion = exclusion
        self.found = Found()
        self.visited: set[str] = set()
        self.own = _spec(exclusion.patterns) if exclusion.patterns else None

    def name(self, path: str) -> str:
        return name_of(path, self.exclusion.root)

    def trouble(self, path: str, message: str) -> None:
        self.found.troubles.append(Trouble(self.name(path), message))

    def take(self, path: str, *, force_exclude: bool) -> None:
        """A path the user named: always taken, unless exclusion is forced."""
        try:
            info = os.stat(path)
        except OSError as error:
            self.trouble(path, f"{_reason(error)}; check the spelling and the working directory")
            return
        is_folder = stat.S_ISDIR(info.st_mode)
        if force_exclude and self._excluded_by_name(path, is_folder):
            return
        if is_folder:
            self.folder(path, explicit=True)
        elif path.endswith(".ipynb"):  # its JSON would pass for Python
            self.trouble(path, "is a notebook and was not analysed; export it: `jupyter nbconvert --to script`")
        elif stat.S_ISREG(info.st_mode):
            self.add(path, info)
        else:
            self.trouble(path, "is neither a file nor a folder; name a Python file")

    def add(self, path: str, info: os.stat_result) -> None:
        if info.st_size > LARGEST:
            limit = f"{LARGEST // 2**20} MB"
            self.trouble(path, f"is larger than {limit} and was not analysed; exclude it if it is generated")
            return
        name = self.name(path)
        self.found.files[name] = File(name, path, info.st_size, info.st_mtime_ns, info.st_ino)

    def folder(self, path: str, *, explicit: bool) -> None:
        """Walk a folder. One that the user named is walked even where outer rules ignore it."""
        rules = self._rules_above(path)
        if _ignored(path, True, rules):
            if not explicit:
                return
            rules = ()
        waiting = [(path, rules)]
        while waiting:
            here, rules = waiting.pop()
            if here in self.visited:
                continue
            self.visited.add(here)
            waiting += self._enter(here, rules, start=here == path)

    def _enter(self, here: str, rules: Rules, *, start: bool) -> Iterator[tuple[str, Rules]]:
        """Take the files of one folder and yield the folders in it."""
        try:
            with os.scandir(here) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            self.trouble(here, f"{_reason(error)}; make it readable or exclude it")
            return
        names = {entry.name for entry in entries}
        if self.exclusion.defaults and "pyvenv.cfg" in names and not start:
            return  # a virtual environment under a name of its own
        if ".gitignore" in names:
            rules = (*rules, *_read_rules(os.path.join(here, ".gitignore"), here))
        counts: dict[str, int] = {}
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if not is_folder and not entry.name.endswith(SUFFIXES):
                self._beside(entry, counts, rules)
                continue
            if self._skipped(entry, is_folder) or _ignored(entry.path, is_folder, rules):
                continue
            if is_folder:
                yield entry.path, rules
                continue
            try:
                info = entry.stat()
            except OSError:
                continue  # a link to nothing
            if stat.S_ISREG(info.st_mode):
                self.add(entry.path, info)

    def _beside(self, entry: os.DirEntry[str], counts: dict[str, int], rules: Rules) -> None:
        """Note a file that may configure or start the code."""
        name = entry.name
        if not name.endswith(BESIDE) and not name.startswith(_BESIDE_NAMES):
            return
        kind = name.rpartition(".")[2]
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] > MOST_BESIDE or self._skipped(entry, False) or _ignored(entry.path, False, rules):
            return
        try:
            info = entry.stat()
        except OSError:
            return
        if stat.S_ISREG(info.st_mode) and info.st_size <= LARGEST_BESIDE:
            known = self.name(entry.path)
            self.found.beside[known] = File(known, entry.path, info.st_size, info.st_mtime_ns, info.st_ino)

    def _skipped(self, entry: os.DirEntry[str], is_folder: bool) -> bool:
        if is_folder and self.exclusion.defaults and entry.name in _SKIPPED:
            return True
        return self._matches_own(entry.path, is_folder)

    def _matches_own(self, path: str, is_folder: bool) -> bool:
        if self.own is None:
            return False
        return self.own.check_file(self.name(path) + ("/" if is_folder else "")).include is True

    def _excluded_by_name(self, path: str, is_folder: bool) -> bool:
        parts = self.name(path).split("/")
        folders = parts if is_folder else parts[:-1]
        return (self.exclusion.defaults and not _SKIPPED.isdisjoint(folders)) or self._matches_own(path, is_folder)

    def _rules_above(self, path: str) -> Rules:
        """The ignore files of the repository around a folder, outermost first."""
        top = self.exclusion.repository
        if top is None or not f"{path}{os.sep}".startswith(f"{top.rstrip(os.sep)}{os.sep}"):
            return ()
        rules: Rules = _read_rules(os.path.join(top, ".git", "info", "exclude"), top)
        here = top
        for part in os.path.relpath(path, top).split(os.sep):
            if part == "." or here == path:
                break
            rules = (*rules, *_read_rules(os.path.join(here, ".gitignore"), here))
            here = os.path.join(here, part)
        return rules


def _read_rules(path: str, base: str) -> Rules:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = tuple(line for line in file.read().splitlines() if line.strip() and not line.startswith("#"))
    except OSError:
        return ()
    return ((base, _spec(lines)),) if lines else ()


def _spec(lines: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    kept = []
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError:
            continue  # git passes over a malformed line, too
        kept.append(line)
    return GitIgnoreSpec.from_lines(kept)


def _ignored(path: str, is_folder: bool, rules: Rules) -> bool:
    """Whether git would ignore a path whose parent folders are not ignored: the innermost rule decides."""
    for base, spec in reversed(rules):
        relative = os.path.relpath(path, base) if not path.startswith(base + os.sep) else path[len(base) + 1 :]
        if relative == ".":
            continue
        verdict = spec.check_file(relative.replace(os.sep, "/") + ("/" if is_folder else "")).include
        if verdict is not None:
            return verdict
    return False


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower() if error.errno else str(error)
