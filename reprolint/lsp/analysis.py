"""Findings of a few files of a program: what the command line reports for them, linked anew only where it must be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from reprolint.app.analysis import analyse, settings
from reprolint.app.reading import Reading
from reprolint.app.session import Session
from reprolint.catalog.effects import effects
from reprolint.checks.run import run_rules
from reprolint.core.diagnostic import Finding
from reprolint.program.link import Program, link
from reprolint.selection import ignored_by_file
from reprolint.suppress import silence


@dataclass(frozen=True, slots=True)
class Linked:
    """The linked program, and the findings in the files that were asked about."""

    program: Program
    findings: tuple[Finding, ...]


def inspect(session: Session, reading: Reading, names: Collection[str], previous: Program | None) -> Linked:
    """Link and check without planning fixes: that would parse files on every keystroke."""
    wanted = settings(session, reading)
    same = previous is not None and previous.settings.versions == wanted.versions
    known = previous.context.effects if previous is not None and same else None
    known = known or effects(session.catalog.knowledge, wanted.versions)
    program = link(reading.facts.values(), known, session.vocabulary, wanted, previous)
    rules = [rule for rule in session.rules if rule.match is None or rule.match.effect != "tool"]
    files = {name: facts for name, facts in reading.facts.items() if name in names}
    silenced = silence(run_rules(rules, around(program, names)), files, session.catalog, session.rules)
    ignored = ignored_by_file(session.catalog, session.config)
    found = [item for item in (*silenced.kept, *silenced.hygiene) if not ignored(item.rule, item.place.filename)]
    kept = [item for item in found if item.place.filename in names or not item.place.filename]
    return Linked(program, (*kept, *_tool(session, reading, names)))


def around(program: Program, names: Collection[str]) -> Program:
    """The part of a program that can lead to findings in some files: these, and the entries that reach them."""
    courses = tuple(course for course in program.courses if not set(names).isdisjoint(course.files))
    courses = courses or program.courses[:1]  # a program without any entry is judged otherwise
    wanted = {*names, *(path for course in courses for path in course.files)}
    files = {path: program.files[path] for path in sorted(wanted & program.files.keys())}
    return replace(program, courses=courses, files=files)


def _tool(session: Session, reading: Reading, names: Collection[str]) -> tuple[Finding, ...]:
    """What could not be read: Python that is none in these files, trouble with any file."""
    broken = {name: facts for name, facts in reading.facts.items() if name in names and facts.broken is not None}
    if not (broken or reading.troubles or reading.crashes):
        return ()
    alone = Reading(broken, {}, reading.troubles, reading.crashes)
    return analyse(session, alone, session.content).findings
