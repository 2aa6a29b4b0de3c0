"""What the expressions of a function hold, as far as random keys need it, on every path through them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

from reprolint.facts.elements import dotted
from reprolint.facts.keyring import Group, Guard, One, State, Value, any_key, join, taken

DEEPEST = 4  # loops within loops that are read twice
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class KeyValues:
    """Reads expressions; what calls do is the matter of `Keys`.

    `guards` are the conditions around the place that the walk has reached, `turn` the turns of the loops; `ends` and
    `goes_on` the states in which they were left, or began anew.
    """

    def __init__(self) -> None:
        self.guards: list[Guard] = []
        self.turn: tuple[int, ...] = ()
        self.ends: list[list[State]] = []
        self.goes_on: list[list[State]] = []
        self.state = State()

    def call(self, node: ast.Call) -> Value | None:
        """Read a call, its arguments included; None when nothing is known of what it gives back."""
        raise NotImplementedError

    def name(self, node: ast.Name) -> Value:
        """Read a name."""
        raise NotImplementedError

    def fork(self, test: str, *arms: Callable[[], object]) -> bool:
        """Read alternatives, each from the present state; an arm that gives False does not arrive. Of two the first
        is taken when `test` holds."""
        start, states = self.state, list[State | None]()
        for number, arm in enumerate(arms):
            self.state = start.copy()
            self.guards.append((test, number == 0, self.turn) if len(arms) == 2 else (f"{test} {number}", True, ()))
            arrived = arm() is not False
            states.append(self.state if arrived else None)
            self.guards.pop()
        return self.join(states)

    def join(self, states: list[State | None]) -> bool:
        joined = join(states)
        self.state = joined or self.state
        return joined is not None

    def loop(self, body: Callable[[], bool], *, may_skip: bool) -> bool:
        """Read a body twice; behind it holds what held before, after one turn, or where the loop was left."""
        self.ends.append([])
        self.goes_on.append([])
        outer, exits = self.turn, list[State | None]([self.state.copy()] if may_skip else [])
        for turn in (1, 2) if len(outer) < DEEPEST else (1,):
            self.turn = (*outer, turn)
            arrived = body()
            if not self.join([self.state if arrived else None, *self.goes_on.pop()]):
                self.goes_on.append([])
                break
            self.goes_on.append([])
            if turn == 1 and may_skip:
                exits.append(self.state.copy())
        self.turn = outer
        self.goes_on.pop()
        return self.join([*exits, *self.ends.pop()])

    def new(self, node: ast.AST, kind: str = "new") -> One:
        """Something that this place makes in this turn of the loops around it."""
        return One(frozenset({(kind, node.lineno, node.col_offset, self.turn)}))  # type: ignore[attr-defined]

    def children(self, node: ast.AST) -> None:
        """Read the expressions in a node."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
            elif isinstance(child, ast.keyword | ast.FormattedValue | ast.Slice):
                self.children(child)

    def value(self, node: ast.expr) -> Value:
        """Read an expression: what it may hold."""
        if isinstance(node, ast.Name):
            return self.name(node)
        method = _EXPRESSIONS.get(node.__class__)
        if method is not None:
            found = method(self, node)
            return found if found is not None else self.new(node)
        if not isinstance(node, ast.Constant | ast.Lambda):  # a function runs when somebody calls it
            self.children(node)
        return self.new(node)

    def _attribute(self, node: ast.Attribute) -> Value | None:
        value = self.value(node.value)
        name = dotted(node)
        return self.state.names.get(name) or taken("attribute", value, node.attr)

    def _item(self, node: ast.Subscript) -> Value | None:
        value = self.value(node.value)
        self.value(node.slice)
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if not isinstance(index, int | str):
            return None
        return self.state.names.get(f"{dotted(node.value)}[{index}]") or taken("item", value, str(index))

    def _display(self, node: ast.Tuple | ast.List) -> Value | None:
        values = [self.value(item) for item in node.elts]
        if any(isinstance(item, ast.Starred) for item in node.elts):
            return None
        return Group(tuple((str(number), value) for number, value in enumerate(values)))

    def _dict(self, node: ast.Dict) -> Value | None:
        found: dict[str, Value] = {}
        for key, item in zip(node.keys, node.values, strict=True):
            value = self.value(item)
            name = key.value if isinstance(key, ast.Constant) else ast.unparse(key) if key is not None else "**"
            found[str(name)] = value
        return Group(tuple(found.items()))

    def _either(self, node: ast.IfExp) -> Value | None:
        self.value(node.test)
        values: list[Value] = []
        self.fork(
            ast.unparse(node.test),
            lambda: values.append(self.value(node.body)),
            lambda: values.append(self.value(node.orelse)),
        )
        found = frozenset(token for value in values if isinstance(value, One) for token in value.options)
        return One(found) if found and all(isinstance(value, One) for value in values) else None

    def _bool(self, node: ast.BoolOp) -> None:
        self.value(node.values[0])
        first = ast.unparse(node.values[0])
        test = first if isinstance(node.op, ast.And) else f"not ({first})"
        for part in node.values[1:]:
            self.fork(test, partial(self.value, part), lambda: None)

    def _named(self, node: ast.NamedExpr) -> Value:
        value = self.value(node.value)
        self.bind(node.target, value)
        return value

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        outer = dict(self.state.names)
        self.value(node.generators[0].iter)

        def body() -> bool:
            for number, part in enumerate(node.generators):
                if number:
                    self.value(part.iter)
                self.bind(part.target, self.new(part.target))
                for test in part.ifs:
                    self.value(test)
            for item in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
                self.value(item)
            return True

        self.loop(body, may_skip=True)
        self.state.names = outer

    def bind(self, target: ast.expr, value: Value) -> None:
        """Let a target hold a value, its parts the parts of it."""
        if isinstance(target, ast.Tuple | ast.List):
            starred = False
            for number, part in enumerate(target.elts):
                starred = starred or isinstance(part, ast.Starred)
                item = None if starred else taken("item", value, str(number))
                self.bind(part, item or self.new(part, "key" if any_key(value) else "new"))
        elif isinstance(target, ast.Starred):
            self.bind(target.value, value)
        elif isinstance(target, ast.Subscript):
            name = dotted(target.value)
            if name and isinstance(target.slice, ast.Constant):
                self.state.bind(f"{name}[{target.slice.value!s}]", value)
            elif name:
                self.state.bind(name, self.new(target))
        elif name := dotted(target):
            self.state.bind(name, value)


_EXPRESSIONS: dict[type, Callable[[Any, Any], Value | None]] = {
    ast.Attribute: KeyValues._attribute,
    ast.Subscript: KeyValues._item,
    ast.Tuple: KeyValues._display,
    ast.List: KeyValues._display,
    ast.Dict: KeyValues._dict,
    ast.IfExp: KeyValues._either,
    ast.BoolOp: KeyValues._bool,
    ast.NamedExpr: KeyValues._named,
    ast.Call: lambda flow, node: flow.call(node),
    **dict.fromkeys(_COMPREHENSIONS, KeyValues._comprehension),
}
