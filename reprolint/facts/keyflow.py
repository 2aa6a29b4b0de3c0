"""The flow of values through one function, as far as random keys need it: what names hold on every path."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

from reprolint.facts.keyring import State, Value
from reprolint.facts.keyvalues import KeyValues


class KeyFlow(KeyValues):
    """Walks a body along all its paths; every statement tells whether the path goes on behind it."""

    def walk(self, body: list[ast.stmt]) -> None:
        """Walk the body of a function, or of a file."""
        self.state, self.guards, self.turn, self.ends, self.goes_on = State(), [], (), [], []
        self._block(body)

    def stand_for(self, name: str, node: ast.expr) -> None:
        """Note that a name is bound to an expression, which may be a function."""
        raise NotImplementedError

    def define(self, node: ast.stmt) -> None:
        """Note a definition or an import inside the body."""
        raise NotImplementedError

    def give_back(self, value: Value) -> None:
        """Note what the function returns."""
        raise NotImplementedError

    def _block(self, body: list[ast.stmt]) -> bool:
        return all(self._statement(node) for node in body)

    def _statement(self, node: ast.stmt) -> bool:
        method = _STATEMENTS.get(node.__class__)
        if method is not None:
            return bool(method(self, node))
        self.children(node)
        return not isinstance(node, ast.Raise)

    def _return(self, node: ast.Return) -> bool:
        if node.value is not None:
            self.give_back(self.value(node.value))
        return False

    def _leave(self, node: ast.Break | ast.Continue) -> bool:
        states = self.ends if isinstance(node, ast.Break) else self.goes_on
        if states:
            states[-1].append(self.state.copy())
        return False

    def _assign(self, node: ast.Assign) -> bool:
        value = self.value(node.value)
        for target in node.targets:
            self.bind(target, value)
            if isinstance(target, ast.Name):
                self.stand_for(target.id, node.value)
        return True

    def _annotated(self, node: ast.AnnAssign | ast.AugAssign) -> bool:
        value = self.value(node.value) if node.value is not None else None
        if isinstance(node, ast.AugAssign):
            self.bind(node.target, self.new(node))
        elif value is not None:
            self.bind(node.target, value)
        return True

    def _define(self, node: ast.stmt) -> bool:
        self.define(node)
        return True

    def _if(self, node: ast.If) -> bool:
        self.value(node.test)
        test = ast.unparse(node.test)
        return self.fork(test, lambda: self._block(node.body), lambda: self._block(node.orelse))

    def _for(self, node: ast.For | ast.AsyncFor) -> bool:
        self.value(node.iter)

        def body() -> bool:
            self.bind(node.target, self.new(node.target))
            return self._block(node.body)

        return self.loop(body, may_skip=True) and self._block(node.orelse)

    def _while(self, node: ast.While) -> bool:
        endless = isinstance(node.test, ast.Constant) and bool(node.test.value)

        def body() -> bool:
            self.value(node.test)
            return self._block(node.body)

        return self.loop(body, may_skip=not endless) and self._block(node.orelse)

    def _try(self, node: ast.Try) -> bool:
        start, states = self.state.copy(), list[State | None]()
        arrived = self._block(node.body) and self._block(node.orelse)
        states.append(self.state if arrived else None)
        for handler in node.handlers:  # it does the same again in another way: what the body used is not used up
            self.state = start.copy()
            arrived = self._block(handler.body)
            states.append(self.state if arrived else None)
        return self.join(states) & self._block(node.finalbody)

    def _with(self, node: ast.With | ast.AsyncWith) -> bool:
        for item in node.items:
            value = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value)
        return self._block(node.body)

    def _match(self, node: ast.Match) -> bool:
        self.value(node.subject)
        arms = [partial(self._block, case.body) for case in node.cases]
        return self.fork(f"match {node.lineno}", *arms, lambda: True)


_STATEMENTS: dict[type, Callable[[Any, Any], object]] = {
    ast.Assign: KeyFlow._assign,
    ast.AnnAssign: KeyFlow._annotated,
    ast.AugAssign: KeyFlow._annotated,
    ast.Return: KeyFlow._return,
    ast.Break: KeyFlow._leave,
    ast.Continue: KeyFlow._leave,
    ast.Import: KeyFlow._define,
    ast.ImportFrom: KeyFlow._define,
    ast.FunctionDef: KeyFlow._define,
    ast.AsyncFunctionDef: KeyFlow._define,
    ast.ClassDef: KeyFlow._define,
    ast.If: KeyFlow._if,
    ast.For: KeyFlow._for,
    ast.AsyncFor: KeyFlow._for,
    ast.While: KeyFlow._while,
    ast.Try: KeyFlow._try,
    ast.TryStar: KeyFlow._try,
    ast.With: KeyFlow._with,
    ast.AsyncWith: KeyFlow._with,
    ast.Match: KeyFlow._match,
}
