"""Random keys within one function: which are used twice, and which parameters are used up.

The walk follows what names hold along every path of a body. A loop is read twice, since a key that survives a turn is
used again in the next. The model is that of the key checker of JAX: a draw or a split uses a key up, folding in does
not, and what a function does to its key counts for its caller.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import partial

from reprolint.catalog.stream import Key
from reprolint.catalog.vocabulary import Vocabulary
from reprolint.core.value import Ref
from reprolint.core.value import Value as Named
from reprolint.facts.elements import dotted
from reprolint.facts.given import Given
from reprolint.facts.keyflow import KeyFlow
from reprolint.facts.keyring import One, Token, Use, Value, called, came_from, is_key, named_key, ones, root
from reprolint.facts.record import KeyParameter, KeyReuse, KeyUse
from reprolint.facts.spans import Columns

LONGEST_NAME = 40
_WORDS = "[Rr]ng|RNG|[Kk]ey|KEY|seed|random|split"  # what code that has to do with keys names
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PLAIN = ("key", "row", "column", "turn")  # what a key made from a constant says besides
_Scope = tuple[frozenset[str], Mapping[str, str]]


class Keys(KeyFlow):
    """Reads the functions of one file; `reuses` and `parameters` are what it found."""

    def __init__(self, data: bytes, columns: Columns, vocabulary: Vocabulary, names: Mapping[str, Named]) -> None:
        super().__init__()
        self.lines, self.columns, self.vocabulary = data.splitlines(), columns, vocabulary
        self.module = {name: value.path for name, value in names.items() if isinstance(value, Ref)}
        self.defined = frozenset(names)
        short = [name for name, path in self.module.items() if "." in path and vocabulary.leads_to_keys(path)]
        self.words = re.compile("|".join((_WORDS, *map(re.escape, short))).encode())
        self.reuses: dict[KeyUse, KeyReuse] = {}
        self.parameters: dict[KeyParameter, None] = {}
        self.numbers: dict[tuple[str, Token], int] = {}
        self.waiting: list[tuple[ast.FunctionDef | ast.AsyncFunctionDef, str, str, _Scope]] = []
        self.function = self.owner = ""
        self.own: frozenset[str] = frozenset()
        self.local: dict[str, str] = {}
        self.inner: dict[str, frozenset[str]] = {}
        self.bodies: set[str] = set()
        self.kept: list[tuple[str, str, Token, Use]] = []

    def read(self, tree: ast.Module) -> None:
        """Read the top level of a file and every function in it."""
        self.walk([node for node in tree.body if self._is_worth_it(node)])
        while self.waiting:
            node, self.function, self.owner, (free, around) = self.waiting.pop(0)
            own = {item.arg for item in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
            self.own = free | own
            self.local = {name: path for name, path in around.items() if name not in own}
            self.inner = {}
            self.walk(node.body)
        for function, name, token, use in self.kept:
            if f":{function}" in self.bodies:
                self._report(name, token, [use], use.record)

    def _is_worth_it(self, node: ast.stmt) -> bool:
        """A quick test whether a statement at the top of a file or class can have to do with keys."""
        lines = self.lines[node.lineno - 1 : node.end_lineno]
        return isinstance(node, ast.Import | ast.ImportFrom) or any(self.words.search(line) for line in lines)

    # definitions and names

    def define(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node)
            return
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        name = f"{self.function}.{node.name}" if self.function else node.name
        self.local[node.name] = f":{name}"
        if isinstance(node, _FUNCTIONS):
            free = frozenset(_loaded(node) - self.defined if self.function else ())
            self.inner[node.name] = free
            self.waiting.append((node, name, self.owner, (free, self.local)))
            return
        for item in node.body:
            if isinstance(item, _FUNCTIONS) and self._is_worth_it(item):
                self.waiting.append((item, f"{name}.{item.name}", name, (frozenset(), self.local)))

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                name = alias.asname or alias.name.partition(".")[0]
                self.local[name] = alias.name if alias.asname else name
            else:
                module = "." * node.level + (node.module or "")
                joint = "" if module.endswith(".") else "."
                self.local[alias.asname or alias.name] = f"{module}{joint}{alias.name}"

    def stand_for(self, name: str, node: ast.expr) -> None:
        self.local.pop(name, None)
        if path := self._path(node) if isinstance(node, ast.Name | ast.Call) else "":
            self.local[name] = path

    def name(self, node: ast.Name) -> Value:
        if free := self.inner.get(node.id):
            self._enclosed(node, free)
        return self.state.look(node.id)

    def _enclosed(self, node: ast.Name, free: frozenset[str]) -> None:
        """A function defined here is called or handed over for the first time: it uses the keys that it encloses."""
        once: Token = ("inner", node.id)
        if once not in self.state.spent:
            path = self.local.get(node.id, "")
            self.state.spent[once] = ()
            for name in sorted(free & {*self.state.names, *self.own}):
                value = self.state.look(name)
                if self._is_key(value, name):
                    self._spend(name, value, KeyUse(path, name, self.columns.span(node)))

    def give_back(self, value: Value) -> None:
        """Note the keys that are returned, used up, where they came from: the body of a loop is given them again."""
        for name, held in self.state.names.items():
            for token in held.options if isinstance(held, One) else ():
                uses = self.state.spent.get(token)
                if uses and root(token)[0] == "start" and root(token)[1] in self.own and came_from(token, value):
                    self.kept.append((self.function, name, token, uses[0]))

    # calls

    def call(self, node: ast.Call) -> Value | None:
        if isinstance(node.func, ast.Name):
            self.name(node.func)
        else:
            self.value(node.func)
        path = self.vocabulary.canonical(self._path(node.func))
        given = self._arguments(node, path in self.vocabulary.key_repeats)
        called = f"{path[:-2]}.__call__" if path.endswith("()") else path
        entries = self.vocabulary.keys.get(called.replace("()", ""), ())
        if entries:
            return [self._known(entry, path, given) for entry in entries][-1]
        if not (isinstance(node.func, ast.Attribute) and self._method(node.func.attr, path, given)):
            self._hand_over(node, path, given)
        return None

    def _method(self, name: str, path: str, given: Given) -> bool:
        """Note the key given to a method of some object, where libraries have one of that name that takes a key."""
        for entry in self.vocabulary.key_methods.get(name, ()):
            found = given.get(entry.key)
            if found is not None and self._is_key(found[1], dotted(found[0])):
                place = next(key for key, argument, _ in given.all() if argument is found[0])
                span = self.columns.span(given.node)
                record = KeyUse(path or f"?.{name}", place, span, method=True, folds=entry.folds)
                self._spend(dotted(found[0]), found[1], record, ast.unparse(given.node))
                return True
        return False

    def _arguments(self, node: ast.Call, repeats: bool) -> Given:
        """Read what a call is given; a function written there is run by it, of several only one."""
        values = [self.value(item.value if isinstance(item, ast.Starred) else item) for item in node.args]
        named = {item.arg or "**": self.value(item.value) for item in node.keywords}
        given = (*node.args, *(item.value for item in node.keywords))
        functions = [item for item in given if isinstance(item, ast.Lambda)]
        if len(functions) == 1 and repeats:
            self.loop(partial(self._run, functions[0]), may_skip=True)
        elif functions:
            self.fork(f"call {node.lineno}:{node.col_offset}", *(partial(self._run, item) for item in functions))
        return Given(node, values, named)

    def _run(self, function: ast.Lambda) -> bool:
        outer = dict(self.state.names)
        for item in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
            self.state.bind(item.arg, self.new(item))
        self.value(function.body)
        self.state.names = outer
        return True

    def _known(self, entry: Key, path: str, given: Given) -> Value | None:
        found = given.get(entry.key)
        if found is not None and entry.spends:
            record = KeyUse(path, "", self.columns.span(given.node), sure=True, folds=entry.folds)
            for one in ones(found[1]) if entry.mixed else (found[1],):
                if not entry.mixed or self._is_key(one, dotted(found[0])):
                    self._spend(dotted(found[0]) or ast.unparse(found[0]), one, record, draws=not entry.gives)
        if body := given.get(entry.body):
            self.bodies.add(self._path(body[0]))
        data = given.get(entry.data)
        if found is not None and data is not None and isinstance(data[0], ast.Constant):
            base = found[1].options if isinstance(found[1], One) else frozenset[Token]()
            return One(frozenset(("fold", token, repr(data[0].value)) for token in base)) if base else None
        if not entry.gives:
            return None
        seed = given.get(entry.seed)
        made = self.new(given.node, "key")
        if seed is None or not isinstance(seed[0], ast.Constant):
            return made
        return One(frozenset((*token, repr(seed[0].value)) for token in made.options))

    def _is_key(self, value: Value, name: str) -> bool:
        """Whether a value holds a key: by where it comes from, or by what it is called."""
        found = [token for one in ones(value) for token in one.options]
        by_name = [called(token) for token in found] + ([name] if isinstance(value, One) else [])
        return any(map(is_key, found)) or any(map(named_key, by_name))

    def _hand_over(self, node: ast.Call, path: str, given: Given) -> None:
        """Note the keys given to a function that may be of the project; what it is a method of may change."""
        base = path.partition(".")[0].partition("(")[0]
        library = base in self.vocabulary.libraries and base not in self.vocabulary.common_names
        if path and not library and not self.vocabulary.is_builtin(path):
            for name, argument, value in given.all():
                if isinstance(value, One) and self._is_key(value, dotted(argument)):
                    self._spend(dotted(argument), value, KeyUse(path, name, self.columns.span(node)))
        receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
        for part in (receiver, *node.args):
            if isinstance(part, ast.Name) and part.id not in self.module and part.id not in self.local:
                held = any(known.startswith((f"{part.id}.", f"{part.id}[")) for known in self.state.names)
                if part is receiver or held:
                    self.state.bind(part.id, self.new(node))

    def _spend(self, name: str, value: Value, record: KeyUse, text: str = "", *, draws: bool = False) -> None:
        """Note that a call is given the keys of a value; each of them may have been used before."""
        use = Use(record, frozenset(self.guards), text)
        for one in ones(value):
            listed = sorted(one.options, key=repr)
            earlier = [self.state.spend(token, use) for token in listed]
            for token in listed:
                start = root(token)
                if start[0] == "start" and start[1] in self.own and start[1] not in ("self", "cls"):
                    self.parameters[KeyParameter(self.function, str(start[1]), record)] = None
            if record in self.reuses:
                continue
            if all(earlier):
                self._report(name, listed[0], [item for uses in earlier for item in uses], record)
            elif draws and len(listed) == 1 and listed[0][0] == "key" and len(listed[0]) > len(_PLAIN):
                same: Token = ("seed", listed[0][-1])  # another key, made from the same number
                again = [item for item in self.state.spend(same, use) if item.record.span != record.span]
                if again:
                    self._report(name, same, again, record)

    def _report(self, name: str, token: Token, earlier: list[Use], record: KeyUse) -> None:
        number = self.numbers.setdefault((self.function, token), len(self.numbers))
        found = tuple(dict.fromkeys(item.record for item in earlier))
        self.reuses[record] = KeyReuse(name[:LONGEST_NAME] or "?", number, found, record, token[0] == "seed")

    def _path(self, node: ast.expr) -> str:
        """The path of what is called, as facts write it; empty when nothing is known of it."""
        if isinstance(node, ast.Name):
            if node.id in self.local:
                return self.local[node.id]
            if node.id == "self" and self.owner:
                return f":{self.owner}()"
            return "" if node.id in self.own else self.module.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            inner = self._path(node.value)
            return f"{inner}.{node.attr}" if inner else ""
        if isinstance(node, ast.Call):
            inner = self._path(node.func)
            if inner and self.vocabulary.wraps(inner):
                return self._path(node.args[0]) if len(node.args) == 1 else ""
            return f"{inner}()" if inner else ""
        return ""


def _loaded(function: ast.AST) -> set[str]:
    """The names that a function takes from around it."""
    names = [item for item in ast.walk(function) if isinstance(item, ast.Name)]
    own = {item.arg for item in ast.walk(function) if isinstance(item, ast.arg)}
    stored = {item.id for item in names if not isinstance(item.ctx, ast.Load)}
    return {item.id for item in names} - own - stored


def read(data: bytes, tree: ast.Module, columns: Columns, vocabulary: Vocabulary, names: Mapping[str, Named]) -> Keys:
    """The keys of one file; none where it nests too deeply."""
    found = Keys(data, columns, vocabulary, names)
    try:
        found.read(tree)
    except RecursionError:
        return Keys(data, columns, vocabulary, names)
    return found
