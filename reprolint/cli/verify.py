"""Printing of `check --verify`: findings with what a replay shows; with --fix what was proved before and after."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from reprolint.app.options import Options
from reprolint.app.replayed import Replayed, Trial, check_and_replay
from reprolint.app.verify import Verified, verify
from reprolint.cli.check import exit_code, render, split_command
from reprolint.cli.terminal import note, paint, stop_when_told
from reprolint.replay import Report
from reprolint.replay.cost import Cost
from reprolint.report.lines import label
from reprolint.report.paint import Paint

# Formats for programs: standard output is theirs alone.
DATA = ("json", "sarif")


def main(namespace: argparse.Namespace, options: Options) -> int:
    """Verify and print; returns the exit code."""
    stop_when_told()
    device = {"any": "auto", None: "auto"}.get(namespace.device, namespace.device)
    trial = Trial(split_command(namespace.verify), namespace.steps, device)
    progress = note if not namespace.quiet and sys.stderr.isatty() else _ignore
    if not namespace.fix:
        return _show(check_and_replay(options, trial, progress), namespace, options)
    result = verify(options, trial, unsafe=namespace.unsafe_fixes, progress=progress)
    proof = sys.stderr if result.outcome.config.output_format in DATA else sys.stdout
    sys.stdout.write(render(result.outcome, namespace, paint(namespace.color, sys.stdout), options))
    proof.write(_proof(result, paint(namespace.color, proof)))
    if result.before.verdict == "failed":
        return 2
    return exit_code(result.outcome, namespace)


def _show(result: Replayed, namespace: argparse.Namespace, options: Options) -> int:
    """Print findings with what the replay has shown of them, then the replay and the sum."""
    from reprolint.replay.report import render as render_replay

    outcome, report = result.outcome, result.report
    proof = sys.stderr if outcome.config.output_format in DATA else sys.stdout
    sys.stdout.write(render(outcome, namespace, paint(namespace.color, sys.stdout), options))
    colors = paint(namespace.color, proof)
    proof.write(f"\n{render_replay(report, colors.on)}\n{_sum(result, colors)}\n")
    if report.verdict == "failed":
        return 2
    return exit_code(outcome, namespace)


def _sum(result: Replayed, colors: Paint) -> str:
    report = result.report
    if report.verdict == "failed":
        return "verify: the command could not be replayed, so the findings stand as linting left them."
    counts = Counter(label(item.shown) for item in result.outcome.diagnostics if item.shown is not None)
    simulated = " (simulated)" if report.simulated else ""
    line = colors("bold", f"verify: {_word(report)}{simulated}")
    return f"{line}; {', '.join(f'{count} {what}' for what, count in sorted(counts.items())) or 'no findings'}."


def _proof(result: Verified, colors: Paint) -> str:
    from reprolint.replay.report import render as render_replay

    text = f"\n{colors('bold', 'Before fixing')}\n{render_replay(result.before, colors.on)}"
    if result.after is not None:
        text += f"\n{colors('bold', 'After fixing')}\n{render_replay(result.after, colors.on)}"
    return f"{text}\n{_verdict(result, colors)}\n"


def _verdict(result: Verified, colors: Paint) -> str:
    before, after = result.before, result.after
    if before.verdict == "failed":
        return "Nothing was fixed: the command could not be replayed."
    if after is None:
        return f"verify: {before.verdict}; there was nothing to fix, so nothing to prove."
    simulated = " (simulated)" if after.simulated else ""
    line = colors("bold", f"verify: {_word(before)} -> {_word(after)}{simulated}")
    if not result.taken_back:
        return f"{line}; {_kept(result)}{_cost(result.cost)}"
    text = f"{line}; the fixes were taken back: {result.taken_back}."
    if result.changed_since:
        text += f" Changed meanwhile and not restored: {', '.join(result.changed_since)}."
    return text


def _kept(result: Verified) -> str:
    if not result.refused:
        return "the fixes stay."
    broke = ", ".join(f"{rule} in {name}" for rule, name in result.refused)
    return f"the fixes stay but for {broke}, taken back: the training does not run with {_them(result.refused)}."


def _them(groups: Sequence[object]) -> str:
    return "it" if len(groups) == 1 else "them"


def _cost(found: Cost | str) -> str:
    if isinstance(found, str):
        return f"\ncost: not measured, {found}." if found else ""
    times = f"{found.before * 1000:.3g} -> {found.after * 1000:.3g} ms a step, medians of {found.steps} steps a run"
    if not found.is_told:
        return f"\ncost: none that stands out of the noise ({times}; equal runs differ by x{found.noise:.2f})."
    return f"\ncost: x{found.ratio:.2f} a step ({times}, probes included; equal runs differ by x{found.noise:.2f})."


def _word(report: Report) -> str:
    found = report.divergence
    return report.verdict if found is None else f"{report.verdict} at step {found.step} ({found.cause})"


def _ignore(text: str) -> None:
    """Progress nobody watches."""
