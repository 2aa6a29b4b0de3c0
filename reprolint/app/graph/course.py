"""One entry told as plain values."""

from __future__ import annotations

from collections.abc import Sequence

from reprolint.app.graph.missed import Misses
from reprolint.app.graph.route import Loads, Routes, Way, position, running
from reprolint.app.graph.words import condition, seed, words
from reprolint.checks.streams import Judge, exposures, trains
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import INITIAL, Definition, Use
from reprolint.report.graph import model

RULES = ("unseeded-stream", "missing-random-state")
CAUSES = {
    "unseeded": "unseeded-stream", "maybe": "maybe-unseeded-stream", "late": "late-seeding",
    "disabled": "seed-disabled", "entropy": "entropy-seed", "uncovered": "seed-not-covering",
}  # fmt: skip


class Teller:
    """Tells the entries of one program; `streams` are those asked for, empty for all streams and switches."""

    def __init__(self, program: Program, streams: frozenset[str]) -> None:
        self.program, self.streams = program, streams
        self.loads, self.misses = Loads(program), Misses(program)

    def course(self, course: Course) -> model.Course:
        """What one entry does."""
        known = self.program.context.effects
        routes = Routes(self.program, course.entry, self.loads)
        ways = [routes.way(use) for use in course.uses]
        story = _Story(self.program, course, routes, ways, running(ways, routes), self.misses)
        streams = [story.stream(name) for name in sorted(known.streams) if not self.streams or name in self.streams]
        cells = () if self.streams else (*(f"switch:{name}" for name in sorted(known.switches)),
                                         *(f"variable:{name}" for name in sorted(known.variables)))  # fmt: skip
        switches = [story.switch(cell) for cell in cells]
        return model.Course(
            course.entry.path, course.entry.function, course.entry.kind, trains(course), course.files,
            tuple(item for item in streams if item is not None), tuple(item for item in switches if item is not None),
        )  # fmt: skip


