"""Report what makes two runs differ; with --fix repair it, with --verify prove it by running the training."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from reprolint.app.options import Options, Outcome
from reprolint.cli.terminal import add_cache, add_color, cache_folder, note, paint, warn
from reprolint.config import FORMATS, ConfigError, Overrides, target
from reprolint.core.diagnostic import PROFILES, SEVERITIES
from reprolint.report.paint import Paint

_EPILOG = """\
exit codes: 0 nothing left at or above --fail-on, 1 something left, 2 bad arguments or configuration, or a rule crashed
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `check`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders, - for standard input (default: .)")
    _add_fixing(parser)
    _add_selection(parser)
    _add_output(parser)
    group = parser.add_argument_group("files and settings")
    group.add_argument("--config", metavar="PATH", help="use this configuration file")
    group.add_argument("--isolated", action="store_true", help="use no configuration file")
    group.add_argument("--force-exclude", action="store_true", help="exclude files even when they are named")
    group.add_argument("--stdin-filename", metavar="PATH", help="the name of what comes from standard input")
    group.add_argument("-n", "--no-cache", action="store_true", help="neither read nor write the cache")
    add_cache(parser)
    group.add_argument(
        "-j", "--jobs", type=int, default=0, metavar="N", help="processes to read with (default: one a core)"
    )


