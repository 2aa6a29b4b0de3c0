"""What every walk over a program shares: where names lead, what libraries do, what functions were found to do."""

from __future__ import annotations

from dataclasses import dataclass, field

from reprolint.catalog.effects import Effects
from reprolint.catalog.vocabulary import Vocabulary
from reprolint.core.value import Const, Derived, Either, Items, Unknown, Value
from reprolint.facts.record import Call, Test
from reprolint.program.calls import Callees, callees
from reprolint.program.resolve import Resolver
from reprolint.program.summary import Summary

_COMPARE = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


@dataclass(slots=True)
class Context:
    """The tables of one program while it is linked."""

    resolver: Resolver
    effects: Effects
    vocabulary: Vocabulary
    summaries: dict[tuple[str, str], Summary] = field(default_factory=dict)
    _callees: dict[tuple[int, str], Callees] = field(default_factory=dict)

    def callees(self, call: Call, module: str) -> Callees:
        """What a call runs; remembered, since it is asked for the call graph and again for the flow."""
        key = (id(call), module)
        if key not in self._callees:
            self._callees[key] = callees(call, module, self.resolver)
        return self._callees[key]

    def evaluate(self, value: Value, module: str) -> Value:
        """The constant a value comes to, when reading can tell."""
        return self.resolver.constant(value, module)

    def decide(self, test: Test, module: str) -> bool | None:
        """Whether a condition holds in every run with default options; None when that is not known."""
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

    def quality(self, value: Value, none: str, module: str) -> str:
        """Whether a seed value is the same in every run: `fixed`, `random`, or `unknown`."""
        known = self.evaluate(value, module)
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
