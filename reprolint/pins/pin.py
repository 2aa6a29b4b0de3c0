"""The versions of libraries that a project allows, from the source that stands nearest to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from reprolint.core.version import ANY, NONE, VersionError, parse
from reprolint.pins.environment import container, environment, listed
from reprolint.pins.lock import locked
from reprolint.pins.manifest import pyproject, setup_cfg, setup_py
from reprolint.pins.source import LOCKS
from reprolint.pins.statement import Statement


@dataclass(frozen=True, slots=True)
class Pin:
    """A library, a version of it (`2.4.1`) or a range of versions (`>=2.3,<2.6`), and where that stands."""

    library: str
    text: str
    place: str

    def __str__(self) -> str:
        return f"{self.text.removeprefix('==')} ({self.place})"


def pins(files: Mapping[str, str], library: Callable[[str], str], note: Callable[[str], None]) -> Iterator[Pin]:
    """What the files say of each library that `library` finds under the name of a distribution.

    Of several kinds of files the first that restricts a library counts: lock files, `requirements.txt`, other
    requirements, manifests and then their extras, environments, containers. A file that cannot be read is noted.
    """
    done: set[str] = set()
    for level in _levels(files, note):
        found: dict[str, list[Statement]] = {}
        for item in level:
            if name := library(item.name):
                found.setdefault(name, []).append(item)
        for name, said in sorted(found.items()):
            pin = _agreed(name, said) if name not in done else None
            if pin is not None:
                done.add(name)
                yield pin


def _levels(files: Mapping[str, str], note: Callable[[str], None]) -> Iterator[list[Statement]]:
    def read(names: Iterable[str], reader: Callable[[str, str], Iterable[Statement]]) -> list[Statement]:
        result: list[Statement] = []
        for name in names:
            try:
                result += reader(name, files[name]) if name in files else ()
            except Exception as error:  # files of others may hold anything; what cannot be understood says nothing
                cause = " ".join(str(error).split())[:200]
                note(f"versions: {name} cannot be read: {type(error).__name__}: {cause}")
        return result

    ordered = sorted(files)
    yield read(LOCKS, locked)
    yield read(("requirements.txt",), lambda name, _: listed(name, files))
    yield read((name for name in ordered if name.endswith(".txt")), lambda name, _: listed(name, files))
    manifests = [read((name,), reader) for name, reader in _MANIFESTS]
    yield from ([item for item in found if not item.extra] for found in manifests)
    yield [item for found in manifests for item in found if item.extra]
    yield read((name for name in ordered if name.endswith((".yml", ".yaml")) and name not in LOCKS), environment)
    yield read((name for name in ordered if "Dockerfile" in name), container)


_MANIFESTS = (("pyproject.toml", pyproject), ("setup.cfg", setup_cfg), ("setup.py", setup_py))


def _agreed(library: str, said: list[Statement]) -> Pin | None:
    """What statements of one kind come to: where some hold without condition all of these, else any of them.

    Those that contradict each other are alternatives. None when nothing is restricted.
    """
    ranges: list[tuple[Statement, str]] = []
    for item in said:
        try:
            parse(item.text)
            ranges.append((item, item.text))
        except VersionError:
            continue
    firm = [pair for pair in ranges if not pair[0].doubtful and pair[1]]
    result, used = ANY, firm
    for _, text in firm:
        result &= parse(text)
    if not firm or result == NONE:
        result, used = NONE, firm or ranges
        for _, text in used:
            result |= parse(text)
    if result in (ANY, NONE):
        return None
    texts = dict.fromkeys(text for _, text in used if parse(text) == result)
    places = dict.fromkeys(item.place for item, _ in used)
    return Pin(library, next(iter(texts), str(result)), ", ".join(places))