def _add_fixing(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("fixing")
    group.add_argument("--fix", action="store_true", help="apply fixes that keep the numbers")
    group.add_argument(
        "--unsafe-fixes", action="store_true", help="also fixes that change numbers or speed, or may raise"
    )
    group.add_argument("--diff", action="store_true", help="print what would be fixed and write nothing")
    group.add_argument(
        "--verify",
        metavar="COMMAND",
        help="replay this command and say of each finding whether it makes runs differ (confirmed), was run and not "
        "seen to vary (reached), was not run, or cannot be told; with --fix: before and after fixing, to prove it",
    )
    group.add_argument("--steps", type=int, default=10, metavar="N", help="training steps of --verify (default 10)")


def _add_selection(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("rules (names, codes, code prefixes, topics or ALL; separated by commas)")
    for flag, text in (
        ("--select", "run only these"),
        ("--ignore", "do not run these"),
        ("--extend-select", "run these, too"),
    ):
        group.add_argument(flag, action="append", metavar="RULES", help=text)
    group.add_argument("--profile", choices=PROFILES, help="what must hold (default: deterministic)")
    group.add_argument(
        "--fail-on", choices=SEVERITIES, help="the least severity that makes the exit code 1 (default: warning)"
    )
    group.add_argument(
        "--entry", action="append", metavar="PATH[:FUNCTION]", help="a training starts here; may be repeated"
    )
    group.add_argument(
        "--target", action="append", metavar="LIB=VERSION", help="judge by this version of a library; may be repeated"
    )
    devices = ("any", "cpu", "cuda", "auto", "cuda-virtual")
    group.add_argument("--device", choices=devices, help="what the training runs on, for rules and for --verify")


def _add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument("--output-format", choices=FORMATS, help="full (default), concise, json or sarif")
    group.add_argument("--statistics", action="store_true", help="count problems by rule")
    group.add_argument("--absolute-paths", action="store_true", help="print absolute file names")
    group.add_argument("-e", "--exit-zero", action="store_true", help="exit with 0 even when problems are left")
    group.add_argument("-q", "--quiet", action="store_true", help="print problems, but nothing else")
    group.add_argument("-v", "--verbose", action="store_true", help="tell what is being done")
    add_color(parser)


def main(namespace: argparse.Namespace) -> int:
    """Run `check`; returns the exit code."""
    options = _options(namespace)
    if namespace.verify is not None:
        from reprolint.cli.verify import main as verify

        return verify(namespace, options)
    if namespace.fix or namespace.diff:
        from reprolint.app.fix import fix

        outcome = fix(options, unsafe=namespace.unsafe_fixes, write=not namespace.diff and options.unsaved is None)
        if namespace.diff:
            return _print_difference(outcome, namespace)
        if options.unsaved is not None:
            sys.stdout.buffer.write(outcome.changes[0].after if outcome.changes else options.unsaved[1])
    else:
        from reprolint.app.check import check

        outcome = check(options)
    stream = sys.stderr if options.unsaved is not None and namespace.fix else sys.stdout
    stream.write(render(outcome, namespace, paint(namespace.color, stream), options))
    return exit_code(outcome, namespace)


def exit_code(outcome: Outcome, namespace: argparse.Namespace) -> int:
    """0, 1 or 2 for what is left."""
    if outcome.crashed:
        return 2
    return 1 if outcome.failing and not namespace.exit_zero else 0


def render(outcome: Outcome, namespace: argparse.Namespace, colors: Paint, options: Options) -> str:
    """The report in the format asked for."""
    from reprolint.report.data import absolute, to_json
    from reprolint.report.full import full
    from reprolint.report.lines import concise, statistics, summary

    diagnostics: Sequence = outcome.diagnostics  # type: ignore[type-arg]
    if namespace.absolute_paths:
        diagnostics = absolute(diagnostics, outcome.root)
    if outcome.config.output_format == "json":
        return to_json(diagnostics)
    if outcome.config.output_format == "sarif":
        from reprolint.report.sarif import to_sarif

        return to_sarif(diagnostics)
    if namespace.statistics:
        text = statistics(diagnostics, colors)
    elif outcome.config.output_format == "concise":
        text = concise(diagnostics, colors)
    else:
        from reprolint.app.sources import lines

        text = full(diagnostics, lines(outcome.root, options), colors)
    if not outcome.files and not diagnostics:
        sys.stderr.write("warning: no Python or CUDA file was found under the given paths\n")
    return text if namespace.quiet else text + summary(diagnostics, fixed=len(outcome.fixed))


def _print_difference(outcome: Outcome, namespace: argparse.Namespace) -> int:
    from reprolint.fixes.apply import difference

    for change in outcome.changes:
        sys.stdout.write(difference(change.filename, change.before, change.after))
    if not namespace.quiet:
        count = len(outcome.fixed)
        more = sum(1 for item in outcome.diagnostics if item.fix is not None and item.fix.safety == "unsafe")
        none = f"No safe fixes available ({more} with --unsafe-fixes).\n" if more else "No fixes available.\n"
        text = f"Would fix {count} problem{'' if count == 1 else 's'}.\n" if count else none
        sys.stderr.write(text)
    if outcome.crashed:
        return 2
    return 1 if outcome.changes and not namespace.exit_zero else 0


def _options(namespace: argparse.Namespace) -> Options:
    if namespace.verify is not None and namespace.diff:
        raise ConfigError("--verify proves what --fix writes, and --diff writes nothing: give one of the two")
    unsaved = None
    if "-" in namespace.paths:
        if len(namespace.paths) > 1 or namespace.verify is not None:
            raise ConfigError("standard input (-) cannot be combined with other paths or with --verify")
        unsaved = (namespace.stdin_filename or "stdin.py", sys.stdin.buffer.read())
    device = {"auto": "any", "cuda-virtual": "cuda"}.get(namespace.device, namespace.device)
    return Options(
        directory=os.getcwd(),
        paths=tuple(namespace.paths) or (".",),
        config_path=namespace.config,
        isolated=namespace.isolated,
        overrides=Overrides(
            select=_listed(namespace.select),
            ignore=_listed(namespace.ignore),
            extend_select=_listed(namespace.extend_select),
            profile=namespace.profile,
            fail_on=namespace.fail_on,
            entries=tuple(namespace.entry) if namespace.entry else None,
            device=device,
            output_format=namespace.output_format,
            targets=tuple(target(text) for text in namespace.target) if namespace.target else None,
        ),
        cache=_cache(namespace),
        jobs=max(namespace.jobs, 0),
        force_exclude=namespace.force_exclude,
        unsaved=unsaved,
        **({} if namespace.quiet else {"warn": cache(warn)}),
        **({"note": note} if namespace.verbose else {}),
    )


def _cache(namespace: argparse.Namespace) -> Path | None:
    return None if namespace.no_cache else cache_folder(namespace)


def _listed(values: list[str] | None) -> tuple[str, ...] | None:
    if values is None:
        return None
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def split_command(text: str) -> tuple[str, ...]:
    """The words of a command line as a shell would split it; no shell ever runs it."""
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise ConfigError(f"--verify: {error}; check the quotes in {text!r}") from None
    if not words:
        raise ConfigError("--verify: the command is empty; give one such as 'python train.py'")
    return words
