"""Loaders with workers that the entries of a program reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reprolint.catalog.stream import Loader
from reprolint.core.value import Const
from reprolint.facts.record import Call
from reprolint.program.arguments import argument, given
from reprolint.program.entries import aside
from reprolint.program.graph import calls
from reprolint.program.link import Program


@dataclass(frozen=True, slots=True)
class Loading:
    """A call that builds a loader whose workers nothing seeds by hand: where, and of which API."""

    call: Call
    path: str
    api: str
    loader: Loader


def loadings(program: Program) -> Iterator[Loading]:
    """All loaders that surely use workers and have no function that prepares them."""
    entries = {course.entry.path for course in program.courses}
    for path in sorted(program.files):
        facts = program.files[path]
        bodies = [facts.body] if path in entries else []
        bodies += [item.body for item in facts.functions if (path, item.name) in program.reached]
        for call in (call for body in bodies for call in calls(body)):
            if not aside(path):
                yield from _loading(call, path, program)


def _loading(call: Call, path: str, program: Program) -> Iterator[Loading]:
    for target in program.context.callees(call, path).external:
        for loader in program.context.effects.loaders.get(target.name, ()):
            workers = argument(call, loader.workers)
            count = program.context.evaluate(workers, path) if workers is not None else Const(0)
            several = isinstance(count, Const) and isinstance(count.value, int) and count.value > 0
            if several and given(call, loader.worker_init.name, loader.worker_init.position) in (None, Const(None)):
                yield Loading(call, path, target.name, loader)
