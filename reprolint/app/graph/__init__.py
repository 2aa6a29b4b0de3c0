"""Use case: show what each entry does to streams and switches, as the checks see it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reprolint.app.analysis import settings as surrounded
from reprolint.app.graph.course import Teller
from reprolint.app.options import Options
from reprolint.app.reading import Reading, read_all, survey
from reprolint.app.session import Session
from reprolint.catalog.effects import effects
from reprolint.config import ConfigError, nearest
from reprolint.discover import name_of
from reprolint.program.entries import Course
from reprolint.program.link import Program, link
from reprolint.project import resolve
from reprolint.report.graph.model import Graph

MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Drawn:
    """The answer: the graph, and a line for each file that could not be read."""

    graph: Graph
    problems: tuple[str, ...]


def graph(options: Options, streams: Sequence[str] = (), entries: Sequence[str] = ()) -> Drawn:
    """What happens from the entries in the given paths on; raises `ConfigError` for what does not exist.

    `streams` and `entries` narrow it down. A file that is no entry becomes one when `entries` names it.
    """
    for path in options.paths:
        if not os.path.exists(os.path.join(options.directory, path)):
            raise ConfigError(f"there is no file or folder `{path}`")
    session = Session(options)
    reading = read_all(session, survey(session))
    settings = surrounded(session, reading)
    knowledge = effects(session.catalog.knowledge, settings.versions)
    for stream in streams:
        if stream not in knowledge.streams:
            raise ConfigError(f"unknown stream `{stream}`{nearest(stream, tuple(sorted(knowledge.streams)))}")

    def linked(extra: tuple[str, ...] = ()) -> Program:
        used = replace(settings, entries=tuple(dict.fromkeys((*settings.entries, *extra))))
        return link(reading.facts.values(), knowledge, session.vocabulary, used)

    program = linked()
    if entries:
        labels = [_label(name, program, reading, session) for name in entries]
        known = {course.entry.label for course in program.courses}
        missing = tuple(label for label in labels if label not in known)
        program = linked(missing) if missing else program
        courses = [course for course in program.courses if course.entry.label in labels]
    else:
        courses = _within(program, session)
    chosen = {course.entry for course in courses}
    views = sorted((view for view in program.views() if view[0].entry in chosen), key=lambda view: view[0].entry)
    told = tuple(Teller(view, frozenset(streams)).course(course) for course, view in views)
    note = "" if told else _why(program, reading)
    return Drawn(Graph(told, tuple(sorted(set(streams))), note), tuple(_problems(reading)))


def _within(program: Program, session: Session) -> list[Course]:
    """The entries in the given paths; when there is none, those whose way leads through them."""
    inside = [course for course in program.courses if session.shows(course.entry.path)]
    return inside or [course for course in program.courses if any(session.shows(path) for path in course.files)]


def _label(name: str, program: Program, reading: Reading, session: Session) -> str:
    """The label of the entry that a user names by its label, or by a path from the working folder."""
    path, _, function = name.partition(":")
    for base in (session.options.directory, session.root):
        found = name_of(resolve(path, base), session.root)
        facts = reading.facts.get(found)
        if facts is None or facts.broken is not None:
            continue
        own = sorted(course.entry.label for course in program.courses if course.entry.path == found)
        if not function and own and found not in own:
            return own[0]  # a console script is named by its file alone
        if function and program.context.resolver.function(found, function) is None:
            raise ConfigError(f"--entry: `{name}`: the file defines and imports no function `{function}`")
        return f"{found}:{function}" if function else found
    labels = [course.entry.label for course in program.courses]
    more = f", and {len(labels) - MOST_NAMED} more" if len(labels) > MOST_NAMED else ""
    listed = f"entries: {', '.join(labels[:MOST_NAMED])}{more}" if labels else "the project has no entries"
    raise ConfigError(f"--entry: `{name}` is neither an entry nor a Python file of the project; {listed}")


def _why(program: Program, reading: Reading) -> str:
    """Why there is no entry to show."""
    count = len([item for item in reading.facts.values() if item.broken is None and item.path.endswith(".py")])
    if program.courses:
        labels = ", ".join(course.entry.label for course in program.courses[:MOST_NAMED])
        return f"No entry lies in or leads through the given paths. The project's entries: {labels}."
    if not count:
        return "No Python file was found, so there is no entry."
    files = "The only Python file" if count == 1 else f"None of the {count} Python files"
    negated = "has no" if count == 1 else "has a"
    return (
        f"{files} {negated} `__main__` guard, is named as a console script, or runs a draw or a seed at top level "
        "without being imported by others (tests, docs and set-up files aside): this looks like a library, which is "
        "judged by whoever calls it. Name a place to start with --entry FILE or --entry FILE:FUNCTION."
    )


def _problems(reading: Reading) -> list[str]:
    broken = [
        f"{item.path}:{item.broken.span.row}: cannot be read as Python: {item.broken.message}"
        for item in reading.facts.values() if item.broken is not None
    ]  # fmt: skip
    return sorted([*broken, *(f"{item.name}: {item.message}" for item in (*reading.troubles, *reading.crashes))])
