"""The arguments of one call, as it is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from reprolint.catalog.argument import Argument
from reprolint.facts.keyring import Value


class Given:
    """The arguments of one call, each with what it holds."""

    def __init__(self, node: ast.Call, values: list[Value], named: dict[str, Value]) -> None:
        self.node, self.values, self.named = node, values, named
        self.open = any(isinstance(item, ast.Starred) for item in node.args)

    def get(self, wanted: Argument | None) -> tuple[ast.expr, Value] | None:
        """One argument; None when the call does not show it."""
        if wanted is None:
            return None
        for keyword in self.node.keywords:
            if keyword.arg == wanted.name:
                return keyword.value, self.named[wanted.name]
        if wanted.position is None or self.open or wanted.position >= len(self.values):
            return None
        return self.node.args[wanted.position], self.values[wanted.position]

    def all(self) -> Iterator[tuple[str, ast.expr, Value]]:
        """Every argument, by position or name."""
        for number, value in enumerate(() if self.open else self.values):
            yield str(number), self.node.args[number], value
        for keyword in self.node.keywords:
            if keyword.arg is not None:
                yield keyword.arg, keyword.value, self.named[keyword.arg]
