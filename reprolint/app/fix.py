"""Use case: repair what can be repaired, all files or none."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from reprolint.app.analysis import Analysis, analyse, tool_diagnostics
from reprolint.app.check import unsaved
from reprolint.app.options import Change, Options, Outcome
from reprolint.app.pinned import tell
from reprolint.app.reading import Reading, read_all, reread, survey
from reprolint.app.session import Session
from reprolint.core.diagnostic import Diagnostic
from reprolint.core.edit import Fix
from reprolint.discover import Trouble
from reprolint.fixes import apply as edits

MOST_ROUNDS = 100
# Fixes are told apart by the rule and the file of their finding.
Group: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Repair:
    """What the rounds of fixing came to: the last analysis, the texts they changed, and what they settled."""

    analysis: Analysis
    reading: Reading
    texts: Mapping[str, bytes]
    fixed: tuple[Diagnostic, ...]


def fix(options: Options, *, unsafe: bool, write: bool, groups: frozenset[Group] | None = None) -> Outcome:
    """Lint, apply fixes (those of `groups`, where given) and lint again until nothing is left to apply; then write,
    unless told not to."""
    session = Session(options)
    reading = unsaved(session, read_all(session, survey(session)))
    session.store.close()
    first = analyse(session, reading, session.content)
    tell(session, first.program)
    repair = _repair(session, reading, first, groups, unsafe=unsafe)
    changes = tuple(Change(name, session.content(name), data) for name, data in sorted(repair.texts.items()))
    changes = tuple(change for change in changes if change.before != change.after)
    files = len(reading.facts)
    if write:
        refused = save(session.root, changes)
        if refused is not None:
            diagnostics = tool_diagnostics("unreadable-file", (refused,), session) + first.diagnostics(session)
            ordered = tuple(sorted(diagnostics, key=lambda item: item.sort_key))
            return Outcome(session.root, session.config, ordered, files)
    diagnostics = repair.analysis.diagnostics(session)
    return Outcome(session.root, session.config, diagnostics, files, changes, repair.fixed)


def _repair(
    session: Session, reading: Reading, analysis: Analysis, groups: frozenset[Group] | None, *, unsafe: bool
) -> Repair:
    texts: dict[str, bytes] = {}
    fixed: list[Diagnostic] = []

    def content(name: str) -> bytes:
        return texts[name] if name in texts else session.content(name)

    for number in range(MOST_ROUNDS):
        applied = _round(session, analysis, content, groups, unsafe=unsafe)
        if not applied.files:
            break
        session.options.note(f"round {number + 1}: {len(applied.fixes)} fixes in {len(applied.files)} files")
        done = {id(item) for item in applied.fixes}
        fixed += [item for item in analysis.diagnostics(session) if id(item.fix) in done]
        texts.update(applied.files)
        reading = reread(session, reading, applied.files)
        analysis = analyse(session, reading, content, analysis.program)
    return Repair(analysis, reading, texts, tuple(fixed))


def _round(
    session: Session,
    analysis: Analysis,
    content: Callable[[str], bytes],
    wanted: frozenset[Group] | None,
    *,
    unsafe: bool,
) -> edits.Applied:
    """Apply the fixes of the first rule, by code, that has any: a seed at the entry makes others unnecessary."""
    codes = {rule.name: rule.code for rule in session.catalog.rules}
    groups: dict[str, list[Fix]] = {}
    for finding, item in zip(analysis.findings, analysis.fixes, strict=True):
        chosen = wanted is None or (finding.rule, finding.place.filename) in wanted
        if item is not None and chosen and _is_allowed(item, session.shows):
            groups.setdefault(codes[finding.rule], []).append(item)
    for _, fixes in sorted(groups.items()):
        applied = edits.apply(fixes, content, unsafe=unsafe)
        if applied.files:
            return applied
    return edits.Applied()


def _is_allowed(fix: Fix, shows: Callable[[str], bool]) -> bool:
    """Only files the user named are changed."""
    return all(shows(edit.filename) for edit in fix.edits)


def save(root: str, changes: tuple[Change, ...]) -> Trouble | None:
    """Write all changes; when one cannot be written, take the others back and say which."""
    written: list[Change] = []
    for change in changes:
        try:
            edits.write(Path(os.path.join(root, change.filename)), change.after, change.before)
        except edits.NotWritten as error:
            restore(root, tuple(written))
            return Trouble(change.filename, f"{error}; nothing was fixed")
        written.append(change)
    return None


def restore(root: str, changes: tuple[Change, ...]) -> tuple[str, ...]:
    """Put the old bytes back; the names of files that someone has changed since, which are left alone."""
    left: list[str] = []
    for change in reversed(changes):
        try:
            edits.write(Path(os.path.join(root, change.filename)), change.before, change.after)
        except edits.NotWritten:
            left.append(change.filename)
    return tuple(left)
