"""Seeding helpers that leave out a stream which is drawn from."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import draw, function, named, rows, short, way
from reprolint.checks.streams import Exposure, Judge, exposures, trains
from reprolint.core.diagnostic import Finding, Related, Severity
from reprolint.core.place import Place
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import Definition


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and call of a helper, however many streams it leaves out."""
    for course, program in whole.views():
        judge = Judge(course, program)
        found: dict[tuple[Place, str], list[Exposure]] = {}
        for exposure in exposures(course, program):
            if exposure.cause == "uncovered":
                first, use = exposure.settings[0], exposure.uses[0]
                found.setdefault((_place(first, course), judge.helper(first, use)), []).append(exposure)
        for (place, helper), items in found.items():
            yield _finding(place, helper, items, course, program)


def _place(definition: Definition, course: Course) -> Place:
    """The last call in the entry's file on the way to the helper."""
    before = [hop.place for hop in definition.chain if hop.place.filename == course.entry.path]
    return before[-1] if before else definition.place


def _finding(
    place: Place, helper: str, exposures: list[Exposure], course: Course, program: Program
) -> Finding:  # fmt: skip
    first = exposures[0].uses[0]
    related: list[Related] = []
    for exposure in exposures:
        related += way(exposure.uses[0], place)
        if exposure.uses[0].place == place:
            related.append(Related(place, f"`{exposure.uses[0].api}` is called here"))
    evidence = {
        "helper": short(helper),
        "seeded": named(sorted({item.cell for exposure in exposures for item in exposure.settings})),
        "streams": named(exposure.stream for exposure in exposures),
        "draw": draw(first, program),
    }
    severity: Severity | None = None if trains(course) else "advice"
    remedy = {"entry": course.entry.path, "function": function(first, course), "rows": rows(first, course),
              "stream": ",".join(exposure.stream for exposure in exposures)}  # fmt: skip
    entry, ways = course.entry.label, tuple(dict.fromkeys(related))
    return Finding("seed-not-covering", place, evidence, ways, entry, severity=severity, remedy=remedy)
