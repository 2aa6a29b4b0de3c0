"""What the result of a call is for, as the name says that a statement gives it.

A draw that only labels a run (`run_name = f"{model}-{random.randint(0, 99)}"`, a free port) decides nothing that is
trained; one that makes a seed is the business of whoever seeds with it; a sampler of an evaluation may keep its order;
first weights (`nn.Parameter(torch.randn(3))`, `layer.weight.data.normal_()`) are soon loaded over where nobody trains.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

_TEXT_MAKERS = (str.__name__, repr.__name__)
_OF_VALUES = frozenset({"evaluation", "label", "seed"})
_TEXT = "text"  # the part of the patterns that holds for values made into text only


@dataclass(frozen=True, slots=True)
class Purposes:
    """Recognises purposes by names: `patterns` by purpose, `derives` are the callables that compute a plain value."""

    patterns: Mapping[str, re.Pattern[str]]
    derives: Collection[str]

    def of(self, statement: ast.stmt) -> dict[ast.Call, str]:
        """The calls of a simple statement that have a purpose."""
        found: dict[ast.Call, str] = {}
        for name, value in _bound(statement):
            for call, is_text in self._made(value, is_text=False):
                kind = self.named(name, is_text=is_text)
                if kind:
                    found.setdefault(call, kind)
        for call in self._weights(statement):
            found.setdefault(call, "weights")
        return found

    def _weights(self, statement: ast.stmt) -> Iterator[ast.Call]:
        """The calls of a statement that only make or fill the weights of a model."""
        simple = isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr | ast.Return)
        value = statement.value if simple else None  # type: ignore[attr-defined]
        calls = [node for node in ast.walk(value) if isinstance(node, ast.Call)] if value is not None else []
        for call in calls:
            if isinstance(call.func, ast.Attribute) and self._tells("weights-tensor", _name(call.func.value)):
                yield call
            if self._tells("weights-maker", _name(call.func)):
                yield from (node for part in call.args for node in ast.walk(part) if isinstance(node, ast.Call))

    def _tells(self, kind: str, name: str) -> bool:
        pattern = self.patterns.get(kind)
        return pattern is not None and bool(name) and pattern.search(name) is not None

    def named(self, name: str, *, is_text: bool = False) -> str:
        """The purpose that a name tells of; empty for most."""
        for kind, pattern in self.patterns.items():
            purpose, _, form = kind.partition("-")
            if purpose in _OF_VALUES and (is_text or form != _TEXT) and pattern.search(name):
                return purpose
        return ""

    def evaluates(self, node: ast.Call, around: str) -> bool:
        """Whether a call is given what its name says is for evaluation, or stands in a function of such a name."""
        names = [around.rstrip(".").rpartition(".")[2], *(_name(arg) for arg in node.args)]
        names += [_name(keyword.value) for keyword in node.keywords]
        return any(self.named(name) == "evaluation" for name in names)

    def _made(self, node: ast.expr, *, is_text: bool) -> Iterator[tuple[ast.Call, bool]]:
        """The calls whose results a value consists of, and whether they have become text in it."""
        if isinstance(node, ast.Call):
            own = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Constant)
            if own or (isinstance(node.func, ast.Name) and node.func.id in self.derives):
                for part in node.args:
                    yield from self._made(part, is_text=is_text or own or _makes_text(node.func))
            else:
                yield node, is_text
        elif isinstance(node, ast.JoinedStr | ast.BinOp):
            parts = _terms(node) if isinstance(node, ast.BinOp) else node.values
            for part in parts:
                yield from self._made(part, is_text=is_text or any(_is_text(item) for item in parts))
        elif isinstance(node, ast.FormattedValue | ast.Subscript):
            yield from self._made(node.value, is_text=is_text or isinstance(node, ast.FormattedValue))
        elif isinstance(node, ast.IfExp):
            yield from self._made(node.body, is_text=is_text)
            yield from self._made(node.orelse, is_text=is_text)
        elif isinstance(node, ast.BoolOp | ast.List | ast.Tuple):
            for part in node.values if isinstance(node, ast.BoolOp) else node.elts:
                yield from self._made(part, is_text=is_text)
        elif isinstance(node, ast.ListComp | ast.GeneratorExp):
            yield from self._made(node.elt, is_text=is_text)


def _terms(node: ast.BinOp) -> list[ast.expr]:
    """The terms of a chain; those of 1,000 are real, so there is no recursion into them."""
    found: list[ast.expr] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp):
        found.append(left.right)
        left = left.left
    return [left, *reversed(found)]


def _bound(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """What a statement binds to names: targets, keywords of its calls."""
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign) and statement.value is not None:
        for target in statement.targets if isinstance(statement, ast.Assign) else (statement.target,):
            yield _name(target), statement.value
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr | ast.Return) and statement.value is not None:
        for node in ast.walk(statement.value):
            if isinstance(node, ast.keyword) and node.arg is not None:
                yield node.arg, node.value


def _name(node: ast.expr) -> str:
    """The last name of a target, or the text of its key."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return _name(node.slice)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _makes_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in _TEXT_MAKERS


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
