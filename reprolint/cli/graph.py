"""Show what each entry does to random streams and switches, in the order in which it happens."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from reprolint.cli.terminal import add_cache, add_color, cache_folder, note, paint

FORMATS = ("text", "json", "dot")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `graph`."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="show the entries in these files and folders")
    parser.add_argument("--stream", action="append", metavar="NAME", help="only this stream; may be repeated")
    parser.add_argument(
        "--entry", action="append", metavar="PATH[:FUNCTION]", help="only from here on; may be repeated"
    )
    parser.add_argument("--format", "--output-format", choices=FORMATS, default="text", help="default: text")
    parser.add_argument(
        "--target", action="append", metavar="LIB=VERSION", help="judge by this version of a library; may be repeated"
    )
    parser.add_argument("--config", metavar="PATH", help="use this configuration file")
    parser.add_argument("--isolated", action="store_true", help="use no configuration file")
    parser.add_argument("-n", "--no-cache", action="store_true", help="neither read nor write the cache")
    parser.add_argument("-j", "--jobs", type=int, default=0, metavar="N", help="processes to read with")
    parser.add_argument("-v", "--verbose", action="store_true", help="leave nothing out")
    add_cache(parser)
    add_color(parser)


def main(namespace: argparse.Namespace) -> int:
    """Print the graph; returns the exit code."""
    from reprolint.app.graph import graph
    from reprolint.app.options import Options
    from reprolint.config import Overrides, target

    cache: Path | None = None if namespace.no_cache else cache_folder(namespace)
    options = Options(
        directory=os.getcwd(),
        paths=tuple(namespace.paths) or (".",),
        config_path=namespace.config,
        isolated=namespace.isolated,
        overrides=Overrides(targets=tuple(target(text) for text in namespace.target) if namespace.target else None),
        cache=cache,
        jobs=max(namespace.jobs, 0),
    )
    drawn = graph(options, _listed(namespace.stream), _listed(namespace.entry))
    for line in drawn.problems:
        note(line)
    if namespace.format == "json":
        from reprolint.report.graph.data import to_json

        sys.stdout.write(to_json(drawn.graph))
    elif namespace.format == "dot":
        from reprolint.report.graph.dot import to_dot

        sys.stdout.write(to_dot(drawn.graph))
    else:
        from reprolint.report.graph.text import text

        sys.stdout.write(text(drawn.graph, paint(namespace.color, sys.stdout), verbose=namespace.verbose))
    return 0


def _listed(values: list[str] | None) -> tuple[str, ...]:
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())
