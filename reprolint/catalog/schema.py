"""The shape of `rules/<topic>/*.yaml`: one problem, how it is found, said and repaired.

A field `yields_to` is the key `yields-to`, a field without a default is required, any other key is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reprolint.core.diagnostic import Confidence, Profile, Severity
from reprolint.core.edit import Safety

# The states of each effect, and what a message can show of a finding.
_ORDERS = (
    "first", "gathered", "indexed", "numbered", "ordered", "passed", "picked", "returned", "shuffled", "split",
    "stacked", "unordered", "written",
)  # fmt: skip
STATES: Mapping[str, tuple[str, ...]] = {
    "completion": _ORDERS,
    "generator": ("constant", "entropy"),
    "hazard": (),
    "listing": _ORDERS,
    "rows": _ORDERS,
    "set-order": _ORDERS,
    "kernel-source": ("float",),
    "tool": ("reported",),
}
EVIDENCE: Mapping[str, tuple[str, ...]] = {
    "completion": ("callee", "short"),
    "generator": ("callee", "short"),
    "hazard": ("callee", "effect", "short"),
    "listing": ("callee", "short"),
    "rows": ("callee", "short"),
    "set-order": ("callee", "detail"),
    "kernel-source": ("callee", "detail"),
    "tool": ("cause", "event", "message", "remark", "rule", "simulated", "step"),
}


@dataclass(frozen=True, slots=True)
class Match:
    """The declarative form of a rule: calls with this effect, in one of these states; in a `weak` one it is advice.

    A `hazard` has no states: knowledge names the rule, at calls and at switches.
    """

    effect: Literal["completion", "generator", "hazard", "kernel-source", "listing", "rows", "set-order", "tool"]
    state: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """How a rule is fixed: a verb of `reprolint/fixes/`, how safe it is at best, and the title people read."""

    verb: str
    safety: Safety
    title: str


@dataclass(frozen=True, slots=True)
class Examples:
    """Code that the rule flags (its lines marked `# warning`, `# error` or `# advice`), code it accepts, code fixed.

    `versions` are those of libraries without which the rule would have nothing to say.
    """

    bad: str
    good: str
    fixed: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One problem. Either `match` or `check` (a function `check` in `reprolint/checks/<check>.py`) finds it.

    `message` is a template over the finding's evidence. `proof` says what replay shows with and without the problem,
    `limits` what the rule does not see, or tells in vain.
    A finding at a place that another rule of `yields_to` also reports is dropped in favour of that rule.
    """

    name: str
    code: str
    profile: Profile
    severity: Severity
    confidence: Confidence
    summary: str
    why: str
    message: str
    examples: Examples
    references: tuple[str, ...]
    since: str
    proof: str
    match: Match | None = None
    check: str = ""
    fix: Remedy | None = None
    yields_to: tuple[str, ...] = ()
    may_reveal: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    limits: str = ""
    topic: str = ""
