"""Explain a rule: what it finds, why it matters, how to repair it."""

from __future__ import annotations

import argparse
import os
import sys

from reprolint.cli.terminal import add_cache, add_color, cache_folder, paint


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `rule`."""
    parser.add_argument("rule", nargs="?", metavar="NAME|CODE", help="the rule, such as unseeded-stream or RPL101")
    parser.add_argument("--all", action="store_true", help="all rules")
    parser.add_argument("--output-format", choices=("text", "markdown", "json"), default="text")
    add_color(parser)
    add_cache(parser)


def main(namespace: argparse.Namespace) -> int:
    """Print the page of a rule; returns the exit code."""
    from reprolint.app.explain import explain
    from reprolint.app.options import Options
    from reprolint.report.rule import rules_json, rules_markdown, rules_text

    if namespace.all == (namespace.rule is not None):
        sys.stderr.write("error: name one rule, or give --all\n")
        return 2
    rules = explain(Options(os.getcwd(), cache=cache_folder(namespace)), namespace.rule)
    if namespace.output_format == "json":
        sys.stdout.write(rules_json(rules))
    elif namespace.output_format == "markdown":
        sys.stdout.write(rules_markdown(rules))
    else:
        sys.stdout.write(rules_text(rules, paint(namespace.color, sys.stdout)))
    return 0
