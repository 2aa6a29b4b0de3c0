"""The one walk over a file's syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from functools import partial

from reprolint.catalog.vocabulary import Vocabulary
from reprolint.core.place import Span
from reprolint.core.source import Source
from reprolint.core.value import OPAQUE, Const, Derived, Either, Items, Ref, Value, either, paths
from reprolint.facts import kernels, order
from reprolint.facts.condition import read_test
from reprolint.facts.record import (
    NO_DEFAULT,
    Assign,
    Branch,
    Broken,
    Call,
    Class,
    Exit,
    Facts,
    Function,
    Import,
    Loop,
    Option,
    Parameter,
    Sight,
    Step,
    Try,
)
from reprolint.facts.spans import Columns
from reprolint.model.directives import directives
from reprolint.model.parse import Malformed, parse
from reprolint.model.scope import Scope

LONGEST_PATH = 160
MOST_ITEMS = 12
_PLAIN_TYPES = frozenset({"int", "str", "float", "bool", "bytes", "object", "list", "dict", "tuple", "set", "None"})
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_EXITS = {ast.Raise: "raise", ast.Break: "break", ast.Continue: "continue"}


def read(source: Source, digest: str, vocabulary: Vocabulary) -> Facts:
    """Extract the facts of one file; a file that is not Python gives facts with `broken` set."""
    if not source.path.endswith((".py", ".pyi", ".pyw")):
        return Facts(source.path, digest, sights=kernels.in_text(source.data, vocabulary))
    try:
        tree = parse(source.data)
        return Reader(source, digest, vocabulary, tree).facts()
    except Malformed as error:
        return Facts(source.path, digest, broken=Broken(error.message, error.span))
    except RecursionError:
        span = Span(1, 1, 1, 1)
        return Facts(source.path, digest, broken=Broken("an expression is nested too deeply to be analysed", span))


class Reader:
    """Reads the bodies of one file: the module first, functions once the scopes around them are complete."""

    def __init__(self, source: Source, digest: str, vocabulary: Vocabulary, tree: ast.Module) -> None:
        self.source, self.digest, self.vocabulary, self.tree = source, digest, vocabulary, tree
        self.columns = Columns(source.data)
        self.module = self.scope = Scope(None)
        self.steps: list[Step] = []
        self.statement_node: ast.stmt = ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
        self.top: ast.stmt = self.statement_node
        self.owner = self.prefix = ""
        self.returns: list[Value] = []
        self.generator = self.guarded = self.trains = self.fallback = False
        self.parents: dict[ast.AST, order.Parents] = {}
        self.kept: dict[str, bool] = {}
        self.functions: list[Function] = []
        self.attributes: dict[str, dict[str, Value]] = {}
        self.bases: dict[str, tuple[tuple[Value, ...], Span]] = {}
        self.stars: list[str] = []
        self.options: list[Option] = []
        self.sights: list[Sight] = []
        self.waiting: list[Callable[[], None]] = []

    def facts(self) -> Facts:
        """Read the whole file."""
        body = self.block(self.tree.body)
        while self.waiting:
            self.waiting.pop(0)()
        classes = tuple(
            Class(name, bases, tuple(sorted(self.attributes[name].items())), span)
            for name, (bases, span) in sorted(self.bases.items())
        )
        self.sights += kernels.in_tree(self.source.data, self.tree, self.columns, self.vocabulary)
        return Facts(
            path=self.source.path,
            digest=self.digest,
            functions=tuple(sorted(self.functions, key=lambda function: (function.span, function.name))),
            classes=classes,
            names=tuple(sorted(self.module.names.items())),
            stars=tuple(self.stars),
            body=body,
            options=tuple(self.options),
            sights=tuple(sorted(self.sights, key=lambda sight: (sight.span, sight.effect))),
            directives=directives(self.source.data),
            guarded=self.guarded,
            trains=self.trains,
            devices=tuple(word for word in self.vocabulary.devices if word.encode() in self.source.data),
        )

    # Statements

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
        elif kind in _EXITS:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.value(child)
            self.steps.append(Exit(_EXITS[kind]))  # type: ignore[arg-type, index]
        else:
            method = _STATEMENTS.get(kind)
            if method is not None:
                method(self, node)

    def _if(self, node: ast.If) -> None:
        chain = [node]  # generated `elif` chains of 1,000 levels are real: unroll them
        while len(chain[-1].orelse) == 1 and isinstance(chain[-1].orelse[0], ast.If):
            chain.append(chain[-1].orelse[0])
        if len(chain) > 40:
            self._long_chain(chain)
            return
        self.value(node.test)
        test = read_test(node.test, self.peek)
        self.guarded = self.guarded or (test.kind == "main" and self.scope is self.module)
        parts: list[tuple[Step, ...]] = []
        self.scope.fork(
            [lambda: parts.append(self.block(node.body)), lambda: parts.append(self.block(node.orelse))],
            may_skip=False,
        )
        if parts[0] or parts[1]:
            self.steps.append(Branch(test, parts[0], parts[1], self.span(node)))

    def _long_chain(self, chain: list[ast.If]) -> None:
        arms: list[tuple[Step, ...]] = []

        def arm(body: list[ast.stmt]) -> None:
            arms.append(self.block(body))

        for part in chain:
            self.value(part.test)
        bodies = [part.body for part in chain] + [chain[-1].orelse]
        self.scope.fork([partial(arm, body) for body in bodies], may_skip=False)
        kept = tuple(dict.fromkeys(steps for steps in arms if steps))
        if kept:
            self.steps.append(Try((), kept, (), ()))

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        iterable = self.value(node.iter)
        runs = isinstance(iterable, Items) and bool(iterable.items) or _counts_up(node.iter)
        self._loop(node, runs, lambda: self._bind(node.target, self._element(iterable)))

    def _element(self, iterable: Value) -> Value:
        if isinstance(iterable, Items) and len(iterable.items) <= MOST_ITEMS:
            return either(iter(iterable.items))
        return OPAQUE

    def _while(self, node: ast.While) -> None:
        self.value(node.test)
        runs = isinstance(node.test, ast.Constant) and bool(node.test.value)
        self._loop(node, runs, lambda: None)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, runs: bool, enter: Callable[[], None]) -> None:
        parts: list[tuple[Step, ...]] = []

        def body() -> None:
            enter()
            parts.append(self.block(node.body))

        self.scope.fork([body], may_skip=not runs)
        orelse = self.block(node.orelse)
        if parts[0] or orelse:
            self.steps.append(Loop(parts[0], orelse, runs))

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
        for item in node.items:
            value = self.value(item.context_expr)
            if item.optional_vars is not None:
                self._bind(item.optional_vars, value)
        self.steps.extend(self.block(node.body))

    def _match(self, node: ast.Match) -> None:
        self.value(node.subject)
        arms: list[tuple[Step, ...]] = []

        def arm(case: ast.match_case) -> None:
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    self.scope.bind(name, OPAQUE)
            arms.append(self.block(case.body))

        self.scope.fork([partial(arm, case) for case in node.cases], may_skip=True)
        kept = tuple(steps for steps in arms if steps)
        if kept:
            self.steps.append(Try((), kept, (), ()))

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.scope.bind(name, Ref(alias.name if alias.asname else name))
            self.steps.append(Import(alias.name, (), self.span(node)))

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        joint = "" if module.endswith(".") else "."
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(module)
            else:
                self.scope.bind(alias.asname or alias.name, Ref(f"{module}{joint}{alias.name}"))
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

    def _global(self, node: ast.Global) -> None:
        if self.scope is not self.module:
            self.scope.globals.update(node.names)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        decorators = tuple(ref.path for item in node.decorator_list for ref in paths(self.value(item)))
        name = f"{self.prefix}{node.name}"
        self.scope.bind(node.name, Ref(f":{name}"))
        self._define(node, name, node.body, decorators)

    def _define(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str, body: list[ast.stmt],
        decorators: tuple[str, ...],
    ) -> None:  # fmt: skip
        parameters = self._parameters(node.args)
        in_class = self.owner and self.prefix == f"{self.owner}."
        owner = self.owner if in_class else ""
        around = self.scope.parent if in_class else self.scope
        job = partial(self._read_function, node, name, owner, around, body, parameters, decorators, self.owner, self.top)
        self.waiting.append(job)

    def _parameters(self, arguments: ast.arguments) -> tuple[Parameter, ...]:
        plain = [*arguments.posonlyargs, *arguments.args]
        defaults: list[Value] = [self.value(default) for default in arguments.defaults]
        padded = [NO_DEFAULT] * (len(plain) - len(defaults)) + defaults
        result = [
            Parameter(part.arg, default, self.annotation(part.annotation))
            for part, default in zip(plain, padded, strict=True)
        ]
        if arguments.vararg:
            result.append(Parameter(arguments.vararg.arg, OPAQUE, "", "star"))
        for part, only in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            default = NO_DEFAULT if only is None else self.value(only)
            result.append(Parameter(part.arg, default, self.annotation(part.annotation), "named"))
        if arguments.kwarg:
            result.append(Parameter(arguments.kwarg.arg, OPAQUE, "", "stars"))
        return tuple(result)

    def _read_function(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        name: str,
        owner: str,
        around: Scope | None,
        body: list[ast.stmt],
        parameters: tuple[Parameter, ...],
        decorators: tuple[str, ...],
        self_owner: str,
        top: ast.stmt,
    ) -> None:
        self.top = top
        self.scope, self.prefix, self.owner = Scope(around), f"{name}.", owner or self_owner
        self.returns, self.generator = [], False
        static = any(path.endswith("staticmethod") for path in decorators)
        for number, parameter in enumerate(parameters):
            value: Value = Ref(f"@{parameter.name}")
            if parameter.annotation:
                value = Ref(f"{parameter.annotation}()")
            if owner and number == 0 and not static:
                bound = ":" + owner if any(path.endswith("classmethod") for path in decorators) else f":{owner}()"
                value = Ref(bound)
            self.scope.bind(parameter.name, value)
        steps = self.block(body)
        self.functions.append(
            Function(
                name, owner, parameters, steps, tuple(dict.fromkeys(self.returns)), self.span(node),
                self.generator, static, decorators,
            )
        )  # fmt: skip

    def _class(self, node: ast.ClassDef) -> None:
        name = f"{self.prefix}{node.name}"
        bases = tuple(self.value(base) for base in node.bases)
        for item in (*node.decorator_list, *(keyword.value for keyword in node.keywords)):
            self.value(item)
        self.scope.bind(node.name, Ref(f":{name}"))
        self.bases[name] = (bases, self.span(node))
        around = (self.scope, self.prefix, self.owner)
        self.scope, self.prefix, self.owner = Scope(self.scope), f"{name}.", name
        self.attributes.setdefault(name, {})
        self.steps.extend(self.block(node.body))
        for key, value in self.scope.names.items():
            self._attribute(name, key, value)
        self.scope, self.prefix, self.owner = around

    def _attribute(self, owner: str, name: str, value: Value) -> None:
        known = self.attributes.setdefault(owner, {})
        known[name] = either(iter((known[name], value))) if name in known else value

    # Binding

    def _assign(self, targets: list[ast.expr], node: ast.expr) -> None:
        value = self.value(node)
        for target in targets:
            self._bind(target, value)

    def _bind(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Name):
            self._bind_name(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            for number, part in enumerate(target.elts):
                self._bind(part, self._item(value, number))
        elif isinstance(target, ast.Attribute):
            self._bind_attribute(target, value)
        elif isinstance(target, ast.Subscript):
            index = self.value(target.slice)
            for ref in paths(self.value(target.value)):
                if self.vocabulary.has_effect(f"{ref.path}.__setitem__"):
                    self._record(Ref(f"{ref.path}.__setitem__"), (index, value), (), False, target)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, OPAQUE)

    def _bind_name(self, name: str, value: Value) -> None:
        if name in self.scope.globals:
            old = self.module.names.get(name)
            self.module.bind(name, value if old is None else either(iter((old, value))))
        else:
            self.scope.bind(name, value)

    def _item(self, value: Value, number: int) -> Value:
        if isinstance(value, Items):
            return value.items[number] if number < len(value.items) else OPAQUE
        if isinstance(value, Ref) and value.path.endswith("()"):
            return Ref(f"{value.path}[{number}]")
        return OPAQUE

    def _bind_attribute(self, target: ast.Attribute, value: Value) -> None:
        for ref in paths(self.value(target.value)):
            path = f"{ref.path}.{target.attr}"
            if self.owner and ref.path == f":{self.owner}()":
                self._attribute(self.owner, target.attr, value)
            elif self.vocabulary.is_switch(path):
                self.steps.append(Assign(path, value, self.span(target)))

    # Expressions

    def value(self, node: ast.expr) -> Value:
        """Read an expression: record its calls, in order, and return what it may evaluate to."""
        kind = node.__class__
        if kind is ast.Name:
            return self._name(node.id)  # type: ignore[attr-defined]
        if kind is ast.Constant:
            constant = node.value  # type: ignore[attr-defined]
            return Const(constant) if constant is None or isinstance(constant, bool | int | float | str) else OPAQUE
        if kind is ast.Attribute:
            return self._extend(self.value(node.value), f".{node.attr}")  # type: ignore[attr-defined]
        if kind is ast.Call:
            return self._call(node)  # type: ignore[arg-type]
        method = _EXPRESSIONS.get(kind)
        if method is not None:
            return method(self, node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
        return OPAQUE

    def peek(self, node: ast.expr) -> Value:
        """What an expression without calls may evaluate to, recording nothing."""
        if isinstance(node, ast.Name | ast.Constant | ast.UnaryOp):
            return self.value(node)
        if isinstance(node, ast.Attribute):
            return self._extend(self.peek(node.value), f".{node.attr}")
        return OPAQUE

    def _name(self, name: str) -> Value:
        found = self.scope.look(name)
        if found is not None:
            return found
        if self.stars and not self.vocabulary.is_builtin(name):
            return either(Ref(f"{star}{'' if star.endswith('.') else '.'}{name}") for star in self.stars)
        return Ref(name)

    def _extend(self, value: Value, tail: str) -> Value:
        if isinstance(value, Ref):
            return Ref(value.path + tail) if len(value.path) < LONGEST_PATH and value.path != "?" else OPAQUE
        if isinstance(value, Either):
            return either(self._extend(option, tail) for option in value.options if isinstance(option, Ref))
        return OPAQUE

    def _call(self, node: ast.Call) -> Value:
        callee = self.value(node.func)
        args = tuple(self.value(arg) for arg in node.args)
        keywords = tuple((keyword.arg or "", self.value(keyword.value)) for keyword in node.keywords)
        hidden = any(isinstance(arg, ast.Starred) for arg in node.args) or any(not name for name, _ in keywords)
        if isinstance(callee, Ref):
            if callee.path == "super" and self.owner:
                return Ref(f":{self.owner}().__super__")
            if callee.path in self.vocabulary.derives:
                return Derived(args)
            if callee.path in ("set", "frozenset"):
                self._sight_set(node)
        if isinstance(node.func, ast.Attribute):
            self.trains = self.trains or node.func.attr in self.vocabulary.trains
            if node.func.attr in self.vocabulary.option_methods:
                self._option(node, args, keywords)
        if self._keeps(callee.path) if isinstance(callee, Ref) else any(self._keeps(ref.path) for ref in paths(callee)):
            self._record(callee, args, keywords, hidden, node)
        return self._extend(callee, "()")

    def _option(self, node: ast.Call, args: tuple[Value, ...], keywords: tuple[tuple[str, Value], ...]) -> None:
        flags = [arg.value for arg in args if isinstance(arg, Const) and isinstance(arg.value, str)]
        named = dict(keywords)
        target = named.get("dest")
        long = [flag for flag in flags if flag.startswith("--")] or flags
        name = target.value if isinstance(target, Const) else long[0].lstrip("-").replace("-", "_") if long else ""
        if isinstance(name, str) and name:
            switch = named.get("action") in (Const("store_true"), Const("store_false"))
            default = named.get("default", Const(named.get("action") == Const("store_false")) if switch else Const(None))
            required = not flags[:1] or not flags[0].startswith("-") or named.get("required") == Const(True)
            self.options.append(Option(name, OPAQUE if required else default, self.span(node)))

    def _record(
        self, callee: Value, args: tuple[Value, ...], keywords: tuple[tuple[str, Value], ...], hidden: bool,
        node: ast.expr,
    ) -> None:  # fmt: skip
        result = ""
        if any(self.vocabulary.lists(ref.path) for ref in paths(callee)):
            result = self._fate(node)
        named = tuple((name, value) for name, value in keywords if name)
        self.steps.append(
            Call(
                callee, args, named, hidden, self.span(node), self.span(self.statement_node), result, self.fallback
            )  # fmt: skip
        )

    def _sight_set(self, node: ast.expr) -> None:
        if not order.is_exact(node):
            self.sights.append(Sight("set-order", self._fate(node), "set", self.span(node)))

    def _fate(self, node: ast.expr) -> str:
        root = self.top if isinstance(self.top, _DEFINITIONS) else self.tree
        if root not in self.parents:
            self.parents[root] = order.parents(root)
        return order.fate(node, self.parents[root], self.vocabulary.order_free)

    def _keeps(self, path: str) -> bool:
        if path not in self.kept:
            self.kept[path] = self.vocabulary.keeps(path)
        return self.kept[path]

    def _set(self, node: ast.Set | ast.SetComp) -> Value:
        value = self._items(node) if isinstance(node, ast.Set) else self._comprehension(node)
        self._sight_set(node)
        return value

    def _items(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        items = tuple(self.value(item) for item in node.elts)
        return Items(kind=node.__class__.__name__.lower(), items=items) if len(items) <= MOST_ITEMS else OPAQUE

    def _unary(self, node: ast.UnaryOp) -> Value:
        value = self.value(node.operand)
        if isinstance(value, Const) and isinstance(value.value, int | float) and isinstance(node.op, ast.USub):
            return Const(-value.value)
        return OPAQUE if isinstance(node.op, ast.Not) else Derived((value,))

    def _binary(self, node: ast.BinOp) -> Value:
        left: ast.expr = node
        parts: list[Value] = []
        while isinstance(left, ast.BinOp):  # `+` chains of 1,000 terms are real: do not recurse into them
            parts.append(self.value(left.right))
            left = left.left
        parts.append(self.value(left))
        return Derived(tuple(reversed(parts))) if len(parts) <= MOST_ITEMS else OPAQUE

    def _bool(self, node: ast.BoolOp) -> Value:
        first, outer = self.value(node.values[0]), self.fallback
        self.fallback = True
        values = [first, *(self.value(part) for part in node.values[1:])]
        self.fallback = outer
        return either(iter(values))

    def _conditional(self, node: ast.IfExp) -> Value:
        self.value(node.test)
        outer, self.fallback = self.fallback, True
        values = (self.value(node.body), self.value(node.orelse))
        self.fallback = outer
        return either(iter(values))

    def _compare(self, node: ast.Compare) -> Value:
        self.value(node.left)
        for operator, part in zip(node.ops, node.comparators, strict=True):
            if isinstance(part, ast.Set) and isinstance(operator, ast.In | ast.NotIn):
                self._items(part)  # membership needs no order
            else:
                self.value(part)
        return OPAQUE

    def _subscript(self, node: ast.Subscript) -> Value:
        value = self.value(node.value)
        index = self.value(node.slice)
        if isinstance(index, Const) and isinstance(index.value, int) and isinstance(value, Items | Ref):
            return self._item(value, index.value) if index.value >= 0 else OPAQUE
        return OPAQUE

    def _dict(self, node: ast.Dict) -> Value:
        for key, part in zip(node.keys, node.values, strict=True):
            if key is not None:
                self.value(key)
            self.value(part)
        return OPAQUE

    def _inner(self, node: ast.Starred | ast.Await) -> Value:
        self.value(node.value)
        return OPAQUE

    def _joined(self, node: ast.JoinedStr) -> Value:
        parts = [self.value(part.value) for part in node.values if isinstance(part, ast.FormattedValue)]
        return Derived(tuple(parts)) if len(parts) <= MOST_ITEMS else OPAQUE

    def _named(self, node: ast.NamedExpr) -> Value:
        value = self.value(node.value)
        self._bind(node.target, value)
        return value

    def _lambda(self, node: ast.Lambda) -> Value:
        name = f"{self.prefix}<lambda:{node.lineno}:{node.col_offset}>"
        body: list[ast.stmt] = [ast.copy_location(ast.Return(node.body), node.body)]
        self._define(node, name, body, ())
        return Ref(f":{name}")

    def _yield(self, node: ast.Yield | ast.YieldFrom) -> Value:
        self.generator = True
        if node.value is not None:
            self.value(node.value)
        return OPAQUE

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> Value:
        self.scope = Scope(self.scope)
        outer, self.steps = self.steps, []
        for number, part in enumerate(node.generators):
            if number == 0:
                inner, self.steps = self.steps, outer
                self.value(part.iter)
                self.steps = inner
            else:
                self.value(part.iter)
            self._bind(part.target, OPAQUE)
            for test in part.ifs:
                self.value(test)
        if isinstance(node, ast.DictComp):
            self.value(node.key)
            self.value(node.value)
        else:
            self.value(node.elt)
        steps, self.steps = tuple(self.steps), outer
        if steps:
            self.steps.append(Loop(steps, (), False))
        self.scope = self.scope.parent or self.module
        return OPAQUE

    # Helpers

    def annotation(self, node: ast.expr | None) -> str:
        """The path of an annotated class; empty for plain types and anything more complicated."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value, mode="eval").body
            except SyntaxError:
                return ""
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Optional":
            return self.annotation(node.slice)
        if isinstance(node, ast.BinOp):
            return self.annotation(node.left) or self.annotation(node.right)
        if not isinstance(node, ast.Name | ast.Attribute):
            return ""
        found = self.peek(node)
        if not isinstance(found, Ref) or found.path in _PLAIN_TYPES or found.path.startswith(("typing.", "@", "?")):
            return ""
        return found.path

    def span(self, node: ast.AST) -> Span:
        """The span of a node, in code points."""
        return self.columns.span(node)


