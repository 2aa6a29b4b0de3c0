"""Use case: repair, and prove by replay that the repair was worth it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reprolint.app.check import check
from reprolint.app.fix import fix, restore
from reprolint.app.options import Options, Outcome
from reprolint.app.session import Session
from reprolint.replay import Plan, Report, run
from reprolint.replay.plan import Device
from reprolint.replay.table import virtual_operations
from reprolint.replay.variation import chosen

_RANKS = {"failed": 0, "diverged": 1, "not-comparable": 2, "not-proved": 3, "reproduced": 4}


@dataclass(frozen=True, slots=True)
class Trial:
    """How to replay: the command and for how many steps, on which device."""

    command: tuple[str, ...]
    steps: int
    device: Device


@dataclass(frozen=True, slots=True)
class Verified:
    """What was proved. `after` is missing when there was nothing to run again.

    `taken_back` says why the fixes were undone, empty when they stay; `changed_since` are files that could not be put
    back because someone else changed them.
    """

    outcome: Outcome
    before: Report
    after: Report | None
    taken_back: str = ""
    changed_since: tuple[str, ...] = ()


def verify(options: Options, trial: Trial, *, unsafe: bool, progress: Callable[[str], None]) -> Verified:
    """Replay, fix, replay; take the fixes back when the training breaks or nothing got better."""
    session = Session(options)
    plan = Plan(
        command=trial.command,
        directory=Path(options.directory),
        steps=trial.steps,
        device=trial.device,
        operations=virtual_operations(session.catalog.knowledge),
        vary=chosen(session.config.profile),
    )
    before = _replay(plan, "before", progress)
    if before.verdict == "failed":
        return Verified(check(options), before, None)
    outcome = fix(options, unsafe=unsafe, write=True)
    if not outcome.changes:
        return Verified(outcome, before, None)
    try:
        after = _replay(plan, "after", progress)
    except BaseException:  # an interrupt included: unproved fixes must not stay
        restore(outcome.root, outcome.changes)
        raise
    reason = judge(before, after)
    if not reason:
        return Verified(outcome, before, after)
    left = restore(outcome.root, outcome.changes)
    return Verified(check(options), before, after, reason, left)


def _replay(plan: Plan, when: str, progress: Callable[[str], None]) -> Report:
    return run(plan, lambda name: progress(f"replay {when} fixing: {name}"))


def judge(before: Report, after: Report) -> str:
    """Why fixes should be taken back; empty when the replay after them is better, or nothing could be better."""
    if after.verdict == "failed":
        problem = after.problem.message if after.problem is not None else "the command could not be run"
        return f"the training no longer runs: {problem}"
    if after.verdict == "reproduced" or _RANKS[after.verdict] > _RANKS[before.verdict]:
        return ""
    if before.divergence is None or after.divergence is None:
        return f"the replay said {before.verdict} before and says {after.verdict} now"
    if after.divergence.step > before.divergence.step or after.divergence.cause != before.divergence.cause:
        return ""
    if (after.divergence.kind, after.divergence.name) != (before.divergence.kind, before.divergence.name):
        return ""
    found = after.divergence
    return f"the runs still differ first at step {found.step}, in {found.kind} {found.name}"
