"""The handlers: they keep documents, and hand everything that takes time to one thread beside them."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from reprolint import __version__, project
from reprolint.lsp import answers, convert
from reprolint.lsp.session import Message, Session, Snapshot

T = TypeVar("T")
WATCHED = (
    "**/*.{py,pyi,pyw,cu,cuh}", "**/{pyproject.toml,reprolint.toml,.reprolint.toml}", "**/.gitignore",
    "**/{requirements*.txt,uv.lock,poetry.lock}", "**/*.{yaml,yml}",
)  # fmt: skip


class Protocol(LanguageServerProtocol):
    """Leaves the documents to us: the library ends a line wherever `str.splitlines` does, at form feeds, too."""

    def _pass(self, method: str, params: object) -> Generator[Any, Any, None]:
        yield self.fm.features[method], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Generator[Any, Any, None]:
        """A document was opened."""
        yield from self._pass(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        """A document was changed."""
        yield from self._pass(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Generator[Any, Any, None]:
        """A document was closed."""
        yield from self._pass(types.TEXT_DOCUMENT_DID_CLOSE, params)


class Server(LanguageServer):
    """A server with the state of one editor."""

    def __init__(self) -> None:
        super().__init__("reprolint", __version__, protocol_cls=Protocol)
        self.session = Session()
        self.worker = ThreadPoolExecutor(1, "analysis")
        self.said: frozenset[Message] = frozenset()
        self.ended = self.waiting = False
        self.task: asyncio.Task[None] | None = None

    def changed(self, *, stale: bool = False) -> None:
        """Check again: now, or as soon as the check that is going on has ended."""
        self.session.stale |= stale
        self.waiting = True
        if self.task is None or self.task.done():
            self.task = asyncio.ensure_future(self._check())

    async def _check(self) -> None:
        while self.waiting:
            self.waiting = False
            snapshot = self.session.snapshot()
            try:
                found, told = await self.aside(answers.report, self.session, snapshot)
            except Exception as error:  # whatever happens, the next keystroke is checked again
                self.tell((Message(f"the analysis failed: {type(error).__name__}: {error}"),))
                continue
            self.tell(told)
            for uri, (version, diagnostics) in found.items():
                now = self.session.documents.get(uri)
                if now is not None and now.version == version:
                    params = types.PublishDiagnosticsParams(uri, diagnostics, version)
                    self.text_document_publish_diagnostics(params)

    async def aside(self, work: Callable[..., T], *arguments: object) -> T:
        """Do something in the thread that owns the projects."""
        return await asyncio.get_running_loop().run_in_executor(self.worker, work, *arguments)

    def tell(self, messages: tuple[Message, ...]) -> None:
        """Log what went wrong, and show what the user must repair: once for as long as it lasts."""
        for message in messages:
            if message in self.said:
                continue
            self.window_log_message(types.LogMessageParams(types.MessageType.Error, message.text))
            if message.urgent:
                params = types.ShowMessageParams(types.MessageType.Error, f"reprolint: {message.text}")
                self.window_show_message(params)
        self.said = frozenset(messages)

    def snapshot(self) -> Snapshot:
        """The documents, for a request; what is stale stays so for the next check."""
        return Snapshot(tuple(self.session.documents.values()))


def build() -> Server:
    """A server with its handlers."""
    server = Server()
    _life(server)
    _documents(server)
    _requests(server)
    return server


def _life(server: Server) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        folders = [item.uri for item in params.workspace_folders or ()] or [params.root_uri or ""]
        server.session.folders = _paths(folders)

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        agreed = server.server_capabilities.position_encoding
        server.session.encoding = agreed.value if isinstance(agreed, types.PositionEncodingKind) else agreed or "utf-16"
        workspace = server.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace is not None else None
        if watching is not None and watching.dynamic_registration:
            patterns = [types.FileSystemWatcher(item) for item in WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(patterns)
            item = types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            server.client_register_capability(types.RegistrationParams([item]))

    @server.feature(types.SHUTDOWN)
    def shutdown(params: None) -> None:
        server.ended = True

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        gone = _paths([item.uri for item in params.event.removed])
        kept = [item for item in server.session.folders if item not in gone]
        server.session.folders = (*kept, *_paths([item.uri for item in params.event.added]))
        server.changed(stale=True)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: types.DidChangeWatchedFilesParams) -> None:
        server.changed(stale=True)


def _documents(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        server.session.open(params.text_document)
        server.changed()

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        server.session.change(document.uri, document.version, params.content_changes)
        server.changed()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        server.changed(stale=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        server.session.close(params.text_document.uri)
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(params.text_document.uri, []))
        server.changed()


def _requests(server: Server) -> None:
    kinds = types.CodeActionOptions([types.CodeActionKind.QuickFix, convert.FIX_ALL], resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)
    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        client = answers.abilities(server.client_capabilities)
        return await server.aside(answers.actions, server.session, server.snapshot(), params, client)

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(params: types.CodeAction) -> types.CodeAction:
        client = answers.abilities(server.client_capabilities)
        return await server.aside(answers.resolved, server.session, server.snapshot(), params, client)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        return await server.aside(answers.hover, server.session, server.snapshot(), params)


def _paths(addresses: list[str]) -> tuple[str, ...]:
    found = [uris.to_fs_path(item) for item in addresses if item.startswith("file:")]
    return tuple(project.resolve(item, "/") for item in found if item)


def main() -> None:
    """Serve over standard input and output until the editor says goodbye; ends the process when it did not."""
    gc.enable()
    gc.set_threshold(100_000)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a stray print must not end up between messages
    server = build()
    server.start_io(sys.stdin.buffer, out)
    server.worker.shutdown(wait=False, cancel_futures=True)
    if not server.ended:
        raise SystemExit(1)
