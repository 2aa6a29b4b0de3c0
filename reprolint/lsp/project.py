"""One project in an editor: read once, then kept in step with its files and with unsaved text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from reprolint import cache
from reprolint.app.options import Options
from reprolint.app.reading import Reading, read_all, reread, survey
from reprolint.app.session import Session
from reprolint.app.workers import extract
from reprolint.checks.describe import describe
from reprolint.core.diagnostic import Diagnostic, Finding
from reprolint.core.edit import Fix
from reprolint.core.place import Place
from reprolint.discover import File, Trouble, name_of
from reprolint.facts.record import Facts
from reprolint.fixes.plan import plan
from reprolint.lsp.analysis import Linked, inspect
from reprolint.lsp.document import Document, text_of
from reprolint.lsp.text import drift


@dataclass(frozen=True, slots=True)
class Buffer:
    """What is known of an open document. While it is no Python, `good` are its last facts that were, `text` theirs."""

    digest: str
    facts: Facts
    good: Facts
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A diagnostic of an open document, and the finding it tells of."""

    finding: Finding
    diagnostic: Diagnostic


@dataclass(slots=True)
class Checked:
    """What a project looked like at one moment. `problems` are those of the open documents, by file name."""

    session: Session
    reading: Reading
    linked: Linked
    documents: Mapping[str, Document]
    problems: Mapping[str, tuple[Problem, ...]]
    failures: tuple[str, ...]
    _fixes: dict[str, tuple[Fix | None, ...]] = field(default_factory=dict)

    def content(self, name: str) -> bytes:
        """The bytes of a file, unsaved text before what is on disk; raises OSError."""
        return self.documents[name].data if name in self.documents else self.session.content(name)

    def fixes(self, name: str) -> tuple[tuple[Problem, Fix], ...]:
        """The problems of an open document that can be fixed. Planned when first asked for: that parses the file."""
        problems = self.problems.get(name, ())
        if name not in self._fixes:
            planned = plan([item.finding for item in problems], self.session.catalog, self.linked.program, self.content)
            self._fixes[name] = tuple(planned)
        pairs = zip(problems, self._fixes[name], strict=True)
        return tuple((item, fix) for item, fix in pairs if fix is not None)


