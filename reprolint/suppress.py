"""Comments that silence findings, and what is wrong with such comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reprolint.catalog.load import Catalog
from reprolint.catalog.schema import Rule
from reprolint.core.diagnostic import Finding
from reprolint.core.place import Place, Span
from reprolint.facts.record import Facts
from reprolint.model.directives import Directive
from reprolint.program.graph import calls
from reprolint.selection import ALWAYS, closeness, current, suggestion


@dataclass(frozen=True, slots=True)
class Silenced:
    """What is left of the findings, and the findings about the comments themselves."""

    kept: tuple[Finding, ...]
    hygiene: tuple[Finding, ...]


Names = tuple[frozenset[str], ...]


def silence(
    findings: Sequence[Finding], files: Mapping[str, Facts], catalog: Catalog, rules: Sequence[Rule]
) -> Silenced:
    """Drop findings that a comment at their primary place silences; `rules` are those that ran."""
    speaking = {path: facts for path, facts in files.items() if facts.directives}
    named = {path: tuple(_named(item, catalog) for item in facts.directives) for path, facts in speaking.items()}
    used: set[tuple[str, int, str]] = set()
    kept: list[Finding] = []
    for finding in findings:
        facts = speaking.get(finding.place.filename)
        numbers = _silencing(finding, facts, named[facts.path]) if facts is not None else []
        if facts is None or not numbers:
            kept.append(finding)
        used.update((finding.place.filename, number, finding.rule) for number in numbers)
    running = frozenset(rule.name for rule in rules)
    hygiene = [
        finding
        for path, facts in sorted(speaking.items())
        for number, item in enumerate(facts.directives)
        if item.tool == "reprolint"
        for finding in _judge(
            Place(path, item.span), item, running, catalog, {r for p, n, r in used if (p, n) == (path, number)}
        )
    ]
    return Silenced(tuple(kept), tuple(item for item in hygiene if item.rule in running))


def _named(item: Directive, catalog: Catalog) -> frozenset[str]:
    """The rules a comment silences: all for a blanket `noqa`, those named otherwise."""
    if not item.rules and item.tool == "noqa":
        return frozenset(rule.name for rule in catalog.rules) - ALWAYS
    return frozenset(rule.name for rule in catalog.rules for name in item.rules if closeness(name, rule)) - ALWAYS


def _silencing(finding: Finding, facts: Facts, named: Names) -> list[int]:
    """The numbers of the comments of a file that silence a finding in it."""
    candidates = [number for number, names in enumerate(named) if finding.rule in names]
    if not candidates:
        return []
    span = finding.place.span
    rows = {span.row, span.end_row} | {statement.row for statement in _statements(facts, span)}
    return [
        number
        for number in candidates
        if facts.directives[number].scope == "file" or facts.directives[number].span.row in rows
    ]


def _statements(facts: Facts, span: Span) -> Iterator[Span]:
    """The statements around the call at a span: a comment may stand on their first line."""
    for body in (facts.body, *(function.body for function in facts.functions)):
        for call in calls(body):
            if call.span == span:
                yield call.statement


def _judge(
    place: Place, item: Directive, running: frozenset[str], catalog: Catalog, used: set[str]
) -> Iterable[Finding]:
    if not item.rules:
        text = "the comment names no rule and silences nothing; write `ignore[rule-name] reason`"
        yield Finding("unknown-ignore", place, {"message": text})
    for name in item.rules:
        meant = {rule.name for rule in catalog.rules if closeness(name, rule)}
        if not meant:
            text = f"there is no rule `{name}`{suggestion(name, catalog)}"
            yield Finding("unknown-ignore", place, {"message": text})
        elif meant & running and not meant & used:
            yield Finding("unused-ignore", place, {"message": f"the comment silences no `{name}`; remove it"})
        elif new := current(name, catalog):
            text = f"the rule `{name}` is now called `{new}`"
            yield Finding("unknown-ignore", place, {"message": text}, severity="advice")
