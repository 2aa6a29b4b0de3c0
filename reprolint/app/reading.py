"""The facts of all files of a project: from the store where a file is unchanged, from its bytes otherwise."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reprolint import cache
from reprolint.app.session import Session
from reprolint.cache import Row
from reprolint.discover import File, Trouble

if TYPE_CHECKING:
    from reprolint.facts.record import Facts
    from reprolint.program.beside import Beside


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of a project before anything is parsed.

    `known` are files whose content the store has facts for, `dirty` the others, `touched` those whose stat must be
    recorded anew, `gone` names of the store that are no longer there, `beside` files that may configure or start the
    code.
    """

    known: Mapping[str, Row]
    dirty: tuple[File, ...]
    touched: tuple[str, ...]
    gone: tuple[str, ...]
    troubles: tuple[Trouble, ...]
    beside: Mapping[str, File] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts of all files, their digests, and what could not be read. `crashes` are files our reader failed on,
    `beside` is what lies beside the code."""

    facts: Mapping[str, Facts]
    digests: Mapping[str, str]
    troubles: tuple[Trouble, ...]
    crashes: tuple[Trouble, ...] = ()
    beside: Beside | None = None


def survey(session: Session) -> Survey:
    """Compare the files with the store; only those whose stat proves nothing are opened."""
    found = session.files()
    rows = session.store.rows()
    known: dict[str, Row] = {}
    dirty: list[File] = []
    touched: list[str] = []
    for name, file in found.files.items():
        row = rows.get(name)
        if row is None:
            dirty.append(file)
        elif row.is_fresh(file.size, file.mtime, file.inode):
            known[name] = row
        elif (again := _unchanged(file, row)) is not None:
            known[name] = again
            touched.append(name)
        else:
            dirty.append(file)
    gone = tuple(sorted(rows.keys() - found.files.keys())) if not session.options.unsaved else ()
    return Survey(known, tuple(sorted(dirty)), tuple(touched), gone, tuple(found.troubles), found.beside)


def _unchanged(file: File, row: Row) -> Row | None:
    """The row with the new stat when the content is what it was."""
    seen = time.time_ns()
    if file.size != row.size:
        return None
    try:
        with open(file.path, "rb") as stream:
            same = cache.digest(stream.read()) == row.digest
    except OSError:
        return None
    return replace(row, mtime=file.mtime, inode=file.inode, seen=seen) if same else None


def read_all(session: Session, state: Survey) -> Reading:
    """Load or extract the facts of every file, and record them."""
    from reprolint.app.beside import beside
    from reprolint.app.workers import extract
    from reprolint.facts.codec import Codec, Damaged
    from reprolint.facts.record import Facts

    codec = Codec(Facts)
    facts: dict[str, Facts] = {}
    digests = {name: row.digest for name, row in state.known.items()}
    try:
        for name, text in session.store.texts(digests):
            facts[name] = codec.decode(text)
    except Damaged as error:
        session.options.note(f"the cache is damaged and was removed: {error}")
        session.store.discard()
    missing = [_file(session, name, row) for name, row in sorted(state.known.items()) if name not in facts]
    entries: list[tuple[str, Row, str | None]] = [(name, state.known[name], None) for name in state.touched]
    troubles, crashes = list(state.troubles), []
    wanted = [*state.dirty, *missing]
    if wanted:
        session.options.note(f"reading {len(wanted)} of {len(wanted) + len(facts)} files")
    for item in extract(wanted, session.vocabulary, jobs=session.options.jobs, encoded=session.store.is_open):
        if item.facts is not None:
            facts[item.name] = item.facts
        elif item.problem == "io":
            troubles.append(Trouble(item.name, item.message))
        else:
            crashes.append(Trouble(item.name, item.message))
        if item.row is not None:
            digests[item.name] = item.row.digest
            if item.text is not None:
                entries.append((item.name, item.row, item.text))
    session.store.save(entries, state.gone)
    return Reading(facts, digests, tuple(sorted(troubles)), tuple(sorted(crashes)), beside(state.beside, facts))


def _file(session: Session, name: str, row: Row) -> File:
    return File(name, session.path(name), row.size, row.mtime, row.inode)


def reread(session: Session, reading: Reading, texts: Mapping[str, bytes]) -> Reading:
    """The same project with other content in some files; the facts of all others are used again."""
    from reprolint.core.source import Source
    from reprolint.facts.read import read

    facts, digests = dict(reading.facts), dict(reading.digests)
    for name, data in texts.items():
        digests[name] = cache.digest(data)
        facts[name] = read(Source(name, data), digests[name], session.vocabulary)
    return replace(reading, facts=facts, digests=digests)
