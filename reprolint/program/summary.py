"""What a function does to streams and switches, seen from its callers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from reprolint.catalog.stream import COMMON
from reprolint.core.place import Place
from reprolint.core.value import Const, Ref, Value
from reprolint.facts.record import Test
from reprolint.program.arguments import anchor, substitute
from reprolint.program.state import INITIAL, START, Definition, Hop, Reach, Use, cap, united

LONGEST_CHAIN = 12
MOST_USES = {"draw": 4, "iteration": 4, "operation": 40, "training": 20}
MOST_OWNED = 24  # draws of rules that speak of each one


@dataclass(frozen=True, slots=True)
class Disturbance:
    """A draw that happens now and then (`test`, at `around`) within a loop that trains and draws from the same stream
    (`own`); `site` is the call under the condition."""

    use: Use
    test: Test
    site: Place
    own: Use
    around: Place


@dataclass(frozen=True, slots=True)
class Repeat:
    """A definition in a loop that trains, or in a method that runs for every step (`unit`), and a draw after it."""

    definition: Definition
    use: Use
    unit: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The effect of one call.

    `out`: per cell, the definitions that may reach the normal exits (`INITIAL` among them: not set on every path);
    None when there is no normal exit. `tests`: the condition whose falsehood leaves the cell as it was. `uses`:
    draws and operations, at most a few a cell. `counts`: how many there are in all. `sets`: every definition on any
    path. `late`: definitions that come after an exposed use. `deferred`: uses that run some time later. `disabled`:
    definitions that a condition keeps from running. `undone`: definitions of switches with what they replace.
    """

    out: Mapping[str, Reach] | None = field(default_factory=dict)
    tests: Mapping[str, Test] = field(default_factory=dict)
    uses: tuple[Use, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    sets: tuple[Definition, ...] = ()
    late: tuple[tuple[Use, Definition], ...] = ()
    deferred: tuple[Use, ...] = ()
    disabled: tuple[Definition, ...] = ()
    undone: tuple[tuple[Definition, Definition], ...] = ()
    repeats: tuple[Repeat, ...] = ()
    disturbed: tuple[Disturbance, ...] = ()


BOTTOM = Summary(out=None)


@dataclass(frozen=True, slots=True)
class Seen:
    """A summary in terms of one caller: chains extended by the call, parameters replaced by arguments."""

    hop: Hop
    bindings: Mapping[str, Value]
    module: str

    def use(self, use: Use) -> Use:
        """The use as the caller sees it."""
        reach = frozenset(item if item is INITIAL else self.definition(item) for item in use.reach)
        test = self.test(use.test) if use.test is not None else None
        others = tuple(self.definition(item) for item in use.others)
        guard = (self.test(use.guard[0]), use.guard[1]) if use.guard is not None else None
        chain = (self.hop, *use.chain)[:LONGEST_CHAIN]
        return replace(use, reach=reach, test=test, chain=chain, others=others, guard=guard)

    def definition(self, definition: Definition) -> Definition:
        """The definition as the caller sees it."""
        return replace(
            definition,
            value=substitute(definition.value, self.bindings, self.module),
            test=self.test(definition.test) if definition.test is not None else None,
            chain=(self.hop, *definition.chain)[:LONGEST_CHAIN],
            passed=definition.passed or (isinstance(definition.value, Ref) and definition.value.path.startswith("@")),
        )

    def test(self, test: Test) -> Test:
        """The condition as the caller sees it; its text names the argument, so that callers recognise it."""
        if test.parts:
            parts = tuple(self.test(part) for part in test.parts)
            return replace(test, parts=parts, text=" ".join((test.kind, *(part.text for part in parts))))
        if test.value is None:
            return replace(test, text="")
        value = substitute(test.value, self.bindings, self.module)
        if value == anchor(test.value, self.module):
            return replace(test, value=value)
        text = value.path.rpartition("()")[2].rpartition("/")[2].lstrip(".:") if isinstance(value, Ref) else ""
        if isinstance(value, Const):
            text = repr(value.value)
        return replace(test, value=value, text=text or test.text, shown=test.shown or test.text)


class Collected:
    """Uses in the order they are met: each place once, few per cell, all counted."""

    def __init__(self) -> None:
        self.uses: dict[tuple[object, ...], Use] = {}
        self.counts: dict[str, int] = {}
        self._places: set[tuple[object, ...]] = set()

    def add(self, use: Use) -> None:
        """Keep a use, or only count it when its cell has enough of that kind."""
        key = (use.cell, use.kind, use.place, use.subject)
        if key in self._places:
            known = self.uses.get(key)
            if known is not None and known != use:
                guard = known.guard if known.guard == use.guard else None  # there are two ways to it
                others = united(known.others, use.others)
                reach = cap(frozenset(united(known.reach, use.reach)))
                modal = known.modal and use.modal
                self.uses[key] = replace(known, reach=reach, guard=guard, others=others, modal=modal)
            return
        self._places.add(key)
        group = f"{use.cell}/{'exposed' if use.exposed else 'settled'}"
        if use.kind != "operation":
            group += f"/{use.subject}/{use.builds}"
        self.counts[group] = self.counts.get(group, 0) + 1
        owned = use.kind == "draw" and use.subject not in ("", COMMON)
        if self.counts[group] <= (MOST_OWNED if owned else MOST_USES.get(use.kind, 2)):
            self.uses[key] = use

    def extend(self, uses: Iterable[Use]) -> None:
        """Keep several uses."""
        for use in uses:
            self.add(use)


def replaced(reach: Reach, outer: Reach) -> Reach:
    """The reach of something inside a call, once the state before the call is known."""
    return (reach - START) | outer if INITIAL in reach else reach
