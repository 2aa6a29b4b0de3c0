"""Diagnostics as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from reprolint import __version__
from reprolint.core.diagnostic import Diagnostic
from reprolint.core.edit import Fix
from reprolint.core.place import Place, Span

_LEVELS = {"error": "error", "warning": "warning", "advice": "note"}
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(diagnostics: Sequence[Diagnostic], trouble: str = "") -> str:
    """One run with a result a diagnostic; `trouble` says why the tool could not do its work. ASCII only."""
    rules = {item.code: item for item in diagnostics}
    order = {code: at for at, code in enumerate(sorted(rules))}
    invocation: dict[str, Any] = {"executionSuccessful": not trouble}
    if trouble:
        invocation["toolExecutionNotifications"] = [{"level": "error", "message": {"text": trouble}}]
    run = {
        "tool": {
            "driver": {
                "name": "reprolint",
                "semanticVersion": __version__,
                "rules": [_rule(rules[code]) for code in order],
            }
        },
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, order[item.code]) for item in diagnostics],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(item: Diagnostic) -> dict[str, Any]:
    help_uri = {"helpUri": item.url} if item.url else {}
    return {
        "id": item.code,
        "name": item.name,
        "shortDescription": {"text": item.name.replace("-", " ")},
        **help_uri,
        "properties": {"topic": item.topic, "profile": item.profile, "proof": item.proof},
    }


def _result(item: Diagnostic, at: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": item.code,
        "ruleIndex": at,
        "level": _LEVELS[item.severity],
        "message": {"text": item.message},
        "locations": [{"physicalLocation": _physical(item.place)}] if item.place.filename else [],
    }
    if item.related:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _physical(other.place), "message": {"text": other.message}}
            for number, other in enumerate(item.related, start=1)
        ]
    if item.fix is not None and item.fix.safety != "display":
        result["fixes"] = [_fix(item.fix)]
    properties: dict[str, Any] = {"confidence": item.confidence, "severity": item.severity}
    if item.entry is not None:
        properties["entry"] = item.entry
    if item.fix is not None:
        properties["fix"] = {"safety": item.fix.safety, "reason": item.fix.reason}
    if item.shown is not None:
        properties["replay"] = {"state": item.shown.state, "reason": item.shown.reason}
    return {**result, "properties": properties}


def _physical(place: Place) -> dict[str, Any]:
    return {"artifactLocation": _artifact(place.filename), "region": _region(place.span)}


def _artifact(filename: str) -> dict[str, str]:
    return {"uri": f"file://{quote(filename)}" if filename.startswith("/") else quote(filename)}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.row,
        "startColumn": span.column,
        "endLine": span.end_row,
        "endColumn": span.end_column,
    }  # fmt: skip


def _fix(fix: Fix) -> dict[str, Any]:
    changes = [
        {
            "artifactLocation": _artifact(name),
            "replacements": [
                {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.content}}
                for edit in fix.edits if edit.filename == name
            ],
        }
        for name in _names(fix)
    ]  # fmt: skip
    return {"description": {"text": fix.title}, "artifactChanges": changes}


def _names(fix: Fix) -> Iterable[str]:
    return dict.fromkeys(edit.filename for edit in fix.edits)
