"""Findings (evidence) and diagnostics (what a person sees)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from reprolint.core.edit import Fix
from reprolint.core.place import Place

Severity: TypeAlias = Literal["error", "warning", "advice"]
Confidence: TypeAlias = Literal["high", "medium", "low"]
Profile: TypeAlias = Literal["seeded", "deterministic", "resumable", "portable"]

SEVERITIES: tuple[Severity, ...] = ("advice", "warning", "error")
PROFILES: tuple[Profile, ...] = ("seeded", "deterministic", "resumable", "portable")


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains a finding: a hop of a call chain, a further draw, the seeding that is late."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Evidence of a rule at a place, without prose.

    `evidence` fills the placeholders of the rule's message; `severity` and `confidence` override the rule's when
    the context makes this instance better or worse than usual; `remedy` is what the fix verb needs to know.
    """

    rule: str
    place: Place
    evidence: Mapping[str, str] = field(default_factory=dict)
    related: tuple[Related, ...] = ()
    entry: str | None = None
    severity: Severity | None = None
    confidence: Confidence | None = None
    remedy: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a replay of the training has shown of a diagnostic, and the evidence for saying so.

    `confirmed`: it is what made the runs differ; `reached`: its line was run and nothing of it was seen to vary;
    `not-reached`: no run came to its line; `unknown`: the replay cannot tell.
    """

    state: Literal["confirmed", "reached", "not-reached", "unknown"]
    reason: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding as a person sees it: the unit of every report, of the editor and of replay."""

    code: str
    name: str
    topic: str
    profile: Profile
    severity: Severity
    confidence: Confidence
    message: str
    place: Place
    entry: str | None = None
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    proof: str = ""
    url: str = ""
    shown: Shown | None = None

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """The order of every report: file, row, column, code, message."""
        span = self.place.span
        return (self.place.filename, span.row, span.column, self.code, self.message)
