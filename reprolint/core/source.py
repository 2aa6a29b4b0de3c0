"""The text of one file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a file; `path` is relative to the project root, with `/`."""

    path: str
    data: bytes
