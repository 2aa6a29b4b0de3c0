"""Random keys that are used twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reprolint.core.diagnostic import Finding, Related, Severity
from reprolint.core.place import Place
from reprolint.core.value import Ref
from reprolint.facts.record import Call, KeyReuse, KeyUse
from reprolint.program.calls import callees
from reprolint.program.entries import aside
from reprolint.program.follow import Target
from reprolint.program.link import Program
from reprolint.program.sources import Key

MOST_RELATED = 5
FOLDS, DRAWS = 1, 2


def check(program: Program) -> Iterator[Finding]:
    """One finding per key, at the first use that comes too late. A test uses keys twice on purpose."""
    table = _Table(program)
    for path in (item for item in sorted(program.files) if not aside(item)):
        found: dict[int, list[_Pair]] = {}
        for reuse in program.files[path].key_reuses:
            strength = table.strength(reuse.use, path)
            known = [(table.strength(item, path), item) for item in reuse.earlier] if strength else []
            most, earlier = max(known, key=lambda pair: pair[0], default=(0, reuse.use))
            if most:
                found.setdefault(reuse.number, []).append(_Pair(reuse, earlier, min(most, strength)))
        for pairs in found.values():
            yield _finding(pairs, path)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A use, one that came before it, and how surely they give the same numbers."""

    reuse: KeyReuse
    earlier: KeyUse
    strength: int

    @property
    def loop(self) -> bool:
        """Whether they are one call in two turns of a loop."""
        return self.earlier.span == self.reuse.use.span

    @property
    def weak(self) -> bool:
        """Whether a person may shrug: the keys differ after all, or two results are to be compared."""
        compared = not self.reuse.use.sure and _shown(self.reuse.use) == _shown(self.earlier)
        return self.reuse.remade or (not self.loop and (self.strength < DRAWS or compared))


def _finding(pairs: list[_Pair], path: str) -> Finding:
    pair = next((item for item in pairs if not item.weak), pairs[0])
    use, earlier = pair.reuse.use, pair.earlier
    related = [] if pair.loop else [Related(Place(path, earlier.span), f"`{_shown(earlier)}` has used it up here")]
    others = [item.reuse.use.span for item in pairs if item is not pair][:MOST_RELATED]
    related += [Related(Place(path, span), "used here too") for span in others]
    how = "every turn of the loop uses again" if pair.loop else f"`{_shown(earlier)}` has used up already"
    evidence = {"callee": _shown(use), "name": pair.reuse.name, "how": how}
    severity: Severity | None = "advice" if pair.weak else None
    return Finding("key-reuse", Place(path, use.span), evidence, tuple(related), severity=severity)


def _shown(use: KeyUse) -> str:
    return use.callee if use.sure else use.callee.removesuffix("()").rpartition(".")[2].lstrip(":")


@dataclass(frozen=True)
class _Table:
    """How calls use the keys they are given: not at all (0), folded with something of their own, or as they are."""

    program: Program

    def strength(self, use: KeyUse, path: str, above: frozenset[Key] = frozenset()) -> int:
        """How a call uses a key: a known one as knowledge says, a function of the project as what it does in turn."""
        known = FOLDS if use.folds else DRAWS
        if use.sure:
            return known
        context = self.program.context
        call = Call(Ref(use.callee), (), (), True, use.span, use.span)
        targets = callees(call, path, context.resolver, context.effects).now
        if not targets:
            return known if use.method else 0
        return min(self._function(target, use.parameter, above) for target in targets)

    def _function(self, target: Target, given: str, above: frozenset[Key]) -> int:
        """How a function uses the key that it is given by some position or name."""
        function = self.program.context.resolver.functions[(target.module, target.name)]
        listed = function.parameters[1 if function.owner and not function.is_static else 0 :]
        plain = [item.name for item in listed if item.kind == "plain"]
        name = given
        if given.isdecimal():
            name = plain[int(given)] if int(given) < len(plain) else ""
        key = (target.module, f"{target.name}/{name}")
        uses = [
            item.use for item in self.program.files[target.module].key_parameters
            if (item.function, item.parameter) == (target.name, name) and key not in above
        ]  # fmt: skip
        return max((self.strength(use, target.module, above | {key}) for use in uses), default=0)
