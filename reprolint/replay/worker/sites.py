"""Where in the user's code something happened."""

from __future__ import annotations

import os
import sysconfig
from types import CodeType, FrameType
from typing import Any

Frame = dict[str, Any]


class Sites:
    """Recognises frames of the user's own files: below the replayed tree, and not of an installed library."""

    def __init__(self, roots: list[str]) -> None:
        self._roots = tuple(os.path.realpath(root) + os.sep for root in roots)
        paths = sysconfig.get_paths()
        libraries = {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
        here = os.path.dirname(os.path.abspath(__file__))
        self._foreign = (*(os.path.realpath(path) + os.sep for path in sorted(libraries)), here + os.sep)
        self._known: dict[CodeType, str] = {}

    def is_user(self, code: CodeType) -> bool:
        """Whether the code is of a user's file."""
        return bool(self.path(code))

    @staticmethod
    def place(chain: list[Frame]) -> str:
        """The innermost line, as the launcher names it."""
        return f"{chain[-1]['filename']}:{chain[-1]['row']}" if chain else ""

    def path(self, code: CodeType) -> str:
        """The user's file, relative to the project, or an empty string; asked once, before a later `chdir`."""
        known = self._known.get(code)
        if known is None:
            name = code.co_filename
            path = name if name.startswith("<") else os.path.realpath(name)
            root = next((root for root in self._roots if path.startswith(root)), None)
            own = root is not None and not path.startswith(self._foreign)
            known = path[len(root or "") :] if own and f"{os.sep}site-packages{os.sep}" not in path else ""
            self._known[code] = known
        return known

    def innermost(self, frame: FrameType | None) -> FrameType | None:
        """The user's frame nearest to `frame`, outwards; None when no frame of the stack is the user's."""
        while frame is not None and not self.is_user(frame.f_code):
            frame = frame.f_back
        return frame

    def is_direct(self, frame: FrameType | None) -> bool:
        """Whether the user's own code, and no library, has called the probe at `frame`."""
        while frame is not None and frame.f_code.co_filename.startswith(self._foreign[-1]):
            frame = frame.f_back
        return frame is not None and self.is_user(frame.f_code)

    def is_import(self, frame: FrameType | None) -> bool:
        """Whether `frame` belongs to a library that is being imported: its doings are not the training's."""
        while frame is not None and not self.is_user(frame.f_code):
            if frame.f_code.co_filename.startswith("<frozen importlib"):
                return True
            frame = frame.f_back
        return False

    def chain(self, frame: FrameType | None) -> list[Frame]:
        """The user's frames from the entry to `frame`, at most 20."""
        found: list[Frame] = []
        while frame is not None and len(found) < 20:
            path = self.path(frame.f_code)
            if path:
                found.append({"filename": path, "row": frame.f_lineno, "function": frame.f_code.co_name})
            frame = frame.f_back
        return found[::-1]
