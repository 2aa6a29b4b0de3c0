"""Where processes start, and what happens from there to the end."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from reprolint.core.place import Place
from reprolint.core.value import OPAQUE
from reprolint.facts.record import Call, Facts, Import
from reprolint.program.beside import Beside
from reprolint.program.context import Context
from reprolint.program.flow import Walk
from reprolint.program.imports import Imports
from reprolint.program.ledger import Ledger
from reprolint.program.loads import Loads
from reprolint.program.sources import Key
from reprolint.program.state import INITIAL, START, Definition, Hop, Reach, State, Use, join
from reprolint.program.summary import Collected, Disturbance, Repeat, replaced

T = TypeVar("T")
_HELPERS = frozenset({"conftest.py", "setup.py", "noxfile.py", "conf.py", "tasks.py", "fabfile.py"})
_ASIDE = frozenset({"tests", "test", "testing", "docs", "doc", "benchmarks", "site-packages", "node_modules"})


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A place where a process starts: a file, and a function of it for console scripts and configured entries."""

    path: str
    function: str = ""
    kind: Literal["guard", "script", "configured"] = "script"

    @property
    def label(self) -> str:
        """How people name it: `train.py`, or `pkg/cli.py:main`."""
        return f"{self.path}:{self.function}" if self.function else self.path


@dataclass(frozen=True, slots=True)
class Course:
    """What one entry does, from start to end.

    `uses`: draws, operations and loads with the definitions that reach them. `counts`: how many there are in all, by
    `cell/exposed`. `late`: definitions after a first use. `sets`: every definition. `end`: the state at the end.
    `files`: those whose code runs or may run. `disabled`, `undone`, `repeats`, `disturbed`: as in a summary.
    `begin`: what the commands that start it have set.
    `entered`: the functions whose summaries it took, `reads`: the parameters it asked about, `reached`: all that it may
    call; they say when it must be walked again. `context`: the program as it sees it.
    """

    entry: Entry
    uses: tuple[Use, ...]
    counts: Mapping[str, int]
    late: tuple[tuple[Use, Definition], ...]
    sets: tuple[Definition, ...]
    end: Mapping[str, Reach] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    begin: Mapping[str, Reach] = field(default_factory=dict)
    disabled: tuple[Definition, ...] = ()
    undone: tuple[tuple[Definition, Definition], ...] = ()
    repeats: tuple[Repeat, ...] = ()
    disturbed: tuple[Disturbance, ...] = ()
    entered: frozenset[Key] = frozenset()
    reads: frozenset[Key] = frozenset()
    reached: frozenset[Key] = frozenset()
    context: Context | None = field(default=None, compare=False, repr=False)

    def reach(self, cell: str) -> Reach:
        """The definitions of a cell that may hold at the end."""
        return self.end.get(cell, frozenset({INITIAL}))


def candidates(files: Mapping[str, Facts], imported: frozenset[str], configured: Iterable[str]) -> tuple[Entry, ...]:
    """Where processes may start: guarded files, files that nobody imports, configured `path` or `path:function`."""
    result: set[Entry] = set()
    for item in configured:
        path, _, function = item.partition(":")
        if path in files:
            result.add(Entry(path, function, "configured"))
    chosen = {entry.path for entry in result}
    for path, facts in files.items():
        if path in chosen or aside(path) or facts.broken is not None or not path.endswith(".py"):
            continue
        if facts.guarded:
            result.add(Entry(path, "", "guard"))
        elif path not in imported and facts.body and posixpath.basename(path) != "__init__.py":
            result.add(Entry(path, "", "script"))
    return tuple(sorted(result))


def aside(path: str) -> bool:
    """Whether a file is a test, documentation or build helper, which is no entry unless configured."""
    *folders, name = path.split("/")
    return name in _HELPERS or name.startswith("test_") or name.endswith("_test.py") or not _ASIDE.isdisjoint(folders)


