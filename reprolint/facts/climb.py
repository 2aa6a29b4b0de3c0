"""A function, class or module as a tree that can be climbed."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from reprolint.catalog.vocabulary import Vocabulary
from reprolint.facts.elements import dotted


@dataclass(frozen=True, slots=True)
class Body:
    """A function, class or module as a tree that can be climbed: parents of nodes, loads of names by dotted name;
    `owner` is the class that it is a method of, `datasets` the classes of the file that are asked for samples."""

    above: Mapping[ast.AST, ast.AST]
    uses: Mapping[str, tuple[ast.expr, ...]]
    order_free: frozenset[str]
    keeps_order: frozenset[str]
    wrappers: frozenset[str]
    owner: ast.ClassDef | None
    datasets: frozenset[str]
    keeps_rows: frozenset[str]
    numbers_rows: frozenset[str]

    def root(self, node: ast.AST) -> ast.AST:
        """The innermost function around a node, or the module."""
        while node in self.above and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            node = self.above[node]
        return node

    def statement(self, node: ast.AST) -> ast.AST:
        """The statement around an expression."""
        while node in self.above and not isinstance(node, ast.stmt):
            node = self.above[node]
        return node

    def within(self, node: ast.AST, root: ast.AST) -> bool:
        """Whether a node lies below `root`, at any depth."""
        inner: ast.AST | None = node
        while inner is not None and inner is not root:
            inner = self.above.get(inner)
        return inner is root

    def loads(self, key: str, near: ast.AST) -> list[ast.expr]:
        """The loads of a name in the function that `near` stands in, in the order of the text."""
        root = self.root(near)
        return [use for use in self.uses.get(key, ()) if self.within(use, root)]


def body(
    root: ast.AST, known: Vocabulary, owner: ast.ClassDef | None, datasets: frozenset[str]
) -> Body:  # fmt: skip
    """Index everything below `root`, a method of `owner`."""
    above: dict[ast.AST, ast.AST] = {}
    uses: dict[str, list[ast.expr]] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        for child in ast.iter_child_nodes(node):
            above[child] = node
            waiting.append(child)
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            key = dotted(node)
            if key:
                uses.setdefault(key, []).append(node)
    ordered = {key: tuple(sorted(found, key=position)) for key, found in uses.items()}
    return Body(
        above, ordered, known.order_free, known.keeps_order, known.wrapper_names, owner, datasets, known.keeps_rows,
        known.numbers_rows,
    )  # fmt: skip


def position(node: ast.AST) -> tuple[int, int]:
    """Where an expression starts, for comparisons."""
    return node.lineno, node.col_offset  # type: ignore[attr-defined]
