"""A client that talks to a real server process over its pipe, as an editor does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
Json = Any
PATIENCE = 120  # seconds until a server that never answers is ended, which fails its test


class Client:
    """An editor reduced to its messages. Reading blocks until the server has said what is waited for."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "REPROLINT_CACHE_DIR": str(cache)}
        command = [sys.executable, "-m", "reprolint", "server"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=folder.parent, env=environment)
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.seen: list[Json] = []
        self.latest: dict[str, list[Json]] = {}
        self.watchdog = threading.Timer(PATIENCE, self.process.kill)
        self.watchdog.start()
        self.number = 0

    def send(self, method: str, params: Json, **more: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def receive(self) -> Json:
        assert self.process.stdout is not None
        headers = dict(line.split(b": ") for line in iter(self.process.stdout.readline, b"\r\n") if self._alive(line))
        message = json.loads(self.process.stdout.read(int(headers[b"Content-Length"])))
        self.seen.append(message)
        if message.get("method") == "textDocument/publishDiagnostics":
            self.latest[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message

    def _alive(self, line: bytes) -> bool:
        assert line, f"the server ended with code {self.process.wait()}"
        return True

    def until(self, wanted: Callable[[Json], bool]) -> Json:
        return next(message for message in iter(self.receive, None) if wanted(message))

    def request(self, method: str, params: Json) -> Json:
        self.number += 1
        self.send(method, params, id=self.number)
        answer = self.until(lambda message: message.get("id") == self.number and "method" not in message)
        assert "error" not in answer, answer
        return answer["result"]

    def start(self, encodings: tuple[str, ...] = (), folder: Path | None = None, **capabilities: Json) -> Json:
        if encodings:
            capabilities["general"] = {"positionEncodings": list(encodings)}
        where = None if folder is None else [{"uri": folder.as_uri(), "name": folder.name}]
        params = {"processId": None, "rootUri": None, "capabilities": capabilities, "workspaceFolders": where}
        result = self.request("initialize", params)
        self.send("initialized", {})
        return result["capabilities"]

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str | None = None) -> list[Json]:
        """Open a document (as it is on disk, when no text is given) and return its diagnostics."""
        content = (self.folder / name).read_bytes().decode() if text is None else text
        self.texts[name], self.versions[name] = content, 1
        item = {"uri": self.uri(name), "languageId": "python", "version": 1, "text": content}
        self.send("textDocument/didOpen", {"textDocument": item})
        return self.diagnostics(name)

    def change(self, name: str, *changes: Json) -> None:
        self.versions[name] += 1
        document = {"uri": self.uri(name), "version": self.versions[name]}
        self.send("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    def replace(self, name: str, text: str) -> list[Json]:
        self.texts[name] = text
        self.change(name, {"text": text})
        return self.diagnostics(name)

    def diagnostics(self, name: str) -> list[Json]:
        """The next diagnostics of the current version of a document."""

        def wanted(message: Json) -> bool:
            params = message.get("params") or {}
            return (
                message.get("method") == "textDocument/publishDiagnostics"
                and params["uri"] == self.uri(name)
                and params.get("version") == self.versions[name]
            )

        found: list[Json] = self.until(wanted)["params"]["diagnostics"]
        return found

    def becomes(self, name: str, *codes: str) -> list[Json]:
        """Wait until a document has diagnostics with these codes."""
        while [item["code"] for item in self.latest.get(self.uri(name), ())] != list(codes):
            self.receive()
        return self.latest[self.uri(name)]

    def actions(self, name: str, diagnostic: Json, *only: str) -> list[Json]:
        context = {"diagnostics": [diagnostic], **({"only": list(only)} if only else {})}
        params = {"textDocument": {"uri": self.uri(name)}, "range": diagnostic["range"], "context": context}
        found: list[Json] = self.request("textDocument/codeAction", params)
        return found

    def applied(self, edit: Json) -> dict[str, str]:
        """The texts of files after a workspace edit."""
        versioned = {item["textDocument"]["uri"]: item["edits"] for item in edit.get("documentChanges", ())}
        changes = edit.get("changes") or versioned
        result = {}
        for uri, edits in changes.items():
            name = uri.removeprefix(self.folder.as_uri() + "/")
            text = self.texts[name] if name in self.texts else (self.folder / name).read_text(encoding="utf-8")
            result[name] = after(text, edits)
        return result

    def stop(self) -> int:
        self.request("shutdown", None)
        self.send("exit", None)
        return self.process.wait(timeout=60)

    def kill(self) -> None:
        self.watchdog.cancel()
        self.process.kill()
        self.process.communicate()


def after(text: str, edits: list[Json]) -> str:
    """A text after edits whose columns are UTF-16 code units."""
    lines = text.splitlines(keepends=True)

    def offset(position: Json) -> int:
        line = lines[position["line"]] if position["line"] < len(lines) else ""
        column = len(line.encode("utf-16-le")[: 2 * position["character"]].decode("utf-16-le"))
        return sum(map(len, lines[: position["line"]])) + column

    for edit in sorted(edits, key=lambda item: -offset(item["range"]["start"])):
        start, end = (offset(edit["range"][side]) for side in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text
