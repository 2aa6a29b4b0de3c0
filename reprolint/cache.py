"""What earlier runs found out, in the user's cache folder: texts by file and by state of the whole tree.

A cache may always be absent: no failure in here ever reaches the caller. Texts carry a checksum, nothing read from
here is executed, and a damaged store is removed.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
import zlib
from _blake2 import blake2b
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files(name TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, inode INTEGER, digest TEXT,
    seen INTEGER, crc INTEGER, text TEXT);
CREATE TABLE IF NOT EXISTS reports(key TEXT PRIMARY KEY, given TEXT, used INTEGER, crc INTEGER, text TEXT);
"""
_MOST_REPORTS = 12
_UNUSED = 30 * 24 * 3600
# A file written within this time of being read may change again without its stat showing it.
_RACY = 2_000_000_000

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Row:
    """What `stat` said of a file when its content had this digest."""

    size: int
    mtime: int
    inode: int
    digest: str
    seen: int

    def is_fresh(self, size: int, mtime: int, inode: int) -> bool:
        """Whether the stat proves that the content is still the same."""
        return (size, mtime, inode) == (self.size, self.mtime, self.inode) and mtime < self.seen - _RACY


def digest(data: bytes) -> str:
    """A name for some content."""
    return blake2b(data, digest_size=16).hexdigest()


def default_folder() -> Path:
    """REPROLINT_CACHE_DIR, else `reprolint` in the user's cache folder."""
    named = os.environ.get("REPROLINT_CACHE_DIR")
    if named:
        return Path(named).absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    if not base or not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "reprolint"


def prepare(folder: Path) -> bool:
    """Make a cache folder that backup tools and git pass over; False when that is not possible."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n")):
            if not (folder / name).exists():
                (folder / name).write_text(text, encoding="ascii")
        return os.access(folder, os.W_OK)
    except OSError:
        return False


def clean(folder: Path) -> int:
    """Remove what this tool wrote into a cache folder; the number of files removed."""
    removed = 0
    for path in [*folder.glob("*/*.db*"), *folder.glob("*/catalog-*.json")]:
        path.unlink(missing_ok=True)
        removed += 1
    return removed


def read_text(path: Path) -> str | None:
    """A text with its checksum in the first line; None when it is missing or damaged."""
    try:
        crc, _, text = path.read_text(encoding="ascii").partition("\n")
    except (OSError, ValueError):
        return None
    return text if crc == str(_crc(text)) else None


def write_text(path: Path, text: str) -> None:
    """Store a text with its checksum; other processes see the old file or the new one."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        temporary.write_text(f"{_crc(text)}\n{text}", encoding="ascii")
        os.replace(temporary, path)
    except (OSError, ValueError):
        temporary.unlink(missing_ok=True)


