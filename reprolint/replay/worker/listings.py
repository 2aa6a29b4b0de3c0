"""The order in which a file system lists a folder: seen at every listing of the user's, and changed where asked for."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from typing import Any, Callable, TypeVar

from . import hashing
from .trace import Recorder

T = TypeVar("T")


def install(recorder: Recorder) -> None:
    """Replace `os.listdir` and `os.scandir`, to which `os.walk`, `glob` and `pathlib` come down.

    Some of them bind the functions when they are imported: this has to come first.
    """
    listing = _Listing(recorder)

    def scan(found: Any) -> _Scan:
        return _Scan(found, lambda entries: listing.ordered("os.scandir", entries, lambda entry: str(entry.name)))

    os.listdir = _Function(os.listdir, lambda found: listing.ordered("os.listdir", found, str))
    os.scandir = _Function(os.scandir, scan)


class _Function:
    """A function and what is done to its results. No method of a class that holds it, as builtins are none."""

    def __init__(self, original: Any, change: Callable[[Any], Any]) -> None:
        self._original = original
        self._change = change
        self.__name__, self.__doc__, self.__module__ = original.__name__, original.__doc__, "os"
        if original in os.supports_fd:
            os.supports_fd.add(self)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._change(self._original(*args, **kwargs))

    def __reduce__(self) -> str:
        return str(self.__name__)


class _Listing:
    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._order: int = recorder.config["file_order"]

    def ordered(self, function: str, found: list[T], name: Callable[[T], str]) -> list[T]:
        """`found` in another order if that was asked for on this way of the user's, else as it is."""
        recorder, frame = self._recorder, sys._getframe(1)
        if recorder.sites.innermost(frame) is None or recorder.sites.is_import(frame):
            return found
        chain = recorder.sites.chain(frame)
        if self._order and recorder.varies_at(chain):
            found = sorted(found, key=lambda item: hashlib.sha256(f"{self._order}:{name(item)}".encode()).digest())
        recorder.explain("file-order", function, hashing.text("\n".join(map(name, found))), chain)
        return found


class _Scan:
    """What `os.scandir` returns: an iterator that is a context manager. Read in full when the first entry is wanted."""

    def __init__(self, scan: Any, order: Callable[[list[Any]], list[Any]]) -> None:
        self._scan = scan
        self._order = order
        self._entries: Iterator[Any] | None = None

    def __iter__(self) -> _Scan:
        return self

    def __next__(self) -> Any:
        if self._entries is None:
            self._entries = iter(self._order(list(self._scan)))
        return next(self._entries)

    def __enter__(self) -> _Scan:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the listing, as callers do that leave early."""
        self._scan.close()
