"""Seedings whose value differs in every run."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import draw, named, origin, route, way
from reprolint.checks.loaders import loadings, prepares, seedings
from reprolint.checks.streams import Judge, exposures, trains
from reprolint.core.diagnostic import Finding, Related, Severity
from reprolint.core.place import Place
from reprolint.program.arguments import argument
from reprolint.program.entries import Course
from reprolint.program.graph import calls
from reprolint.program.link import Program
from reprolint.program.state import Definition, Use


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and source of the seed, at the first seeding that takes it."""
    for course, program in whole.views():
        judge = Judge(course, program)
        found: dict[object, dict[Definition, Use]] = {}
        for exposure in exposures(course, program):
            for item in exposure.settings if exposure.cause == "entropy" else ():
                sources = judge.randomness(item)
                key = item.value if sources else origin(item.chain, item.place, course)
                found.setdefault(key, {})[item] = exposure.uses[0]
        for items in found.values():
            yield _finding(items, judge, course, program)
    yield from _in_workers(whole)


def _in_workers(program: Program) -> Iterator[Finding]:
    """Functions that prepare the workers of a loader with such a value."""
    known: set[Place] = set()
    for item in loadings(program):
        for function, home in prepares(item, program):
            for call in calls(function.body):
                for api, seeding in seedings(call, home, program):
                    value = argument(call, seeding.seed) if seeding.seed is not None else None
                    place = Place(home, call.span)
                    if (
                        value is None
                        or program.context.quality(value, seeding.none, home) != "random"
                        or place in known
                    ):
                        continue
                    known.add(place)
                    loader = Related(Place(item.path, item.call.span), "this loader starts the workers")
                    evidence = {"api": api, "streams": named(seeding.streams), "source": "fresh entropy"}
                    yield Finding("entropy-seed", place, evidence, (loader,))


def _finding(found: dict[Definition, Use], judge: Judge, course: Course, program: Program) -> Finding:
    items = sorted(found, key=lambda item: (item.place, item.cell))
    uses = list(dict.fromkeys(found[item] for item in items))
    first = items[0]
    place = origin(first.chain, first.place, course)
    sources = judge.randomness(first)
    related = list(route(first.chain, place))
    if first.place != place:
        related.append(Related(first.place, f"`{first.api}` seeds here"))
    draws = [use for use in course.uses if use.api in sources and use.kind == "draw"]
    related += [Related(use.place, "the value comes from here") for use in draws[:1]]
    for use in uses:
        related += [step for step in way(use, place) if step.place != use.place]
        related.append(Related(use.place, f"{draw(use, program)} draws from it"))
    others = dict.fromkeys(item.place for item in items if item.place != first.place)
    related += [Related(item, "seeds from it too") for item in others if item != place]
    mixed = any(judge.quality(item) == "mixed" for item in items)
    severity: Severity | None = "advice" if mixed or not trains(course) else None
    return Finding(
        "entropy-seed",
        place,
        {
            "api": first.api,
            "streams": named(item.cell for item in items),
            "source": " and ".join(f"`{name}`" for name in sources) or "fresh entropy",
        },
        tuple(dict.fromkeys(related)),
        course.entry.label,
        severity=severity,
    )
