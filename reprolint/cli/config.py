"""Show the settings in effect for the current folder."""

from __future__ import annotations

import argparse
import json
import os
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `config`."""
    parser.add_argument("key", nargs="?", metavar="KEY", help="only this setting")
    parser.add_argument("--config", metavar="PATH", help="read this configuration file")
    parser.add_argument("--isolated", action="store_true", help="read no configuration file")


def main(namespace: argparse.Namespace) -> int:
    """Print settings as JSON; returns the exit code."""
    from reprolint.app.options import Options
    from reprolint.app.settings import settings
    from reprolint.config import ConfigError, nearest

    options = Options(os.getcwd(), config_path=namespace.config, isolated=namespace.isolated)
    values = settings(options)
    if namespace.key is not None:
        if namespace.key not in values:
            raise ConfigError(f"unknown key `{namespace.key}`{nearest(namespace.key, tuple(values))}")
        values = {namespace.key: values[namespace.key]}
    sys.stdout.write(json.dumps(values, indent=2) + "\n")
    return 0
