"""Draws in the workers of a loader from a stream that nothing seeds there."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.calls import reached
from reprolint.checks.evidence import way
from reprolint.checks.loaders import Loading, loadings
from reprolint.core.diagnostic import Finding
from reprolint.core.place import Place
from reprolint.core.value import Const
from reprolint.program.arguments import argument, given
from reprolint.program.entries import Course
from reprolint.program.ledger import loading
from reprolint.program.link import Program

NAME = "loader-worker-seeding"


def check(whole: Program) -> Iterator[Finding]:
    """One finding per dataset, or function given to a loader, and stream: at the loader that shuffles it, else at the
    first."""
    known: set[tuple[str, str]] = set()
    for course, program in whole.views():
        drawn = [use for use in course.uses if use.kind == "draw" and use.loaded and use.subject == "unseeded-stream"]
        if not drawn or _prepares(course, program):
            continue
        for item in sorted(loadings(program, course.files), key=lambda item: not _shuffles(item)):
            keys = _keys(item, program) if item.prepare is None and item.loader.reseeds else frozenset[str]()
            for use in drawn:
                if use.loaded in keys and use.cell not in item.loader.reseeds and (use.loaded, use.cell) not in known:
                    known.add((use.loaded, use.cell))
                    place = Place(item.path, item.call.span)
                    evidence = {"loader": item.api, "api": use.api, "stream": use.cell}
                    evidence["argument"] = item.loader.worker_init.name
                    related = tuple(step for step in way(use, place) if step.place == use.place)
                    yield Finding(NAME, place, evidence, related, course.entry.label)


def _shuffles(item: Loading) -> bool:
    """Whether a loader does not read in order, as far as its own arguments tell."""
    named = (given(item.call, name, None) for name in item.loader.sampler)
    return argument(item.call, item.loader.shuffle) not in (None, Const(None), Const(False)) or any(named)


def _keys(item: Loading, program: Program) -> frozenset[str]:
    """By what the draws of a loader's workers are known: the classes of its data, and this very call."""
    dataset = argument(item.call, item.loader.dataset)
    owners = program.context.resolver.instances(dataset, item.path) if dataset is not None else ()
    return frozenset({*(f"{owner.module}/{owner.name}" for owner in owners), loading(item.call, item.path)})


def _prepares(course: Course, program: Program) -> bool:
    """Whether a call tells a framework to prepare the workers of all loaders."""
    for path, call in reached(course, program):
        for target in program.context.callees(call, path).external:
            for seeding in program.context.effects.seedings.get(target.name, ()):
                if seeding.workers is not None and argument(call, seeding.workers) not in (None, Const(False)):
                    return True
    return False
