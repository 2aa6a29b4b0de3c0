"""Functions that prepare a loader's workers with a seed that is the same in every worker, or in every epoch."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.loaders import Loading, loadings, prepares, seedings
from reprolint.core.diagnostic import Finding, Related
from reprolint.core.place import Place
from reprolint.core.value import Const, Derived, Ref, Value, parameter
from reprolint.facts.record import Call, Function
from reprolint.program.arguments import argument, given
from reprolint.program.graph import calls
from reprolint.program.link import Program

EVERY_WORKER = "the same in every worker, and in every epoch"
EVERY_EPOCH = "the same in every epoch, since workers are started anew for each"


def check(program: Program) -> Iterator[Finding]:
    """One finding per seeding call of such a function; one that is given to a loader has workers to prepare, also where
    reading cannot tell how many."""
    known: set[Place] = set()
    for item in loadings(program, unsure=True):
        for function, home in prepares(item, program):
            for call, api, problem in _constant(function, home, item, program):
                place = Place(home, call.span)
                if place not in known:
                    known.add(place)
                    loader = Related(Place(item.path, item.call.span), "this loader starts the workers")
                    yield Finding("worker-seed-constant", place, {"api": api, "problem": problem}, (loader,))


def _constant(
    function: Function, module: str, item: Loading, program: Program
) -> Iterator[tuple[Call, str, str]]:  # fmt: skip
    """The seedings of a function whose value is a constant, or follows from the number of the worker alone."""
    names = [given.name for given in function.parameters if given.name != "self"]
    own = {Ref(parameter(function.name, name)) for name in names}
    lasting = given(item.call, item.loader.persistent, None) if item.loader.persistent else None
    for call in calls(function.body):
        for api, seeding in seedings(call, module, program):
            value = argument(call, seeding.seed) if seeding.seed is not None else None
            leaves = list(_leaves(value)) if value is not None else []
            rest = [leaf for leaf in leaves if leaf not in own]
            if not leaves or any("epoch" in str(leaf) for leaf in leaves):
                continue
            if not all(_is_fixed(leaf, module, program) or _is_same(leaf, item, module, program) for leaf in rest):
                continue
            if len(rest) == len(leaves):
                yield call, api, EVERY_WORKER
            elif lasting in (None, Const(False)):
                yield call, api, EVERY_EPOCH


def _is_fixed(leaf: Value, module: str, program: Program) -> bool:
    """Whether a part of a seed is the same whenever it is asked for: a constant, or an option of the command line."""
    context = program.context
    known = context.evaluate(leaf, module)
    return (isinstance(known, Const) and known.value is not None) or context.resolver.is_option(leaf, module)


def _is_same(leaf: Value, item: Loading, module: str, program: Program) -> bool:
    """Whether a part of a seed is taken from the state of a stream, where loaders leave the same number in it."""
    if not isinstance(leaf, Ref) or "()" not in leaf.path:
        return False
    called, _, part = leaf.path.partition("()")
    saves = program.context.effects.saves
    kept = [known for target in program.context.resolver.follow(called, module) for known in saves.get(target.name, ())]
    return any(known.same == part and set(known.streams) <= set(item.loader.reseeds) for known in kept)


def _leaves(value: Value) -> Iterator[Value]:
    if isinstance(value, Derived):
        for source in value.sources:
            yield from _leaves(source)
    else:
        yield value
