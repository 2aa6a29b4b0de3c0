"""Orders that are made from addresses or hashes."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.match import beside, is_hash_fixed
from reprolint.checks.string_hash import off_way
from reprolint.core.diagnostic import Finding, Severity
from reprolint.core.place import Place
from reprolint.facts.order import FIRST, ORDERED, UNORDERED
from reprolint.facts.sinks import SINKS
from reprolint.program.entries import aside
from reprolint.program.link import Program


def check(program: Program) -> Iterator[Finding]:
    """One finding per call that sorts or chooses so, unless nothing depends on the order."""
    around = beside(program)
    for path in sorted(program.files):
        for sight in program.files[path].sights if not aside(path) else ():
            if sight.effect != "identity" or sight.state == ORDERED:
                continue
            tie, hashed = sight.detail == "tie", sight.callee in program.context.effects.hashes
            if hashed and is_hash_fixed(path, program):
                continue
            weak = (
                tie
                or hashed
                or sight.state not in (FIRST, UNORDERED, *SINKS)
                or around(path)
                or off_way(path, sight.span, program)
            )
            severity: Severity | None = "advice" if weak else None
            evidence = {"callee": sight.callee, "part": ", where the rest of the key is equal" if tie else ""}
            yield Finding("object-identity-order", Place(path, sight.span), evidence, severity=severity)
