"""Hold a new run of a training against its certificate."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from reprolint.cli.replay import EPILOG, positive_seconds
from reprolint.cli.terminal import stop_when_told


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `certify` to its parser."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument(
        "--check",
        type=Path,
        required=True,
        metavar="FILE",
        help="run the command of this certificate (written by `reprolint replay --certificate FILE`) and compare",
    )
    parser.add_argument(
        "--timeout", type=positive_seconds, default=600.0, metavar="S", help="seconds for the run (default 600)"
    )
    parser.add_argument("--output-format", choices=("full", "json"), default="full", help="how to print the result")
    parser.add_argument(
        "command",
        nargs=argparse.REMAINDER,
        metavar="-- COMMAND",
        help="the command, where the certificate does not hold it in full (secrets) or the interpreter lies elsewhere",
    )


def main(namespace: argparse.Namespace) -> int:
    """Check the certificate and print what came of it; returns the exit code."""
    from reprolint.app.options import Options
    from reprolint.app.session import Session
    from reprolint.replay.certificate import CertificateError, read
    from reprolint.replay.recheck import make_plan, recheck, render
    from reprolint.replay.table import virtual_operations

    stop_when_told()
    command = namespace.command[1:] if namespace.command[:1] == ["--"] else namespace.command
    session = Session(Options(str(Path.cwd())))
    try:
        certificate = read(namespace.check)
        operations = virtual_operations(session.catalog.knowledge)
        plan = make_plan(certificate, command, Path.cwd(), operations, namespace.timeout)
    except CertificateError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    checked = recheck(certificate, plan)
    if namespace.output_format == "json":
        sys.stdout.write(json.dumps({"certificate": str(namespace.check), **checked.to_json()}, indent=2) + "\n")
    else:
        sys.stdout.write(render(checked, certificate))
    return checked.exit_code
