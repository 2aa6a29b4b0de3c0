"""Use case: lint, replay the training once, and say of each finding what the replay has shown."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from reprolint.app.analysis import Analysis, analyse
from reprolint.app.evidence import Claim, Evidence, explains, is_watchable, judge, rows
from reprolint.app.options import Options, Outcome
from reprolint.app.pinned import tell
from reprolint.app.reading import read_all, survey
from reprolint.app.session import Session
from reprolint.checks.describe import describe
from reprolint.core.diagnostic import Diagnostic, Finding, Related, Shown
from reprolint.core.place import FILE_START, Place, Span
from reprolint.replay import Plan, Report, run
from reprolint.replay.command import Problem
from reprolint.replay.plan import Device
from reprolint.replay.table import virtual_operations
from reprolint.replay.trace import Site
from reprolint.replay.variation import chosen
from reprolint.replay.witness import Visited, Witness, visit, witnesses

UNEXPLAINED = "unexplained-divergence"
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """How to replay: the command and for how many steps, on which device."""

    command: tuple[str, ...]
    steps: int
    device: Device


@dataclass(frozen=True, slots=True)
class Replayed:
    """The findings, each with what the replay has shown, and the replay."""

    outcome: Outcome
    report: Report


def check_and_replay(options: Options, trial: Trial, progress: Progress) -> Replayed:
    """Lint and replay; nothing of the user's is changed."""
    session = Session(options)
    plan = make_plan(session, trial)
    report = run(plan, lambda name: progress(f"replay: {name}"))
    return Replayed(judged(session, plan, report, progress), report)


def make_plan(session: Session, trial: Trial) -> Plan:
    """The replay of a trial as the project is configured."""
    return Plan(
        command=trial.command,
        directory=Path(session.options.directory),
        steps=trial.steps,
        device=trial.device,
        operations=virtual_operations(session.catalog.knowledge),
        vary=chosen(session.config.profile),
    )


def judged(session: Session, plan: Plan, report: Report, progress: Progress) -> Outcome:
    """What linting finds now, with what `report` (a replay of the same files) has shown of each finding."""
    reading = read_all(session, survey(session))
    session.store.close()
    analysis = analyse(session, reading, session.content)
    tell(session, analysis.program)
    claims = _claims(session, analysis)
    evidence = _evidence(session, plan, report, claims, progress)
    found = [*judge(claims, evidence), *_unexplained(session, claims, evidence)]
    ordered = tuple(sorted(found, key=lambda item: item.sort_key))
    return Outcome(session.root, session.config, ordered, len(reading.facts))


def _claims(session: Session, analysis: Analysis) -> tuple[Claim, ...]:
    pairs = zip(analysis.findings, analysis.fixes, strict=True)
    return tuple(
        Claim(describe((finding,), (fix,), session.catalog)[0], _streams(finding)) for finding, fix in pairs
    )  # fmt: skip


def _streams(finding: Finding) -> tuple[str, ...]:
    text = finding.remedy.get("stream") or finding.evidence.get("stream", "")
    return tuple(name for name in text.split(",") if name)


def _evidence(
    session: Session, plan: Plan, report: Report, claims: Iterable[Claim], progress: Progress
) -> Evidence:  # fmt: skip
    """The witnesses of a replay, and the lines of the findings that one more run comes to."""
    names = _Names(report.root, session.root)
    found = tuple(replace(item, chain=names.chain(item.chain)) for item in witnesses(report))
    wanted: dict[str, set[int]] = defaultdict(set)
    for claim in claims:
        if claim.diagnostic.topic != "tool" and is_watchable(claim.diagnostic.place):
            wanted[names.outward(claim.diagnostic.place.filename)] |= set(rows(claim.diagnostic.place))
    profile = session.config.profile
    if report.verdict == "failed" or not wanted:
        return Evidence(report, found, Visited(frozenset()), profile)
    progress("replay: which lines are run")
    visited = visit(plan, report, {name: tuple(sorted(numbers)) for name, numbers in sorted(wanted.items())})
    if isinstance(visited, Problem):
        return Evidence(report, found, None, profile, visited.message)
    lines = frozenset((names.inward(name), row) for name, row in visited.lines)
    return Evidence(report, found, replace(visited, lines=lines), profile)


