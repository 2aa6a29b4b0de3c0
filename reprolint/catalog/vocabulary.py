"""The names that reading a file must know: which calls to keep, which to follow, which to drop at once."""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reprolint.catalog.aliases import canonical, closed
from reprolint.catalog.effects import own_methods
from reprolint.catalog.knowledge import Atomic, Configured, Knowledge
from reprolint.catalog.stream import Key

_ITEMS = (".items().__iter__", ".keys().__iter__", ".values().__iter__")  # of a dictionary, nearly always


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A digest of the knowledge for the hot path: sets of names only."""

    effects: frozenset[str]
    methods: frozenset[str]
    own_methods: frozenset[str]
    told_methods: Mapping[str, frozenset[str]]
    libraries: frozenset[str]
    common_names: frozenset[str]
    switches: frozenset[str]
    modules: frozenset[str]
    listings: frozenset[str]
    listing_methods: frozenset[str]
    option_methods: frozenset[str]
    default_methods: frozenset[str]
    parameter_options: frozenset[str]
    restores: frozenset[str]
    order_free: frozenset[str]
    keeps_order: frozenset[str]
    row_methods: frozenset[str]
    keeps_rows: frozenset[str]
    numbers_rows: frozenset[str]
    derives: frozenset[str]
    hashes: frozenset[str]
    identities: frozenset[str]
    aliases: Mapping[str, str]
    says: Mapping[str, str]
    says_names: frozenset[str]
    registers: frozenset[str]
    wrappers: frozenset[str]
    wrapper_names: frozenset[str]
    envelopes: frozenset[str]
    transforms: tuple[str, ...]
    splits: frozenset[str]
    shuffles: frozenset[str]
    imports: frozenset[str]
    instantiates: frozenset[str]
    parsers: frozenset[str]
    parses: frozenset[str]
    fields: frozenset[str]
    documents: frozenset[str]
    document_names: frozenset[str]
    targets: frozenset[str]
    configured: Mapping[str, Configured]
    atomics: tuple[Atomic, ...]
    keys: Mapping[str, tuple[Key, ...]]
    key_repeats: frozenset[str]
    key_methods: Mapping[str, tuple[Key, ...]]
    key_libraries: tuple[bytes, ...]
    builtin_names: frozenset[str]
    timers: frozenset[str]
    stops: frozenset[str]
    trains: frozenset[str]
    epoch_methods: frozenset[str]
    ends: frozenset[str]
    no_gradient: frozenset[str]
    context_managers: frozenset[str]
    devices: tuple[str, ...]
    seeder: re.Pattern[str]
    purposes: Mapping[str, re.Pattern[str]]
    sampler_names: frozenset[str]
    dated: frozenset[str]

    def canonical(self, path: str) -> str:
        """The name of an API as knowledge spells it (`torch.nn.modules.linear.Linear` is `torch.nn.Linear`)."""
        return canonical(path, self.aliases)

    def has_effect(self, path: str) -> bool:
        """Whether an imported name draws, seeds, sets a switch, lists files, ..."""
        return path in self.effects or self.canonical(path) in self.effects

    def is_switch(self, path: str) -> bool:
        """Whether assigning to this attribute sets a switch, or something that is meant for one."""
        return path in self.switches or path.rpartition(".")[0] in self.modules

    def dates(self, path: str) -> str:
        """The beginning of a path that tells for which versions the code was written; empty for most."""
        end = len(path)
        while end > 0:
            if path[:end] in self.dated:
                return path[:end]
            end = path.rfind(".", 0, end)
        return ""

    def means(self, name: str, purpose: str) -> bool:
        """Whether a name tells of a purpose."""
        pattern = self.purposes.get(purpose)
        return pattern is not None and pattern.search(name) is not None

    def is_builtin(self, name: str) -> bool:
        """Whether Python itself defines the name."""
        return name in self.builtin_names

    def lists(self, path: str) -> bool:
        """Whether the call may list files in arbitrary order."""
        typed = "()" in path or path.startswith("@")
        return path in self.listings or (typed and path.rpartition(".")[2] in self.listing_methods)

    def reads_documents(self, path: str) -> bool:
        """Whether a call of this path opens or reads the configuration file that its first argument names."""
        tail = path.rpartition(".")[2]
        return tail in self.document_names and self.canonical(path.replace("()", "")) in self.documents

    def wraps(self, path: str) -> bool:
        """Whether a call of this path gives back what it is given, perhaps wrapped."""
        return path.rpartition(".")[2] in self.wrapper_names and self.canonical(path.replace("()", "")) in self.wrappers

    def envelops(self, path: str) -> bool:
        """Whether a call of this path gives back its first argument, wrapped, whatever else it is given."""
        return self.canonical(path.replace("()", "")) in self.envelopes

    def keeps(self, path: str) -> bool:
        """Whether a call of this path can matter, here or once the program is linked."""
        head = path[:1]
        if head in (":", "."):
            return True
        if head in ("@", "?", ""):
            short = head == "@" and path.count(".") <= 2
            return short or path.rpartition(".")[2] in self.own_methods
        root = path.partition(".")[0].partition("(")[0]
        if path.endswith("()") and self.has_effect(f"{self.canonical(path[:-2])}.__call__"):
            return True
        if "(" in path:
            tail = path.rpartition(".")[2]
            known = root in self.libraries and root not in self.common_names
            return (tail in self.methods if not tail.endswith(("()", "]")) else False) or not known
        if self.has_effect(path):
            return True
        if root in self.libraries and root not in self.common_names:
            calls = self.canonical(path).startswith(self.transforms)
            return calls or bool(self.seeder.search(path.rpartition(".")[2]))
        return "." in path or not self.is_builtin(path)

    def iterates(self, path: str) -> bool:
        """Whether going through something, by `__iter__` at the end of this path, can matter."""
        if path.endswith(_ITEMS):
            return False
        root = path.partition(".")[0].partition("(")[0]
        known = path[:1] not in (":", ".", "@", "?", "") and root in self.libraries - self.common_names
        return self.has_effect(path.removesuffix("().__iter__")) if known else self.keeps(path)

    def hands_over(self, path: str) -> bool:
        """Whether a decorator hands its function to an object that calls it later (`app.command`)."""
        own = path.partition(".")[0] not in self.libraries or "()" in path
        return own and path.rpartition(".")[2] in self.registers

    def mentions_atomics(self, data: bytes) -> bool:
        """A quick test whether a file can contain an atomic addition at all."""
        return any(word in data for word in (b"tomicAdd", b"atomic_add"))

    def mentions_keys(self, data: bytes) -> bool:
        """A quick test whether a file can use random keys at all."""
        return any(word in data for word in self.key_libraries)

    def leads_to_keys(self, path: str) -> bool:
        """Whether a name stands for a call that random keys are given to, or for a module that has one."""
        return path in self.keys or any(name.startswith(f"{path}.") for name in self.keys)


def vocabulary(knowledge: Iterable[Knowledge]) -> Vocabulary:
    """Digest all knowledge files."""
    files = tuple(knowledge)
    effects: set[str] = set()
    for file in files:
        for group in (
            file.draws, file.seedings, file.generators, file.stateless, file.operations, file.environment, file.hazards,
            file.listings, file.loaders, file.samplers, file.ranks, file.options, file.devices,
            file.runs, file.saves, file.budgets, file.threads,
        ):  # fmt: skip
            effects.update(name for entry in group for name in entry.api)
        effects.update(name for switch in file.switches for setter in switch.setters for name in setter.api)
        effects.update(name for variable in file.variables for name in variable.opens)
        effects.update(name for variable in file.variables for setter in variable.setters for name in setter.api)
        effects.update(name for name in file.trains if "." in name)
        effects.update(file.children)
        effects.update(name for entry in file.keys if entry.seed is not None for name in entry.api)
        effects.update(file.tells_epochs)
        effects.update(loader.worker_info for loader in file.loaders if loader.worker_info)
    aliases = closed({prefix: name for file in files for prefix, name in file.aliases.items()})
    says = {phrase: method for file in files for phrase, method in file.says.items()}
    listings = {name for file in files for entry in file.listings for name in entry.api}
    instantiates = {name for file in files for name in file.instantiates}
    parsers = instantiates & {name.rpartition(".")[0] for name in instantiates}
    own = own_methods(files)
    seeders = [pattern for file in files for pattern in file.seeders]
    keys: dict[str, tuple[Key, ...]] = {}
    methods: dict[str, tuple[Key, ...]] = {}
    for name, key in ((name, entry) for file in files for entry in file.keys for name in entry.api):
        keys[name] = (*keys.get(name, ()), key)
        owner, _, method = name.rpartition(".")
        if owner.rpartition(".")[2][:1].isupper():
            methods[method] = (*methods.get(method, ()), key)
    roots = {name.partition(".")[0] for name in effects} | {file.library for file in files}
    return Vocabulary(
        effects=frozenset(effects),
        methods=frozenset(name.rpartition(".")[2] for name in effects if name.count(".") >= 2),
        own_methods=frozenset(name for name, found in own.items() if any(not keyword for keyword, _ in found)),
        told_methods={name: frozenset(keyword for keyword, _ in found) for name, found in own.items()},
        common_names=frozenset(file.library for file in files if file.common_name),
        libraries=frozenset(roots | set(sys.stdlib_module_names)),
        switches=frozenset(name for file in files for switch in file.switches for name in switch.attributes),
        modules=frozenset(entry.name for file in files for entry in file.modules),
        listings=frozenset(listings),
        listing_methods=frozenset(name.rpartition(".")[2] for name in listings),
        option_methods=frozenset(
            name.rpartition(".")[2]
            for file in files
            for option in file.options
            for name in option.api
            if not option.defaults
        ),
        default_methods=frozenset(
            name.rpartition(".")[2]
            for file in files
            for option in file.options
            for name in option.api
            if option.defaults
        ),
        keeps_order=frozenset(name.rpartition(".")[2] for file in files for name in file.keeps_order),
        row_methods=frozenset(
            name.rpartition(".")[2]
            for file in files
            for item in file.listings
            if item.kind == "rows"
            for name in item.api
        ),
        keeps_rows=frozenset(name.rpartition(".")[2] for file in files for name in file.keeps_rows),
        numbers_rows=frozenset(name.rpartition(".")[2] for file in files for name in file.numbers_rows),
        parameter_options=frozenset(
            name for file in files for option in file.options if option.parameter for name in option.api
        ),
        restores=frozenset(name for file in files for entry in file.restores for name in entry.api),
        order_free=frozenset(name.rpartition(".")[2] for file in files for name in file.order_free),
        derives=frozenset(name for file in files for name in file.derives),
        hashes=frozenset(name for file in files for name in file.hashes),
        identities=frozenset(name for file in files for name in file.identities),
        aliases=aliases,
        says=says,
        says_names=frozenset(name.replace("(", "=").partition("=")[0] for name in says),
        registers=frozenset(name.rpartition(".")[2] for file in files for name in file.registers),
        wrappers=frozenset(name for file in files for name in (*file.wrappers, *file.envelopes)),
        envelopes=frozenset(name for file in files for name in file.envelopes),
        transforms=tuple(f"{name}." for file in files for name in file.transforms),
        imports=frozenset(name for file in files for name in file.imports),
        instantiates=frozenset(instantiates),
        parsers=frozenset(parsers),
        parses=frozenset(name.rpartition(".")[2] for name in instantiates if name.rpartition(".")[0] in parsers),
        fields=frozenset(name for file in files for name in file.fields),
        documents=frozenset(name for file in files for name in file.documents),
        document_names=frozenset(name.rpartition(".")[2] for file in files for name in file.documents),
        targets=frozenset(name for file in files for name in file.instantiates_documents),
        configured={name: entry for file in files for entry in file.configured for name in entry.api},
        splits=frozenset(name for file in files for name in file.splits),
        shuffles=frozenset(name for file in files for name in file.shuffles),
        wrapper_names=frozenset(
            name.rpartition(".")[2] for file in files for name in (*file.wrappers, *file.envelopes)
        ),
        keys=keys,
        key_methods=methods,
        key_repeats=frozenset(name for file in files for name in file.key_repeats),
        key_libraries=tuple(sorted({name.partition(".")[0].encode() for name in keys})),
        atomics=tuple(atomic for file in files for atomic in file.atomics),
        builtin_names=frozenset(dir(builtins)),
        context_managers=frozenset(name for file in files for name in file.context_managers),
        no_gradient=frozenset(name for file in files for name in file.no_gradient),
        ends=frozenset(name for file in files for name in file.ends),
        timers=frozenset(name for file in files for name in file.timers),
        stops=frozenset(name for file in files for name in file.stops),
        trains=frozenset(name for file in files for name in file.trains),
        epoch_methods=frozenset(entry.epoch for file in files for entry in file.samplers),
        devices=tuple(sorted({device.device for file in files for device in file.devices} - {"cpu"})),
        seeder=re.compile("|".join(f"(?:{pattern})" for pattern in seeders) or r"(?!)", re.IGNORECASE),
        purposes={kind: re.compile(text, re.IGNORECASE) for file in files for kind, text in file.purposes.items()},
        dated=frozenset(name for file in files for entry in file.written_for for name in entry.api),
        sampler_names=frozenset(
            name.rpartition(".")[2] for file in files for entry in file.samplers for name in entry.api
        ),
    )
