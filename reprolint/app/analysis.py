"""From facts to findings of the whole program, and to the diagnostics of the files a person asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reprolint.app.reading import Reading
from reprolint.app.session import Session
from reprolint.catalog.effects import effects
from reprolint.catalog.library import written_for
from reprolint.checks.describe import describe
from reprolint.checks.run import run_rules
from reprolint.config import ConfigError
from reprolint.core.diagnostic import Diagnostic, Finding
from reprolint.core.edit import Fix
from reprolint.core.place import FILE_START, Place
from reprolint.discover import Trouble
from reprolint.facts.record import Facts
from reprolint.fixes.plan import plan
from reprolint.program.link import Program, Settings, link
from reprolint.selection import ignored_by_file
from reprolint.suppress import silence


@dataclass(frozen=True, slots=True)
class Analysis:
    """The linked program and its findings in the given paths, each with its fix."""

    program: Program
    findings: tuple[Finding, ...]
    fixes: tuple[Fix | None, ...]

    def diagnostics(self, session: Session) -> tuple[Diagnostic, ...]:
        """What a person sees, in report order."""
        return tuple(describe(self.findings, self.fixes, session.catalog))


def analyse(
    session: Session, reading: Reading, read: Callable[[str], bytes], previous: Program | None = None
) -> Analysis:
    """Link, check, silence, and plan fixes for what lies in the given paths; `previous` saves work after a change."""
    wanted = settings(session, reading)
    knowledge = effects(session.catalog.knowledge, wanted.versions)
    program = link(reading.facts.values(), knowledge, session.vocabulary, wanted, previous)
    for entry in session.config.entries:
        path, _, name = entry.partition(":")
        known = [item for item in session.entries if item.endswith(f"{path.rpartition('/')[2]}:{name}")]
        if name and not any(program.context.resolver.function(*item.split(":", 1)) for item in known):
            raise ConfigError(f"entry `{entry}`: the file defines and imports no function `{name}`")
    rules = [rule for rule in session.rules if rule.match is None or rule.match.effect != "tool"]
    silenced = silence(run_rules(rules, program), reading.facts, session.catalog, session.rules)
    ignored = ignored_by_file(session.catalog, session.config)
    found = [item for item in (*silenced.kept, *silenced.hygiene) if not ignored(item.rule, item.place.filename)]
    found += _tool(reading)
    shown = tuple(item for item in found if _is_shown(item, session))
    return Analysis(program, shown, tuple(plan(shown, session.catalog, program, read)))


def settings(session: Session, reading: Reading) -> Settings:
    """What linking wants to know, with what lies beside the code, and the versions that the code was written for where
    the project names none."""
    names = (name for facts in reading.facts.values() for name in facts.dated)
    versions = {**written_for(names, session.catalog.knowledge), **session.settings.versions}
    return replace(session.settings, versions=versions, beside=reading.beside or session.settings.beside)


def _tool(reading: Reading) -> Iterator[Finding]:
    """Files that could not be read or understood."""
    for facts in _broken(reading.facts.values()):
        assert facts.broken is not None
        message = f"cannot be read as Python: {facts.broken.message}; repair it or exclude it"
        yield Finding("invalid-syntax", Place(facts.path, facts.broken.span), {"message": message})
    yield from _troubles("unreadable-file", reading.troubles)
    for item in reading.crashes:
        evidence = {"rule": "reading the file", "message": item.message}
        yield Finding("rule-crashed", Place(item.name, FILE_START), evidence)


def tool_diagnostics(rule: str, troubles: Sequence[Trouble], session: Session) -> tuple[Diagnostic, ...]:
    """Diagnostics about files that the tool itself could not handle."""
    findings = tuple(_troubles(rule, troubles))
    return tuple(describe(findings, (None,) * len(findings), session.catalog))


def _broken(facts: Iterable[Facts]) -> Iterator[Facts]:
    yield from (item for item in facts if item.broken is not None)


def _troubles(rule: str, troubles: Sequence[Trouble]) -> Iterator[Finding]:
    for item in troubles:
        yield Finding(rule, Place(item.name, FILE_START), {"message": f"{item.name}: {item.message}"})


def _is_shown(finding: Finding, session: Session) -> bool:
    return session.shows(finding.place.filename) or any(session.shows(item.place.filename) for item in finding.related)
