"""What can be seen in one file without running it: orders, hashes, clocks, and what becomes of them."""

from __future__ import annotations

import ast

from reprolint.core.value import Derived, Ref, Value, paths
from reprolint.facts import climb, deadline, halves, hashing, order, sinks
from reprolint.facts.elements import callee_name, is_exact
from reprolint.facts.names import Names
from reprolint.facts.record import Sight

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Sights(Names):
    """Notes what no call of the file tells by itself."""

    def _sight_sorting(self, node: ast.Call, callee: Value, args: tuple[Value, ...]) -> None:
        """Note where the result of a call is put in order, `sorted(files(folder))`, `names = files(); names.sort()`,
        and where the order of what a function of the project gives decides about samples."""
        if isinstance(callee, Ref) and self._is_ours(callee.path):
            self._sight_samples(node, callee.path)
        whole = args[0] if callee == Ref("sorted") and args else None
        names = [ref.path.removesuffix(".sort") for ref in paths(callee) if ref.path.endswith(".sort")]
        for name in names if whole is None else (ref.path for ref in paths(whole)):
            if name.endswith("()"):
                self.sights.append(Sight("sorting", "", name.removesuffix("()"), self.span(node)))

    def _is_ours(self, path: str) -> bool:
        """Whether a call may lead to a function of the project that gives files, as far as its name tells."""
        if not sinks.gives_files(path.rpartition(".")[2]):
            return False
        if path[:1] in (":", "."):
            return True
        known = "(" in path or "[" in path or path[:1] in ("", "@", "?") or self.vocabulary.is_builtin(path)
        return not known and path.partition(".")[0] not in self.vocabulary.libraries

    def _sight_samples(self, node: ast.Call, path: str) -> None:
        parent = self._around().above.get(node)
        if isinstance(parent, ast.Expr) or (isinstance(parent, ast.Call) and callee_name(parent) == "sorted"):
            return
        found = self._fate(node, sequence=True)
        if found in sinks.SINKS and found != sinks.STACKED:
            self.sights.append(Sight("samples", found, path, self.span(node)))

    def _sight_set(self, node: ast.expr) -> None:
        if not is_exact(node):
            held = "words" if order.holds_text(node, self._around()) else ""
            self.sights.append(Sight("set-order", self._fate(node, sequence=False), "set", self.span(node), held))

    def _hash(self, callee: Ref, args: tuple[Value, ...], node: ast.Call) -> Value:
        """Note a hash unless it is that of numbers, which is the same in every process."""
        held = hashing.kind(node.args[0], self._around())
        if held == hashing.NUMBERS:
            return Derived(args)
        decided = hashing.decides(node, self._around())
        if decided != hashing.NOTHING:
            self.sights.append(Sight("hash", decided, callee.path, self.span(node), held))
        return self._extend(callee, "()")

    def _sight_key(self, node: ast.Call) -> None:
        """Note what is put in order by address or hash."""
        keys = (keyword.value for keyword in node.keywords if keyword.arg == "key")
        found = (hashing.sorting_key(key, self.vocabulary.identities, self.vocabulary.hashes) for key in keys)
        name, part = next(found, ("", ""))
        if not name or self._name(name) != Ref(name) or hashing.guards(node, self._around()):
            return
        fate = order.UNORDERED
        if callee_name(node) != "sort":
            fate = order.PICKED if callee_name(node) in ("max", "min") else self._fate(node, sequence=True)
        self.sights.append(Sight("identity", fate, name, self.span(node), part))

    def _sight_clock(self, node: ast.If | ast.While) -> None:
        """Note a condition by which a clock ends a loop, or tells a framework to end the training."""
        found = deadline.measured(node.test, self.timer)
        if found is None:
            return
        name, compare = found
        loop = deadline.ended(node, self._around())
        told = loop is None and isinstance(node, ast.If) and deadline.stops(node, self.vocabulary.stops)
        if loop is not None or told:
            doubt, around = deadline.doubt(node, compare, self._around()), self.span(loop) if loop is not None else None
            state = "told" if told else "ended"
            self.sights.append(Sight("clock", state, name, self.span(node.test), doubt, around))

    def _holds_out(self, node: ast.Call) -> bool:
        """Whether a part of what a call shuffles is kept to test on."""
        return halves.held_out(node, self._around(), lambda name: self.vocabulary.means(name, "evaluation"))

    def _fate(self, node: ast.expr, *, sequence: bool, rows: bool = False) -> str:
        return order.fate(node, self._around(), order.Trail(sequence, rows=rows))

    def _around(self) -> climb.Body:
        """The function, class or module that is being read, as a tree that can be climbed."""
        root = self.function or (self.top if isinstance(self.top, _DEFINITIONS) else self.tree)
        if root not in self.bodies:
            owner = self.class_nodes.get(self.owner)
            datasets = frozenset(item.name for item in self.class_nodes.values() if sinks.gives_samples(item))
            self.bodies[root] = climb.body(root, self.vocabulary, owner, datasets)
        return self.bodies[root]
