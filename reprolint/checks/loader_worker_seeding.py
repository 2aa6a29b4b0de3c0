"""Loaders whose workers share a generator, or whose order hangs on everything drawn before."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.catalog.knowledge import Loader
from reprolint.core.diagnostic import Finding, Related
from reprolint.core.place import Place
from reprolint.core.value import OPAQUE, Const
from reprolint.facts.record import Call
from reprolint.program.arguments import argument, given
from reprolint.program.entries import aside
from reprolint.program.follow import Target
from reprolint.program.graph import calls
from reprolint.program.link import Program

NAME = "loader-worker-seeding"


def check(program: Program) -> Iterator[Finding]:
    """One finding per loader with workers that an entry reaches."""
    entries = {course.entry.path for course in program.courses}
    for path in sorted(program.files):
        facts = program.files[path]
        bodies = [("", facts.body)] if path in entries else []
        bodies += [(item.name, item.body) for item in facts.functions if (path, item.name) in program.reached]
        for call in (call for _, body in bodies for call in calls(body)):
            if not aside(path):
                yield from _check(call, path, program)


def _check(call: Call, path: str, program: Program) -> Iterator[Finding]:
    for target in program.context.callees(call, path).external:
        for loader in program.context.effects.loaders.get(target.name, ()):
            workers = argument(call, loader.workers)
            count = program.context.evaluate(workers, path) if workers is not None else Const(0)
            if not (isinstance(count, Const) and isinstance(count.value, int) and count.value > 0):
                continue
            if given(call, loader.worker_init.name, loader.worker_init.position) not in (None, Const(None)):
                continue
            place, remedy = Place(path, call.span), {"argument": loader.generator.name, "callee": target.name}
            shared = _shared_generator(call, loader, path, program)
            if shared is not None:
                owner, birth, use = shared
                related = (Related(birth, "the generator is built here"), Related(use, "a worker draws from it here"))
                problem = f"every worker gets a copy of the generator that `{owner}` holds and draws the same numbers"
                yield Finding(NAME, place, {"loader": target.name, "problem": problem}, related, severity="warning")
            elif _is_loose(call, loader, path, program):
                problem = "its order and its workers' seeds hang on everything drawn before, without a generator"
                yield Finding(NAME, place, {"loader": target.name, "problem": problem}, remedy=remedy)


def _is_loose(call: Call, loader: Loader, path: str, program: Program) -> bool:
    """Whether the loader shuffles and takes its order from the global stream."""
    if given(call, loader.generator.name, loader.generator.position) not in (None, Const(None)):
        return False
    if any(given(call, name, None) not in (None, Const(None)) for name in loader.sampler):
        return False
    shuffle = argument(call, loader.shuffle)
    return shuffle is not None and shuffle != OPAQUE and program.context.evaluate(shuffle, path) == Const(True)


def _shared_generator(call: Call, loader: Loader, path: str, program: Program) -> tuple[str, Place, Place] | None:
    """A generator that the dataset builds in its constructor and draws from where workers run it."""
    resolver, effects = program.context.resolver, program.context.effects
    dataset = argument(call, loader.dataset)
    owners = [item for item in resolver.targets(dataset, path) if item.kind == "instance"] if dataset else []
    kinds = {effects.returns.get(api, api) for api in effects.generators}
    for owner in owners:
        for line in resolver.linear(owner):
            if line.kind != "class":
                continue
            births = {
                name: item for name, value in resolver.classes[(line.module, line.name)].attributes
                for item in resolver.targets(value, line.module)
                if item.kind == "object" and item.name in kinds
            }  # fmt: skip
            use = _drawn_in_worker(owner, frozenset(births), program) if births else None
            if use is not None:
                known = resolver.classes[(line.module, line.name)]
                return owner.name, Place(line.module, known.span), use
    return None


def _drawn_in_worker(owner: Target, attributes: frozenset[str], program: Program) -> Place | None:
    resolver = program.context.resolver
    waiting, known = list(resolver.later(owner)), set()
    while waiting:
        method = waiting.pop(0)
        if (method.module, method.name) in known:
            continue
        known.add((method.module, method.name))
        for call in calls(resolver.functions[(method.module, method.name)].body):
            inner, _, rest = getattr(call.callee, "path", "").partition("().")
            if inner.startswith(":") and rest.partition(".")[0] in attributes and "." in rest:
                return Place(method.module, call.span)
            waiting += program.context.callees(call, method.module).now
    return None
