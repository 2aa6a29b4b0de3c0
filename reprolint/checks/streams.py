"""Which streams of an entry are drawn from in a state that differs between runs, and why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from reprolint.core.place import Place
from reprolint.core.value import Const, Derived, Ref, Value, options, references
from reprolint.program.context import Context
from reprolint.program.entries import Course
from reprolint.program.graph import looped
from reprolint.program.link import Program
from reprolint.program.state import INITIAL, START, Definition, Hop, Use
from reprolint.program.summary import BOTTOM

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
    return tuple(item for stream in sorted(program.context.effects.streams) if (item := judge.stream(stream, rule)))


@dataclass(frozen=True)
class Judge:
    """Judges the streams of one entry."""

    course: Course
    program: Program

    @property
    def context(self) -> Context:
        """The program as the entry sees it."""
        return self.program.context

    @cached_property
    def seed_draws(self) -> frozenset[tuple[str, str]]:
        """The draws that only make a seed, by API and file: what they lead to has the finding."""
        seedings = [item for item in self.course.sets if item.cell in self.context.effects.streams]
        return frozenset(found for item in seedings for found in self._drawn(item.value, item.place.filename))

    def stream(self, stream: str, rule: str) -> Exposure | None:
        """What is wrong with one stream; None when nothing is."""
        course = self.course
        draws = [use for use in course.uses if use.cell == stream and use.kind == "draw" and use.subject == rule]
        bad = [use for use in draws if self.not_fixed(use) and not _in_test(use, course)]
        rest = [use for use in bad if (use.api, use.place.filename) not in self.seed_draws]
        bad = bad if rest and rest[0].reach == START else rest
        if not trains(course):  # weights are loaded over what was drawn for them, and nobody augments
            bad = [use for use in bad if not use.builds and not use.loaded]
        if not bad:
            return None
        certain = [use for use in bad if self.surely_open(use)]
        chosen = tuple(certain or bad)
        total = sum(n for key, n in course.counts.items() if key.startswith(f"{stream}/exposed/{rule}/"))
        cause, settings = self._cause(stream, chosen, certain=bool(certain))
        return Exposure(stream, chosen, max(total, len(chosen)), cause, settings)

    def _cause(self, stream: str, uses: tuple[Use, ...], *, certain: bool) -> tuple[Cause, tuple[Definition, ...]]:
        late = tuple(
            item for use, item in self.course.late
            if use.cell == stream and self.fixed(item) and not self.comes_again(item)
        )  # fmt: skip
        afterwards = {item.place for item in late}
        if (
            late
            and uses[0].makes != "seed"
            and all(item is INITIAL or item.place in afterwards for item in uses[0].reach)
        ):
            return "late", late  # the first time it is reached, nothing has seeded it yet
        reaching = tuple(sorted({item for use in uses for item in use.reach if item is not INITIAL}, key=_place))
        random = tuple(
            item for item in reaching
            if item in uses[0].reach and item.certain and self.quality(item) in ("random", "mixed")
        )  # fmt: skip
        disabled = tuple(
            item for item in sorted(self.course.disabled, key=_place)
            if item.cell == stream and _together(item, uses[0])
        )  # fmt: skip
        never = tuple(item for item in random if self.is_switched_off(item))
        if certain and (never or disabled):
            return "disabled", (never or tuple(item for item in disabled if self.fixed(item)) or disabled)
        drawn = tuple(item for item in random if certain or self.randomness(item))
        if drawn:
            return "entropy", drawn
        if not certain:
            return "maybe", reaching
        covering = [item for item in uses[0].others if item.cell != stream and self.fixed(item)]
        helpers = tuple(item for item in covering if self.helper(item, uses[0]))
        return ("uncovered", helpers) if helpers else ("unseeded", reaching)

    def comes_again(self, definition: Definition) -> bool:
        """Whether a seeding stands in a loop, on the way there or itself: that is not meant for what was before."""
        places = {hop.place for hop in definition.chain} | {definition.place}
        return not places.isdisjoint(self._looped)

    @cached_property
    def _looped(self) -> frozenset[Place]:
        """The calls of the entry that stand in a loop."""
        known = (self.program.files[path] for path in self.course.files)
        bodies = ((facts.path, body) for facts in known for body in (facts.body, *(f.body for f in facts.functions)))
        return frozenset(Place(path, call.span) for path, body in bodies for call in looped(body))

    def helper(self, definition: Definition, use: Use) -> str:
        """The seeding helper that a definition comes from; empty for a call that seeds one stream by itself, and for
        a function that has something else to do: it seeds what it needs itself."""
        on_way = {(hop.place, hop.name) for hop in use.chain}
        hops = [hop for hop in definition.chain if (hop.place, hop.name) not in on_way]
        if hops:
            summary = self.context.summaries.get((definition.place.filename, definition.chain[-1].name), BOTTOM)
            busy = any(item.kind in ("draw", "training") for item in (*summary.uses, *summary.deferred))
            return "" if busy else hops[-1].name
        effects = self.context.effects
        streams = [name for item in effects.seedings.get(definition.api, ()) for name in item.streams]
        return definition.api if len({effects.streams[name].needs for name in streams}) > 1 else ""

    def is_switched_off(self, definition: Definition) -> bool:
        """Whether it is a default somewhere that makes a seeding do nothing or start anew."""
        known = self.context.evaluate(definition.value, definition.place.filename)
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
        module, context = definition.place.filename, self.context
        parts = [part for part in options(definition.value) if self._is_possible(part, module)]
        random = [bool(self._sources(part, module)) for part in parts]
        if any(random):
            return "random" if all(random) else "mixed"
        known = {context.quality(part, definition.none, module) for part in parts}
        return known.pop() if len(known) == 1 else "mixed" if "random" in known else "unknown"

    def _is_possible(self, part: Value, module: str) -> bool:
        """Whether an alternative can be meant: not what is None by default where it is known not to be None, unless
        the command line can give it."""
        if not isinstance(part, Derived) or len(part.sources) != 1:
            return True
        source, context = part.sources[0], self.context
        return context.evaluate(source, module) != Const(None) or context.resolver.is_option(source, module)

    def randomness(self, definition: Definition) -> tuple[str, ...]:
        """The clocks and unseeded draws that a seed is computed from."""
        return self._sources(definition.value, definition.place.filename)

    def _sources(self, value: Value, module: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(api for api, _ in self._drawn(value, module)))

    def _drawn(self, value: Value, module: str) -> tuple[tuple[str, str], ...]:
        """The same, each with the file it is called in."""
        context = self.context
        found: dict[tuple[str, str], None] = {}
        known = context.evaluate(value, module) if isinstance(value, Ref) else value
        for ref in (*references(value), *(references(known) if known is not value else ())):
            if "()" not in ref.path:
                continue
            called = ref.path[: ref.path.index("()")]
            for target in context.resolver.follow(called, ref.module or module):
                if target.name in context.effects.clocks or self._draws_unseeded(target.name):
                    found[(target.name, ref.module or module)] = None
        return tuple(found)

    def _draws_unseeded(self, api: str) -> bool:
        streams = {draw.stream for draw in self.context.effects.draws.get(api, ())}
        uses = [use for use in self.course.uses if use.kind == "draw" and use.api == api and use.cell in streams]
        return any(INITIAL in use.reach for use in uses)


def _together(definition: Definition, use: Use) -> bool:
    """Whether a seeding may come before a use: two functions that are handed over run on their own."""
    first, other = _command(definition.chain), _command(use.chain)
    return not first or not other or first == other


def _command(chain: tuple[Hop, ...]) -> tuple[Hop, ...]:
    """The way to a function that was handed over, such as a command of a program; empty for what runs in any case."""
    end = next((number for number, hop in enumerate(chain, 1) if hop.later), 0)
    return chain[:end]


def _place(item: Definition) -> tuple[object, str]:
    return (item.place, item.api)


def _in_test(use: Use, course: Course) -> bool:
    """Whether a draw happens in a check that the program runs on itself; `test` of a training is its evaluation."""
    names = [hop.name.rpartition(".")[2] for hop in use.chain]
    if "test" in names and not trains(course):
        return True
    return any(name.startswith("test_") or name.endswith("_test") for name in names)


def trains(course: Course, near: Use | None = None) -> bool:
    """Whether an entry trains anything: it calls what only a training calls; for commands of one program, whether
    the one does that `near` belongs to."""
    way = _command(near.chain) if near is not None else ()
    return any(use.kind == "training" and (not way or _command(use.chain) in ((), way)) for use in course.uses)