class Runner:
    """Runs one entry: its file, the files it imports (each once, when first imported), then its function.

    Only files that do anything when imported, or import such a file, are run; of the others only the libraries count
    that they load.
    """

    def __init__(self, context: Context, entry: Entry, imports: Imports, beside: Beside) -> None:
        self.context, self.entry, self.imports, self.beside = context, entry, imports, beside
        self.loaded = {entry.path}
        self.collected = Collected()
        self.walks: list[Walk] = []

    def course(self) -> Course:
        """What happens from start to end."""
        facts = self.context.resolver.modules.facts[self.entry.path]
        self.context.resolver.asked = set()
        begin = self.beside.environment(self.entry.path, self.context.effects.variables)
        state = self._run(facts, (), State(dict(begin)), main=not self.entry.function)
        if self.entry.function and state is not None:
            state = self._function(state, facts)
        end = state if state is not None else State()
        later = [use for walk in self.walks for use in walk.deferred.uses.values()]
        loads = Loads.of((*self.collected.uses.values(), *later), self.context)
        for walk in self.walks:
            for use in walk.deferred.uses.values():
                if loads.seeds(use):
                    self.collected.add(loads.carried(use))
                else:
                    here = loads.placed(use)
                    self.collected.add(here if here.settled else self._finally(here, end))
        uses = self._begun(tuple(self.collected.uses.values()))
        late = {key: item for walk in self.walks for key, item in walk.late.items()}
        sets = {item: None for walk in self.walks for item in walk.sets}
        return Course(
            self.entry, uses, dict(self.collected.counts), tuple(late.values()),
            tuple(sets), dict(end.cells), self._files(),
            disabled=_merged(walk.disabled for walk in self.walks),
            undone=_merged(walk.undone for walk in self.walks),
            repeats=_merged(walk.repeats for walk in self.walks),
            disturbed=_merged(walk.disturbed for walk in self.walks),
            entered=frozenset(key for walk in self.walks for key in walk.entered),
            reads=frozenset(self.context.resolver.asked), begin=begin,
        )  # fmt: skip

    def _finally(self, use: Use, end: State) -> Use:
        """Something that happens later, as it happens: a layer runs when something is trained, all else at the end."""
        trainings = [item for item in self.collected.uses.values() if item.kind == "training"]
        if use.kind != "operation" or not trainings:
            settled = replace(use, reach=end.at(use.cell))
            return replace(settled, others=self.walks[0].others(settled, end)) if use.kind == "draw" else settled
        held = [[item for item in known.others if item.cell == use.cell] for known in trainings]
        found = [frozenset(item if item.api else INITIAL for item in items) or START for items in held]
        return replace(use, reach=frozenset().union(*found))

    def _begun(self, uses: tuple[Use, ...]) -> tuple[Use, ...]:
        """Let processes that inherit nothing start where the import of the entry's file leaves them."""
        if not any(use.fresh and use.exposed for use in uses):
            return uses
        again = Runner(self.context, self.entry, self.imports, self.beside)
        state = again._run(self.context.resolver.modules.facts[self.entry.path], (), State(), main=False) or State()
        return tuple(
            replace(use, reach=replaced(use.reach, state.at(use.cell))) if use.fresh else use for use in uses
        )  # fmt: skip

    def _walk(self, path: str, chain: tuple[Hop, ...], *, main: bool) -> Walk:
        walk = Walk(self.context, path, main=main, chain=chain, importer=self._load, collected=self.collected)
        self.walks.append(walk)
        return walk

    def _run(self, facts: Facts, chain: tuple[Hop, ...], state: State, *, main: bool) -> State | None:
        walk = self._walk(facts.path, chain, main=main)
        last = state.copy()
        current: State | None = state
        for step in facts.body:
            if current is None:
                break
            current = walk.step(step, current)
            last = current.copy() if current is not None else last
        return join([current, *walk.returned]) or last

    def _function(self, state: State, facts: Facts) -> State | None:
        target = self.context.resolver.function(facts.path, self.entry.function)
        if target is None:
            return state
        span = self.context.resolver.functions[(target.module, target.name)].span
        walk = self._walk(target.module, (), main=True)
        return walk.enter(Call(OPAQUE, (), (), True, span, span), target, state)

    def _files(self) -> tuple[str, ...]:
        """The files that run, and those that functions may import later."""
        known, waiting = set(self.loaded), sorted(self.loaded)
        while waiting:
            path = waiting.pop()
            for _, found in self.context.imported(path):
                fresh = set(found) - known
                known |= fresh
                waiting += sorted(fresh)
        return tuple(sorted(known))

    def _load(self, step: Import, walk: Ledger, state: State) -> State | None:
        """Run the files an import statement runs: the packages on the way, the module, submodules taken by name."""
        modules = self.context.resolver.modules
        current: State | None = state
        for path in self.context.runs(step, walk.module):
            if path in self.loaded or current is None:
                continue
            self.loaded.add(path)
            if path not in self.imports.matter:
                walk.load_library(self.imports.libraries.get(path, frozenset()), step.span, current)
                continue
            facts = modules.facts[path]
            hop = Hop(Place(walk.module, step.span), step.span, step.module)
            before = current.copy()
            current = self._run(facts, (*walk.chain, hop)[:12], current, main=False)
            current = current if current is not None else before
        return current


def _merged(parts: Iterable[Mapping[tuple[str, Place], T]]) -> tuple[T, ...]:
    """The values of several mappings, each key once."""
    merged: dict[tuple[str, Place], T] = {}
    for part in parts:
        merged.update(part)
    return tuple(merged.values())
