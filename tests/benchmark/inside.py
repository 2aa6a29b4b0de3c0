"""Runs in a process of its own: times one part of the work and prints the figures as JSON.

`inside.py WHAT FOLDER`, where WHAT is `files` (those that reprolint reads), `parse` (CPU seconds of `ast.parse`),
`facts` (CPU seconds of extracting facts) or `profile` (the functions of a cold run that take most time of their own).
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MOST = 15


def files(folder: str) -> list[str]:
    """The names of the files that reprolint reads, relative to the folder."""
    from reprolint.app.options import Options
    from reprolint.app.session import Session

    session = Session(Options(folder, isolated=True))
    found = (os.path.relpath(item.path, folder) for item in session.files().files.values())
    return sorted(name for name in found if not name.startswith(".."))


def parse(folder: str) -> float:
    """Read a file, parse it, forget the tree; only the parsing is timed."""
    import ast
    import warnings

    warnings.simplefilter("ignore")
    total = 0.0
    for path in sorted(Path(folder).rglob("*.py")):
        data = path.read_bytes()
        started = time.process_time()
        with contextlib.suppress(SyntaxError, ValueError, RecursionError):
            ast.parse(data)
        total += time.process_time() - started
    return total


def facts(folder: str) -> float:
    """Extract the facts of all files in one process, reading included; loading the rules is not timed."""
    from reprolint.app.options import Options
    from reprolint.app.session import Session
    from reprolint.app.workers import extract

    session = Session(Options(folder, isolated=True))
    found, vocabulary = list(session.files().files.values()), session.vocabulary
    started = time.process_time()
    for _ in extract(found, vocabulary, jobs=1, encoded=False):
        pass
    return time.process_time() - started


def profile(folder: str) -> list[dict[str, Any]]:
    """Where a cold run in one process spends its time."""
    import cProfile
    import pstats

    from reprolint.cli import run

    with tempfile.TemporaryDirectory() as cache, contextlib.redirect_stdout(io.StringIO()):
        profiler = cProfile.Profile()
        arguments = ["check", "-q", "--isolated", "--output-format", "concise", "-j", "1", "--cache-dir", cache, folder]
        profiler.runcall(run, arguments)
    table: dict[tuple[str, int, str], tuple[int, int, float, float, Any]] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    rows = [
        {"function": f"{_short(name)}:{row} {function}" if row else function, "calls": calls, "own": own, "all": whole}
        for (name, row, function), (_, calls, own, whole, _) in table.items()
    ]
    return sorted(rows, key=lambda item: (-float(str(item["own"])), str(item["function"])))[:MOST]


def _short(name: str) -> str:
    return "/".join(Path(name).parts[-3:])


if __name__ == "__main__":
    gc.disable()
    print(json.dumps({"files": files, "parse": parse, "facts": facts, "profile": profile}[sys.argv[1]](sys.argv[2])))
