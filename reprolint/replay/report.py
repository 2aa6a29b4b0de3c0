"""What a replay found: values, their JSON, and the text people read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from reprolint.replay.cause import Cause
from reprolint.replay.command import Problem
from reprolint.replay.trace import Site

Verdict = Literal["reproduced", "diverged", "not-proved", "not-comparable", "failed"]

EXIT_CODES: dict[Verdict, int] = {"reproduced": 0, "diverged": 1, "failed": 2, "not-proved": 3, "not-comparable": 3}


@dataclass(frozen=True, slots=True)
class PropertyVerdict:
    """What was proved of one property (`run-to-run`: runs agree) under which variation, and why that may be said."""

    property: str
    variation: str
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first event that differs between run 1 and run `run`.

    Filenames of `chain` are relative to the project, from the entry inwards. `others` are further streams that nobody
    seeded; `source` is the line of the site as it was run, for it may be repaired since.
    """

    step: int
    kind: str
    name: str
    cause: Cause
    operation: str | None
    stream: str | None
    rule: str | None
    chain: tuple[Site, ...]
    hashes: tuple[str | None, str | None]
    norms: tuple[float | None, float | None]
    run: int
    others: tuple[str, ...] = ()
    source: str = ""

    @property
    def site(self) -> Site | None:
        """The user's line to look at."""
        return self.chain[-1] if self.chain else None


@dataclass(frozen=True, slots=True)
class Control:
    """The negative control: what it changed, and whether the comparison saw that."""

    what: str
    varied: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one replay; `root` is what relative filenames start from."""

    command: tuple[str, ...]
    device: str
    simulated: bool
    runs: int
    steps: int
    verdict: Verdict
    verdicts: tuple[PropertyVerdict, ...]
    divergence: Divergence | None
    control: Control | None
    notes: tuple[str, ...]
    traces: Path
    root: Path
    problem: Problem | None = None

    @property
    def exit_code(self) -> int:
        """0 reproduced, 1 diverged, 2 could not be run, 3 not proved or not comparable."""
        return EXIT_CODES[self.verdict]

    def to_json(self) -> dict[str, Any]:
        """The object of `--output-format json`."""
        return {
            "command": list(self.command),
            "device": self.device,
            "simulated": self.simulated,
            "runs": self.runs,
            "steps": self.steps,
            "verdict": self.verdict,
            "verdicts": [
                {"property": item.property, "variation": item.variation, "verdict": item.verdict, "reason": item.reason}
                for item in self.verdicts
            ],
            "divergence": None if self.divergence is None else _divergence(self.divergence),
            "control": None if self.control is None else {"what": self.control.what, "varied": self.control.varied},
            "notes": list(self.notes),
            "traces": str(self.traces),
        }


def render(report: Report, color: bool) -> str:
    """The report for a terminal: verdict, first divergence with its line, what was proved, and where traces lie."""
    paint = _Paint(color)
    lines = [*_headline(report, paint), *_problem(report, paint), *_where(report, paint)]
    if report.verdicts and report.problem is None:
        lines.append("")
        lines.extend(
            f"  {_MARKS[item.verdict]} {item.property}, varying {item.variation}: "
            f"{paint.verdict(item.verdict)}; {item.reason}"
            for item in report.verdicts
        )
    if report.control is not None:
        result = "the comparison saw the difference" if report.control.varied else paint.bold("nothing varied")
        lines.append(f"  control: {report.control.what}: {result}")
    if report.problem is None:
        lines.extend(f"  note: {note}" for note in report.notes)
    lines.append(f"  traces: {report.traces}")
    return "\n".join(lines) + "\n"


_MARKS: dict[Verdict, str] = {
    "reproduced": "=",
    "diverged": "!",
    "not-proved": "?",
    "not-comparable": "?",
    "failed": "!",
}
_CODES: dict[Verdict, str] = {
    "reproduced": "32",
    "diverged": "31",
    "not-proved": "33",
    "not-comparable": "33",
    "failed": "31",
}


@dataclass(frozen=True, slots=True)
class _Paint:
    color: bool

    def _wrap(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color else text

    def bold(self, text: str) -> str:
        return self._wrap("1", text)

    def dim(self, text: str) -> str:
        return self._wrap("2", text)

    def verdict(self, verdict: Verdict) -> str:
        return self._wrap(f"1;{_CODES[verdict]}", verdict.replace("-", " "))


def _headline(report: Report, paint: _Paint) -> list[str]:
    device = f"{report.device}, simulated" if report.simulated else report.device
    steps = f"{report.steps} step" + ("" if report.steps == 1 else "s")
    text = f"replay: {paint.verdict(report.verdict)}"
    if report.divergence is not None:
        text += f" at step {report.divergence.step}"
    runs = f"{report.runs} run" + ("" if report.runs == 1 else "s")
    return [f"{text}  {paint.dim(f'({runs}, {steps}, {device})')}", f"  $ {' '.join(report.command)}"]


def _problem(report: Report, paint: _Paint) -> list[str]:
    problem = report.problem
    if problem is None:
        return []
    tail = [f"  {paint.dim('|')} {line}" for line in problem.tail.splitlines()]
    return ["", f"  {problem.message}", *tail, f"  help: {problem.remedy}"]


def _where(report: Report, paint: _Paint) -> list[str]:
    found = report.divergence
    if found is None:
        return []
    lines = ["", f"  first divergence: {paint.bold(f'{found.kind} {found.name}')} at step {found.step}"]
    ours, theirs = (value[:12] if value else "absent" for value in found.hashes)
    first, second = (_norm(norm) for norm in found.norms)
    lines.append(f"    run 1 {ours}{first}   run {found.run} {theirs}{second}{_distance(found.norms)}")
    what = found.cause + (f" ({found.stream})" if found.stream else "")
    what += f" in {found.operation}" if found.operation else ""
    rule = f"  [{found.rule}]" if found.rule else ""
    lines.append(f"  cause: {paint.bold(what)}{rule}")
    lines.extend(_frame(found.source, found.chain, paint))
    return lines


def _frame(source: str, chain: Sequence[Site], paint: _Paint) -> list[str]:
    if not chain:
        return []
    site = chain[-1]
    lines = [f"    --> {site.filename}:{site.row} in {site.function}"]
    if source:
        lines.append(f"    {paint.dim(f'{site.row:>5} |')} {source}")
    callers = [f"{caller.filename}:{caller.row}" for caller in reversed(chain[:-1])]
    if callers:
        lines.append(f"    {paint.dim('called from ' + ', '.join(callers[:4]))}")
    return lines


def source_line(path: Path, row: int) -> str:
    """A line of a file, or an empty string."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()[row - 1].rstrip()
    except (OSError, IndexError):
        return ""


def _norm(norm: float | None) -> str:
    return "" if norm is None else f" (norm {norm:.9g})"


def _distance(norms: tuple[float | None, float | None]) -> str:
    ours, theirs = norms
    return "" if ours is None or theirs is None else f"   norms differ by {abs(ours - theirs):.3g}"


def _divergence(found: Divergence) -> dict[str, Any]:
    site = found.site
    return {
        "step": found.step,
        "kind": found.kind,
        "name": found.name,
        "operation": found.operation,
        "cause": found.cause,
        "stream": found.stream,
        "rule": found.rule,
        "filename": site.filename if site else None,
        "row": site.row if site else None,
        "chain": [{"filename": item.filename, "row": item.row, "function": item.function} for item in found.chain],
        "hashes": list(found.hashes),
        # JSON has no word for NaN and infinity.
        "norms": [norm if norm is None or math.isfinite(norm) else repr(norm) for norm in found.norms],
    }