class _Story:
    """The uses of one course with the ways to them."""

    def __init__(
        self, program: Program, course: Course, routes: Routes, ways: Sequence[Way], later: Sequence[bool],
        misses: Misses,
    ) -> None:  # fmt: skip
        self.program, self.course, self.routes, self.ways, self.later = program, course, routes, ways, later
        self.misses, self.judge = misses, Judge(course, program)

    def stream(self, name: str) -> model.Stream | None:
        """One stream; None when the entry leaves it alone."""
        draws = [number for number, use in enumerate(self.course.uses) if use.cell == name and use.kind == "draw"]
        uses = [self.course.uses[number] for number in draws]
        found = self._definitions(name, uses)
        origin = next((use.subject for use in self.course.uses if use.cell == name and use.kind == "carried"), "")
        if not uses and not origin and not any(item.certain for item in found):
            return None
        order = {item: number for number, item in enumerate(found)}
        placed: list[tuple[float, int, model.Seeding | model.Draw]] = []
        for item, number in order.items():
            way = self.routes.way(item)
            placed.append((position(way, self.ways, self.later, self.routes) - 0.5, number, self._seeding(item, way)))
        placed += [(number, 0, self._draw(number, order)) for number in draws]
        placed.sort(key=lambda item: item[:2])
        events = tuple(event for _, _, event in placed)
        verdict, rules = self._verdict(uses), self._rules(name)
        reason, silent = self._reason(verdict, uses, found), self._silent(verdict, rules, uses)
        if not uses and origin:
            verdict = self._verdict([use for use in self.course.uses if use.cell == origin and use.kind == "draw"])
            reason = f"in workers of a loader, whose seeds come from `{origin}`"
            silent = "" if verdict in ("seeded", "unused") else f"`{origin}` is reported in its place"
        counted = sum(count for key, count in self.course.counts.items() if key.startswith(f"{name}/"))
        run = frozenset(item.place for item in found)
        missed = () if verdict in ("seeded", "unused") else self.misses.of(self.course, name, run)
        return model.Stream(
            name, self.program.context.effects.streams[name].title, verdict, reason, rules, silent,
            max(counted, len(uses)), events, missed,
        )  # fmt: skip

    def _definitions(self, cell: str, uses: Sequence[Use]) -> list[Definition]:
        """Every definition of a cell, those only suspected among them, in the order in which they come."""
        known = {item for item in self.course.sets if item.cell == cell}
        known |= {item for use in uses for item in use.reach if item is not INITIAL}
        known |= {item for item in self.course.reach(cell) if item is not INITIAL}
        where = {item: self.routes.way(item) for item in known}
        return sorted(
            known,
            key=lambda item: (position(where[item], self.ways, self.later, self.routes), self.routes.key(where[item]),
                              item.api, repr(item.value)),
        )  # fmt: skip

    def _seeding(self, item: Definition, way: Way) -> model.Seeding:
        quality = self.judge.quality(item) if item.certain else "unknown"
        value = seed(item, self.program, quality) if item.certain else ""
        frames = self.routes.frames(way)
        return model.Seeding(item.api, frames, value, quality, item.certain, self._late(item))

    def _late(self, item: Definition) -> bool:
        return any(use.cell == item.cell and (late.place, late.chain) == (item.place, item.chain)
                   for use, late in self.course.late)  # fmt: skip

    def _draw(self, number: int, order: dict[Definition, int]) -> model.Draw:
        use = self.course.uses[number]
        reached = tuple(sorted(order[item] for item in use.reach if item is not INITIAL))
        known = self.program.context.effects.draws.get(use.api, ())
        later = self.later[number] or any(item.later and item.stream == use.cell for item in known)
        frames = self.routes.frames(self.ways[number])
        return model.Draw(use.api, frames, use.hidden, later, self._state(use), reached, use.exposed)

    def _state(self, use: Use) -> model.Verdict:
        if not self.judge.not_fixed(use):
            return "seeded"
        if self.judge.surely_open(use):
            return "unseeded" if use.exposed else "entropy"
        return "maybe"

    def _verdict(self, uses: Sequence[Use]) -> model.Verdict:
        states = {self._state(use) for use in uses}
        ranked: tuple[model.Verdict, ...] = ("unseeded", "entropy", "maybe", "seeded")
        return next((state for state in ranked if state in states), "unused")

    def _reason(self, verdict: model.Verdict, uses: Sequence[Use], found: Sequence[Definition]) -> str:
        if verdict == "unseeded":
            if any(self._late(item) and self.judge.fixed(item) for item in found):
                return "seeded too late"
            return "drawn from where no seed reaches" if any(item.certain for item in found) else ""
        if verdict == "entropy":
            return "seeded with a value that differs in every run"
        return self._condition(next(use for use in uses if self._state(use) == "maybe")) if verdict == "maybe" else ""

    def _condition(self, use: Use) -> str:
        """Under which condition a draw is seeded; in the order of certainty of the rule that reports it."""
        known = [item for item in use.reach if item is not INITIAL]
        doubtful = sorted({item.api for item in known if not item.certain})
        if doubtful and all(not item.certain for item in known):
            return f"only `{doubtful[0]}` may seed it, of which nothing is known"
        tests = [item.test for item in known if item.test is not None and item.test.text]
        tests += [use.test] if use.test is not None and use.test.text else []
        texts = sorted({condition(test) for test in tests})
        if not use.exposed:
            return "on some paths only with a value that differs in every run"
        return f"only if `{texts[0]}`" if texts else "on some paths only"

    def _rules(self, name: str) -> tuple[str, ...]:
        """The rules that report the stream, by the same judgement that they use."""
        found: dict[str, None] = {}
        for rule in RULES:
            for exposure in exposures(self.course, self.program, rule):
                if exposure.stream == name and (rule == RULES[0] or exposure.cause != "maybe"):
                    found[CAUSES[exposure.cause] if rule == RULES[0] else rule] = None
        return tuple(found)

    def _silent(self, verdict: model.Verdict, rules: tuple[str, ...], uses: Sequence[Use]) -> str:
        if rules or verdict in ("seeded", "unused"):
            return ""
        bad = [use for use in uses if self.judge.not_fixed(use)]
        if all(use.builds for use in bad) and not trains(self.course):
            return "only layers are built, and nothing is trained"
        if all(use.subject != RULES[0] for use in bad):
            return "a call that takes a seed of its own is reported only where no seed can reach it"
        names = [hop.name.rpartition(".")[2] for use in bad for hop in use.chain]
        if any(name.startswith("test_") or name.endswith("_test") for name in names):
            return "it happens in a test that the program runs on itself"
        return "the numbers only make a seed, which is reported itself"

    # Switches and variables

    def switch(self, cell: str) -> model.Switch | None:
        """One switch or variable; None when the entry neither sets nor needs it."""
        kind, _, name = cell.partition(":")
        effects = self.program.context.effects
        uses = [use for use in self.course.uses if use.cell == cell]
        found = self._definitions(cell, ())
        if not uses and not found:
            return None
        last = self.course.reach(cell)
        default = repr(effects.switches[name].default) if kind == "switch" else "not set"
        settings = tuple(self._setting(item, item in last) for item in found)
        values = [item.value for item in settings if item.final] + ([default] if INITIAL in last else [])
        title = effects.switches[name].title if kind == "switch" else name
        counted = sum(count for key, count in self.course.counts.items() if key.startswith(f"{cell}/"))
        return model.Switch(
            name, title, "switch" if kind == "switch" else "variable", tuple(dict.fromkeys(values)), default, settings,
            counted if kind == "switch" else 0,
        )  # fmt: skip

    def _setting(self, item: Definition, final: bool) -> model.Setting:
        value = words(item.value, item.place.filename, self.program)
        return model.Setting(item.api, self.routes.frames(self.routes.way(item)), value, final, self._late(item))
