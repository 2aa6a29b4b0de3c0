"""Run a training a few steps in fresh processes and say what differs first; --op launches one operation many times."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from reprolint.app.options import Options
from reprolint.cli.terminal import stop_when_told, warn
from reprolint.config import ConfigError, Overrides
from reprolint.core.diagnostic import PROFILES

if TYPE_CHECKING:
    from reprolint.app.session import Session
    from reprolint.replay import Plan, Report, VirtualOperation

EPILOG = """\
exit codes: 0 reproduced, 1 diverged, 2 the command could not be run, 3 not proved or not comparable
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `replay` to its parser."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument(
        "--steps", type=_count, default=10, metavar="N", help="training steps to run (0: to the end; default 10)"
    )
    parser.add_argument(
        "--runs", type=_runs, metavar="N", help="runs to compare, at least 2 (default 2; launches with --op: 100)"
    )
    parser.add_argument(
        "--op",
        metavar="NAME",
        help="launch this one function (package.function) again and again in one process instead of a command; an "
        "interpreter may stand after `--`",
    )
    parser.add_argument(
        "--inputs", metavar="FILE:FUNCTION", help="with --op: the function of FILE that makes its arguments"
    )
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
        "--traces",
        type=Path,
        metavar="DIR",
        help="keep traces here, in no other's (default: a new folder in .reprolint_cache)",
    )
    parser.add_argument(
        "--timeout", type=positive_seconds, default=600.0, metavar="S", help="seconds for each run (default 600)"
    )
    parser.add_argument(
        "--link",
        action="append",
        default=[],
        metavar="PATH",
        help="link this path of the project instead of copying it for each run (large data; may be repeated)",
    )
    parser.add_argument(
        "--output-format",
        choices=("full", "json", "sarif"),
        default="full",
        help="how to print the report; sarif: the divergence as a result at its line, for code scanning",
    )
    parser.add_argument(
        "--certificate", type=_new_file, metavar="FILE", help="write a certificate here, if the training was reproduced"
    )
    parser.add_argument("--html", type=_new_file, metavar="FILE", help="write the report here as a page, too")
    parser.add_argument(
        "command", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="the training command, unchanged"
    )


def main(namespace: argparse.Namespace) -> int:
    """Replay the command and print the report; returns the exit code."""
    if namespace.op is not None:
        return _repeat(namespace)
    from reprolint.replay import run
    from reprolint.replay.report import render

    stop_when_told()
    plan = _plan(namespace)
    report = run(plan, _progress if namespace.output_format == "full" else None)
    if namespace.certificate is not None:
        _certify(report, plan, namespace.certificate)
    if namespace.html is not None:
        from reprolint.replay.page import render_page

        namespace.html.write_text(render_page(report), encoding="utf-8")
    if namespace.output_format == "json":
        sys.stdout.write(json.dumps(report.to_json(), indent=2) + "\n")
    elif namespace.output_format == "sarif":
        sys.stdout.write(_sarif(report, namespace))
    else:
        sys.stdout.write(render(report, _wants_color()))
    return report.exit_code


def _sarif(report: Report, namespace: argparse.Namespace) -> str:
    from reprolint.app.replayed import as_diagnostics
    from reprolint.report.sarif import to_sarif

    trouble = report.problem.message if report.problem is not None else ""
    return to_sarif(as_diagnostics(_session(namespace), report), trouble)


def _repeat(namespace: argparse.Namespace) -> int:
    from reprolint.replay.repeat import Launches, render, repeat

    if namespace.output_format == "sarif":
        raise ConfigError("--output-format sarif: what --op finds has no line; use json")
    command = _command(namespace)
    plan = Launches(
        namespace.op,
        namespace.inputs or "",
        Path.cwd(),
        runs=namespace.runs or 100,
        device=namespace.device,
        operations=_operations(_session(namespace)),
        python=command[0] if command else "",
        timeout=namespace.timeout,
    )
    report = repeat(plan)
    as_json = namespace.output_format == "json"
    sys.stdout.write(json.dumps(report.to_json(), indent=2) + "\n" if as_json else render(report))
    return report.exit_code


def _plan(namespace: argparse.Namespace) -> Plan:
    from reprolint.replay import Plan
    from reprolint.replay.variation import chosen

    session = _session(namespace)
    return Plan(
        command=_command(namespace),
        steps=namespace.steps,
        runs=namespace.runs or 2,
        device=namespace.device,
        operations=_operations(session),
        vary=chosen(session.config.profile) if namespace.vary is None else namespace.vary,
        traces=namespace.traces,
        timeout=namespace.timeout,
        link=tuple(path.strip("/") for path in namespace.link),
    )


def _certify(report: Report, plan: Plan, path: Path) -> None:
    from reprolint.replay.certificate import certify, write

    if report.verdict == "reproduced":
        path.write_text(write(certify(report, plan)), encoding="utf-8")
    else:
        warn(f"no certificate was written to {path}: only what was reproduced is certified")


def _session(namespace: argparse.Namespace) -> Session:
    from reprolint.app.session import Session

    return Session(Options(str(Path.cwd()), overrides=Overrides(profile=namespace.profile)))


def _operations(session: Session) -> tuple[VirtualOperation, ...]:
    from reprolint.replay.table import virtual_operations

    return virtual_operations(session.catalog.knowledge)


def _command(namespace: argparse.Namespace) -> tuple[str, ...]:
    command = namespace.command
    return tuple(command[1:] if command[:1] == ["--"] else command)


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


def _new_file(text: str) -> Path:
    path = Path(text)
    if not path.absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    return path


def _runs(text: str) -> int:
    number = _count(text)
    if number < 2:
        raise argparse.ArgumentTypeError("at least 2 runs are needed for a comparison")
    return number


def positive_seconds(text: str) -> float:
    """A time limit."""
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