@dataclass(frozen=True, slots=True)
class _Names:
    """Filenames of a replay are relative to the tree that it copies, those of findings to the project."""

    replayed: Path
    project: str

    def inward(self, name: str) -> str:
        return self._from(str(self.replayed), self.project, name)

    def outward(self, name: str) -> str:
        return self._from(self.project, str(self.replayed), name)

    def chain(self, sites: tuple[Site, ...]) -> tuple[Site, ...]:
        return tuple(replace(site, filename=self.inward(site.filename)) for site in sites)

    @staticmethod
    def _from(old: str, new: str, name: str) -> str:
        path = os.path.realpath(os.path.join(old, name))
        relative = os.path.relpath(path, os.path.realpath(new))
        return (path if relative.startswith("..") else relative).replace(os.sep, "/")


def _unexplained(session: Session, claims: tuple[Claim, ...], evidence: Evidence) -> Iterable[Diagnostic]:
    """The divergence as a diagnostic of its own, when no finding is what it comes from."""
    found = evidence.report.divergence
    if found is None or any(explains(claim, witness, ran=_ran(claim, evidence))
                            for claim in claims for witness in evidence.witnesses[:1]):  # fmt: skip
        return
    yield from _as_diagnostic(session, evidence.report, evidence.witnesses[0], "; no finding explains it")


def _ran(claim: Claim, evidence: Evidence) -> bool:
    place = claim.diagnostic.place
    return evidence.visited is not None and any(
        (place.filename, row) in evidence.visited.lines for row in rows(place)
    )  # fmt: skip


def as_diagnostics(session: Session, report: Report) -> tuple[Diagnostic, ...]:
    """What a replay by itself has to report: its divergence, at the line that brings it, under the rule that would
    have warned, where there is one."""
    names = _Names(report.root, session.root)
    found = [replace(item, chain=names.chain(item.chain)) for item in witnesses(report)[:1]]
    named = tuple(item for witness in found for item in _as_diagnostic(session, report, witness, ""))
    rule = session.catalog.rule(report.divergence.rule) if report.divergence and report.divergence.rule else None
    if rule is None:
        return named
    proof, url = " ".join(rule.proof.split()), rule.references[0] if rule.references else ""
    return tuple(
        replace(item, code=rule.code, name=rule.name, topic=rule.topic, profile=rule.profile, proof=proof, url=url)
        for item in named
    )


def _as_diagnostic(session: Session, report: Report, witness: Witness, remark: str) -> Iterable[Diagnostic]:
    divergence = report.divergence
    assert divergence is not None
    site = witness.chain[-1] if witness.chain else None
    of = witness.stream or witness.operation
    evidence = {
        "cause": witness.cause + (f" ({of})" if of else ""),
        "step": str(witness.step),
        "event": f"{divergence.kind} {divergence.name}",
        "simulated": " (simulated)" if report.simulated else "",
        "remark": remark,
    }
    place = Place("", FILE_START) if site is None else Place(site.filename, _line(site.row))
    hops = witness.chain[:-1]
    related = tuple(
        Related(Place(hop.filename, _line(hop.row)), f"calls `{inner.function}`")
        for hop, inner in zip(hops, witness.chain[1:], strict=True)
    )
    finding = Finding(UNEXPLAINED, place, evidence, related)
    shown = Shown("confirmed", f"{report.runs} runs of `{' '.join(report.command)}` differ here")
    (item,) = describe((finding,), (None,), session.catalog)
    yield replace(item, shown=shown)


def _line(row: int) -> Span:
    return Span(row, 1, row, 1)
