"""Use case: what is wrong with a project."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from reprolint import cache
from reprolint.app.options import Options, Outcome
from reprolint.app.reading import Reading, Survey, read_all, reread, survey
from reprolint.app.session import Session
from reprolint.core.diagnostic import Diagnostic
from reprolint.facts.codec import Codec, Damaged


def check(options: Options) -> Outcome:
    """Lint; raises `ConfigError` or `CatalogError` for what the user must repair first."""
    session = Session(options)
    state = survey(session)
    if not state.dirty:
        digests = {name: row.digest for name, row in state.known.items()}
        stored = _stored(session, state, _key(session, digests, state))
        if stored is not None:
            session.options.note("nothing changed since the last run")
            return Outcome(session.root, session.config, stored, len(digests))
    from reprolint.app.analysis import analyse
    from reprolint.app.pinned import tell

    reading = unsaved(session, read_all(session, state))
    analysis = analyse(session, reading, session.content)
    tell(session, analysis.program)
    diagnostics = analysis.diagnostics(session)
    outcome = Outcome(session.root, session.config, diagnostics, len(reading.facts))
    if len(reading.troubles) == len(state.troubles) and not reading.crashes:
        _keep(session, _key(session, reading.digests, state), diagnostics, outcome)
    session.store.close()
    return outcome


def unsaved(session: Session, reading: Reading) -> Reading:
    """Put the text an editor or a pipe gave us in the place of the file."""
    if session.options.unsaved is None:
        return reading
    return reread(session, reading, {session.given[0]: session.options.unsaved[1]})


def _key(session: Session, digests: Mapping[str, str], state: Survey) -> str:
    """Names everything a report depends on, except for which of it is shown."""
    parts = [
        repr(replace(session.config, output_format="", fail_on="")),
        repr(session.entries),
        *(f"{name} {cache.digest(text.encode())}" for name, text in session.sources.items()),
        repr(state.troubles),
        *(f"{name} {file.size} {file.mtime}" for name, file in sorted(state.beside.items())),
        *(f"{name} {digest}" for name, digest in sorted(digests.items())),
    ]
    if session.options.unsaved:
        parts.append(cache.digest(session.options.unsaved[1]))
    return cache.digest("\n".join(parts).encode(errors="surrogateescape"))


def _keep(session: Session, key: str, diagnostics: tuple[Diagnostic, ...], outcome: Outcome) -> None:
    if outcome.crashed:
        return
    try:
        session.store.save_report(key, json.dumps(session.given), _codec().encode(diagnostics))
    except ValueError:
        session.options.note("the report cannot be cached")


def _stored(session: Session, state: Survey, key: str) -> tuple[Diagnostic, ...] | None:
    """The stored report, when it was made for at least the paths that are asked about now."""
    stored = session.store.report(key)
    if stored is None:
        return None
    given, text = stored
    try:
        covered = tuple(json.loads(given))
        if not all(any(_covers(outer, inner) for outer in covered) for inner in session.given):
            return None
        diagnostics = _codec().decode(text)
    except (ValueError, TypeError, Damaged):
        session.store.discard()
        return None
    if state.touched:
        session.store.save([(name, state.known[name], None) for name in state.touched], state.gone)
    session.store.close()
    shown = (item for item in diagnostics if session.shows(item.place.filename)
             or any(session.shows(related.place.filename) for related in item.related))  # fmt: skip
    return tuple(shown)


def _covers(outer: str, inner: str) -> bool:
    return outer == inner or (outer == "." and not inner.startswith("/")) or inner.startswith(f"{outer}/")


def _codec() -> Codec[tuple[Diagnostic, ...]]:
    return Codec(tuple[Diagnostic, ...])
