"""The libraries that knowledge is about, and the distributions they come in."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields

from reprolint.catalog.knowledge import Knowledge
from reprolint.catalog.switch import Switch, Variable
from reprolint.core.version import newest

PYTHON = "python"


def library(api: str) -> str:
    """The library whose version matters to an API: its first name, or the interpreter for the standard library."""
    root = api.partition(".")[0]
    return PYTHON if root in sys.stdlib_module_names or "." not in api else root


def libraries(knowledge: Iterable[Knowledge]) -> frozenset[str]:
    """Every library that an entry is about."""
    return frozenset(name for name, _ in _entries(knowledge)) | {PYTHON}


def versioned(knowledge: Iterable[Knowledge]) -> frozenset[str]:
    """The libraries of which some entries hold for some versions only."""
    return frozenset(name for name, ranges in _entries(knowledge) if ranges)


def distributions(knowledge: Iterable[Knowledge]) -> Mapping[str, str]:
    """The library in each distribution or container image; a distribution has the name of its library by default."""
    files = tuple(knowledge)
    result = {name.replace("_", "-").lower(): name for name in sorted(libraries(files))}
    for file in files:
        result.update(file.distributions)
    return result


def frameworks(knowledge: Iterable[Knowledge]) -> Mapping[str, str]:
    """The framework of deep learning in each distribution or image that holds one."""
    files = tuple(knowledge)
    chosen = {file.library for file in files if file.deep_learning}
    return {name: library for name, library in distributions(files).items() if library in chosen}


def written_for(names: Iterable[str], knowledge: Iterable[Knowledge]) -> Mapping[str, str]:
    """The versions of libraries that code with these names was written for; of several the oldest."""
    known = {name: entry.means for file in knowledge for entry in file.written_for for name in entry.api}
    found: dict[str, str] = {}
    for library, ranges in (item for name in sorted(set(names)) for item in known.get(name, {}).items()):
        if library not in found or newest(ranges, "") < newest(found[library], ""):
            found[library] = ranges
    return found


def _entries(knowledge: Iterable[Knowledge]) -> Iterable[tuple[str, str]]:
    """The library of each name of each entry, and the versions it holds for."""
    for file in knowledge:
        for section in fields(Knowledge):
            value = getattr(file, section.name)
            for entry in value if isinstance(value, tuple) else ():
                for api in getattr(entry, "api", ()) or _named(entry):
                    yield library(api), getattr(entry, "versions", "")
        owners: tuple[Switch | Variable, ...] = (*file.switches, *file.variables)
        for setter in (setter for owner in owners for setter in owner.setters):
            yield from ((library(api), setter.versions) for api in setter.api)
        yield from ((variable.read_by, variable.needed) for variable in file.variables)


def _named(entry: object) -> tuple[str, ...]:
    """The one name of an entry about a class."""
    return (name,) if "." in (name := getattr(entry, "name", "")) and not hasattr(entry, "api") else ()
