"""`reprolint replay`: arguments, printing and exit codes."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from reprolint.app.options import Options
from reprolint.config import Overrides
from reprolint.core.diagnostic import PROFILES

if TYPE_CHECKING:
    from reprolint.replay import Plan

_EPILOG = """\
exit codes: 0 reproduced, 1 diverged, 2 the command could not be run, 3 not proved or not comparable
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `replay` to its parser."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument(
        "--steps", type=_count, default=10, metavar="N", help="training steps to run (0: to the end; default 10)"
    )
    parser.add_argument("--runs", type=_runs, default=2, metavar="N", help="runs to compare, at least 2 (default 2)")
    parser.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda", "cuda-virtual"),
        default="auto",
        help="auto: CUDA where there is a GPU, else virtual CUDA on the CPU (default)",
    )
    parser.add_argument("--profile", choices=PROFILES, help="what must hold (default: as configured, deterministic)")
    parser.add_argument(
        "--vary",
        type=_names,
        metavar="NAMES",
        help="what the runs may differ in, separated by commas, or `none`; default: what the profile promises not to "
        "matter (seeded: uninitialised, hash-seed, file-order, cwd, time-zone; deterministic: + atomics, algorithm; "
        "portable: + threads, workers, locale, cpu-capability)",
    )
    parser.add_argument(
        "--traces", type=Path, metavar="DIR", help="keep traces here (default: a new folder in .reprolint_cache)"
    )
    parser.add_argument(
        "--timeout", type=_seconds, default=600.0, metavar="S", help="seconds for each run (default 600)"
    )
    parser.add_argument(
        "--link",
        action="append",
        default=[],
        metavar="PATH",
        help="link this path of the project instead of copying it for each run (large data; may be repeated)",
    )
    parser.add_argument("--output-format", choices=("full", "json"), default="full", help="how to print the report")
    parser.add_argument(
        "command", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="the training command, unchanged"
    )


def main(namespace: argparse.Namespace) -> int:
    """Replay the command and print the report; returns the exit code."""
    from reprolint.replay import run
    from reprolint.replay.report import render

    as_json = namespace.output_format == "json"
    report = run(_plan(namespace), None if as_json else _progress)
    if as_json:
        sys.stdout.write(json.dumps(report.to_json(), indent=2) + "\n")
    else:
        sys.stdout.write(render(report, _wants_color()))
    return report.exit_code


def _plan(namespace: argparse.Namespace) -> Plan:
    from reprolint.app.session import Session
    from reprolint.replay import Plan
    from reprolint.replay.table import virtual_operations
    from reprolint.replay.variation import chosen

    session = Session(Options(str(Path.cwd()), overrides=Overrides(profile=namespace.profile)))
    command = namespace.command
    return Plan(
        command=tuple(command[1:] if command[:1] == ["--"] else command),
        steps=namespace.steps,
        runs=namespace.runs,
        device=namespace.device,
        operations=virtual_operations(session.catalog.knowledge),
        vary=chosen(session.config.profile) if namespace.vary is None else namespace.vary,
        traces=namespace.traces,
        timeout=namespace.timeout,
        link=tuple(path.strip("/") for path in namespace.link),
    )


def _progress(name: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"replay: {name} ...\n")
        sys.stderr.flush()


def _wants_color() -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _runs(text: str) -> int:
    number = _count(text)
    if number < 2:
        raise argparse.ArgumentTypeError("at least 2 runs are needed for a comparison")
    return number


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not seconds > 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of seconds")
    return seconds


def _names(text: str) -> tuple[str, ...]:
    from reprolint.replay.variation import VARIATIONS

    names = () if text == "none" else tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in VARIATIONS:
            raise argparse.ArgumentTypeError(f"unknown variation {name!r}; there are {', '.join(VARIATIONS)}")
    return names
