"""Draws that happen now and then within a training loop, from the stream of the training."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.calls import reached
from reprolint.checks.evidence import draw, short
from reprolint.core.diagnostic import Finding, Related
from reprolint.core.place import Place
from reprolint.core.value import OPAQUE, Const
from reprolint.facts.record import Test
from reprolint.program.arguments import argument, given
from reprolint.program.entries import Course, aside
from reprolint.program.follow import Target
from reprolint.program.link import Program
from reprolint.program.state import DRAWING, Use
from reprolint.program.summary import BOTTOM, Disturbance

MOST_FURTHER = 4


def check(whole: Program) -> Iterator[Finding]:
    """One finding per condition on intervals, at the first call under it that draws; the others are related."""
    known: set[Place] = set()
    for course, program in whole.views():
        found = [*course.disturbed, *_evaluating(course, program)]
        loading = _Loading(course, program) if found else None
        seeded = {item.cell for item in (*course.sets, *course.disabled)}
        groups: dict[Place, list[Disturbance]] = {}
        for item in found:
            if loading is not None and item.use.cell in seeded and _matters(item, loading):
                groups.setdefault(item.around, []).append(item)
        for around, items in sorted(groups.items()):
            if around not in known:
                known.add(around)
                yield _finding(sorted(items, key=_plainest), course, program)


def _plainest(item: Disturbance) -> tuple[Place, bool, bool, str]:
    return item.site, item.use.hidden, item.use.kind == "iteration", item.use.cell


def _finding(items: list[Disturbance], course: Course, program: Program) -> Finding:
    first, *others = items
    hops = [hop for hop in first.use.chain if hop.place != first.site]
    related = [Related(hop.place, f"calls `{short(hop.name)}`") for hop in hops]
    if first.use.place != first.site:
        related.append(Related(first.use.place, f"{draw(first.use, program)} is here"))
    further = [item for item in others if item.use.place != first.use.place][:MOST_FURTHER]
    related += [Related(item.site, f"{draw(item.use, program)} draws from `{item.use.cell}`, too") for item in further]
    evidence = {"draw": draw(first.use, program), "stream": first.use.cell}
    evidence["test"] = first.test.shown or first.test.text
    return Finding("stream-disturbed", first.site, evidence, tuple(related), course.entry.label)


def _evaluating(course: Course, program: Program) -> Iterator[Disturbance]:
    """Draws of methods that a framework runs when it evaluates, and of those that it runs for every step."""
    resolver, summaries = program.context.resolver, program.context.summaries
    for path, name in sorted(course.reached):
        owner, _, method = name.rpartition(".")
        if (path, owner) not in resolver.classes or aside(path):
            continue
        line = resolver.linear(Target("class", owner, path))
        bases = [resolver.bases.get(item.name) for item in line if item.kind == "external"]
        base = next((item for item in bases if item is not None and method in item.evaluates), None)
        if base is None:
            continue
        steps = [f"{owner}.{step}" for step in base.steps if step not in base.evaluates]
        trained = [use for step in steps for use in summaries.get((path, step), BOTTOM).uses]
        own = {use.cell: use for use in trained if use.kind == "draw" and _is_plain(use)}
        for use in summaries.get((path, name), BOTTOM).uses:
            if use.kind in DRAWING and _is_plain(use) and use.cell in own:
                site = use.chain[0].place if use.chain else use.place
                around = Place(path, resolver.functions[(path, name)].span)
                yield Disturbance(use, Test("opaque", method), site, own[use.cell], around)


def _is_plain(use: Use) -> bool:
    """Whether a call looks random, and its stream goes on from there."""
    return not use.hidden and not use.isolated


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
                    self.apart |= argument(call, loader.generator) not in (None, OPAQUE, Const(None))
                    shuffle = argument(call, loader.shuffle)
                    order = Const(None) if shuffle is None else program.context.evaluate(shuffle, path)
                    self.random |= order not in (Const(None), Const(False)) or any(named)
                    lasting.append(given(call, loader.persistent, None) == Const(True))
        self.apart |= bool(lasting) and all(lasting)
