"""Hashes that differ in every process and decide something: a seed, a bucket, the name of a file."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.match import beside, is_hash_fixed
from reprolint.core.diagnostic import Finding, Related, Severity
from reprolint.core.place import Place, Span
from reprolint.core.value import Value, references
from reprolint.facts.record import Facts, Sight
from reprolint.program.entries import aside
from reprolint.program.graph import calls
from reprolint.program.link import Program

NAME = "string-hash"
_WORDS = {"bucket": "what is computed from it", "named": "what is named after it"}


def check(program: Program) -> Iterator[Finding]:
    """One finding per hash."""
    around = beside(program)
    for path in sorted(program.files):
        facts = program.files[path]
        sights = [item for item in facts.sights if item.effect == "hash"]
        if not sights or aside(path) or is_hash_fixed(path, program):
            continue
        seeds = _seeds(path, sights, program)
        for sight in sights:
            seeding = seeds.get(sight)
            if seeding is None and sight.state not in _WORDS:
                continue
            loose = around(path) or off_way(path, sight.span, program)
            weak = sight.detail != "words" or (seeding is None and sight.state == "named")
            if sight.detail != "words" and sight.state != "bucket" and seeding is None:
                continue  # nobody knows what it is, and little depends on it
            held = "a string" if sight.detail == "words" else "anything but numbers"
            decided = f"the seed that `{seeding[0]}` takes" if seeding else _WORDS[sight.state]
            related = (Related(seeding[1], f"`{seeding[0]}` seeds with it"),) if seeding else ()
            severity: Severity | None = "advice" if weak or loose else None
            evidence = {"held": held, "decided": decided, "callee": sight.callee}
            yield Finding(NAME, Place(path, sight.span), evidence, related, severity=severity)


def off_way(path: str, span: Span, program: Program) -> bool:
    """Whether a place lies in a function that no entry reaches, where there are entries."""
    name = _function(program.files[path], span)
    return bool(program.courses and name and (path, name) not in program.reached)


def _function(facts: Facts, span: Span) -> str:
    """The innermost function around a place; empty for the top level."""
    start = (span.row, span.column)
    inside = [
        item for item in facts.functions
        if (item.span.row, item.span.column) <= start <= (item.span.end_row, item.span.end_column)
    ]  # fmt: skip
    return max(inside, key=lambda item: (item.span.row, item.span.column)).name if inside else ""


def _seeds(path: str, sights: list[Sight], program: Program) -> dict[Sight, tuple[str, Place]]:
    """The hashes of a file that a seeding or a generator takes, with its name and place: those that stand in the
    call, or the last one before it where it takes one by name."""
    found: dict[Sight, tuple[str, Place]] = {}
    for api, places, value in _seedings(path, program):
        for place in places:
            inside = [item for item in sights if place.filename == path and _within(item.span, place.span)]
            before = [item for item in sights if place.filename == path and item.span.row < place.span.row]
            if not inside and _takes(value, program):
                inside = before[-1:]
            for item in inside:
                found.setdefault(item, (api, places[0]))
    return found


def _seedings(path: str, program: Program) -> Iterator[tuple[str, tuple[Place, ...], tuple[Value, ...]]]:
    """What seeds: the calls of a file, and what an entry does by way of it; the name, the places of the call and of
    those that led to it, and the values given."""
    effects, facts = program.context.effects, program.files[path]
    for body in (facts.body, *(item.body for item in facts.functions)):
        for call in calls(body):
            values = (*call.args, *(value for _, value in call.keywords))
            for target in program.context.callees(call, path).external if values else ():
                if target.name in effects.seedings or target.name in effects.generators:
                    yield target.name, (Place(path, call.span),), values
    for course in program.courses:
        for item in course.sets if path in course.files else ():
            if item.cell in effects.streams and _takes((item.value,), program):
                yield item.api, (item.place, *(hop.place for hop in item.chain)), ()


def _takes(values: tuple[Value, ...], program: Program) -> bool:
    """Whether a value is made from a hash."""
    names = {f"{name}()" for name in program.context.effects.hashes}
    return any(ref.path in names for value in values for ref in references(value))


def _within(inner: Span, outer: Span) -> bool:
    start, end = (outer.row, outer.column), (outer.end_row, outer.end_column)
    return start <= (inner.row, inner.column) and (inner.end_row, inner.end_column) <= end
