"""Empty the cache."""

from __future__ import annotations

import argparse
import sys

from reprolint import cache
from reprolint.cli.terminal import add_cache, cache_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `clean`."""
    add_cache(parser)


def main(namespace: argparse.Namespace) -> int:
    """Remove what earlier runs stored; returns the exit code."""
    folder = cache_folder(namespace)
    count = cache.clean(folder)
    sys.stdout.write(f"Removed {count} file{'' if count == 1 else 's'} from {folder}\n")
    return 0
