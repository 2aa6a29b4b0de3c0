"""Statements of one file, in the order in which they run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from reprolint.core.value import OPAQUE, Derived, Items, Ref, Value, paths
from reprolint.facts.condition import now_and_then, read_test
from reprolint.facts.definition import Definitions
from reprolint.facts.interval import counts, looks
from reprolint.facts.record import Branch, Exit, Import, Isolate, Loop, Step, Test, Try

LONG_CHAIN = 40
_EXITS: dict[type, Any] = {ast.Raise: "raise", ast.Break: "break", ast.Continue: "continue"}


class Statements(Definitions):
    """Reads statements and keeps their steps."""

    def block(self, statements: Iterable[ast.stmt]) -> tuple[Step, ...]:
        """Read statements in order and return their steps."""
        outer, self.steps = self.steps, []
        for statement in statements:
            self.statement(statement)
        steps, self.steps = tuple(self.steps), outer
        return steps

    def statement(self, node: ast.stmt) -> None:
        self.statement_node = node
        kind = node.__class__
        if self.scope is self.module:
            self.top = node
        if kind is ast.Expr:
            self.value(node.value)  # type: ignore[attr-defined]
        elif kind is ast.Assign:
            self._assign(node.targets, node.value)  # type: ignore[attr-defined]
        elif kind is ast.Return:
            if node.value is not None:  # type: ignore[attr-defined]
                self.returns.append(self.value(node.value))  # type: ignore[attr-defined]
            self.steps.append(Exit("return"))
        elif kind is ast.Assert or kind is ast.Delete:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.value(child)
        elif kind in _EXITS:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.value(child)
            self.steps.append(Exit(_EXITS[kind]))
        else:
            method = _STATEMENTS.get(kind)
            if method is not None:
                method(self, node)

    def _if(self, node: ast.If) -> None:
        chain = [node]  # generated `elif` chains of 1,000 levels are real: unroll them
        while len(chain[-1].orelse) == 1 and isinstance(chain[-1].orelse[0], ast.If):
            chain.append(chain[-1].orelse[0])
        if len(chain) > LONG_CHAIN:
            self._long_chain(chain)
            return
        self.value(node.test)
        self._sight_clock(node)
        test = read_test(node.test, self.peek)
        if counts(node.test, self.counted, self._means("interval")) and looks(node, self._means("look")):
            test = now_and_then(test, node.test)
        self.guarded = self.guarded or (test.kind == "main" and self.scope is self.module)
        parts: list[tuple[Step, ...]] = []
        self.scope.fork(
            [lambda: parts.append(self.block(node.body)), lambda: parts.append(self._else(node, test))],
            may_skip=False,
        )
        if parts[0] or parts[1]:
            self.steps.append(Branch(test, parts[0], parts[1], self.span(node)))

    def _else(self, node: ast.If, test: Test) -> tuple[Step, ...]:
        """The other arm of a branch; after `if x is None: x = 0` it is known that x is something."""
        name = node.test.left if isinstance(node.test, ast.Compare) else None
        if test.kind == "none" and not test.negated and isinstance(name, ast.Name) and _binds(node.body, name.id):
            self.scope.bind(name.id, Derived((self.scope.look(name.id) or OPAQUE,)))
        return self.block(node.orelse)

    def _long_chain(self, chain: list[ast.If]) -> None:
        arms: list[tuple[Step, ...]] = []

        def arm(body: list[ast.stmt]) -> None:
            arms.append(self.block(body))

        for part in chain:
            self.value(part.test)
        bodies = [part.body for part in chain] + [chain[-1].orelse]
        self.scope.fork([partial(arm, body) for body in bodies], may_skip=False)
        self._alternatives(arms)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        self._consume(node.iter)
        iterable = self.value(node.iter)
        self._iterate(node.iter)
        if isinstance(iterable, Items) and iterable.kind in ("list", "tuple") and _unrolls(node, len(iterable.items)):
            for item in iterable.items:
                self._loop(node, True, partial(self._bind, node.target, item))
            return
        runs = (isinstance(iterable, Items) and bool(iterable.items)) or _counts_up(node.iter)
        over = iterable if isinstance(iterable, Ref) and not runs else None
        self._loop(node, runs, lambda: self._bind(node.target, self._taken(node.iter, iterable)), over)

    def _while(self, node: ast.While) -> None:
        self.value(node.test)
        self._sight_clock(node)
        runs = isinstance(node.test, ast.Constant) and bool(node.test.value)
        self._loop(node, runs, lambda: None)

    def _loop(
        self, node: ast.For | ast.AsyncFor | ast.While, runs: bool, enter: Callable[[], None],
        over: Value | None = None,
    ) -> None:  # fmt: skip
        parts: list[tuple[Step, ...]] = []

        def body() -> None:
            for name in _counters(node.body):  # another value in every iteration
                self.scope.bind(name, Derived((OPAQUE,)))
            enter()
            parts.append(self.block(node.body))

        self.scope.fork([body], may_skip=not runs)
        orelse = self.block(node.orelse)
        if parts[0] or orelse:
            self.steps.append(Loop(parts[0], orelse, runs, over))

    def _try(self, node: ast.Try) -> None:
        body: list[tuple[Step, ...]] = []
        handlers: list[tuple[Step, ...]] = []

        def main() -> None:
            body.append(self.block(node.body))
            body.append(self.block(node.orelse))

        def handle(handler: ast.ExceptHandler) -> None:
            if handler.name:
                self.scope.bind(handler.name, OPAQUE)
            handlers.append(self.block(handler.body))

        self.scope.fork([main, *(partial(handle, handler) for handler in node.handlers)], may_skip=False)
        final = self.block(node.finalbody)
        if body[0] or body[1] or final or any(handlers):
            self.steps.append(Try(body[0], tuple(handlers), body[1], final))

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        outer, contexts = self.quiet, list[str]()
        start = len(self.steps)
        for item in node.items:
            value = self.value(item.context_expr)
            if item.optional_vars is not None:
                self._bind(item.optional_vars, value)
            names = [ref.path.removesuffix("()") for ref in paths(value)]
            self.quiet = self.quiet or self._is_quiet(names)
            contexts += [name for name in names if self.vocabulary.canonical(name) in self.vocabulary.restores]
        body = self.block(node.body)
        self.quiet = outer
        if contexts:  # what the managers themselves set is put back, too
            body = (*self.steps[start:], *body)
            del self.steps[start:]
        for context in contexts:
            body = (Isolate(self.vocabulary.canonical(context), body),)
        self.steps.extend(body)

    def _match(self, node: ast.Match) -> None:
        self.value(node.subject)
        arms: list[tuple[Step, ...]] = []

        def arm(case: ast.match_case) -> None:
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    self.scope.bind(name, OPAQUE)
            arms.append(self.block(case.body))

        last = node.cases[-1]
        full = last.guard is None and isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        self.scope.fork([partial(arm, case) for case in node.cases], may_skip=not full)
        self._alternatives(arms if full else [*arms, ()])

    def _alternatives(self, arms: list[tuple[Step, ...]]) -> None:
        """Record several paths of which one is taken, as a tree of branches: a thousand arms nest ten deep."""
        layer = list(dict.fromkeys(arms))
        span = self.span(self.statement_node)
        while len(layer) > 1:
            pairs = [layer[number : number + 2] for number in range(0, len(layer), 2)]
            layer = [
                (Branch(Test("opaque", ""), pair[0], pair[1], span),) if len(pair) == 2 else pair[0] for pair in pairs
            ]
        self.steps.extend(layer[0])

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.scope.bind(name, Ref(alias.name if alias.asname else name))
            self._date(alias.name)
            self.steps.append(Import(alias.name, (), self.span(node)))

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        joint = "" if module.endswith(".") else "."
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(module)
            else:
                self.scope.bind(alias.asname or alias.name, Ref(f"{module}{joint}{alias.name}"))
            self._date(f"{module}{joint}{alias.name}")
        self.steps.append(Import(module, tuple(sorted(alias.name for alias in node.names)), self.span(node)))

    def _ann_assign(self, node: ast.AnnAssign) -> None:
        value = self.value(node.value) if node.value is not None else None
        declared = self.annotation(node.annotation)
        if value is None and declared:
            value = Ref(f"{declared}()")
        if value is not None:
            self._bind(node.target, value)

    def _aug_assign(self, node: ast.AugAssign) -> None:
        value = self.value(node.value)
        if isinstance(node.target, ast.Name):
            old = self.scope.look(node.target.id) or OPAQUE
            self.scope.bind(node.target.id, Derived((old, value)))
        elif isinstance(node.target, ast.Attribute):
            self._bind_attribute(node.target, Derived((OPAQUE, value)))

    def _global(self, node: ast.Global) -> None:
        if self.scope is not self.module:
            self.scope.globals.update(node.names)

    def _assign(self, targets: list[ast.expr], node: ast.expr) -> None:
        value = self.value(node)
        if isinstance(node, ast.BoolOp | ast.Compare) and counts(node, (), self._means("interval")):
            self.counted.update(target.id for target in targets if isinstance(target, ast.Name))
        for target in targets:
            self._bind(target, value)

    def _means(self, purpose: str) -> Callable[[str], bool]:
        return partial(self.vocabulary.means, purpose=purpose)


def _counters(body: list[ast.stmt]) -> set[str]:
    """The names that the statements of a loop count up."""
    found: set[str] = set()
    waiting = list(body)
    while waiting:
        statement = waiting.pop()
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            found.add(statement.target.id)
        elif isinstance(statement, ast.If | ast.For | ast.While | ast.With | ast.Try):
            waiting += statement.body
            waiting += getattr(statement, "orelse", ())
    return found


def _binds(body: list[ast.stmt], name: str) -> bool:
    """Whether a body assigns to a name in a statement of its own."""
    targets = [target for statement in body if isinstance(statement, ast.Assign) for target in statement.targets]
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _unrolls(node: ast.For | ast.AsyncFor, count: int) -> bool:
    """Whether a loop over a literal is short enough to be read once for each item, as it runs."""
    plain = all(isinstance(statement, ast.Expr | ast.Assign) for statement in node.body)
    return 1 < count <= 6 and plain and len(node.body) <= 3 and not node.orelse


def _counts_up(node: ast.expr) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"):
        return False
    last = node.args[min(len(node.args), 2) - 1] if node.args else None
    return isinstance(last, ast.Constant) and isinstance(last.value, int) and last.value > 0 and len(node.args) == 1


_STATEMENTS: dict[type, Callable[[Any, Any], None]] = {
    ast.If: Statements._if,
    ast.For: Statements._for,
    ast.AsyncFor: Statements._for,
    ast.While: Statements._while,
    ast.Try: Statements._try,
    ast.TryStar: Statements._try,
    ast.With: Statements._with,
    ast.AsyncWith: Statements._with,
    ast.Match: Statements._match,
    ast.Import: Statements._import,
    ast.ImportFrom: Statements._import_from,
    ast.AnnAssign: Statements._ann_assign,
    ast.AugAssign: Statements._aug_assign,
    ast.Global: Statements._global,
    ast.FunctionDef: Statements._function,
    ast.AsyncFunctionDef: Statements._function,
    ast.ClassDef: Statements._class,
}
