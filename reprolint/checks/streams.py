"""Which streams of an entry are drawn from in a state that differs between runs, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from reprolint.core.value import Const, Derived, Either, Items, Ref, Value, options
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import INITIAL, Definition, Use

Cause = Literal["unseeded", "maybe", "late", "disabled", "entropy", "uncovered"]


@dataclass(frozen=True, slots=True)
class Exposure:
    """The draws of one entry from one stream that no fixed seed surely reaches.

    `cause` says whose finding it is. `settings`: the definitions that `cause` is about: what comes too late, never
    runs, re-randomises, or seeds other streams. `count`: all draws.
    """

    stream: str
    uses: tuple[Use, ...]
    count: int
    cause: Cause
    settings: tuple[Definition, ...] = ()


def exposures(course: Course, program: Program, rule: str = "unseeded-stream") -> tuple[Exposure, ...]:
    """The exposed streams of an entry, in the order of their names; draws that only make a seed are left out where
    that seed has a finding of its own."""
    judge = Judge(course, program)
    found = tuple(item for stream in sorted(program.context.effects.streams) if (item := judge.stream(stream, rule)))
    sources = {api for item in found if item.cause == "entropy" for known in item.settings
               for api in judge.randomness(known.value, known.place.filename)}  # fmt: skip
    return tuple(item for item in found if not all(use.api in sources for use in item.uses))


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the streams of one entry."""

    course: Course
    program: Program

    def stream(self, stream: str, rule: str) -> Exposure | None:
        """What is wrong with one stream; None when nothing is."""
        course = self.course
        draws = [use for use in course.uses if use.cell == stream and use.kind == "draw" and use.subject == rule]
        bad = [use for use in draws if self.not_fixed(use) and not _in_test(use)]
        if all(use.hidden for use in bad) and not trains(course):
            return None
        certain = [use for use in bad if self.surely_open(use)]
        chosen = tuple(certain or bad)
        total = sum(n for key, n in course.counts.items() if key.startswith(f"{stream}/exposed/{rule}/"))
        cause, settings = self._cause(stream, chosen, certain=bool(certain))
        return Exposure(stream, chosen, max(total, len(chosen)), cause, settings)

    def _cause(self, stream: str, uses: tuple[Use, ...], *, certain: bool) -> tuple[Cause, tuple[Definition, ...]]:
        late = tuple(item for use, item in self.course.late if use.cell == stream and self.fixed(item))
        if certain and late:
            return "late", late
        reaching = tuple(sorted({item for use in uses for item in use.reach if item is not INITIAL}, key=_place))
        random = tuple(
            item for item in reaching
            if item in uses[0].reach and item.certain and self.quality(item) in ("random", "mixed")
        )  # fmt: skip
        disabled = tuple(sorted((item for item in self.course.disabled if item.cell == stream), key=_place))
        never = tuple(item for item in random if self.is_switched_off(item))
        if certain and (never or disabled):
            return "disabled", (never or tuple(item for item in disabled if self.fixed(item)) or disabled)
        drawn = tuple(item for item in random if certain or self.randomness(item.value, item.place.filename))
        if drawn:
            return "entropy", drawn
        if not certain:
            return "maybe", reaching
        covering = [item for item in uses[0].others if item.cell != stream and self.fixed(item)]
        helpers = tuple(item for item in covering if self.helper(item, uses[0]))
        return ("uncovered", helpers) if helpers else ("unseeded", reaching)

    def helper(self, definition: Definition, use: Use) -> str:
        """The seeding helper that a definition comes from; empty for a call that seeds one stream by itself."""
        on_way = {(hop.place, hop.name) for hop in use.chain}
        hops = [hop for hop in definition.chain if (hop.place, hop.name) not in on_way]
        if hops:
            return hops[0].name
        effects = self.program.context.effects
        streams = [name for item in effects.seedings.get(definition.api, ()) for name in item.streams]
        return definition.api if len({effects.streams[name].needs for name in streams}) > 1 else ""

    def is_switched_off(self, definition: Definition) -> bool:
        """Whether it is a default somewhere that makes a seeding do nothing or start anew."""
        known = self.program.context.evaluate(definition.value, definition.place.filename)
        return known == Const(None) and (definition.value != Const(None) or definition.passed)

    def fixed(self, definition: Definition) -> bool:
        """Whether a definition seeds with the same value in every run, as far as reading tells."""
        return definition.certain and self.quality(definition) not in ("random", "mixed")

    def not_fixed(self, use: Use) -> bool:
        """Whether some path reaches the use without a fixed seed."""
        return any(item is INITIAL or (item.certain and not self.fixed(item)) for item in use.reach)

    def surely_open(self, use: Use) -> bool:
        """Whether no fixed seed and no unknown seeder reaches the use on any path."""
        return all(item is INITIAL or (item.certain and self.quality(item) == "random") for item in use.reach)

    def quality(self, definition: Definition) -> str:
        """Whether a seed value is the same in every run: `fixed`, `random`, `mixed` (on some paths), or `unknown`."""
        known = self.program.context.quality(definition.value, definition.none, definition.place.filename)
        if known != "fixed" or not self.randomness(definition.value, definition.place.filename):
            return known
        parts = options(definition.value)
        drawn = [bool(self.randomness(part, definition.place.filename)) for part in parts]
        return "random" if all(drawn) else "mixed"

    def randomness(self, value: Value, module: str) -> tuple[str, ...]:
        """The clocks and unseeded draws that a value is computed from."""
        context = self.program.context
        found: dict[str, None] = {}
        for ref in _references(value):
            if "()" not in ref.path:
                continue
            called = ref.path[: ref.path.index("()")]
            for target in context.resolver.follow(called, ref.module or module):
                if target.name in context.effects.clocks or self._draws_unseeded(target.name):
                    found[target.name] = None
        return tuple(found)

    def _draws_unseeded(self, api: str) -> bool:
        streams = {draw.stream for draw in self.program.context.effects.draws.get(api, ())}
        uses = [use for use in self.course.uses if use.kind == "draw" and use.api == api and use.cell in streams]
        return any(INITIAL in use.reach for use in uses)


def _references(value: Value) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    parts: Iterable[Value] = ()
    if isinstance(value, Derived):
        parts = value.sources
    elif isinstance(value, Either):
        parts = value.options
    elif isinstance(value, Items):
        parts = value.items
    for part in parts:
        yield from _references(part)


def _place(item: Definition) -> tuple[object, str]:
    return (item.place, item.api)


def _in_test(use: Use) -> bool:
    """Whether a draw happens in a check that the program runs on itself."""
    names = [hop.name.rpartition(".")[2] for hop in use.chain]
    return any(name.startswith("test_") or name.endswith("_test") for name in names)


def fixed(definition: Definition, program: Program) -> bool:
    return definition.certain and program.context.quality(
        definition.value, definition.none, definition.place.filename
    ) not in ("random", "mixed")


def not_fixed(use: Use, program: Program) -> bool:
    return any(item is INITIAL or (item.certain and not fixed(item, program)) for item in use.reach)


def surely_open(use: Use, program: Program) -> bool:
    return all(item is INITIAL or (item.certain and not fixed(item, program)) for item in use.reach)


def trains(course: Course) -> bool:
    """Whether an entry trains anything: it calls what only a training calls."""
    return any(use.kind == "training" for use in course.uses)
