"""Draws that happen now and then within a training loop, from the stream of the training."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.calls import reached
from reprolint.checks.evidence import draw, short
from reprolint.core.diagnostic import Finding, Related
from reprolint.core.place import Place
from reprolint.core.value import Const
from reprolint.program.arguments import argument, given
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.summary import Disturbance


def check(whole: Program) -> Iterator[Finding]:
    """One finding per call under a condition on intervals."""
    known: set[tuple[Place, str]] = set()
    for course, program in whole.views():
        loading = _Loading(course, program) if course.disturbed else None
        for item in course.disturbed:
            key = (item.site, item.use.cell)
            if loading is None or key in known or not _matters(item, loading):
                continue
            known.add(key)
            hops = [hop for hop in item.use.chain if hop.place != item.site]
            related = [Related(hop.place, f"calls `{short(hop.name)}`") for hop in hops]
            if item.use.place != item.site:
                related.append(Related(item.use.place, f"{draw(item.use, program)} is here"))
            evidence = {
                "draw": draw(item.use, program),
                "stream": item.use.cell,
                "test": item.test.shown or item.test.text,
            }
            yield Finding("stream-disturbed", item.site, evidence, tuple(related), course.entry.label)


def _matters(item: Disturbance, loading: _Loading) -> bool:
    """Whether what draws now and then draws from a global stream, and the training after it hangs on that."""
    iterations = [use for use in (item.use, item.own) if use.kind == "iteration"]
    if iterations and loading.apart:
        return False
    return all(use in iterations or use.subject == "unseeded-stream" for use in (item.use, item.own)) and (
        item.own not in iterations or loading.random
    )


class _Loading:
    """What the loaders that an entry may build have in common.

    apart: one has a generator, or all keep their workers, so that going through one may draw nothing from the stream
    random: one has a random order, as far as reading tells
    """

    def __init__(self, course: Course, program: Program) -> None:
        self.apart = self.random = False
        lasting = []
        for path, call in reached(course, program):
            for target in program.context.callees(call, path).external:
                for loader in program.context.effects.loaders.get(target.name, ())[:1]:
                    named = (given(call, name, None) for name in loader.sampler)
                    self.apart |= argument(call, loader.generator) not in (None, Const(None))
                    shuffle = argument(call, loader.shuffle)
                    order = Const(None) if shuffle is None else program.context.evaluate(shuffle, path)
                    self.random |= order not in (Const(None), Const(False)) or any(named)
                    lasting.append(given(call, loader.persistent, None) == Const(True))
        self.apart |= bool(lasting) and all(lasting)