def _counts_up(node: ast.expr) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"):
        return False
    last = node.args[min(len(node.args), 2) - 1] if node.args else None
    return isinstance(last, ast.Constant) and isinstance(last.value, int) and last.value > 0 and len(node.args) == 1


_STATEMENTS: dict[type, Callable[[Reader, ast.AST], None]] = {
    ast.If: Reader._if,
    ast.For: Reader._for,
    ast.AsyncFor: Reader._for,
    ast.While: Reader._while,
    ast.Try: Reader._try,
    ast.TryStar: Reader._try,
    ast.With: Reader._with,
    ast.AsyncWith: Reader._with,
    ast.Match: Reader._match,
    ast.Import: Reader._import,
    ast.ImportFrom: Reader._import_from,
    ast.AnnAssign: Reader._ann_assign,
    ast.AugAssign: Reader._aug_assign,
    ast.Global: Reader._global,
    ast.FunctionDef: Reader._function,
    ast.AsyncFunctionDef: Reader._function,
    ast.ClassDef: Reader._class,
}  # type: ignore[dict-item]

_EXPRESSIONS: dict[type, Callable[[Reader, ast.AST], Value]] = {
    ast.List: Reader._items,
    ast.Tuple: Reader._items,
    ast.Set: Reader._set,
    ast.SetComp: Reader._set,
    ast.ListComp: Reader._comprehension,
    ast.DictComp: Reader._comprehension,
    ast.GeneratorExp: Reader._comprehension,
    ast.UnaryOp: Reader._unary,
    ast.BinOp: Reader._binary,
    ast.BoolOp: Reader._bool,
    ast.IfExp: Reader._conditional,
    ast.Compare: Reader._compare,
    ast.Subscript: Reader._subscript,
    ast.Dict: Reader._dict,
    ast.Starred: Reader._inner,
    ast.Await: Reader._inner,
    ast.JoinedStr: Reader._joined,
    ast.NamedExpr: Reader._named,
    ast.Lambda: Reader._lambda,
    ast.Yield: Reader._yield,
    ast.YieldFrom: Reader._yield,
}  # type: ignore[dict-item]
