"""All knowledge by the name of the API, ready to be asked what a call does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reprolint.catalog.knowledge import (
    Base,
    Device,
    Draw,
    Environment,
    Generator,
    Knowledge,
    Listing,
    Loader,
    Restores,
    Seeding,
    Setter,
    Stream,
    Switch,
    Variable,
)
from reprolint.catalog.operation import Operation


@dataclass(frozen=True, slots=True)
class Effects:
    """What calls do, by canonical API name; streams, switches and variables by their own name."""

    draws: Mapping[str, tuple[Draw, ...]]
    seedings: Mapping[str, tuple[Seeding, ...]]
    generators: Mapping[str, tuple[Generator, ...]]
    operations: Mapping[str, tuple[tuple[Operation, str], ...]]
    setters: Mapping[str, tuple[tuple[Switch, Setter], ...]]
    environment: Mapping[str, tuple[Environment, ...]]
    listings: Mapping[str, tuple[Listing, ...]]
    loaders: Mapping[str, tuple[Loader, ...]]
    devices: Mapping[str, tuple[Device, ...]]
    restores: Mapping[str, tuple[Restores, ...]]
    returns: Mapping[str, str]
    attribute_types: Mapping[str, str]
    bases: Mapping[str, Base]
    streams: Mapping[str, Stream]
    switches: Mapping[str, Switch]
    attributes: Mapping[str, Switch]
    variables: Mapping[str, Variable]
    option_types: frozenset[str]
    clocks: frozenset[str]


def effects(knowledge: Iterable[Knowledge]) -> Effects:
    """Index all knowledge files."""
    files = tuple(knowledge)

    def by_api(section: str) -> Any:
        result: dict[str, tuple[Any, ...]] = {}
        for file in files:
            for entry in getattr(file, section):
                for name in entry.api:
                    result[name] = (*result.get(name, ()), entry)
        return result

    setters: dict[str, tuple[tuple[Switch, Setter], ...]] = {}
    switches = {switch.name: switch for file in files for switch in file.switches}
    for switch in switches.values():
        for setter in switch.setters:
            for name in setter.api:
                setters[name] = (*setters.get(name, ()), (switch, setter))
    operations: dict[str, tuple[tuple[Operation, str], ...]] = {}
    for file in files:
        settler = next((switch.name for switch in file.switches if switch.settles), "")
        for operation in file.operations:
            for name in operation.api:
                operations[name] = (*operations.get(name, ()), (operation, settler))
    return Effects(
        draws=by_api("draws"),
        seedings=by_api("seedings"),
        generators=by_api("generators"),
        operations=operations,
        setters=setters,
        environment=by_api("environment"),
        listings=by_api("listings"),
        loaders=by_api("loaders"),
        devices=by_api("devices"),
        restores=by_api("restores"),
        returns={name: entry.type for file in files for entry in file.returns for name in entry.api},
        attribute_types={name: entry.type for file in files for entry in file.attributes for name in entry.api},
        bases={entry.name: entry for file in files for entry in file.bases},
        streams={entry.name: entry for file in files for entry in file.streams},
        switches=switches,
        attributes={name: switch for switch in switches.values() for name in switch.attributes},
        variables={entry.name: entry for file in files for entry in file.variables},
        option_types=frozenset(name for file in files for entry in file.options for name in entry.reads),
        clocks=frozenset(name for file in files for name in file.clocks),
    )
