"""All knowledge by the name of the API, ready to be asked what a call does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reprolint.catalog.edition import Edition
from reprolint.catalog.knowledge import Base, Budget, Device, Hazard, Knowledge, Listing, Threads
from reprolint.catalog.operation import Operation
from reprolint.catalog.stream import (
    Draw,
    Generator,
    Key,
    Loader,
    Ranks,
    Restores,
    Runs,
    Sampler,
    Seeding,
    Stateless,
    Stream,
)
from reprolint.catalog.switch import Environment, Setter, Switch, Variable


@dataclass(frozen=True, slots=True)
class Effects:
    """What calls do, by canonical API name; streams, switches and variables by their own name;
    `settlers` are the switches that settle the operations of a library, empty for a framework that has none.

    `assumed` are the versions whose facts were taken for an API that changed, where the project does not say which.
    """

    draws: Mapping[str, tuple[Draw, ...]]
    seedings: Mapping[str, tuple[Seeding, ...]]
    generators: Mapping[str, tuple[Generator, ...]]
    keys: Mapping[str, tuple[Key, ...]]
    stateless: Mapping[str, tuple[Stateless, ...]]
    operations: Mapping[str, tuple[tuple[Operation, str], ...]]
    setters: Mapping[str, tuple[tuple[Switch, Setter], ...]]
    variable_setters: Mapping[str, tuple[tuple[Variable, Setter], ...]]
    environment: Mapping[str, tuple[Environment, ...]]
    hazards: Mapping[str, tuple[Hazard, ...]]
    listings: Mapping[str, tuple[Listing, ...]]
    loaders: Mapping[str, tuple[Loader, ...]]
    samplers: Mapping[str, tuple[Sampler, ...]]
    ranks: Mapping[str, tuple[Ranks, ...]]
    devices: Mapping[str, tuple[Device, ...]]
    restores: Mapping[str, tuple[Restores, ...]]
    runs: Mapping[str, tuple[Runs, ...]]
    saves: Mapping[str, tuple[Restores, ...]]
    budgets: Mapping[str, tuple[Budget, ...]]
    threads: Mapping[str, tuple[Threads, ...]]
    returns: Mapping[str, str]
    attribute_types: Mapping[str, str]
    makes: Mapping[str, frozenset[str]]
    keeps: Mapping[str, frozenset[str]]
    bases: Mapping[str, Base]
    streams: Mapping[str, Stream]
    switches: Mapping[str, Switch]
    settlers: Mapping[str, str]
    attributes: Mapping[str, Switch]
    modules: Mapping[str, tuple[str, ...]]
    variables: Mapping[str, Variable]
    variable_names: frozenset[str]
    option_types: frozenset[str]
    clocks: frozenset[str]
    hashes: frozenset[str]
    tells_epochs: frozenset[str]
    rank_names: frozenset[str]
    code: tuple[str, ...]
    children: frozenset[str]
    no_gradient_trains: frozenset[str]
    own_methods: Mapping[str, tuple[tuple[str, str], ...]]
    machine: frozenset[str]
    thread_variables: frozenset[str]
    assumed: Mapping[str, str] = field(default_factory=dict)


def own_methods(files: Iterable[Knowledge]) -> dict[str, tuple[tuple[str, str], ...]]:
    """By the name of a method: the keyword that tells it, if any is needed, and the API."""
    result: dict[str, tuple[tuple[str, str], ...]] = {}
    for file in files:
        for text in file.own_methods:
            api, _, keyword = text.removesuffix("=)").partition("(")
            method = api.rpartition(".")[2]
            result[method] = (*result.get(method, ()), (keyword, api))
    return result


def effects(knowledge: Iterable[Knowledge], versions: Mapping[str, str] | None = None) -> Effects:
    """Index all knowledge files, as far as they hold for the versions of a project by library."""
    files = tuple(knowledge)
    edition = Edition(versions or {})

    def by_api(section: str) -> Any:
        result: dict[str, tuple[Any, ...]] = {}
        for file in files:
            for entry in getattr(file, section):
                for name in entry.api:
                    result[name] = (*result.get(name, ()), entry)
        return result

    def likely(entries: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
        chosen = {name: edition.likely(name, items) for name, items in entries.items()}
        return {name: items for name, items in chosen.items() if items}

    def possible(entries: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
        chosen = {name: edition.possible(name, items) for name, items in entries.items()}
        return {name: items for name, items in chosen.items() if items}

    bases: dict[str, tuple[Base, ...]] = {}
    for base in (base for file in files for base in file.bases):
        for name in (base.name, *base.like):
            bases[name] = (*bases.get(name, ()), base)
    setters: dict[str, tuple[tuple[Switch, Setter], ...]] = {}
    switches = {switch.name: switch for file in files for switch in file.switches}
    for switch in switches.values():
        for setter in switch.setters:
            for name in setter.api:
                setters[name] = (*setters.get(name, ()), (switch, setter))
    variable_setters: dict[str, tuple[tuple[Variable, Setter], ...]] = {}
    for variable in (variable for file in files for variable in file.variables):
        for setter in variable.setters:
            for name in setter.api:
                variable_setters[name] = (*variable_setters.get(name, ()), (variable, setter))
    operations: dict[str, tuple[tuple[Operation, str], ...]] = {}
    settlers = {file.library: "" for file in files if file.deep_learning}
    settlers |= {file.library: switch.name for file in files for switch in file.switches if switch.settles}
    settlers |= {file.library: settlers[file.framework] for file in files if file.framework}
    for file in files:
        for operation in file.operations:
            for name in operation.api:
                operations[name] = (*operations.get(name, ()), (operation, settlers.get(file.library, "")))
    return Effects(
        draws=possible(by_api("draws")),
        seedings=likely(by_api("seedings")),
        generators=possible(by_api("generators")),
        keys=possible(by_api("keys")),
        stateless=likely(by_api("stateless")),
        operations=likely(operations),
        setters=likely(setters),
        variable_setters=likely(variable_setters),
        environment=by_api("environment"),
        hazards=possible(by_api("hazards")),
        listings=by_api("listings"),
        loaders=likely(by_api("loaders")),
        samplers=by_api("samplers"),
        ranks=by_api("ranks"),
        devices=by_api("devices"),
        restores=likely(by_api("restores")),
        runs=likely(by_api("runs")),
        saves=by_api("saves"),
        budgets=possible(by_api("budgets")),
        threads=possible(by_api("threads")),
        returns={name: kind for file in files for entry in file.returns for name, kind in entry.types},
        attribute_types={name: entry.type for file in files for entry in file.attributes for name in entry.api},
        makes=_kinds((item.kind, name) for file in files for item in file.makes for name in item.api),
        keeps=_kinds((item.kind, name) for file in files for item in file.makes for name in item.keeps),
        bases={name: items[-1] for name, items in likely(bases).items()},
        streams={entry.name: entry for file in files for entry in file.streams},
        switches=switches,
        settlers=settlers,
        attributes={name: switch for switch in switches.values() for name in switch.attributes},
        modules={entry.name: entry.attributes for file in files for entry in file.modules},
        variables={entry.name: entry for file in files for entry in file.variables},
        variable_names=frozenset(
            name for file in files for name in (*file.variable_names, *(entry.name for entry in file.variables))
        ),
        option_types=frozenset(name for file in files for entry in file.options for name in entry.reads),
        children=frozenset(name for file in files for name in file.children),
        no_gradient_trains=frozenset(name for file in files for name in file.no_gradient_trains),
        own_methods=own_methods(files),
        machine=frozenset(name for file in files for name in file.machine),
        thread_variables=frozenset(name for file in files for name in file.thread_variables),
        tells_epochs=frozenset(name for file in files for name in file.tells_epochs),
        rank_names=frozenset(name for file in files for name in file.rank_names),
        code=tuple(name for file in files for name in file.code),
        clocks=frozenset(name for file in files for name in file.clocks),
        hashes=frozenset(name for file in files for name in file.hashes),
        assumed=edition.assumed,
    )


def _kinds(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """The kinds of each name; methods of classes also by their own name, for a receiver that is not known."""
    result: dict[str, set[str]] = {}
    for kind, name in pairs:
        result.setdefault(name, set()).add(kind)
        owner, _, method = name.partition("()")[0].rpartition(".")
        if owner.rpartition(".")[2][:1].isupper() and not method.startswith("__"):
            result.setdefault(f"?.{name[len(owner) + 1 :]}", set()).add(kind)
    return {name: frozenset(kinds) for name, kinds in result.items()}
