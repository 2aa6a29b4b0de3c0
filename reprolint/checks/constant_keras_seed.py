"""Numbers that follow from a constant seed alone, and so come again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reprolint.catalog.stream import Stateless
from reprolint.core.diagnostic import Finding, Related
from reprolint.core.place import Place
from reprolint.core.value import Const, Items, Ref, Value
from reprolint.facts.record import Call, Step
from reprolint.program.arguments import argument
from reprolint.program.entries import aside
from reprolint.program.graph import calls, repeated
from reprolint.program.link import Program

NAME = "constant-keras-seed"
LOOP = "gives the same numbers in every round of this loop"
AGAIN = "starts with the same numbers as another one here"


def check(program: Program) -> Iterator[Finding]:
    """Draws in a loop, each; of layers that are built alike, one finding a function and seed, as advice."""
    for path in sorted(program.files):
        if aside(path):
            continue
        facts = program.files[path]
        for body in (facts.body, *(item.body for item in facts.functions)):
            for call, api, known, seed in _seeded(repeated(body), path, program):
                if not known.weights:
                    yield Finding(NAME, Place(path, call.span), _evidence(api, seed, LOOP))
            yield from _alike(body, path, program)


def _alike(body: tuple[Step, ...], path: str, program: Program) -> Iterator[Finding]:
    """Initial weights from one seed."""
    first: dict[str, Place] = {}
    told: set[str] = set()
    for call, api, known, seed in _seeded(calls(body), path, program):
        place = Place(path, call.span)
        if known.weights and first.setdefault(seed, place) != place and seed not in told:
            told.add(seed)
            related = (Related(first[seed], "the other one"),)
            yield Finding(NAME, place, _evidence(api, seed, AGAIN), related, severity="advice")


def _evidence(api: str, seed: str, effect: str) -> dict[str, str]:
    return {"api": api.rpartition(".")[2], "seed": seed, "effect": effect}


def _seeded(found: Iterable[Call], path: str, program: Program) -> Iterator[tuple[Call, str, Stateless, str]]:
    """The calls among those given that are handed a constant seed, which is shown as text."""
    known = program.context.effects.stateless
    names = {name.rpartition(".")[2] for name in known}
    for call in found:
        if any(ref.path.rpartition(".")[2] in names for ref in _callees(call)):
            for target in program.context.callees(call, path).external:
                for entry in known.get(target.name, ())[:1]:
                    value = argument(call, entry.seed)
                    text = _constant(value, path, program) if value is not None else ""
                    if text:
                        yield call, target.name, entry, text


def _callees(call: Call) -> tuple[Ref, ...]:
    return (call.callee,) if isinstance(call.callee, Ref) else ()


def _constant(value: Value, path: str, program: Program) -> str:
    """A number, or a pair of them, that no parameter stands for; empty for anything else."""
    if isinstance(value, Items):
        parts = [_constant(item, path, program) for item in value.items]
        return f"[{', '.join(parts)}]" if parts and all(parts) else ""
    if isinstance(value, Ref) and value.path.startswith("@"):
        return ""
    known = program.context.evaluate(value, path)
    is_number = isinstance(known, Const) and isinstance(known.value, int) and not isinstance(known.value, bool)
    return str(known.value) if is_number and isinstance(known, Const) else ""
