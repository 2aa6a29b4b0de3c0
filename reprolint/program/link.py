"""Links the facts of all files into a program: a fold over functions, callees first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reprolint.catalog.effects import Effects
from reprolint.catalog.vocabulary import Vocabulary
from reprolint.core.value import Value
from reprolint.facts.record import Facts
from reprolint.program.context import Context
from reprolint.program.entries import Course, Entry, Runner, candidates
from reprolint.program.flow import Walk
from reprolint.program.follow import Target
from reprolint.program.graph import calls, components, recursive
from reprolint.program.imports import importers, survey, upwards
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


def link(
    files: Iterable[Facts], effects: Effects, vocabulary: Vocabulary, settings: Settings,
    previous: Program | None = None,
) -> Program:  # fmt: skip
    """Link files; the order in which they are given plays no part.

    With the `previous` program of the same effects, whatever depends on unchanged files alone is taken over from it:
    a change is linked anew from the changed file up to the files that import it. The result is the same as without.
    """
    given = {item.path: item for item in files}
    settled = _settled(given, settings, previous)
    if previous is not None:
        given.update({path: previous.files[path] for path in settled})
    modules = index((given[path] for path in sorted(given)), vocabulary.libraries)
    context = Context(resolver(modules, effects, vocabulary.aliases), effects, vocabulary)
    if previous is not None:
        context.inherit(previous.context, settled)
    imported = frozenset(
        path for item in modules.facts for _, found in context.imported(item) for path in found if path != item
    )  # fmt: skip
    entries = candidates(modules.facts, imported, settings.entries)
    reached = _summarise(context, entries)
    imports = survey(context)
    started = [entry for entry in entries if entry.kind != "script" or entry.path in imports.acting]
    known = {} if previous is None else {course.entry: course for course in previous.courses}
    courses = []
    for entry in started:
        course = known.get(entry)
        if course is None or not settled.issuperset(course.files):
            course = Runner(context, entry, imports).course()
        if entry.kind != "script" or course.uses:
            courses.append(course)
    return Program(modules.facts, tuple(courses), reached, settings, context)


def _settled(given: Mapping[str, Facts], settings: Settings, previous: Program | None) -> frozenset[str]:
    """The files that neither changed nor import, directly or not, one that did; none when that cannot be told.

    A new or removed file can change where any import leads, and an option declared elsewhere what a seed is.
    """
    if previous is None or previous.settings != settings or previous.files.keys() != given.keys():
        return frozenset()
    changed = {path for path, facts in given.items() if facts.digest != previous.files[path].digest}
    if any(_defaults(given[path]) != _defaults(previous.files[path]) for path in changed):
        return frozenset()
    return frozenset(given.keys() - upwards(changed, importers(given, previous.context)))


def _defaults(facts: Facts) -> list[tuple[str, Value]]:
    return [(option.name, option.default) for option in facts.options]


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
                for _, files in context.imported(path):
                    found.update({(item, ""): None for item in files})
            graph[key] = tuple(found)
        return graph[key]

    roots: list[Key] = [(entry.path, "") for entry in entries]
    named = [context.resolver.function(entry.path, entry.function) for entry in entries if entry.function]
    roots += [(target.module, target.name) for target in named if target is not None]
    for component in components(roots, successors):
        functions = [key for key in component if key[1]]
        if all(key in context.summaries for key in functions):
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
    path = key[0]
    function = context.resolver.functions[key]
    framework = bool(function.owner) and context.resolver.is_framework(Target("class", function.owner, path))
    return Walk(context, path, framework=framework).body(function.body)
