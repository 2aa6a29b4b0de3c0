"""Links the facts of all files into a program: a fold over functions, callees first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from reprolint.catalog.effects import Effects
from reprolint.catalog.vocabulary import Vocabulary
from reprolint.core.value import Value
from reprolint.facts.record import Facts
from reprolint.pins.loose import Loose
from reprolint.program.beside import Beside
from reprolint.program.context import Context
from reprolint.program.entries import Course, Entry, Runner, candidates
from reprolint.program.flow import Walk
from reprolint.program.follow import Target
from reprolint.program.graph import calls, components, recursive
from reprolint.program.imports import importers, survey, upwards
from reprolint.program.modules import index
from reprolint.program.reach import MAIN, Reach
from reprolint.program.resolve import resolver
from reprolint.program.sources import Key, Source, Sources, same
from reprolint.program.summary import BOTTOM, Summary

MOST_ROUNDS = 10
MOST_REACHED = 20_000  # functions; for more, another entry may make a shared one do something here


@dataclass(frozen=True, slots=True)
class Settings:
    """What the project says of itself: configured entries, locked versions by library, the device it targets,
    what lies beside the code, and frameworks that it gives no version."""

    entries: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    device: str = "any"
    beside: Beside = field(default_factory=Beside)
    loose: tuple[Loose, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """All files linked. `courses` say what happens from each entry on; `reached` are the functions any entry runs,
    `trained` and `drawing` the files on the way of an entry that trains, or draws at random."""

    files: Mapping[str, Facts]
    courses: tuple[Course, ...]
    reached: frozenset[Key]
    trained: frozenset[str]
    drawing: frozenset[str]
    settings: Settings
    context: Context

    def views(self) -> Iterator[tuple[Course, Program]]:
        """Every course with the program as its entry sees it."""
        for course in self.courses:
            yield course, replace(self, context=course.context or self.context)

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
    context = Context(resolver(modules, effects, vocabulary.aliases, settings.beside), effects, vocabulary)
    if previous is not None:
        context.inherit(previous.context, settled)
    imported = frozenset(
        path for item in modules.facts for _, found in context.imported(item) for path in found if path != item
    )  # fmt: skip
    commanded = {start.path for start in settings.beside.starts}
    entries = candidates(modules.facts, imported - commanded, settings.entries)
    reach = Reach(context)
    reach.search(_roots(entries, context))
    reused = _summarise(context, reach, previous, settled)
    imports = survey(context)
    started = [entry for entry in entries if entry.kind != "script" or entry.path in imports.acting]
    known = {} if previous is None else {course.entry: course for course in previous.courses}
    courses = []
    owned = context.resolver.sources.owned() if len(started) > 1 else {}
    for entry in started:
        course = known.get(entry)
        starts = _starts(entry, context)
        reached = reach.reached(starts)
        if course is None or not _lasts(course, settled, reused, previous, context, reached):
            own = _narrowed(context, reach, starts, owned, settings.beside.options(entry.path))
            course = replace(Runner(own, entry, imports, settings.beside).course(), context=own, reached=reached)
        if entry.kind != "script" or course.uses:
            courses.append(course)
    functions = frozenset(key for key in reach.graph if key[1] not in ("", MAIN))
    context.seal()
    trained, drawing = _ways(courses, "training"), _ways(courses, "draw")
    return Program(modules.facts, tuple(courses), functions, trained, drawing, settings, context)


def _ways(courses: Iterable[Course], kind: str) -> frozenset[str]:
    """The files on the way of every entry that does such a thing."""
    used = (course for course in courses if any(use.kind == kind for use in course.uses))
    return frozenset(path for course in used for path in course.files)


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


def _narrowed(
    context: Context, reach: Reach, starts: list[Key], owned: Mapping[Key, list[Key]], options: Mapping[str, Value]
) -> Context:  # fmt: skip
    """The program as one entry sees it: what only other scripts give to parameters does not count, and the options
    are those that the commands which start it give."""
    sources, reached = context.resolver.sources, reach.reached(starts)
    changed: dict[Key, Source] = {}
    for owner, keys in owned.items():
        if owner in reached or not owner[1]:
            for key in keys:
                less = sources.table[key].only(reached)
                if less is not None:
                    changed[key] = less
    if not changed and not options:
        return context
    own = context.narrowed(sources.narrowed(changed), options)
    if (
        changed and len(reached) <= MOST_REACHED
    ):  # found anew, since a shared function may do what another entry makes it do
        own = context.narrowed(Sources(), options)
        reach = Reach(own)
        reach.search(starts)
        reached, fresh = frozenset(reach.graph), own.resolver.sources
        changed = {
            key: source for key, source in sources.table.items()
            if (other := fresh.get(key)) is None or other.values.keys() != source.values.keys()
        }  # fmt: skip
    moved = {*changed, *(("", f"--{name}") for name in options)}
    affected = {key for key in reached if not moved.isdisjoint(context.reads.get(key, ()))}
    affected |= {key for key in reached if key not in context.summaries and key[1] not in ("", MAIN)}
    above: dict[Key, list[Key]] = {}
    for key in reached:
        for callee in reach.graph.get(key, ()):
            above.setdefault(callee, []).append(key)
    waiting = list(affected)
    while waiting:
        for caller in above.get(waiting.pop(), ()):
            if caller not in affected:
                affected.add(caller)
                waiting.append(caller)
    for component in components(sorted(affected), lambda key: (item for item in reach.graph[key] if item in affected)):
        _settle(own, [key for key in component if key[1] not in ("", MAIN)], recursive(component, reach.graph))
    return own


def _lasts(
    course: Course, settled: frozenset[str], reused: frozenset[Key], previous: Program | None, context: Context,
    reached: frozenset[Key],
) -> bool:  # fmt: skip
    """Whether what an entry did in the previous program is what it does in this one."""
    if previous is None or not settled.issuperset(course.files) or not reused.issuperset(course.entered):
        return False
    if course.reached != reached:
        return False
    return same(previous.context.resolver.sources, context.resolver.sources, course.reads, settled)


def _roots(entries: tuple[Entry, ...], context: Context) -> list[Key]:
    return [root for entry in entries for root in _starts(entry, context)]


def _starts(entry: Entry, context: Context) -> list[Key]:
    if not entry.function:
        return [(entry.path, MAIN)]
    target = context.resolver.function(entry.path, entry.function)
    return [(entry.path, ""), *([(target.module, target.name)] if target is not None else [])]


def _summarise(context: Context, reach: Reach, previous: Program | None, settled: frozenset[str]) -> frozenset[Key]:
    """Summarise every function that an entry may reach, callees first; the summaries that were used again.

    A summary holds for another program when its file is settled, all callees' summaries hold, and what it read of
    parameters has not changed.
    """
    old = previous.context if previous is not None else None
    reused: set[Key] = set()

    def holds(key: Key) -> bool:
        return (
            old is not None and key in old.summaries and key[0] in settled
            and same(old.resolver.sources, context.resolver.sources, old.reads[key], settled)
        )  # fmt: skip

    for component in components(list(reach.graph), reach.graph.__getitem__):
        functions = [key for key in component if key[1] not in ("", MAIN)]
        inside = set(component)
        if all(holds(key) and reused.issuperset(reach.graph[key].keys() - inside) for key in functions):
            assert old is not None or not functions
            for key in functions:
                context.summaries[key] = old.summaries[key]  # type: ignore[union-attr]
                context.reads[key] = old.reads[key]  # type: ignore[union-attr]
            reused.update(functions)
            continue
        _settle(context, functions, recursive(component, reach.graph))
        if old is not None:  # an equal summary changes nothing for its callers
            reused.update(key for key in functions if old.summaries.get(key) == context.summaries[key])
    return frozenset(reused)


def _settle(context: Context, functions: list[Key], again: bool) -> None:
    """Summarise functions that call one another until nothing changes."""
    for key in functions:
        context.summaries[key] = BOTTOM
    for _ in range(MOST_ROUNDS if again else 1):
        before = [context.summaries[key] for key in functions]
        for key in functions:
            context.summaries[key] = _summary(context, key)
        if before == [context.summaries[key] for key in functions]:
            break


def _summary(context: Context, key: Key) -> Summary:
    path = key[0]
    function = context.resolver.functions[key]
    owner, method = Target("class", function.owner, path), function.name.rpartition(".")[2]
    framework = bool(function.owner) and context.resolver.is_framework(owner)
    step = bool(function.owner) and context.resolver.is_step(owner, method)
    context.resolver.asked = set()
    result = Walk(context, path, framework=framework, step=step).body(function.body)
    context.reads[key] = frozenset(context.resolver.asked)
    return result
