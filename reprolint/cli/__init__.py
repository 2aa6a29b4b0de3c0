"""Command line: one file a verb."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

VERBS = ("check", "graph", "rule", "replay", "certify", "server", "config", "clean", "version", "help")

_HELP = """\
usage: reprolint [VERB] [OPTIONS] [PATH ...]

Find what makes two runs of a training differ, repair it, prove it.

  check PATH...       report problems (the default verb; PATH defaults to .)
                      --fix, --unsafe-fixes, --diff, --verify 'COMMAND', ...
  replay -- COMMAND   run a training twice and compare every step
  certify --check F   run a training once more and hold it against its certificate
  graph PATH...       show seedings, draws and switches of each entry, in order
  rule NAME|CODE      explain a rule; --all for every rule
  server              run the language server
  config [KEY]        show the settings in effect
  clean               empty the cache
  version             print the version

reprolint VERB --help tells more.
"""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the caller closed it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (open to the end)
    code = _guarded(arguments)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        _silence()
    if argv is None:
        os._exit(code)  # tearing down a large program takes longer than a small run
    raise SystemExit(code)


def _guarded(arguments: list[str]) -> int:
    try:
        return run(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    except BrokenPipeError:
        _silence()
        return 141
    except Exception as error:
        return _failed(error, arguments)


def _failed(error: Exception, arguments: list[str]) -> int:
    """Say what went wrong: the user's configuration or rules, or ourselves."""
    from reprolint.catalog.build import CatalogError
    from reprolint.config import ConfigError

    if isinstance(error, ConfigError | CatalogError):
        sys.stderr.write(f"error: {error}\n")
        return 2
    if "-v" in arguments or "--verbose" in arguments:
        import traceback

        traceback.print_exc()
    hint = "run again with -v for the trace, and report it"
    sys.stderr.write(f"error: reprolint itself failed: {type(error).__name__}: {error}; {hint}\n")
    return 2


def _silence() -> None:
    """Whoever read our output has gone; Python must not complain about it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run(arguments: list[str]) -> int:
    """Dispatch to a verb; without one it is `check`. Returns the exit code."""
    first = arguments[0] if arguments else ""
    if first in ("--version", "-V", "version"):
        from reprolint import __version__

        sys.stdout.write(f"reprolint {__version__}\n")
        return 0
    if first in ("--help", "-h", "help"):
        sys.stdout.write(_HELP)
        return 0
    verb, rest = (first, arguments[1:]) if first in VERBS else ("check", arguments)
    import argparse
    import gc
    import importlib

    gc.disable()  # facts are trees without cycles; collecting them costs a fifth of a run
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    module = importlib.import_module(f"reprolint.cli.{verb}")
    parser = argparse.ArgumentParser(prog=f"reprolint {verb}", description=module.__doc__, allow_abbrev=False)
    module.add_arguments(parser)
    code: int = module.main(parser.parse_args(rest))
    return code
