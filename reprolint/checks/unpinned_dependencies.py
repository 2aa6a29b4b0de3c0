"""Applications that train with whatever version of a framework is the newest when they are installed."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import named
from reprolint.checks.streams import trains
from reprolint.core.diagnostic import Finding, Related
from reprolint.pins.loose import Loose
from reprolint.program.entries import Course
from reprolint.program.graph import imports
from reprolint.program.link import Program


def check(program: Program) -> Iterator[Finding]:
    """One finding per manifest, at the first framework that an entry trains with."""
    used: dict[str, Related] = {}
    for course in program.courses if program.settings.loose else ():
        use = next((use for use in course.uses if use.kind == "training"), None)
        if use is not None and trains(course):
            related = Related(use.place, f"`{course.entry.label}` trains here")
            for library in _imported(course, program):
                used.setdefault(library, related)
    by_file: dict[str, list[Loose]] = {}
    for item in program.settings.loose:
        if item.library in used:
            by_file.setdefault(item.place.filename, []).append(item)
    for _, items in sorted(by_file.items()):
        evidence = {"libraries": named(item.library for item in items), "be": "has" if len(items) == 1 else "have"}
        yield Finding("unpinned-dependencies", items[0].place, evidence, (used[items[0].library],))


def _imported(course: Course, program: Program) -> set[str]:
    """The libraries that the files of an entry import."""
    return {step.module.partition(".")[0] for path in course.files for step in imports(program.files[path])}
