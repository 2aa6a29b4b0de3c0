"""What every walk over a program shares: where names lead, what libraries do, what functions were found to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from reprolint.catalog.effects import Effects
from reprolint.catalog.vocabulary import Vocabulary
from reprolint.core.value import Const, Derived, Either, Items, Unknown, Value
from reprolint.facts.record import Call, Import, Test
from reprolint.program.calls import Callees, callees
from reprolint.program.follow import Target, first
from reprolint.program.graph import imports
from reprolint.program.kinds import Tracer
from reprolint.program.modules import imported_files
from reprolint.program.resolve import Resolver
from reprolint.program.sources import Key, Sources
from reprolint.program.summary import Summary

_COMPARE = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


@dataclass
class Context:
    """The tables of one program while it is linked."""

    resolver: Resolver
    effects: Effects
    vocabulary: Vocabulary
    summaries: dict[Key, Summary] = field(default_factory=dict)
    reads: dict[Key, frozenset[Key]] = field(default_factory=dict)
    _callees: dict[str, dict[int, Callees]] = field(default_factory=dict)
    _sealed: dict[str, int] = field(default_factory=dict)
    _fluid: dict[int, tuple[Callees, frozenset[Key]]] = field(default_factory=dict)
    _imports: dict[str, tuple[tuple[Import, tuple[str, ...]], ...]] = field(default_factory=dict)
    _runs: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def callees(self, call: Call, module: str) -> Callees:
        """What a call runs; remembered, since it is asked for the call graph and again for the flow."""
        known = self._callees.setdefault(module, {})
        if id(call) in known:
            return known[id(call)]
        if id(call) in self._fluid:
            found, asked = self._fluid[id(call)]
            self.resolver.asked |= asked
            return found
        outer, self.resolver.asked = self.resolver.asked, set()
        found = callees(call, module, self.resolver, self.effects)
        if self.resolver.asked:
            self._fluid[id(call)] = (found, frozenset(self.resolver.asked))
        else:
            known[id(call)] = found
        outer |= self.resolver.asked
        self.resolver.asked = outer
        return found

    def presumed(self, call: Call, module: str) -> Target | None:
        """What a method of something nobody knows is: that of the one class which has it, or which alone has it with
        such a keyword, where the file imports its library."""
        method = getattr(call.callee, "path", "").rpartition(".")[2]
        for keyword, api in self.effects.own_methods.get(method, ()):
            loaded = (item.module.partition(".")[0] for item, _ in self.imported(module))
            if (not keyword or keyword in dict(call.keywords)) and api.partition(".")[0] in loaded:
                return Target("external", api, "", Target("object", api.rpartition(".")[0]))
        return None

    def is_fluid(self, call: Call) -> bool:
        """Whether what a call runs depends on what other calls give to parameters."""
        return id(call) in self._fluid

    def forget(self) -> None:
        """Drop all answers that depend on what calls give to parameters."""
        self._fluid.clear()
        self.resolver.forget()

    def imported(self, path: str) -> tuple[tuple[Import, tuple[str, ...]], ...]:
        """The import statements of a file, each with the project files it runs, in order."""
        if path not in self._imports:
            known: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
            result = []
            for step in imports(self.resolver.modules.facts[path]):
                key = (step.module, step.names)
                if key not in known:
                    known[key] = imported_files(step, path, self.resolver.modules)
                result.append((step, known[key]))
                self._runs[id(step)] = known[key]
            self._imports[path] = tuple(result)
        return self._imports[path]

    def runs(self, step: Import, path: str) -> tuple[str, ...]:
        """The project files that one import statement runs, in order."""
        self.imported(path)
        return self._runs.get(id(step), ())

    @cached_property
    def switch_cells(self) -> tuple[str, ...]:
        """The cells of all switches."""
        return tuple(f"switch:{name}" for name in sorted(self.effects.switches))

    def narrowed(self, sources: Sources, options: Mapping[str, Value]) -> Context:
        """The same program with fewer callers: what depends on them is found out anew."""
        own = Context(self.resolver.narrowed(sources, options), self.effects, self.vocabulary)
        own.summaries, own.reads = dict(self.summaries), dict(self.reads)
        own._callees, own._imports, own._runs = self._callees, self._imports, self._runs
        return own

    def seal(self) -> None:
        """Note the end of linking: what is asked later, of code that nothing reaches, holds for this program alone."""
        self._sealed = {path: len(known) for path, known in self._callees.items()}
        self.resolver.seal()

    def inherit(self, previous: Context, files: Iterable[str]) -> None:
        """Take over what an earlier link found out for files of which nothing, imports included, has changed."""
        kept = set(files)
        self.resolver.inherit(previous.resolver, kept)
        for path in kept & previous._sealed.keys():
            self._callees[path] = first(previous._callees[path], previous._sealed[path])
        for path in kept & previous._imports.keys():
            self._imports[path] = previous._imports[path]
            self._runs.update({id(step): found for step, found in previous._imports[path]})

    def evaluate(self, value: Value, module: str) -> Value:
        """The constant a value comes to, when reading can tell."""
        return self.resolver.constant(value, module)

    def types(self, value: Value, module: str) -> frozenset[str]:
        """The library classes of which a value may be an instance."""
        return frozenset(target.name for target in self.resolver.targets(value, module) if target.kind == "object")

    def kinds(self, value: Value, module: str) -> frozenset[str]:
        """What is known of a value from the calls that made it."""
        return Tracer(self.resolver, self.effects).of(value, module)

    def decide(self, test: Test, module: str) -> bool | None:
        """Whether a condition holds in every run with default options; None when that is not known."""
        if test.parts:
            return self._decide_parts(test, module)
        if test.value is None or test.kind in ("opaque", "main"):
            return None
        value = self.evaluate(test.value, module)
        if test.kind == "none" and isinstance(value, Derived | Items):
            return test.negated
        if not isinstance(value, Const):
            return None
        if test.kind == "none":
            holds = value.value is None
        elif test.kind == "truthy":
            holds = bool(value.value)
        else:
            other = test.constant.value if isinstance(test.constant, Const) else None
            try:
                holds = bool(_COMPARE[test.operator](value.value, other))
            except TypeError:
                return None
        return holds is not test.negated

    def _decide_parts(self, test: Test, module: str) -> bool | None:
        verdicts = [self.decide(part, module) for part in test.parts]
        decisive = test.kind == "any"  # one part that holds decides `any`, one that does not decides `all`
        if decisive in verdicts:
            return decisive is not test.negated
        return None if None in verdicts else (not decisive) is not test.negated

    def quality(self, value: Value, none: str, module: str) -> str:
        """Whether a seed value is the same in every run: `fixed`, `random`, `mixed` (on some paths), or `unknown`."""
        known = self.evaluate(value, module)
        if isinstance(known, Either):
            found = {self.quality(option, none, module) for option in known.options}
            return found.pop() if len(found) == 1 else "mixed" if "random" in found else "unknown"
        if isinstance(known, Const):
            if known.value is None:
                return "fixed" if none in ("error", "default") else "random"
            return "fixed"
        if self._is_clock(known, module):
            return "random"
        return "unknown" if isinstance(known, Unknown) else "fixed"

    def _is_clock(self, value: Value, module: str) -> bool:
        if isinstance(value, Derived):
            return any(self._is_clock(item, module) for item in value.sources)
        if isinstance(value, Either):
            return all(self._is_clock(item, module) for item in value.options)
        path = getattr(value, "path", "")
        if "()" not in path:
            return False
        called = path[: path.index("()")]
        home = getattr(value, "module", "") or module
        return any(target.name in self.effects.clocks for target in self.resolver.follow(called, home))


@dataclass(frozen=True, slots=True)
class Spot:
    """A file of the program, from which values are looked at."""

    context: Context
    module: str

    def evaluate(self, value: Value) -> Value:
        """The constant a value comes to, when reading can tell."""
        return self.context.evaluate(value, self.module)

    def types(self, value: Value) -> frozenset[str]:
        """The library classes of which a value may be an instance."""
        return self.context.types(value, self.module)

    def kinds(self, value: Value) -> frozenset[str]:
        """What is known of it from the calls that made it."""
        return self.context.kinds(value, self.module)
