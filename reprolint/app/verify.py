"""Use case: repair, and prove by replay that the repair was worth it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from reprolint.app.check import check
from reprolint.app.fix import Group, fix, restore
from reprolint.app.options import Options, Outcome
from reprolint.app.replayed import Trial, judged, make_plan
from reprolint.app.session import Session
from reprolint.core.diagnostic import Diagnostic
from reprolint.replay import Plan, Report, run
from reprolint.replay.command import Problem
from reprolint.replay.cost import Cost, cost
from reprolint.replay.session import run_once

_RANKS = {"failed": 0, "diverged": 1, "not-comparable": 2, "not-proved": 3, "reproduced": 4}
# Runs to look for fixes that break the training; then all fixes are taken back.
MOST_TRIALS = 16

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Verified:
    """What was proved. `after` is missing when there was nothing to run again.

    `refused` are fixes that broke the training, by rule and file, and were taken back while the others stay.
    `taken_back` says why all were undone, empty when they stay; `changed_since` are files that could not be put back
    because someone else changed them. `cost` is that of a step after fixing, or why it is not known.
    """

    outcome: Outcome
    before: Report
    after: Report | None
    taken_back: str = ""
    changed_since: tuple[str, ...] = ()
    refused: tuple[Group, ...] = ()
    cost: Cost | str = ""


def verify(options: Options, trial: Trial, *, unsafe: bool, progress: Progress) -> Verified:
    """Replay, fix, replay; take back the fixes that break the training, and all of them when nothing got better."""
    session = Session(options)
    plan = make_plan(session, trial)
    before = _replay(plan, "before fixing", progress)
    if before.verdict == "failed":
        return Verified(check(options), before, None)
    bench = _Bench(options, plan, unsafe, progress)
    with bench.fixed(None) as outcome:
        if not outcome.changes:
            return Verified(_marked(options, plan, before, outcome, progress), before, None)
        after = _replay(plan, "after fixing", progress)
        reason = judge(before, after)
        if not reason:
            bench.keep()
            return bench.verified(outcome, before, after)
    left = bench.left
    if after.verdict == "failed" and not left:
        refused = bench.breaking(_groups(outcome.fixed))
        kept = tuple(group for group in _groups(outcome.fixed) if group not in refused)
        if refused and kept:
            with bench.fixed(frozenset(kept)) as outcome:
                again = _replay(plan, "after fixing, without what broke it", progress)
                # What was refused may be what the runs differ by first: no better is good enough.
                if _RANKS[again.verdict] >= _RANKS[before.verdict]:
                    bench.keep()
                    return replace(bench.verified(outcome, before, again), refused=refused)
            left = bench.left
    return Verified(_marked(options, plan, before, check(options), progress), before, after, reason, left)


class _Bench:
    """Applies fixes for as long as it takes to try them; they stay only when told so."""

    def __init__(self, options: Options, plan: Plan, unsafe: bool, progress: Progress) -> None:
        self._options, self._plan, self._unsafe, self._progress = options, plan, unsafe, progress
        self._kept = False
        self.left: tuple[str, ...] = ()

    @contextmanager
    def fixed(self, groups: frozenset[Group] | None) -> Iterator[Outcome]:
        """The project with the fixes of `groups` (all for None), as it was again afterwards: an interrupt included."""
        outcome = fix(self._options, unsafe=self._unsafe, write=True, groups=groups)
        self._kept, self.left = False, ()
        try:
            yield outcome
        finally:
            if not self._kept:
                self.left = restore(outcome.root, outcome.changes)

    def keep(self) -> None:
        """Let what was fixed stay."""
        self._kept = True

    def breaking(self, groups: tuple[Group, ...]) -> tuple[Group, ...]:
        """The fixes without which the training runs, found by halving; none if that took too many runs."""
        good, bad, runs = groups, list[Group](), 0
        while good and self._breaks(good):
            runs += 1
            works, breaks = 0, len(good)
            while breaks - works > 1:
                middle = (works + breaks) // 2
                works, breaks = (works, middle) if self._breaks(good[:middle]) else (middle, breaks)
                runs += 1
            bad.append(good[breaks - 1])
            good = good[: breaks - 1] + good[breaks:]
            if runs >= MOST_TRIALS:
                return ()
        return tuple(bad)

    def _breaks(self, groups: tuple[Group, ...]) -> bool:
        self._progress(f"replay: looking for the fix that breaks the training, {len(groups)} applied")
        with self.fixed(frozenset(groups)):
            ended = run_once(replace(self._plan, traces=None), "trial")
        return isinstance(ended, Problem) or ended.problem is not None

    def verified(self, outcome: Outcome, before: Report, after: Report) -> Verified:
        """Fixes that stay, with what they cost and what the replay after them shows of the findings that are left."""
        marked = _marked(self._options, self._plan, after, outcome, self._progress)
        return Verified(marked, before, after, cost=cost(before, after))


def _marked(options: Options, plan: Plan, report: Report, outcome: Outcome, progress: Progress) -> Outcome:
    """The outcome with what `report` shows of the findings that are left; nothing to show, nothing to run."""
    if not outcome.diagnostics and report.divergence is None:
        return outcome
    return replace(outcome, diagnostics=judged(Session(options), plan, report, progress).diagnostics)


def _groups(fixed: tuple[Diagnostic, ...]) -> tuple[Group, ...]:
    return tuple(dict.fromkeys((item.name, item.place.filename) for item in fixed))


def _replay(plan: Plan, when: str, progress: Progress) -> Report:
    return run(plan, lambda name: progress(f"replay {when}: {name}"))


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
