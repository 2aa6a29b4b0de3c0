"""Run the language server on standard input and output."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The server takes no arguments; editors pass `--stdio` by habit."""
    parser.add_argument("--stdio", action="store_true", help="talk over standard input and output (the only way)")


def main(namespace: argparse.Namespace) -> int:
    """Serve until the editor says goodbye; returns the exit code."""
    import importlib.util

    if importlib.util.find_spec("pygls") is None:
        sys.stderr.write('error: the language server needs pygls; run: pip install "reprolint-dl[lsp]"\n')
        return 2
    from reprolint.lsp.server import main as serve

    serve()
    return 0
