"""Loaders with workers that the entries of a program reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reprolint.catalog.stream import Loader, Seeding
from reprolint.core.value import Const, Value
from reprolint.facts.record import Call, Function
from reprolint.program.arguments import argument, given
from reprolint.program.entries import aside
from reprolint.program.graph import calls
from reprolint.program.link import Program


@dataclass(frozen=True, slots=True)
class Loading:
    """A call that builds a loader with workers: where, and of which API. `prepare` is the function it runs first in
    each worker; `sure` is false where reading cannot tell how many there are."""

    call: Call
    path: str
    api: str
    loader: Loader
    prepare: Value | None = None
    sure: bool = True


def loadings(program: Program, paths: Iterable[str] | None = None, *, unsure: bool = False) -> Iterator[Loading]:
    """All loaders that surely use workers, or that may, in these files or in all."""
    entries = {course.entry.path for course in program.courses}
    for path in sorted(program.files if paths is None else program.files.keys() & paths):
        facts = program.files[path]
        bodies = [facts.body] if path in entries else []
        bodies += [item.body for item in facts.functions if (path, item.name) in program.reached]
        for call in (call for body in bodies for call in calls(body)):
            if not aside(path):
                yield from (item for item in _loading(call, path, program) if item.sure or unsure)


def prepares(item: Loading, program: Program) -> Iterator[tuple[Function, str]]:
    """The functions that prepare the workers of a loader, each with its file."""
    resolver = program.context.resolver
    for target in resolver.targets(item.prepare, item.path) if item.prepare is not None else ():
        function = resolver.functions.get((target.module, target.name))
        if function is not None:
            yield function, target.module


def seedings(call: Call, path: str, program: Program) -> Iterator[tuple[str, Seeding]]:
    """What a call seeds, by the name of each API it may lead to."""
    for target in program.context.callees(call, path).external:
        for seeding in program.context.effects.seedings.get(target.name, ())[:1]:
            yield target.name, seeding


def _loading(call: Call, path: str, program: Program) -> Iterator[Loading]:
    for target in program.context.callees(call, path).external:
        for loader in program.context.effects.loaders.get(target.name, ()):
            workers = argument(call, loader.workers)
            count = program.context.evaluate(workers, path) if workers is not None else Const(0)
            known = isinstance(count, Const) and (count.value is None or isinstance(count.value, int))
            several = isinstance(count, Const) and isinstance(count.value, int) and count.value > 0
            prepare = given(call, loader.worker_init.name, loader.worker_init.position)
            if several or not known:
                yield Loading(call, path, target.name, loader, None if prepare == Const(None) else prepare, several)
