"""From evidence to words."""

from __future__ import annotations

from collections.abc import Sequence

from reprolint.catalog.load import Catalog
from reprolint.catalog.schema import Rule
from reprolint.core.diagnostic import Diagnostic, Finding
from reprolint.core.edit import Fix


def describe(findings: Sequence[Finding], fixes: Sequence[Fix | None], catalog: Catalog) -> list[Diagnostic]:
    """Diagnostics in report order; `fixes` runs parallel to `findings`."""
    rules = {rule.name: rule for rule in catalog.rules}
    result = [_diagnostic(finding, fix, rules[finding.rule]) for finding, fix in zip(findings, fixes, strict=True)]
    return sorted(result, key=lambda item: item.sort_key)


def _diagnostic(finding: Finding, fix: Fix | None, rule: Rule) -> Diagnostic:
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        topic=rule.topic,
        profile=rule.profile,
        severity=finding.severity or rule.severity,
        confidence=finding.confidence or rule.confidence,
        message=_fill(rule.message, finding),
        place=finding.place,
        entry=finding.entry,
        related=finding.related,
        fix=fix,
        proof=" ".join(rule.proof.split()),
        url=rule.references[0] if rule.references else "",
    )


def _fill(template: str, finding: Finding) -> str:
    return " ".join(template.format_map(finding.evidence).split())
