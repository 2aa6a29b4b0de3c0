"""Diagnostics as JSON, for other programs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from reprolint.core.diagnostic import Diagnostic
from reprolint.core.edit import Fix
from reprolint.core.place import Place, Span


def to_json(diagnostics: Sequence[Diagnostic]) -> str:
    """An array with one object a diagnostic, keys in a fixed order, ASCII only."""
    return json.dumps([as_object(item) for item in diagnostics], indent=2) + "\n"


def as_object(item: Diagnostic) -> dict[str, Any]:
    """One diagnostic as the object other tools rely on."""
    return {
        "code": item.code,
        "name": item.name,
        "topic": item.topic,
        "profile": item.profile,
        "severity": item.severity,
        "confidence": item.confidence,
        "message": item.message,
        "filename": item.place.filename,
        **_location(item.place.span),
        "cell": None,
        "entry": item.entry,
        "related": [
            {"filename": other.place.filename, **_location(other.place.span), "message": other.message}
            for other in item.related
        ],
        "fix": None if item.fix is None else _fix(item.fix),
        "proof": item.proof,
        "url": item.url,
        "replay": None if item.shown is None else {"state": item.shown.state, "reason": item.shown.reason},
    }


def absolute(diagnostics: Iterable[Diagnostic], root: str) -> tuple[Diagnostic, ...]:
    """The same diagnostics with absolute filenames, in the same order."""

    def place(item: Place) -> Place:
        return Place(os.path.join(root, item.filename).replace(os.sep, "/") if item.filename else "", item.span)

    def fix(item: Fix) -> Fix:
        return replace(item, edits=tuple(replace(edit, filename=place(Place(edit.filename, edit.span)).filename)
                                         for edit in item.edits))  # fmt: skip

    return tuple(
        replace(
            item,
            place=place(item.place),
            related=tuple(replace(other, place=place(other.place)) for other in item.related),
            fix=None if item.fix is None else fix(item.fix),
        )
        for item in diagnostics
    )


def _location(span: Span) -> dict[str, dict[str, int]]:
    return {
        "location": {"row": span.row, "column": span.column},
        "end_location": {"row": span.end_row, "column": span.end_column},
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "title": fix.title,
        "safety": fix.safety,
        "reason": fix.reason,
        "edits": [
            {"filename": edit.filename, **_location(edit.span), "content": edit.content} for edit in fix.edits
        ],
    }  # fmt: skip
