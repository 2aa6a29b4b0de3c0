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

MOST_RELATED = 5


def check(program: Program) -> Iterator[Finding]:
    """One finding per key, at the first use that comes too late. A test uses keys twice on purpose."""
    table = _Table(program)
    for path in (item for item in sorted(program.files) if not aside(item)):
        found: dict[int, list[tuple[KeyReuse, KeyUse]]] = {}
        for reuse in program.files[path].key_reuses:
            earlier = next((item for item in reuse.earlier if table.spends(item, path)), None)
            if earlier is not None and table.spends(reuse.use, path):
                found.setdefault(reuse.number, []).append((reuse, earlier))
        for items in found.values():
            yield _finding(items, path)


def _finding(items: list[tuple[KeyReuse, KeyUse]], path: str) -> Finding:
    (reuse, earlier), *more = items
    loop = earlier.span == reuse.use.span
    related = [] if loop else [Related(Place(path, earlier.span), f"`{_shown(earlier)}` has used it up here")]
    related += [Related(Place(path, item.use.span), "used here too") for item, _ in more[:MOST_RELATED]]
    twice = not loop and not reuse.use.sure and reuse.use.callee == earlier.callee  # two results to be compared
    weak = reuse.remade or twice or (reuse.use.method and earlier.method)
    severity: Severity | None = "advice" if weak else None
    how = "every turn of the loop uses again" if loop else f"`{_shown(earlier)}` has used up already"
    evidence = {"callee": _shown(reuse.use), "name": reuse.name, "how": how}
    return Finding("key-reuse", Place(path, reuse.use.span), evidence, tuple(related), severity=severity)


def _shown(use: KeyUse) -> str:
    return use.callee if use.sure else use.callee.removesuffix("()").rpartition(".")[2].lstrip(":")


@dataclass(frozen=True)
class _Table:
    """Which calls use up the keys they are given."""

    program: Program

    def spends(self, use: KeyUse, path: str, above: frozenset[tuple[str, str, str]] = frozenset()) -> bool:
        """Whether a call uses a key up: a known one does, a function of the project when something in it does."""
        if use.sure:
            return True
        context = self.program.context
        call = Call(Ref(use.callee), (), (), True, use.span, use.span)
        targets = callees(call, path, context.resolver, context.effects).now
        if not targets:
            return use.method
        return all(self._takes(target, use.parameter, above) for target in targets)

    def _takes(self, target: Target, given: str, above: frozenset[tuple[str, str, str]]) -> bool:
        """Whether a function uses up the key that it is given by some position or name."""
        function = self.program.context.resolver.functions[(target.module, target.name)]
        listed = function.parameters[1 if function.owner and not function.is_static else 0 :]
        plain = [item.name for item in listed if item.kind == "plain"]
        name = given
        if given.isdecimal():
            name = plain[int(given)] if int(given) < len(plain) else ""
        key = (target.module, target.name, name)
        return key not in above and any(
            (item.function, item.parameter) == (target.name, name)
            and self.spends(item.use, target.module, above | {key})
            for item in self.program.files[target.module].key_parameters
        )
