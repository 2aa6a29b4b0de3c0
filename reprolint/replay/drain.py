"""What a command prints: kept up to a limit, hashed without its limit."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_HEAD = 16 * 2**20
_TAIL = 64 * 2**10

# Numbers that tell the time, of day or spent, and differ in every run.
_CLOCK = re.compile(
    rb"\d{4}-\d\d-\d\d"
    rb"|\b\d{1,3}:\d\d(?::\d\d(?:[.,]\d+)?)?\b"
    rb"|(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?\s?(?:[num]?s|secs?|seconds?|mins?|minutes?|hours?|it/s|s/it)(?![\w/])"
    rb"|\b(?:time|elapsed|took|duration|runtime)\b[^\w\n.]{0,3}\d+(?:\.\d+)?(?:e[-+]?\d+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Printed:
    """All that was printed on one stream. `clock` says that there were times in it, which the hash leaves out."""

    hash: str = ""
    lines: int = 0
    size: int = 0
    clock: bool = False


class Drain(threading.Thread):
    """Reads a pipe to its end; the file gets the beginning and the end of what comes.

    The hash covers everything but `places`, the folders that lie elsewhere in each replay, and times (those of the
    part that is kept).
    """

    def __init__(self, pipe: int, path: Path, places: Sequence[str]) -> None:
        super().__init__(daemon=True)
        self.printed = Printed()
        self._pipe = pipe
        self._path = path
        self._places = tuple(place.encode() for place in places)

    def run(self) -> None:
        """Read until the last writer is gone."""
        digest, lines, size, clock = hashlib.sha256(), 0, 0, False
        rest = tail = b""
        with self._path.open("wb") as out:
            while chunk := os.read(self._pipe, 2**16):
                room = max(0, _HEAD - size)
                out.write(chunk[:room])
                # Readers want the last words of a command that is stopped.
                out.flush()
                tail = (tail + chunk[room:])[-_TAIL:]
                size += len(chunk)
                lines += chunk.count(b"\n")
                whole, end, rest = (rest + chunk).rpartition(b"\n")
                if len(rest) > _HEAD:
                    whole, end, rest = rest, b"", b""
                # Looking for times is too slow for more than anybody reads.
                text, changed = neutral(whole + end, self._places, times=size <= _HEAD)
                clock = clock or changed
                digest.update(text)
            if size > _HEAD:
                out.write(b"\n[%d bytes are left out here]\n" % (size - _HEAD - len(tail)) + tail)
        text, changed = neutral(rest, self._places, times=size <= _HEAD)
        digest.update(text)
        self.printed = Printed(digest.hexdigest()[:32], lines + bool(rest), size, clock or changed)


def neutral(text: bytes, places: Sequence[bytes], times: bool = True) -> tuple[bytes, bool]:
    """`text` without places and, unless `times` says to leave them, times; and whether there were times."""
    for place in places:
        text = text.replace(place, b"")
    text, count = _CLOCK.subn(b"", text) if times else (text, 0)
    return text, bool(count)
