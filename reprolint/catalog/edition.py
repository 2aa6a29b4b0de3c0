"""Which entries of knowledge hold for the versions of libraries that a project uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from reprolint.catalog.library import library
from reprolint.core.version import apart, needed, newest, together

T = TypeVar("T")


class Edition:
    """Chooses entries by version. `assumed` notes for which APIs a version had to be supposed, and which."""

    def __init__(self, versions: Mapping[str, str]) -> None:
        self._versions = versions
        self.assumed: dict[str, str] = {}

    def possible(self, api: str, entries: Sequence[T]) -> tuple[T, ...]:
        """The entries that hold in some version the project may use. For what makes results differ: any is a hazard."""
        if not any(_ranges(item) for item in entries):
            return tuple(entries)
        return tuple(item for item in entries if needed(_ranges(item), self._version(api)) is not False)

    def likely(self, api: str, entries: Sequence[T]) -> tuple[T, ...]:
        """Of alternatives for several versions only the newest, where the project does not decide between them.

        For what a call surely does: two entries that never hold together must not both count. The one that is kept
        answers for all its alternatives.
        """
        alive = self.possible(api, entries)
        if len(alive) < 2 or not any(_ranges(item) for item in alive):
            return alive
        kept = tuple(item for item in alive if not any(self._yields(api, item, other) for other in alive))
        if len(kept) == len(alive):
            return kept
        gone = [_ranges(item) for item in alive if item not in kept]
        result = []
        for item in kept:
            if (own := _ranges(item)) and any(apart(own, other) for other in gone):
                self.assumed[api] = own
                item = _with(item, together([own, *gone]))
            result.append(item)
        return tuple(result)

    def _yields(self, api: str, item: object, other: object) -> bool:
        """Whether another entry holds instead of this one in newer versions."""
        own, its, version = _ranges(item), _ranges(other), self._version(api)
        return bool(own and its) and apart(own, its) and newest(own, version) < newest(its, version)

    def _version(self, api: str) -> str:
        return self._versions.get(library(api), "")


def _ranges(entry: Any) -> str:
    """The versions of an entry, or of the last part of a pair that has any."""
    parts = entry if isinstance(entry, tuple) else (entry,)
    return next((item.versions for item in parts if getattr(item, "versions", "")), "")


def _with(entry: Any, ranges: str) -> Any:
    if isinstance(entry, tuple):
        return tuple(replace(item, versions=ranges) if getattr(item, "versions", "") else item for item in entry)
    return replace(entry, versions=ranges)
