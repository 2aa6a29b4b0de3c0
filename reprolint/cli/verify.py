"""Printing of `check --fix --verify`: one report that says what was proved before and after."""

from __future__ import annotations

import argparse
import sys

from reprolint.app.options import Options
from reprolint.app.verify import Trial, Verified, verify
from reprolint.cli.check import exit_code, render, split_command
from reprolint.cli.terminal import note, paint
from reprolint.replay import Report
from reprolint.report.paint import Paint


def main(namespace: argparse.Namespace, options: Options) -> int:
    """Verify and print; returns the exit code."""
    device = {"any": "auto", None: "auto"}.get(namespace.device, namespace.device)
    trial = Trial(split_command(namespace.verify), namespace.steps, device)
    progress = note if not namespace.quiet and sys.stderr.isatty() else _ignore
    result = verify(options, trial, unsafe=namespace.unsafe_fixes, progress=progress)
    is_json = result.outcome.config.output_format == "json"
    proof = sys.stderr if is_json else sys.stdout
    sys.stdout.write(render(result.outcome, namespace, paint(namespace.color, sys.stdout), options))
    proof.write(_proof(result, paint(namespace.color, proof)))
    if result.before.verdict == "failed":
        return 2
    return exit_code(result.outcome, namespace)


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
        return f"{line}; the fixes stay."
    text = f"{line}; the fixes were taken back: {result.taken_back}."
    if result.changed_since:
        text += f" Changed meanwhile and not restored: {', '.join(result.changed_since)}."
    return text


def _word(report: Report) -> str:
    found = report.divergence
    return report.verdict if found is None else f"{report.verdict} at step {found.step} ({found.cause})"


def _ignore(text: str) -> None:
    """Progress nobody watches."""