class Store:
    """The texts of one project. Without a folder it is empty and forgets everything."""

    def __init__(self, folder: Path | None, key: str, note: Note) -> None:
        self._note = note
        self._path: Path | None = None
        self._connection: sqlite3.Connection | None = None
        if folder is None or not prepare(folder.parent):
            return
        self._path = folder / f"{digest(f'{key} {sys.implementation.cache_tag}'.encode(errors='surrogateescape'))}.db"
        self._guard(self._open)

    def _open(self) -> None:
        assert self._path is not None
        self._path.parent.mkdir(exist_ok=True)
        is_new = not self._path.exists()
        self._connection = sqlite3.connect(self._path, timeout=1.0, isolation_level=None)
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(_SCHEMA)
        os.utime(self._path)
        if is_new:
            self._drop_unused()

    def _drop_unused(self) -> None:
        assert self._path is not None
        for path in self._path.parent.glob("*.db"):
            if path.stat().st_mtime < time.time() - _UNUSED:
                path.unlink(missing_ok=True)

    def _guard(self, action: Callable[[], None]) -> None:
        """Do something with the database; whatever fails ends the use of it, damage removes it."""
        try:
            action()
        except (sqlite3.OperationalError, OSError) as error:
            self._note(f"going on without the cache: {error}")
            self.close()
        except (sqlite3.Error, ValueError, TypeError) as error:
            self._note(f"the cache is damaged and was removed: {error}")
            self.discard()

    def discard(self) -> None:
        """Remove the store: something in it does not make sense."""
        self.close()
        if self._path is not None:
            for path in (self._path, self._path.with_name(f"{self._path.name}-journal")):
                try:
                    path.unlink(missing_ok=True)
                except OSError:
                    return

    def close(self) -> None:
        """Let go of the database."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            try:
                connection.close()
            except sqlite3.Error as error:
                self._note(f"closing the cache failed: {error}")

    @property
    def is_open(self) -> bool:
        """Whether anything that is saved will be kept."""
        return self._connection is not None

    def rows(self) -> dict[str, Row]:
        """What is known of each file."""
        result: dict[str, Row] = {}

        def action() -> None:
            if self._connection is not None:
                query = "SELECT name, size, mtime, inode, digest, seen FROM files"
                for name, *values in self._connection.execute(query):
                    result[name] = Row(*values)

        self._guard(action)
        return result

    def texts(self, wanted: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The stored texts of files, given as name and digest; damaged or changed ones are left out."""
        found: list[tuple[str, str]] = []

        def action() -> None:
            if self._connection is None:
                return
            query = "SELECT name, digest, crc, text FROM files"
            many = len(wanted) > 200
            names: Iterable[str | None] = (None,) if many else wanted
            for name in names:
                rows = self._connection.execute(query if many else f"{query} WHERE name = ?", () if many else (name,))
                for key, stored, crc, text in rows:
                    if wanted.get(key) == stored and crc == _crc(text):
                        found.append((key, text))

        self._guard(action)
        return iter(found)

    def save(self, entries: Iterable[tuple[str, Row, str | None]], gone: Iterable[str]) -> None:
        """Record files (without a text: only that they were seen again), and forget those that are gone."""
        listed = [entry for entry in entries if _storable(entry[0])]
        texts = [(n, r.size, r.mtime, r.inode, r.digest, r.seen, _crc(t), t) for n, r, t in listed if t is not None]
        again = [(r.size, r.mtime, r.inode, r.seen, n, r.digest) for n, r, t in listed if t is None]
        removed = [(name,) for name in gone]

        def action() -> None:
            if self._connection is None or not (texts or again or removed):
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR REPLACE INTO files VALUES(?, ?, ?, ?, ?, ?, ?, ?)", texts)
            self._connection.executemany(
                "UPDATE files SET size = ?, mtime = ?, inode = ?, seen = ? WHERE name = ? AND digest = ?", again
            )
            self._connection.executemany("DELETE FROM files WHERE name = ?", removed)
            self._connection.execute("COMMIT")

        self._guard(action)

    def report(self, key: str) -> tuple[str, str] | None:
        """The report for a state of the tree: the paths it was made for, and its text."""
        found: list[tuple[str, str]] = []

        def action() -> None:
            if self._connection is not None:
                query = "SELECT given, crc, text FROM reports WHERE key = ?"
                found.extend((given, text) for given, crc, text in self._connection.execute(query, (key,))
                             if crc == _crc(given + text))  # fmt: skip

        self._guard(action)
        return found[0] if found else None

    def save_report(self, key: str, given: str, text: str) -> None:
        """Keep a report; only the latest few are kept."""

        def action() -> None:
            if self._connection is None:
                return
            row = (key, given, time.time_ns(), _crc(given + text), text)
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("INSERT OR REPLACE INTO reports VALUES(?, ?, ?, ?, ?)", row)
            latest = "SELECT key FROM reports ORDER BY used DESC LIMIT ?"
            self._connection.execute(f"DELETE FROM reports WHERE key NOT IN ({latest})", (_MOST_REPORTS,))
            self._connection.execute("COMMIT")

        self._guard(action)


def _crc(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def _storable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False  # a name that is not text in this file system
    return True
