"""Seedings that the defaults of the program keep from running."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import draw, function, named, origin, parting, route, rows, way
from reprolint.checks.streams import Exposure, exposures, trains
from reprolint.core.diagnostic import Finding, Related, Severity
from reprolint.core.value import OPAQUE, Const, references
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import START, Definition


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and condition, however many streams it leaves unseeded."""
    for course, program in whole.views():
        found: dict[str, list[tuple[Definition, Exposure]]] = {}
        for exposure in exposures(course, program):
            if exposure.cause == "disabled":
                first = exposure.settings[0]
                found.setdefault(first.test.text if first.test is not None else repr(first.place), []).append(
                    (first, exposure)
                )
        for items in found.values():
            yield _finding(items, course, program)
        if not found and not trains(course) and program.context.vocabulary.means(_stem(course), "training"):
            yield from _unfollowed(course, program)


def _stem(course: Course) -> str:
    """The name of the entry's file without its ending."""
    return course.entry.path.rpartition("/")[2].removesuffix(".py")


def _unfollowed(course: Course, program: Program) -> Iterator[Finding]:
    """A seeding that hangs on the seed itself, of streams that nothing else has seeded when the entry is done: what a
    training draws, by way of registries and runners, need not be seen to know that it draws unseeded."""
    context = program.context
    open_ones = [
        item for item in sorted(course.disabled, key=lambda item: (item.place, item.cell))
        if item.cell in context.effects.streams and course.reach(item.cell) == START and _hangs_on_seed(item)
        and context.effects.streams[item.cell].seed and not any(known.cell == item.cell for known in course.sets)
    ]  # fmt: skip
    if not open_ones or any(item.stream == open_ones[0].cell for item in exposures(course, program)):
        return
    first = open_ones[0]
    place = origin(first.chain, first.place, course)
    related = list(route(first.chain, place))
    if first.place != place:
        related.append(Related(first.place, f"`{first.api}` would seed here"))
    streams = named(sorted({item.cell for item in open_ones}))
    evidence = {"api": first.api, "streams": streams, "cause": _cause(first, program)}
    yield Finding("seed-disabled", place, evidence, tuple(dict.fromkeys(related)), course.entry.label)


def _hangs_on_seed(definition: Definition) -> bool:
    """Whether the condition asks for the value that would be the seed (`if args.seed is not None`)."""
    test = definition.test
    if test is None:
        return False
    asked = {ref for part in (test, *test.parts) for ref in references(part.value or OPAQUE)}
    return not asked.isdisjoint(references(definition.value))


def _finding(items: list[tuple[Definition, Exposure]], course: Course, program: Program) -> Finding:
    first = min((item for item, _ in items), key=lambda item: item.place)
    place = parting(first, items[0][1].uses[0])
    if place.filename != course.entry.path:
        place = origin(first.chain, first.place, course)
    related = list(route(first.chain, place))
    if first.place != place:
        related.append(Related(first.place, f"`{first.api}` would seed here"))
    for _, exposure in items:
        use = exposure.uses[0]
        related += [step for step in way(use, place) if step.place != use.place]
        related.append(Related(use.place, f"{draw(use, program)} draws from `{exposure.stream}` unseeded"))
    evidence = {
        "api": first.api,
        "streams": named(exposure.stream for _, exposure in items),
        "cause": _cause(first, program),
    }
    severity: Severity | None = None if trains(course) else "advice"
    use, entry, ways = items[0][1].uses[0], course.entry, tuple(dict.fromkeys(related))
    streams = ",".join(exposure.stream for _, exposure in items)
    remedy = {"entry": entry.path, "function": function(use, course), "rows": rows(use, course), "stream": streams}
    return Finding("seed-disabled", place, evidence, ways, entry.label, severity=severity, remedy=remedy)


def _cause(definition: Definition, program: Program) -> str:
    """The value that decides, as people would say it."""
    test, module = definition.test, definition.place.filename
    if test is None or test.value is None:
        return "its seed is None"
    known = program.context.evaluate(test.value, module)
    shown = test.shown or test.text
    text = next((word for word in shown.split() if word[:1].isalpha()), shown) if test.kind == "compare" else shown
    return f"`{text}` is {known.value!r}" if isinstance(known, Const) else f"`{shown}` does not hold"
