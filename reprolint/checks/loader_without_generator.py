"""Loaders with workers whose order hangs on what else is drawn from their stream."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.calls import reached
from reprolint.checks.evidence import draw, short
from reprolint.checks.loaders import Loading, loadings
from reprolint.checks.streams import Judge
from reprolint.core.diagnostic import Finding, Related
from reprolint.core.place import Place
from reprolint.core.value import OPAQUE, Const
from reprolint.program.arguments import argument, given
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import Definition


def check(whole: Program) -> Iterator[Finding]:
    """One finding per loader with workers that an entry reaches whose stream is seeded, and drawn from elsewhere:
    without a seed, that is the matter, and alone with its stream a loader is safe."""
    known: set[Place] = set()
    for course, program in whole.views():
        judge = Judge(course, program)
        fixed = {item for item in course.sets if judge.fixed(item)}
        for item in loadings(program, course.files) if fixed else ():
            place = Place(item.path, item.call.span)
            if item.prepare is not None or place in known or not _is_loose(item, program):
                continue
            other = _other(item, fixed, course, program)
            if other is not None:
                known.add(place)
                evidence = {"loader": item.api, "stream": item.loader.stream, "draw": other[0]}
                remedy = {"argument": item.loader.generator.name, "callee": item.api}
                related = (Related(other[1], "draws from the same stream"),)
                yield Finding("loader-without-generator", place, evidence, related, remedy=remedy)


def _is_loose(item: Loading, program: Program) -> bool:
    """Whether the loader shuffles and takes its order from the global stream."""
    call, loader = item.call, item.loader
    if given(call, loader.generator.name, loader.generator.position) not in (None, Const(None)):
        return False
    if any(given(call, name, None) not in (None, Const(None)) for name in loader.sampler):
        return False
    shuffle = argument(call, loader.shuffle)
    return shuffle is not None and shuffle != OPAQUE and program.context.evaluate(shuffle, item.path) == Const(True)


def _other(item: Loading, fixed: set[Definition], course: Course, program: Program) -> tuple[str, Place] | None:
    """What else draws from the stream of a loader after it was seeded, and where: a draw, or the next loader, which
    takes the seeds of its workers from it each time it is iterated."""
    own, stream = Place(item.path, item.call.span), item.loader.stream
    if not any(known.cell == stream for known in fixed):
        return None
    for use in course.uses:
        lasting = use.kind == "draw" and use.cell == stream and not use.isolated
        if lasting and use.place != own and not fixed.isdisjoint(use.reach):
            return draw(use, program), use.place
    for path, call in reached(course, program):
        place = Place(path, call.span)
        for target in program.context.callees(call, path).external if place != own else ():
            for loader in program.context.effects.loaders.get(target.name, ()):
                generator = given(call, loader.generator.name, loader.generator.position)
                if loader.stream == stream and generator in (None, Const(None)):
                    return f"iterating `{short(target.name.rpartition('.')[2])}`", place
    return None
