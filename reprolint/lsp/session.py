"""What an editor has open. Documents belong to the thread that talks to it, projects to the one that analyses."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from lsprotocol import types
from pygls import uris

from reprolint import cache, project
from reprolint.app.options import Options
from reprolint.app.session import Session as Request
from reprolint.catalog.build import CatalogError
from reprolint.config import ConfigError
from reprolint.lsp.document import Document, text_of
from reprolint.lsp.project import Checked, Project
from reprolint.lsp.text import Change, Text, edited


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The open documents at one moment, and whether files or settings may have changed since the last one."""

    documents: tuple[Document, ...]
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell the client; an urgent one is for the user to repair."""

    text: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """One document in its project."""

    name: str
    document: Document
    checked: Checked
    encoding: str
    _texts: dict[str, Text] = field(default_factory=dict)

    def text(self, name: str) -> Text:
        """The text of a file; empty when it cannot be read."""
        if name not in self._texts:
            try:
                text = text_of(self.checked.session.content(name)) if name not in self.checked.documents else None
            except OSError:
                text = ""
            self._texts[name] = Text(self.checked.documents[name].text if text is None else text, self.encoding)
        return self._texts[name]

    def uri(self, name: str) -> str:
        """How the editor calls a file."""
        if name in self.checked.documents:
            return self.checked.documents[name].uri
        return uris.from_fs_path(self.checked.session.path(name)) or ""

    @property
    def versions(self) -> dict[str, int]:
        """The versions of the open documents, by name."""
        return {name: item.version for name, item in self.checked.documents.items()}


class Session:
    """The folders and documents of one editor, and the projects they belong to."""

    def __init__(self) -> None:
        self.encoding = "utf-16"
        self.folders: tuple[str, ...] = ()
        self.documents: dict[str, Document] = {}
        self.stale = False
        self._projects: dict[tuple[str, tuple[str, ...]], Project | str] = {}
        self._keys: dict[str, tuple[str, tuple[str, ...]] | str] = {}

    def open(self, item: types.TextDocumentItem) -> None:
        """Take a document; one that is not a file has no project and is left alone."""
        path = uris.to_fs_path(item.uri)
        if path is not None and item.uri.startswith("file:"):
            self.documents[item.uri] = Document(item.uri, project.resolve(path, "/"), item.version, item.text)
            self.stale = True

    def change(self, uri: str, version: int, changes: Iterable[Change]) -> None:
        """Take what was typed."""
        if uri in self.documents:
            old = self.documents[uri]
            self.documents[uri] = replace(old, version=version, text=edited(old.text, changes, self.encoding))

    def close(self, uri: str) -> None:
        """Forget a document; its file counts again."""
        self.documents.pop(uri, None)
        self.stale = True

    def snapshot(self) -> Snapshot:
        """The documents as they are now, for the thread that analyses."""
        taken = Snapshot(tuple(self.documents.values()), self.stale)
        self.stale = False
        return taken

    def check(self, snapshot: Snapshot) -> tuple[dict[str, View], tuple[Message, ...]]:
        """The open documents by URI, each in its analysed project, and what the user should be told."""
        told: dict[Message, None] = {}
        if snapshot.stale:
            told.update(dict.fromkeys(Message(text, urgent=True) for text in self._refresh()))
        views: dict[str, View] = {}
        for document in snapshot.documents:
            owner = self._project(document.path)
            if isinstance(owner, str):
                told[Message(owner, urgent=True)] = None
            elif owner.covers(name := owner.name(document.path)):
                try:
                    checked = owner.check(snapshot.documents)
                except Exception as error:  # one project must not take the others down
                    cause = f"{type(error).__name__}: {error}"
                    told[Message(f"{owner.session.root}: the analysis failed: {cause}")] = None
                    continue
                told.update(dict.fromkeys(Message(text) for text in checked.failures))
                views[document.uri] = View(name, document, checked, self.encoding)
        return views, tuple(told)

    def view(self, snapshot: Snapshot, uri: str) -> View | None:
        """One document in its project as it is now."""
        return self.check(snapshot)[0].get(uri)

    def _refresh(self) -> Sequence[str]:
        """Look at files and settings again; a project whose settings are broken goes on with the old ones."""
        told: list[str] = []
        self._keys.clear()
        for key, item in list(self._projects.items()):
            if isinstance(item, str):
                del self._projects[key]
                continue
            try:
                item.refresh()
            except (ConfigError, CatalogError, OSError) as error:
                told.append(str(error))
        return told

    def _project(self, path: str) -> Project | str:
        """The project of a file, or why there is none."""
        if path not in self._keys:
            self._keys[path] = self._key(path)
        key = self._keys[path]
        if isinstance(key, str):
            return key
        if key not in self._projects:
            folder, paths = key
            try:
                # One process: forking one that has several threads is not safe.
                self._projects[key] = Project(Options(folder, paths, cache=cache.default_folder(), jobs=1))
            except (ConfigError, CatalogError, OSError) as error:
                self._projects[key] = str(error)
        return self._projects[key]

    def _key(self, path: str) -> tuple[str, tuple[str, ...]] | str:
        """Where a file's project begins and what belongs to it: as on the command line, else the editor's folder."""
        folder = os.path.dirname(path)
        try:
            request = Request(Options(folder, (path,)))
        except (ConfigError, OSError) as error:
            known = [(item.session.root, key) for key, item in self._projects.items() if isinstance(item, Project)]
            around = [found for found in known if path.startswith(found[0].rstrip(os.sep) + os.sep)]
            return max(around)[1] if around else str(error)
        if request.config.folder is not None or request.project.repository is not None:
            return request.root, (request.root,)
        around_it = [item for item in self.folders if path.startswith(item.rstrip(os.sep) + os.sep)]
        if around_it:
            return max(around_it, key=len), (max(around_it, key=len),)
        return folder, (path,)
