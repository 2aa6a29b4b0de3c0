"""Reads what lies beside the code: the configuration files that it names, and whatever starts it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from reprolint.discover import File

if TYPE_CHECKING:
    from reprolint.facts.record import Facts
    from reprolint.program.beside import Beside

MOST_LAUNCHES = 400


def beside(files: Mapping[str, File], facts: Mapping[str, Facts]) -> Beside:
    """The configurations that facts name and the commands that start their files; a file that is gone is left out."""

    def content(name: str) -> bytes | None:
        try:
            with open(files[name].path, "rb") as file:
                return file.read()
        except OSError:
            return None

    return gather(files.keys(), content, facts)


def gather(names: Collection[str], content: Callable[[str], bytes | None], facts: Mapping[str, Facts]) -> Beside:
    """The same, from wherever `content` takes the files called `names`."""
    from reprolint import document
    from reprolint.launch.read import kind, read
    from reprolint.program.beside import Beside, starts, wanted

    named = [(path, name) for path, item in facts.items() for name in item.documents]
    documents = {}
    for name in sorted(wanted(named, names)) if named else ():
        data = content(name)
        if data is not None:
            documents[name] = document.read(name, data)
    contents = {name: content(name) for name in [name for name in sorted(names) if kind(name)][:MOST_LAUNCHES]}
    launches = {name: read(name, data) for name, data in contents.items() if data is not None}
    return Beside(documents, starts(launches, facts.keys()))