class Project:
    """All files below one root. Opening it reads them; raises `ConfigError` or `CatalogError`."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._open(Session(options))

    def _open(self, session: Session) -> None:
        self._use(session)
        self.files: Mapping[str, File] = session.files().files
        self.disk = read_all(session, survey(session))
        session.store.close()
        self.buffers: dict[str, Buffer] = {}

    def _use(self, session: Session) -> None:
        """Take a new configuration; whatever is wrong with it comes to light before anything is changed."""
        _ = session.rules, session.settings
        self.session = session
        self.last: Checked | None = None

    def name(self, path: str) -> str:
        """How reports of this project call a file."""
        return name_of(path, self.session.root)

    def covers(self, name: str) -> bool:
        """Whether a file is one whose problems are shown here: not one that the project excludes."""
        return self.session.shows(name) and (name in self.files or not _exists(self.session, name))

    def refresh(self) -> None:
        """Look at the configuration and at the files again; raises as opening does, and changes nothing then."""
        session = Session(self.options)
        if session.rulebook.digest != self.session.rulebook.digest:
            self._open(session)
            return
        if _settings(session) != _settings(self.session):
            self._use(session)
        found = self.session.files()
        changed = [file for name, file in sorted(found.files.items()) if self.files.get(name) != file]
        if changed or found.files.keys() != self.files.keys():
            self.disk = _reread(self.disk, changed, found.files, self.session)
            self.last = None
        self.files = found.files

    def check(self, documents: Sequence[Document]) -> Checked:
        """Analyse the project with the text of open documents in the place of their files."""
        named = {self.name(item.path): item for item in documents}
        mine = {name: item for name, item in named.items() if name in self.files or self.covers(name)}
        if self.last is not None and self.last.documents == mine:
            return self.last
        self.crashes: dict[str, str] = {}
        self.buffers = {name: self._buffer(name, item) for name, item in mine.items()}
        facts = {**self.disk.facts, **{name: item.good for name, item in self.buffers.items()}}
        last = self.last
        if last is not None and facts == last.reading.facts and mine.keys() == last.documents.keys():
            reading, linked = last.reading, last.linked
        else:
            troubles = tuple(item for item in self.disk.troubles if item.name not in mine)  # text needs no file
            reading = replace(self.disk, facts=facts, troubles=troubles)
            linked = inspect(self.session, reading, mine.keys(), last.linked.program if last is not None else None)
        problems = {name: tuple(self._problems(name, item, linked)) for name, item in mine.items()}
        failures = [item for item in linked.findings if item.rule in ("rule-crashed", "unreadable-file")]
        told = tuple(item.message for item in describe(failures, (None,) * len(failures), self.session.catalog))
        told += tuple(self.crashes.values())
        self.last = Checked(self.session, reading, linked, mine, problems, told)
        return self.last

    def _buffer(self, name: str, document: Document) -> Buffer:
        data = document.data
        digest = cache.digest(data)
        old = self.buffers.get(name)
        if old is not None and old.digest == digest:
            return old
        if old is None and self.disk.digests.get(name) == digest and name in self.disk.facts:
            facts = self.disk.facts[name]
            return Buffer(digest, facts, facts, document.text)
        try:
            facts = reread(self.session, _NOTHING, {name: data}).facts[name]
        except Exception as error:  # our bug must not take the other diagnostics away
            self.crashes[name] = f"{name}: cannot be analysed: {type(error).__name__}: {error}"
            empty = Facts(name, digest)
            return Buffer(digest, empty, empty, document.text) if old is None else replace(old, digest=digest)
        if facts.broken is None:
            if old is not None and replace(facts, digest=old.good.digest) == old.good:
                facts = old.good  # nothing that matters has changed: no need to link again
            return Buffer(digest, facts, facts, document.text)
        if old is not None:
            return Buffer(digest, facts, old.good, old.text)
        saved = self.disk.facts.get(name)
        if saved is not None and saved.broken is None:
            return Buffer(digest, facts, saved, text_of(self.session.content(name)))
        return Buffer(digest, facts, facts, document.text)

    def _problems(self, name: str, document: Document, linked: Linked) -> list[Problem]:
        """The problems of one document; while it is no Python, where the old ones are now, and what is wrong."""
        buffer = self.buffers[name]
        findings = [item for item in linked.findings if item.place.filename == name]
        if buffer.facts.broken is not None and buffer.good.broken is None:
            moved = drift(buffer.text, document.text)
            places = ((item, moved(item.place.span)) for item in findings)
            findings = [replace(item, place=Place(name, span)) for item, span in places if span is not None]
            alone = Reading({name: buffer.facts}, {}, ())
            findings += inspect(self.session, alone, (name,), None).findings
        words = [describe((item,), (None,), self.session.catalog)[0] for item in findings]
        problems = [Problem(finding, words) for finding, words in zip(findings, words, strict=True)]
        return sorted(problems, key=lambda item: item.diagnostic.sort_key)


_NOTHING = Reading({}, {}, ())


def _settings(session: Session) -> tuple[object, ...]:
    return session.config, session.entries, session.sources


def _exists(session: Session, name: str) -> bool:
    try:
        session.content(name)
    except OSError:
        return False
    return True


def _reread(disk: Reading, changed: Sequence[File], files: Mapping[str, File], session: Session) -> Reading:
    """The reading after some files changed, appeared or went."""
    again = {file.name for file in changed}
    facts = {name: item for name, item in disk.facts.items() if name in files and name not in again}
    digests = {name: item for name, item in disk.digests.items() if name in facts}
    troubles = [item for item in disk.troubles if item.name in files and item.name not in again]
    crashes = [item for item in disk.crashes if item.name in files and item.name not in again]
    for item in extract(changed, session.vocabulary, jobs=1, encoded=False):
        if item.facts is not None and item.row is not None:
            facts[item.name], digests[item.name] = item.facts, item.row.digest
        elif item.problem == "io":
            troubles.append(Trouble(item.name, item.message))
        else:
            crashes.append(Trouble(item.name, item.message))
    return Reading(facts, digests, tuple(sorted(troubles)), tuple(sorted(crashes)))
