"""Names, attributes and annotations of one file, and the state of the walk over it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from reprolint.catalog.vocabulary import Vocabulary
from reprolint.core.place import Span
from reprolint.core.source import Source
from reprolint.core.value import OPAQUE, Const, Either, Items, Ref, Value, choice, either, key, paths, pick, references
from reprolint.facts import climb
from reprolint.facts.purpose import Purposes
from reprolint.facts.record import Function, Option, Parameter, Sight, Step
from reprolint.facts.spans import Columns
from reprolint.model.scope import Scope

LONGEST_PATH = 160
MOST_ITEMS = 12
PARSER = "parser"  # the kind of display that a parser is: the classes of which it makes instances
_PLAIN_TYPES = frozenset({"int", "str", "float", "bool", "bytes", "object", "list", "dict", "tuple", "set", "None"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A function whose body is read once the scopes around it are complete.

    `owner` is the class it is a method of; `inside` the class whose `self` its body may use; `top` the top-level
    statement it stands in.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    name: str
    owner: str
    inside: str
    around: Scope | None
    body: list[ast.stmt]
    parameters: tuple[Parameter, ...]
    decorators: tuple[str, ...]
    top: ast.stmt


class Names:
    """The state of the walk, and what names mean at the point it has reached."""

    def __init__(self, source: Source, digest: str, vocabulary: Vocabulary, tree: ast.Module) -> None:
        self.source, self.digest, self.vocabulary, self.tree = source, digest, vocabulary, tree
        self.columns = Columns(source.data)
        self.module = self.scope = Scope(None)
        self.steps: list[Step] = []
        self.statement_node: ast.stmt = ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
        self.top: ast.stmt = self.statement_node
        self.function: ast.AST | None = None
        self.owner = self.prefix = ""
        self.returns: list[Value] = []
        self.generator = self.guarded = self.fallback = self.quiet = False
        self.bodies: dict[ast.AST, climb.Body] = {}
        self.kept: dict[str, bool] = {}
        self.purpose = Purposes(vocabulary.purposes, vocabulary.derives)
        self.purposes: tuple[ast.stmt, dict[ast.Call, str]] = (self.statement_node, {})
        self.functions: list[Function] = []
        self.attributes: dict[str, dict[str, Value]] = {}
        self.bases: dict[str, tuple[tuple[Value, ...], Span]] = {}
        self.class_nodes: dict[str, ast.ClassDef] = {}
        self.documents: set[str] = set()
        self.dated: set[str] = set()
        self.registries: dict[str, Value] = {}
        self.consumed: set[ast.expr] = set()
        self.counted: set[str] = set()
        self.stars: list[str] = []
        self.options: list[Option] = []
        self.sights: list[Sight] = []
        self.waiting: list[Waiting] = []

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

    def _attribute_of(self, owner: Value, name: str) -> Value:
        """An attribute; what was assigned to it earlier in the same body, if anything was."""
        if isinstance(owner, Items):
            return owner if owner.kind == PARSER and name in self.vocabulary.parses else OPAQUE
        value = self._extend(owner, f".{name}")
        if self.scope.dotted and isinstance(value, Ref):
            return self.scope.look(value.path) or value
        return value

    def _item(self, value: Value, index: Value) -> Value:
        """What stands under an index; one of all items when the index is not known."""
        if isinstance(value, Items):
            return pick(value, index)
        if isinstance(value, Ref) and value.path.endswith(".__dict__"):
            return self._computed(Ref(value.path.removesuffix(".__dict__")), index)
        return self._extend(value, f"[{key(index)}]")

    def _computed(self, owner: Value, name: Value) -> Value:
        """The attribute of a name that is computed; any attribute when it is not known."""
        known = isinstance(name, Const) and isinstance(name.value, str)
        if isinstance(name, Const) and not (known and str(name.value).isidentifier()):
            return OPAQUE
        if owner == Ref(":"):  # of this file itself
            return self._name(str(name.value)) if isinstance(name, Const) else Ref(":*")
        return self._attribute_of(owner, str(name.value) if isinstance(name, Const) else "*")

    def _consume(self, node: ast.expr) -> None:
        """Note the calls whose result a loop goes through, `enumerate` and its like looked through."""
        if isinstance(node, ast.Call):
            self.consumed.add(node)
            if isinstance(node.func, ast.Name | ast.Attribute):
                self.consumed.update(arg for arg in node.args if isinstance(arg, ast.Call))

    def _element(self, iterable: Value) -> Value:
        """What a loop over a value takes from it."""
        if isinstance(iterable, Items):
            keys = iterable.items[::2] if iterable.kind == "dict" else iterable.items
            return choice(iter(keys)) if len(keys) <= MOST_ITEMS else OPAQUE
        if isinstance(iterable, Ref) and iterable.path.endswith(".__dict__.items()"):
            module = iterable.path.removesuffix(".__dict__.items()")
            return Items("tuple", (OPAQUE, Ref(":***" if module == ":" else f"{module}.***")))
        root = iterable.path.partition(".")[0].partition("(")[0] if isinstance(iterable, Ref) else ""
        return OPAQUE if not root or self.vocabulary.is_builtin(root) else self._extend(iterable, "[*]")

    def _bind_name(self, name: str, value: Value) -> None:
        if name in self.scope.globals:
            old = self.module.names.get(name)
            self.module.bind(name, value if old is None else either(iter((old, value))))
        elif self.scope is self.module and isinstance(value, Items) and not value.items:
            self.scope.bind(name, Ref(f":{name}"))  # a registry: filled later, perhaps by other files
            self.registries[name] = value
        else:
            self.scope.bind(name, value)

    def _attribute(self, owner: str, name: str, value: Value) -> None:
        known = self.attributes.setdefault(owner, {})
        known[name] = either(iter((known[name], value))) if name in known else value

    def _date(self, path: str) -> None:
        """Note what a name tells of the versions that the file was written for."""
        if name := self.vocabulary.dates(path):
            self.dated.add(name)

    def span(self, node: ast.AST) -> Span:
        """The span of a node, in code points."""
        return self.columns.span(node)

    def timer(self, node: ast.expr) -> str:
        """The clock that an expression asks, or asked when its name was bound; empty for any other."""
        if isinstance(node, ast.Call):
            return next((ref.path for ref in paths(self.peek(node.func)) if ref.path in self.vocabulary.timers), "")
        called = (ref.path.partition("()")[0] for ref in references(self.peek(node)) if "()" in ref.path)
        return next((path for path in called if path in self.vocabulary.timers), "")

    def peek(self, node: ast.expr) -> Value:
        """What an expression without calls may evaluate to, recording nothing."""
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool | int | float | str)):
            return Const(node.value)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inner = self.peek(node.operand)
            negative = isinstance(inner, Const) and isinstance(inner.value, int | float)
            return Const(-inner.value) if negative else OPAQUE  # type: ignore[union-attr, operator]
        if isinstance(node, ast.Attribute):
            return self._attribute_of(self.peek(node.value), node.attr)
        if isinstance(node, ast.Subscript):
            return self._item(self.peek(node.value), self.peek(node.slice))
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "get"
            and node.args
        ):
            return self._item(self.peek(node.func.value), self.peek(node.args[0]))
        return OPAQUE

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
