"""Which of some lines of the user's were run: each is written down the first time that it is, in every process."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from types import CodeType, FrameType
from typing import Any

from .trace import Recorder

NAME = "lines.txt"


def install(recorder: Recorder) -> None:
    """Watch the lines of the configuration, if there are any; to be called last, as importing has lines, too."""
    wanted = {name: frozenset(rows) for name, rows in recorder.config.get("lines", {}).items()}
    if wanted:
        _Watch(recorder, wanted).start()


class _Watch:
    """A trace function that looks only into code with a wanted line that was not yet seen.

    Forked children inherit it, spawned ones install their own; all append to one file, a line at a time.
    """

    def __init__(self, recorder: Recorder, wanted: dict[str, frozenset[int]]) -> None:
        self._recorder = recorder
        self._wanted = wanted
        self._files: dict[str, str] = {}
        # By identity, as code hashes by value, which takes long; `_kept` keeps identities from coming back.
        self._left: dict[int, set[int]] = {}
        self._kept: list[CodeType] = []
        path = os.path.join(recorder.config["traces"], NAME)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def start(self) -> None:
        """Watch this thread and those it starts."""
        threading.settrace(self.call)
        sys.settrace(self.call)
        atexit.register(self._last)

    def call(self, frame: FrameType, event: str, argument: Any) -> Any:
        """A function is called: look into it while it has lines that nobody has seen."""
        code = frame.f_code
        name = self._files.get(code.co_filename)
        if name is None:
            name = self._recorder.sites.path(code)
            name = self._files[code.co_filename] = name if name in self._wanted else ""
        if not name:
            return None
        left = self._left.get(id(code))
        if left is None:
            left = self._left[id(code)] = {row for row in _rows(code) if row in self._wanted[name]}
            self._kept.append(code)
        return self._line if left else None

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        left = self._left[id(frame.f_code)]
        if event == "line" and frame.f_lineno in left:
            left.discard(frame.f_lineno)
            self._write(f"{frame.f_lineno} {self._files[frame.f_code.co_filename]}")
        return self._line if left else None

    def _last(self) -> None:
        if sys.gettrace() != self.call:
            self._write("! another trace function took over (a debugger, coverage)")
        if "numba" in sys.modules:
            self._write("! compiled functions (Numba) leave no lines")

    def _write(self, text: str) -> None:
        os.write(self._file, f"{text}\n".encode())


def _rows(code: CodeType) -> set[int]:
    if hasattr(code, "co_lines"):
        return {row for _, _, row in code.co_lines() if row is not None}
    import dis

    return {row for _, row in dis.findlinestarts(code)}
