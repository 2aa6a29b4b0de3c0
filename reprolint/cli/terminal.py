"""What all verbs share: colours, notes, the cache folder."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import IO

from reprolint import cache
from reprolint.report.paint import Paint


def add_color(parser: argparse.ArgumentParser) -> None:
    """`--color`, for verbs that print text."""
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="when to use colours")


def add_cache(parser: argparse.ArgumentParser) -> None:
    """`--cache-dir`."""
    parser.add_argument("--cache-dir", type=Path, metavar="DIR", help="where the cache is (default: the user's cache)")


def paint(when: str, stream: IO[str]) -> Paint:
    """Colours for a stream: as asked, else as NO_COLOR and FORCE_COLOR say, else when it is a terminal."""
    if when != "auto":
        return Paint(when == "always")
    if os.environ.get("NO_COLOR"):
        return Paint(False)
    return Paint(bool(os.environ.get("FORCE_COLOR")) or stream.isatty())


def cache_folder(namespace: argparse.Namespace) -> Path:
    """The folder of the cache."""
    named: Path | None = namespace.cache_dir
    return named.absolute() if named is not None else cache.default_folder()


def stop_when_told() -> None:
    """Let SIGTERM, by which CI ends a job, unwind the program as an interrupt does: nothing may stay behind."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def warn(text: str) -> None:
    """Tell every user something that does not stop the run."""
    sys.stderr.write(f"warning: {text}\n")


def note(text: str) -> None:
    """Tell a curious user something."""
    sys.stderr.write(f"reprolint: {text}\n")
