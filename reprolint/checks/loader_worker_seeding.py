"""Loaders with workers whose order hangs on everything drawn before."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.loaders import Loading, loadings
from reprolint.checks.streams import Judge
from reprolint.core.diagnostic import Finding
from reprolint.core.place import Place
from reprolint.core.value import OPAQUE, Const
from reprolint.program.arguments import argument, given
from reprolint.program.link import Program

PROBLEM = "its order and its workers' seeds hang on everything drawn before, without a generator"


def check(whole: Program) -> Iterator[Finding]:
    """One finding per loader with workers that an entry reaches whose stream is seeded: without a seed, that is the
    matter."""
    known: set[Place] = set()
    for course, program in whole.views():
        judge = Judge(course, program)
        seeded = {item.cell for item in course.sets if judge.fixed(item)}
        for item in loadings(program, course.files) if seeded else ():
            place = Place(item.path, item.call.span)
            if item.loader.stream not in seeded or item.prepare is not None or place in known:
                continue
            if _is_loose(item, program):
                known.add(place)
                remedy = {"argument": item.loader.generator.name, "callee": item.api}
                evidence = {"loader": item.api, "problem": PROBLEM}
                yield Finding("loader-worker-seeding", place, evidence, remedy=remedy)


def _is_loose(item: Loading, program: Program) -> bool:
    """Whether the loader shuffles and takes its order from the global stream."""
    call, loader = item.call, item.loader
    if given(call, loader.generator.name, loader.generator.position) not in (None, Const(None)):
        return False
    if any(given(call, name, None) not in (None, Const(None)) for name in loader.sampler):
        return False
    shuffle = argument(call, loader.shuffle)
    return shuffle is not None and shuffle != OPAQUE and program.context.evaluate(shuffle, item.path) == Const(True)
