"""The declarative matcher: calls with an effect in a certain state."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from reprolint.catalog.schema import Match, Rule
from reprolint.checks.callers import Callers
from reprolint.checks.hazards import hazards
from reprolint.checks.switched import switched
from reprolint.core.diagnostic import Finding, Related, Severity
from reprolint.core.place import Place
from reprolint.core.value import Const, paths
from reprolint.facts.record import Call
from reprolint.facts.sinks import STACKED
from reprolint.program.arguments import argument, holds
from reprolint.program.context import Spot
from reprolint.program.entries import aside
from reprolint.program.graph import Guards, guarded_calls
from reprolint.program.link import Program
from reprolint.program.state import INITIAL

_PREPARES = re.compile(
    r"(^|_)(annotations?|build_data\w*|data_prep\w*|file_?list|prep(are|ro)\w*|split|write)(_|\.py$)|_(prep(are)?|split)\.py$"
)
_KINDS = {"listing": "files", "completion": "completion", "rows": "rows"}  # effects of rules on the order of results


def matches(rule: Rule, program: Program) -> Iterator[Finding]:
    """Findings of a declarative rule."""
    match = rule.match
    if match is None or match.effect == "tool":
        return
    if match.effect == "hazard":
        yield from (*hazards(rule, program), *switched(rule, program))
        return
    if match.effect in ("set-order", "kernel-source"):
        yield from _sights(rule, match, program)
        return
    known = program.context.effects.listings if match.effect in _KINDS else program.context.effects.generators
    names = {name.rpartition(".")[2] for name in known}
    reseeded = cache(program.reseeded)
    around, callers, trained = beside(program), Callers(program), program.trained
    for path in sorted(program.files):
        facts = program.files[path]
        bodies = (("", facts.body), *((item.name, item.body) for item in facts.functions))
        for function, body in bodies:
            for call, tests in guarded_calls(body):
                if not any(ref.path.rpartition(".")[2] in names for ref in paths(call.callee)):
                    continue
                for callee, fate in _states(call, tests, path, match.effect, program, reseeded):
                    handed = fate in ("gathered", "returned") and bool(function)
                    called, put = callers.sortings(path, function) if handed else (0, 0)
                    state = (callers.samples(path, function) if handed else "") or fate
                    if state in match.state and not 0 < called <= put:
                        loose = state == "entropy" and is_aside(path, function, program)
                        weak = loose or aside(path) or state in match.weak
                        weak = weak or (match.effect in _KINDS and around(path) and not prepares(path))
                        weak = weak or (match.effect == "listing" and state == STACKED and path not in trained)
                        lost = program.courses and function and (path, function) not in program.reached
                        weak = weak or bool(lost and not prepares(path))
                        yield _finding(rule, call, callee, path, "advice" if weak else None, program)


def _sights(rule: Rule, match: Match, program: Program) -> Iterator[Finding]:
    """Sets where they stand; kernels once a file, the further additions being related places."""
    around, trained = beside(program), program.trained
    for path in sorted(program.files):
        if match.effect == "set-order" and is_hash_fixed(path, program):
            continue
        sights = [item for item in program.files[path].sights if item.effect == match.effect]
        found = [item for item in sights if item.state in match.state]
        once = match.effect == "kernel-source"
        for sight in found[:1] if once else found:
            if not once and sight.detail != "words" and around(path):
                continue
            others = [Related(Place(path, item.span), f"`{item.callee}` here too") for item in found[1:6] if once]
            evidence = {"callee": sight.callee, "detail": sight.detail}
            weak = aside(path) or sight.state in match.weak
            weak = weak or (not once and (sight.detail != "words" or (around(path) and not prepares(path))))
            weak = weak or (sight.state == STACKED and path not in trained)
            severity: Severity | None = "advice" if weak else None
            place, remedy = Place(path, sight.span), _remedy(rule, sight.callee)
            yield Finding(rule.name, place, evidence, tuple(others), severity=severity, remedy=remedy)


def beside(program: Program) -> Callable[[str], bool]:
    """Whether a file lies beside the way of every entry that trains, where there are any, else of every one that draws
    at random: on that way an order picks the samples."""
    paths = program.trained or program.drawing
    return lambda path: bool(paths) and path not in paths


def prepares(path: str) -> bool:
    """Whether a script is named after samples that it writes for a training: it lies beside the way of that."""
    return _PREPARES.search(posixpath.basename(path)) is not None


def is_hash_fixed(path: str, program: Program) -> bool:
    """Whether every command that starts an entry on whose way a file lies fixes the seed of hashes."""
    cells = [f"variable:{item.name}" for item in program.context.effects.variables.values() if item.at_start]
    begins = [course.begin for course in program.courses if path in course.files]
    return bool(begins) and all(
        any(cell in begin and INITIAL not in begin[cell] for cell in cells) for begin in begins
    )  # fmt: skip


def is_aside(path: str, function: str, program: Program) -> bool:
    """Whether a function (or the top level, without a name) is that of a test or helper, or on no way from an entry."""
    if aside(path) or not function:
        return aside(path) or not any(path in course.files for course in program.courses)
    return (path, function) not in program.reached


def _finding(
    rule: Rule, call: Call, callee: str, path: str, severity: Severity | None, program: Program
) -> Finding:  # fmt: skip
    return Finding(
        rule.name,
        Place(path, call.span),
        {"callee": callee, "short": callee.rpartition(".")[2]},
        severity=severity,
        remedy={**_remedy(rule, callee), **_seed_argument(callee, program)},
    )


def _remedy(rule: Rule, callee: str) -> dict[str, str]:
    return {"callee": callee} if rule.fix is not None else {}


def _seed_argument(callee: str, program: Program) -> dict[str, str]:
    for generator in program.context.effects.generators.get(callee, ()):
        position = generator.seed.position
        return {"argument": generator.seed.name, "position": "" if position is None else str(position)}
    return {}


def _states(
    call: Call, tests: Guards, path: str, effect: str, program: Program, reseeded: Callable[[str], frozenset[str]]
) -> Iterable[tuple[str, str]]:  # fmt: skip
    """The library names a call leads to, each with its state."""
    effects = program.context.effects
    for target in program.context.callees(call, path).external:
        entries = (entry for entry in effects.listings.get(target.name, ()) if entry.kind == _KINDS.get(effect))
        spot = Spot(program.context, path)
        if any(holds(call, entry.when, spot) for entry in entries) and not _lists_code(call, program):
            yield target.name, call.order
        if effect == "generator":
            for generator in effects.generators.get(target.name, ()):
                value = argument(call, generator.seed)
                missing = value is None or program.context.evaluate(value, path) == Const(None)
                later = target.name in reseeded(path)
                if missing and not call.open and not later and not is_fallback(call, tests):
                    yield target.name, generator.unseeded


def _lists_code(call: Call, program: Program) -> bool:
    """Whether a pattern asks for source files: they are compiled, and no training sees their order."""
    given = (item.value for item in call.args if isinstance(item, Const) and isinstance(item.value, str))
    return any(text.endswith(program.context.effects.code) for text in given)


def is_fallback(call: Call, tests: Guards) -> bool:
    """Whether the call only runs when a caller gave no generator of its own."""
    return call.fallback or any(
        (test.kind == "none" and test.negated is not holds) or (test.kind == "truthy" and test.negated is holds)
        for test, holds in tests
    )
