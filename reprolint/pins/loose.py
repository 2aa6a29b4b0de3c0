"""Deep-learning frameworks that every installation of a project takes in their newest version."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from reprolint.core.place import Place, Span
from reprolint.pins.environment import container, environment, listed
from reprolint.pins.source import LOCKS
from reprolint.pins.statement import Statement

_MANIFESTS = ("requirements.txt", "environment.yml", "environment.yaml")
_PACKAGED = re.compile(r"^\[(?:project|tool\.poetry|tool\.flit\.metadata|metadata)\]", re.MULTILINE)
_OPEN = re.compile(r"(?:(?:>=?|!=)[^,<=~]*(?:,|$))*")


@dataclass(frozen=True, slots=True)
class Loose:
    """A framework, the conditions that a file sets for its version (empty: none), and where."""

    library: str
    text: str
    place: Place


def loose(files: Mapping[str, str], framework: Callable[[str], str]) -> tuple[Loose, ...]:
    """The frameworks without an upper bound, of an application without a lock file; `framework` finds the library in
    a distribution, or nothing.

    Nothing for a package, which must leave the choice to whoever installs it; nothing where another file of the
    project, such as the image of a container, names a version.
    """
    if any(name in files for name in LOCKS) or _is_package(files):
        return ()
    said: dict[str, list[Statement]] = {}
    for name in files:
        for item in _statements(name, files[name]):
            if library := framework(item.name):
                said.setdefault(library, []).append(item)
    found = (Loose(library, items[0].text, place) for library, items in said.items()
             if all(_OPEN.fullmatch(item.text) and not item.doubtful for item in items)
             and (place := _place(items, files)) is not None)  # fmt: skip
    return tuple(sorted(found, key=lambda item: item.place))


def _statements(name: str, text: str) -> Iterator[Statement]:
    """What one file says; nothing when it cannot be read."""
    try:
        if name.endswith(".txt"):
            yield from list(listed(name, {name: text}))
        elif name.endswith((".yml", ".yaml")):
            yield from list(environment(name, text))
        elif "Dockerfile" in name:
            yield from (item for item in container(name, text) if item.text)
    except Exception:  # files of others may hold anything; what cannot be understood says nothing
        return


def _is_package(files: Mapping[str, str]) -> bool:
    return "setup.py" in files or any(
        _PACKAGED.search(text) for name, text in files.items() if name in ("pyproject.toml", "setup.cfg")
    )


def _place(items: list[Statement], files: Mapping[str, str]) -> Place | None:
    """The first line of a manifest that people install from."""
    for item in items:
        filename, _, row = item.place.rpartition(":")
        if filename in _MANIFESTS and row.isdigit():
            line = files[filename].splitlines()[int(row) - 1]
            if "@" in line:
                return None  # a commit or an archive
            start = len(line) - len(line.lstrip()) + 1
            return Place(filename, Span(int(row), start, int(row), len(line.split(" #")[0].rstrip()) + 1))
    return None
