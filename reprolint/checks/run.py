"""Runs rules over a program."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence

from reprolint.catalog.schema import Rule
from reprolint.checks.match import matches
from reprolint.core.diagnostic import Finding
from reprolint.core.place import FILE_START, Place
from reprolint.program.link import Program


def run_rules(rules: Sequence[Rule], program: Program) -> list[Finding]:
    """All findings, sorted, each place and cause once; a rule that crashes is a finding itself."""
    found: list[Finding] = []
    for rule in rules:
        try:
            found += _run(rule, program)
        except Exception as error:  # a broken rule must not hide what the others found
            text = f"{type(error).__name__}: {error}"
            found.append(Finding("rule-crashed", Place("", FILE_START), {"rule": rule.name, "message": text}))
    return sorted(_yielded(found, rules), key=_order)


def _run(rule: Rule, program: Program) -> Iterable[Finding]:
    if rule.match is not None:
        return list(matches(rule, program))
    module = importlib.import_module(f"reprolint.checks.{rule.check.replace('-', '_')}")
    return list(module.check(program))


def _order(finding: Finding) -> tuple[Place, str, str, str]:
    return finding.place, finding.rule, finding.entry or "", repr(sorted(finding.evidence.items()))


def _yielded(found: list[Finding], rules: Sequence[Rule]) -> list[Finding]:
    """Drop what a more specific rule also reports, and what is reported twice."""
    stronger = {rule.name: rule.yields_to for rule in rules}
    owned = {(finding.rule, finding.place) for finding in found}
    kept: dict[tuple[object, ...], Finding] = {}
    for finding in sorted(found, key=_order):
        if any((name, finding.place) in owned for name in stronger.get(finding.rule, ())):
            continue
        kept.setdefault((finding.rule, finding.place, tuple(sorted(finding.evidence.items()))), finding)
    return list(kept.values())
