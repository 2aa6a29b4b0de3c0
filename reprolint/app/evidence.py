"""What a replay has shown of each finding, from places, streams and causes. Nothing is said without evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reprolint.core.diagnostic import PROFILES, Diagnostic, Shown
from reprolint.core.place import Place
from reprolint.replay.report import Report
from reprolint.replay.trace import Site
from reprolint.replay.witness import Visited, Witness

# The topics whose rules can be the reason for a cause.
_TOPICS = {
    "unseeded-stream": ("streams", "data"),
    "extra-draw": ("streams", "data"),
    "time": ("streams", "values"),
    "hash-order": ("values", "data"),
    "file-order": ("data",),
    "workers": ("data", "streams"),
    "threads": ("values",),
    "atomics": ("operations", "switches", "kernels"),
    "algorithm": ("operations", "switches", "kernels"),
    "uninitialised": ("operations",),
}
_ON_DEVICE = ("operations", "switches", "kernels")
MOST_ROWS = 4


@dataclass(frozen=True, slots=True)
class Claim:
    """A diagnostic with the streams its finding is about."""

    diagnostic: Diagnostic
    streams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a replay left: its report, what made the runs differ, which lines ran (or why that is not known).

    Filenames of witnesses and of lines are relative to the root of the project, as those of diagnostics are.
    `profile` is the one whose variations were tried.
    """

    report: Report
    witnesses: Sequence[Witness]
    visited: Visited | None
    profile: str
    trouble: str = ""


def rows(place: Place) -> tuple[int, ...]:
    """The rows of a place that stand for it: running any of them is running it."""
    return tuple(range(place.span.row, min(place.span.end_row, place.span.row + MOST_ROWS - 1) + 1))


def is_watchable(place: Place) -> bool:
    """Whether a trace can say that a line was run: it is one of a Python file."""
    return place.filename.endswith(".py")


def judge(claims: Iterable[Claim], evidence: Evidence) -> tuple[Diagnostic, ...]:
    """The diagnostics, each with what the replay has shown of it; those about the tool itself are left as they are."""
    return tuple(_marked(claim.diagnostic, _shown(claim, evidence)) for claim in claims)


def _marked(item: Diagnostic, shown: Shown) -> Diagnostic:
    """What makes runs differ before one's eyes is no advice to shrug at."""
    if item.topic == "tool":
        return item
    if shown.state != "confirmed":
        return replace(item, shown=shown)
    return replace(
        item, shown=shown, confidence="high", severity="warning" if item.severity == "advice" else item.severity
    )


def explains(claim: Claim, witness: Witness, ran: bool) -> str:
    """Why a finding is what made the runs differ, or an empty string: its line is on the way, or its stream varied."""
    item = claim.diagnostic
    if item.topic not in _TOPICS.get(witness.cause, ()):
        return ""
    if witness.stream is not None and claim.streams and witness.stream not in claim.streams:
        return ""
    if witness.chain:
        inner = witness.chain[-1]
        if _covers(item.place, inner):
            return "at this line"
        if any(_covers(other.place, inner) for other in item.related):
            return f"at {inner.place}, which belongs to it"
        if item.topic == "streams" and any(_covers(item.place, site) for site in witness.chain[:-1]):
            return f"at {inner.place}, called from here"
    if ran and witness.stream is not None and witness.stream in claim.streams:
        return f"in the stream it is about{f', first at {witness.chain[-1].place}' if witness.chain else ''}"
    return ""


def _shown(claim: Claim, evidence: Evidence) -> Shown:
    report, place = evidence.report, claim.diagnostic.place
    if report.verdict == "failed":
        return Shown("unknown", "the command could not be replayed")
    visited = evidence.visited
    ran = visited is not None and any((place.filename, row) in visited.lines for row in rows(place))
    for witness in evidence.witnesses:
        how = explains(claim, witness, ran)
        if how:
            return Shown("confirmed", f"the runs differ {how}: {_what(witness)} at step {witness.step}")
    if not is_watchable(place):
        return Shown("unknown", "a replay sees lines of Python files only")
    if visited is None:
        return Shown("unknown", f"which lines run is not known: {evidence.trouble}")
    if ran:
        return _reached(claim.diagnostic, evidence)
    if visited.doubt:
        return Shown("unknown", f"its line was not seen, but {visited.doubt}")
    return Shown("not-reached", f"its line was not run in {_steps(report.steps)} of `{' '.join(report.command)}`")


def _reached(item: Diagnostic, evidence: Evidence) -> Shown:
    report, found = evidence.report, evidence.report.divergence
    if item.topic in _ON_DEVICE and report.device == "cpu":
        return Shown("unknown", "its line was run, but on the CPU: what a CUDA device does there was not tried")
    if item.topic in _ON_DEVICE and report.device == "cuda-virtual" and not report.simulated:
        return Shown("unknown", "its line was run, but nothing asked for a CUDA device: what one does was not tried")
    if PROFILES.index(item.profile) > PROFILES.index(evidence.profile):
        return Shown("unknown", f"its line was run, but what profile `{item.profile}` promises was not tried")
    if found is not None:
        what = found.cause + (f", {found.stream or found.operation}" if found.stream or found.operation else "")
        other = f"the runs part at step {found.step} for another reason ({what})"
        return Shown("reached", f"its line was run; {other}, and what differs behind that is not told apart")
    virtual = "; virtual CUDA imitates the operations it knows" if report.simulated and item.topic in _ON_DEVICE else ""
    return Shown("reached", f"its line was run, and {report.runs} runs agree in {_steps(report.steps)}{virtual}")


def _covers(place: Place, site: Site) -> bool:
    return place.filename == site.filename and place.span.row <= site.row <= place.span.end_row


def _what(witness: Witness) -> str:
    return f"{witness.cause} ({witness.stream or witness.operation})" if witness.stream or witness.operation \
        else witness.cause  # fmt: skip


def _steps(number: int) -> str:
    return f"{number} step{'' if number == 1 else 's'}" if number else "a run without steps"
