"""Names and what they are bound to, in the order in which a body runs."""

from __future__ import annotations

from collections.abc import Callable

from reprolint.core.value import OPAQUE, Ref, Value, either

_MISSING = OPAQUE


class Scope:
    """The names of one body while it is read.

    `bind` and `look` follow the order of statements; `fork` runs alternatives from the same start and joins what
    they bound, so that a name assigned in two branches has both values afterwards.
    """

    __slots__ = ("_journal", "dotted", "globals", "names", "parent")

    def __init__(self, parent: Scope | None) -> None:
        self.names: dict[str, Value] = {}
        self.parent = parent
        self.globals: set[str] = set()
        self.dotted: bool = parent.dotted if parent is not None else False
        self._journal: list[tuple[str, Value | None]] | None = None

    def bind(self, name: str, value: Value) -> None:
        """Let a name stand for a value from here on."""
        if name in self.globals:
            return
        if self._journal is not None:
            self._journal.append((name, self.names.get(name)))
        self.names[name] = value

    def bind_path(self, path: str, value: Value) -> None:
        """Let an attribute of an object (its path: `@main/args.seed`) stand for a value from here on."""
        self.dotted = True
        self.bind(path, value)

    def look(self, name: str) -> Value | None:
        """What a name stands for here, in this scope or an enclosing one; None when nothing binds it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None

    def fork(self, bodies: list[Callable[[], None]], *, may_skip: bool) -> None:
        """Run alternative bodies, each from the present state; `may_skip` adds the path that runs none of them."""
        outer, changes = self._journal, []
        before: dict[str, Value | None] = {}
        for body in bodies:
            self._journal = []
            body()
            changes.append({name: self.names[name] for name, _ in self._journal})
            for name, old in reversed(self._journal):
                before[name] = old
                if old is None:
                    self.names.pop(name, None)
                else:
                    self.names[name] = old
        self._journal = outer
        for name, old in before.items():
            old = Ref(name) if old is None and "." in name else old
            options = [change.get(name, old) for change in changes]
            if may_skip:
                options.append(old)
            self.bind(name, either(iter([option for option in options if option is not None])))
