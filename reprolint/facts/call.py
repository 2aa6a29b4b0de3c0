"""Calls of one file: which to keep, and what happens to the order of their results."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from reprolint.core.value import OPAQUE, Const, Derived, Items, Ref, Unknown, Value, document, key, paths
from reprolint.facts import imported
from reprolint.facts.elements import callee_name
from reprolint.facts.names import PARSER
from reprolint.facts.record import SPREAD, Call, Exit, Option, Sight
from reprolint.facts.sights import Sights

MOST_PARTS = 4
_ORDERS = frozenset({"max", "min", "nlargest", "nsmallest", "sort", "sorted"})


class Calls(Sights):
    """Reads calls; how other expressions are read is the matter of `Expressions`."""

    def value(self, node: ast.expr) -> Value:
        """Read an expression: record its calls, in order, and return what it may evaluate to."""
        raise NotImplementedError

    def _call(self, node: ast.Call) -> Value:
        callee = self.value(node.func)
        told = self._is_told(node)
        if isinstance(callee, Unknown) and told:
            callee = Ref(f"?.{callee_name(node)}")
        args, more = self._positional(node)
        keywords, others = self._keywords(node)
        hidden = more or others
        if node.keywords and callee_name(node) in _ORDERS:
            self._sight_key(node)
        if isinstance(callee, Ref):
            self._date(callee.path)
            read = self._document(callee.path, args, keywords) if args else None
            if read is not None:
                return read
            if callee.path in self.vocabulary.targets and args and isinstance(args[0], Ref):
                target = self._extend(args[0], "._target_")  # the configuration gives the other arguments
                self._record(target, args[1:], keywords, True, node)
                return self._extend(target, "()")
            if callee.path == "dict" and not hidden and not args:
                return Items("dict", tuple(part for name, value in keywords for part in (Const(name), value)))
            if callee.path == "iter" and args:
                self._iterate(node.args[0])
            if callee.path == "next" and args:
                step = self._extend(args[0], ".__next__")
                if any(self._keeps(ref.path) for ref in paths(step)):
                    self._record(step, (), (), False, node)
            if self.vocabulary.wraps(callee.path) and args:
                if self._keeps(callee.path):
                    self._record(callee, args, keywords, hidden, node)
                first = len(args) == 1 or keywords or self.vocabulary.envelops(callee.path)
                return args[0] if first else Items("tuple", args)
            if callee.path == "getattr" and len(args) > 1:
                return self._computed(args[0], args[1])
            if callee.path == "vars" and len(args) == 1:
                return self._extend(args[0], ".__dict__")
            if callee.path == "globals":
                return Ref(":.__dict__")
            if callee.path in self.vocabulary.imports and args:
                package = args[1] if len(args) > 1 else dict(keywords).get("package")
                return imported.module(node.args[0], args[0], package)
            if callee.path == "super" and self.owner:
                return Ref(f":{self.owner}().__super__")
            if callee.path in self.vocabulary.derives:
                return Derived(args)
            if callee.path in self.vocabulary.splits and args:
                self._record(callee, args, keywords, hidden, node)
                return Items("tuple", args[:1] * MOST_PARTS)
            if callee.path in ("set", "frozenset"):
                self._sight_set(node)
            elif callee.path in self.vocabulary.hashes and len(args) == 1:
                return self._hash(callee, args, node)
        self._sight_sorting(node, callee, args)
        if isinstance(node.func, ast.Attribute):
            if node.func.attr in self.vocabulary.trains:
                statement = self.span(self.statement_node)
                self.steps.append(Call(Ref(f"?.{node.func.attr}"), (), (), False, self.span(node), statement))
            if node.func.attr in self.vocabulary.epoch_methods:
                self.sights.append(Sight("epoch", "", node.func.attr, self.span(node)))
            if node.func.attr in self.vocabulary.option_methods:
                self._option(node, args, keywords)
            elif node.func.attr in self.vocabulary.default_methods:
                self._set_defaults(node, keywords)
        if isinstance(callee, Ref) and callee.path in self.vocabulary.ends:
            self.steps.append(Exit("raise"))
        elif told or any(self._keeps(ref.path) for ref in paths(callee)) or _hands_over(args, keywords):
            self._record(callee, args, keywords, hidden, node)
        made = self._made(callee, args, dict(keywords))
        return self._extend(callee, "()" + self._said(node, args, keywords)) if made is None else made

    def _is_told(self, node: ast.Call) -> bool:
        """Whether the name of a method tells its class, alone or with a keyword that is given."""
        keywords = self.vocabulary.told_methods.get(node.func.attr) if isinstance(node.func, ast.Attribute) else None
        return keywords is not None and ("" in keywords or any(word.arg in keywords for word in node.keywords))

    def _said(
        self, node: ast.Call, args: tuple[Value, ...], keywords: tuple[tuple[str, Value], ...]
    ) -> str:  # fmt: skip
        """What arguments say in the words of methods: `zeros(3, dtype=torch.long)` is `zeros(3).long()`."""
        spoken = [f"{name}={shown(value)}" for name, value in keywords if name in self.vocabulary.says_names]
        name = callee_name(node)
        if name in self.vocabulary.says_names and args and isinstance(node.func, ast.Attribute):
            spoken.append(f"{name}({shown(args[0])})")
        found = (self.vocabulary.says.get(phrase) for phrase in spoken)
        return "".join(f".{method}()" for method in found if method)

    def _iterate(self, node: ast.expr) -> None:
        """Note what a loop goes through, where that may run code: the methods of its class by which it is iterated."""
        for value in self._iterated(node):
            for ref in paths(self._extend(value, ".__iter__")):
                if self.vocabulary.iterates(ref.path):
                    self.consumed.add(node)
                    self._record(ref, (), (), False, node)

    def _taken(self, node: ast.expr, iterable: Value) -> Value:
        """What a loop takes from an iterable: of `enumerate` a number and an item, of `zip` an item of each."""
        name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        if name not in ("enumerate", "zip") or self.scope.look(name) is not None or not isinstance(node, ast.Call):
            return self._element(iterable)
        found = [[self._element(value) for value in self._iterated(arg)] for arg in node.args]
        items = [each[0] if len(each) == 1 else OPAQUE for each in found]
        return Items("tuple", (OPAQUE, *items[:1]) if name == "enumerate" else tuple(items))

    def _iterated(self, node: ast.expr) -> Iterator[Value]:
        """The objects that a loop goes through, `enumerate` and its like looked through."""
        if isinstance(node, ast.Name | ast.Attribute):
            yield self.peek(node)
        elif isinstance(node, ast.Call):
            callee = self.peek(node.func)
            path = callee.path if isinstance(callee, Ref) else ""
            if self.vocabulary.is_builtin(path) or self.vocabulary.wraps(path):
                for arg in node.args:
                    yield from self._iterated(arg)
            else:
                yield self._extend(callee, "()")

    def _made(self, callee: Value, args: tuple[Value, ...], keywords: dict[str, Value]) -> Value | None:
        """What a call makes of the classes it is given, or of an attribute's default; None when it does neither."""
        if isinstance(callee, Items):
            made = tuple(self._extend(item, "()") for item in callee.items)
            return Items("tuple", made) if callee.kind == PARSER else None
        path = self.vocabulary.canonical(callee.path.replace("()", "")) if isinstance(callee, Ref) else ""
        first = args[0] if args else next(iter(keywords.values()), OPAQUE)
        if path in self.vocabulary.parsers:
            plain = isinstance(first, Items) and first.kind in ("list", "tuple")
            return Items(PARSER, first.items if isinstance(first, Items) and plain else (first,))
        if path in self.vocabulary.instantiates:
            return self._extend(first, "()") if isinstance(first, Ref) else None
        if path in self.vocabulary.fields:
            factory = keywords.get("default_factory")
            return keywords.get("default", args[0] if args else self._extend(factory, "()") if factory else OPAQUE)
        return None

    def _document(
        self, path: str, args: tuple[Value, ...], keywords: tuple[tuple[str, Value], ...]
    ) -> Value | None:  # fmt: skip
        """What a call that opens or reads a configuration gives: the configuration itself."""
        if self.vocabulary.reads_documents(path):
            first = args[0]
            name = self._option_default(first) if isinstance(first, Ref) else first
            if isinstance(name, Const) and isinstance(name.value, str) and is_document(name.value):
                self.documents.add(name.value)
                return Ref(document(name.value))
            return first if isinstance(first, Ref) and first.path.startswith("{") else None
        if path.endswith(".get") and isinstance(args[0], Const) and path.startswith(("{", "@")):
            return self._extend(Ref(path.removesuffix(".get")), f"[{key(args[0])}]")
        return None

    def _option_default(self, value: Ref) -> Value:
        """The default of an option that the file has declared before."""
        name = value.path.rpartition(".")[2]
        return next((item.default for item in self.options if item.name == name and "()" in value.path), OPAQUE)

    def _positional(self, node: ast.Call) -> tuple[tuple[Value, ...], bool]:
        """Positional arguments, displays behind `*` spread out; whether some stay hidden."""
        result: list[Value] = []
        hidden = False
        for arg in node.args:
            if isinstance(arg, ast.Starred):
                value = self.value(arg.value)
                plain = isinstance(value, Items) and value.kind in ("list", "tuple") and not hidden
                hidden = hidden or not plain
                result += value.items if isinstance(value, Items) and plain else (OPAQUE,)
            else:
                result.append(self.value(arg))
        return tuple(result), hidden

    def _keywords(self, node: ast.Call) -> tuple[tuple[tuple[str, Value], ...], bool]:
        """Keyword arguments, displays behind `**` spread out; whether some stay hidden."""
        result: list[tuple[str, Value]] = []
        hidden = False
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                result.append((keyword.arg, value))
                continue
            names = value.items[::2] if isinstance(value, Items) and value.kind == "dict" else (OPAQUE,)
            texts = [str(name.value) for name in names if isinstance(name, Const)]
            if isinstance(value, Items) and len(texts) == len(names):
                result += zip(texts, value.items[1::2], strict=True)
            else:
                result.append((SPREAD, value))
                hidden = True
        return tuple(result), hidden

    def _set_defaults(self, node: ast.Call, keywords: tuple[tuple[str, Value], ...]) -> None:
        """Other defaults for options, by keyword: they replace those of the declarations."""
        given = dict(keywords)
        self.options = [item for item in self.options if item.name not in given]
        self.options += [Option(name, value, self.span(node)) for name, value in given.items() if name]

    def _option(self, node: ast.Call, args: tuple[Value, ...], keywords: tuple[tuple[str, Value], ...]) -> None:
        """Note a command-line option. One without a default is given, and so is the one that asks for the training."""
        flags = [arg.value for arg in args if isinstance(arg, Const) and isinstance(arg.value, str)]
        named = dict(keywords)
        target = named.get("dest")
        long = [flag for flag in flags if flag.startswith("--")] or flags
        name = target.value if isinstance(target, Const) else long[0].lstrip("-").replace("-", "_") if long else ""
        if isinstance(name, str) and name:
            implied: dict[Value | None, Value] = {
                Const("store_true"): Const(False),
                Const("store_false"): Const(True),
            }
            default = named.get("default") or implied.get(named.get("action"), Const(None))
            required = not flags[:1] or not flags[0].startswith("-") or named.get("required") == Const(True)
            required = required or (default == Const(False) and self.vocabulary.means(name, "work"))
            self.options.append(Option(name, OPAQUE if required else default, self.span(node)))

    def _record(
        self, callee: Value, args: tuple[Value, ...], keywords: tuple[tuple[str, Value], ...], hidden: bool,
        node: ast.expr,
    ) -> None:  # fmt: skip
        result = ""
        if any(self.vocabulary.lists(ref.path) for ref in paths(callee)):
            result = self._fate(node, sequence=True, rows=callee_name(node) in self.vocabulary.row_methods)
        named = tuple((name, value) for name, value in keywords if name)
        statement = self.span(self.statement_node)
        self.steps.append(
            Call(
                callee,
                args,
                named,
                hidden,
                self.span(node),
                statement,
                result,
                self.fallback,
                self.quiet,
                node in self.consumed,
                purpose=self._purpose(node, callee),
            )
        )

    def _purpose(self, node: ast.expr, callee: Value) -> str:
        """What the result of a call is for, as far as names tell."""
        if not isinstance(node, ast.Call):
            return ""
        if self.purposes[0] is not self.statement_node:
            self.purposes = (self.statement_node, self.purpose.of(self.statement_node))
        found = self.purposes[1].get(node, "")
        if not found and any(ref.path.rpartition(".")[2] in self.vocabulary.sampler_names for ref in paths(callee)):
            found = "evaluation" if self.purpose.evaluates(node, self.prefix) else ""
        if not found and any(ref.path in self.vocabulary.shuffles for ref in paths(callee)):
            found = "split" if self._holds_out(node) else ""
        return found

    def _keeps(self, path: str) -> bool:
        if path not in self.kept:
            self.kept[path] = self.vocabulary.keeps(path)
        return self.kept[path]


def shown(value: Value) -> str:
    """A name or literal as people write it; empty for anything else."""
    return value.path if isinstance(value, Ref) else str(value.value) if isinstance(value, Const) else ""


def is_document(name: str) -> bool:
    """Whether a file name is that of a configuration, and plain enough to stand in a path."""
    return name.endswith((".yaml", ".yml", ".json", ".toml")) and not any(mark in name for mark in "{}[]()~@?*")


def _hands_over(args: tuple[Value, ...], keywords: tuple[tuple[str, Value], ...]) -> bool:
    """Whether a call is given something that this file defines, which the callee may call."""
    values = (*args, *(value for _, value in keywords))
    return any(isinstance(value, Ref) and value.path.startswith(":") and "()" not in value.path for value in values)
