"""Links the facts of all files into a program: a fold over functions, callees first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reprolint.catalog.effects import Effects
from reprolint.catalog.vocabulary import Vocabulary
from reprolint.facts.record import Facts
from reprolint.program.context import Context
from reprolint.program.entries import Course, Entry, Runner, candidates, imported_files
from reprolint.program.flow import Walk
from reprolint.program.graph import calls, components, imports, recursive, statements
from reprolint.program.modules import index
from reprolint.program.resolve import resolver
from reprolint.program.summary import BOTTOM, Summary

MOST_ROUNDS = 10
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the project says of itself: configured entries, locked versions by library, the device it targets."""

    entries: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    device: str = "any"


@dataclass(frozen=True, slots=True)
class Program:
    """All files linked. `courses` say what happens from each entry on; `reached` are the functions any entry runs."""

    files: Mapping[str, Facts]
    courses: tuple[Course, ...]
    reached: frozenset[Key]
    settings: Settings
    context: Context

    def reseeded(self, path: str) -> frozenset[str]:
        """The classes of explicit generators that a file seeds after they are built (`rng.seed(epoch)`)."""
        facts = self.files[path]
        found: set[str] = set()
        for body in (facts.body, *(function.body for function in facts.functions)):
            for call in calls(body):
                for target in self.context.callees(call, path).external:
                    if target.receiver is not None and target.name in self.context.effects.seedings:
                        found.add(target.receiver.name)
        return frozenset(found)


def link(files: Iterable[Facts], effects: Effects, vocabulary: Vocabulary, settings: Settings) -> Program:
    """Link files; the order in which they are given plays no part."""
    modules = index(sorted(files, key=lambda item: item.path), vocabulary.libraries)
    context = Context(resolver(modules, effects, vocabulary.aliases), effects, vocabulary)
    imported = frozenset(
        path for item in modules.facts.values() for step in imports(item) for path in imported_files(step, item.path, context)
        if path != item.path
    )  # fmt: skip
    entries = candidates(modules.facts, imported, settings.entries)
    reached = _summarise(context, entries)
    courses = tuple(Runner(context, entry).course() for entry in entries)
    kept = tuple(course for course in courses if course.entry.kind != "script" or course.uses)
    return Program(modules.facts, kept, reached, settings, context)


def _summarise(context: Context, entries: tuple[Entry, ...]) -> frozenset[Key]:
    """Summarise every function that an entry may reach."""
    graph: dict[Key, tuple[Key, ...]] = {}
    modules = context.resolver.modules

    def successors(key: Key) -> tuple[Key, ...]:
        if key not in graph:
            path, name = key
            body = context.resolver.functions[key].body if name else modules.facts[path].body
            found: dict[Key, None] = {}
            for call in calls(body):
                for target in (*(known := context.callees(call, path)).now, *known.later):
                    found[(target.module, target.name)] = None
            if not name:
                for step in statements(body):
                    found.update({(item, ""): None for item in imported_files(step, path, context)})
            graph[key] = tuple(found)
        return graph[key]

    roots: list[Key] = [(entry.path, "") for entry in entries]
    roots += [(entry.path, entry.function) for entry in entries if (entry.path, entry.function) in context.resolver.functions]
    for component in components(roots, successors):
        functions = [key for key in component if key[1]]
        if not functions:
            continue
        rounds = MOST_ROUNDS if recursive(component, graph) else 1
        for key in functions:
            context.summaries[key] = BOTTOM
        for _ in range(rounds):
            before = [context.summaries[key] for key in functions]
            for key in functions:
                context.summaries[key] = _summary(context, key)
            if before == [context.summaries[key] for key in functions]:
                break
    return frozenset(key for key in graph if key[1])


def _summary(context: Context, key: Key) -> Summary:
    path, name = key
    return Walk(context, path).body(context.resolver.functions[(path, name)].body)
