"""The walk over one body: which definitions reach which uses.

A structural walk over branches, loops and `try` blocks; there is no control-flow graph. Calls into the project are
replaced by the summary of the callee, so every function is walked once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reprolint.core.value import OPAQUE, paths
from reprolint.facts.record import Assign, Branch, Call, Exit, Import, Isolate, Loop, Step, Test, Try
from reprolint.program.enter import Entering
from reprolint.program.state import DRAWING, INITIAL, START, Definition, State, Use, join
from reprolint.program.summary import Disturbance, Repeat, Summary

MOST_SETS = 32


class Walk(Entering):
    """Walks one body. `importer` runs the modules an entry imports; it is None inside functions."""

    def body(self, steps: tuple[Step, ...]) -> Summary:
        """Walk a whole function body and summarise it."""
        last = self.run(steps, State())
        end = join([last, *self.returned])
        if end is not None:
            if last is not None and last.survived is not None:
                open_cells = [cell for cell in end.cells if INITIAL in end.at(cell) and INITIAL not in last.at(cell)]
                end.tests = {**dict.fromkeys(open_cells, last.survived), **end.tests}
            self.settle(end)
            if self.step_method:
                self.repeated(self.events, self.happened, end, "call")
        return Summary(
            out=None if end is None else end.cells,
            tests={} if end is None else end.tests,
            uses=tuple(self.collected.uses.values()),
            counts=self.collected.counts,
            sets=tuple(self.sets)[:MOST_SETS],
            late=tuple(self.late.values()),
            deferred=tuple(self.deferred.uses.values()),
            disabled=tuple(self.disabled.values()),
            undone=tuple(self.undone.values()),
            repeats=tuple(self.repeats.values()),
            disturbed=tuple(self.disturbed.values()),
        )

    def settle(self, end: State) -> None:
        """Judge what runs later by the state at the end, where that does not depend on the caller."""
        for key, use in list(self.deferred.uses.items()):
            if INITIAL not in end.at(use.cell) and not use.loaded and not use.settled:
                del self.deferred.uses[key]
                self.collected.add(replace(use, reach=end.at(use.cell)))

    def run(self, steps: tuple[Step, ...], state: State | None) -> State | None:
        """Walk steps in order from a state; None once no path goes on."""
        for number, step in enumerate(steps):
            if state is None:
                return None
            before, state = state, self.step(step, state)
            left = state.survived if state is not None and isinstance(step, Branch) else None
            if left is not None and left.text == step.test.text and self.is_mode(left):  # type: ignore[union-attr]
                start, known = len(self.happened), self.marks()[0]
                state = self.run(steps[number + 1 :], state)
                self.hang(start, known)
                return state
            if state is not None:
                self.cut = None
            elif self.cut is not None:  # what follows would run, were it not for a default
                self.shadow(steps[number + 1 :], self.cut, before)
        return state

    def step(self, step: Step, state: State) -> State | None:
        if isinstance(step, Call):
            return self.call(step, state)
        if isinstance(step, Branch):
            return self.branch(step, state)
        if isinstance(step, Loop):
            return self.loop(step, state)
        if isinstance(step, Try):
            return self.attempt(step, state)
        if isinstance(step, Import):
            return self.load(step, state)
        if isinstance(step, Isolate):
            return self.isolate(step, state)
        if isinstance(step, Assign):
            return self.assign(step, state)
        self.leave(step, state)
        return None

    # Control flow

    def leave(self, step: Exit, state: State) -> None:
        if step.kind == "return":
            self.returned.append(state)
        elif step.kind in ("break", "continue"):
            self.broken.append(state)

    def branch(self, step: Branch, state: State) -> State | None:
        if step.test.kind == "main":
            taken = step.body if self.main is not step.test.negated else step.orelse
            return self.run(taken, state)
        decided = self.context.decide(step.test, self.module)
        if decided is not None:
            taken, other = (step.body, step.orelse) if decided else (step.orelse, step.body)
            if taken and taken[-1] == Exit("raise"):  # nobody runs it like that: the option is a required one
                return self.run(other, state)
            self.shadow(other, step.test, state)
            after = self.run(taken, state)
            self.cut = step.test if after is None else None
            return after
        known, start = self.marks(), len(self.happened)
        yes = self.run(step.body, _assume(state, step.test, True))
        if step.test.interval:
            self.sometimes.append((start, len(self.happened), step))
        between = self.marks()
        no = self.run(step.orelse, _assume(state, step.test, False))
        self.guard(step.test, known, between)
        if self.is_mode(step.test):
            self.hang(start, known[0])
        result = join([yes, no])
        if result is not None and step.test.text and (yes is None or no is None):
            result.survived = step.test if no is None else replace(step.test, negated=not step.test.negated)
        if result is not None and yes is not None and no is not None and step.test.text:
            for cell in result.cells:
                if INITIAL in no.at(cell) and INITIAL not in yes.at(cell):
                    result.tests[cell] = step.test
                elif INITIAL in yes.at(cell) and INITIAL not in no.at(cell):
                    result.tests[cell] = replace(step.test, negated=not step.test.negated)
        return result

    def marks(self) -> tuple[int, int]:
        """How many uses were met, and how many put off."""
        return len(self.collected.uses), len(self.deferred.uses)

    def is_mode(self, test: Test) -> bool:
        """Whether a condition tells, by a name in it, whether the code trains."""
        return self.context.vocabulary.means(test.text, "mode")

    def hang(self, happened: int, collected: int) -> None:
        """Note at draws that a condition around them tells whether the code trains."""
        self.happened[happened:] = [replace(use, modal=True) for use in self.happened[happened:]]
        for key, use in list(self.collected.uses.items())[collected:]:
            self.collected.uses[key] = replace(use, modal=True)

    def guard(self, test: Test, starts: tuple[int, int], middles: tuple[int, int]) -> None:
        """Note at the uses of the two arms of a branch on which condition on parameters they hang."""
        if not any("@" in ref.path for part in (test, *test.parts) for ref in paths(part.value or OPAQUE)):
            return
        for met, start, middle in zip((self.collected, self.deferred), starts, middles, strict=True):
            for number, (key, use) in enumerate(list(met.uses.items())[start:], start):
                if use.guard is None and (met is self.collected or use.kind == "operation"):
                    met.uses[key] = replace(use, guard=(test, number < middle))

    def loop(self, step: Loop, state: State) -> State | None:
        outer, self.broken = self.broken, []
        start, first, sometimes = len(self.events), len(self.happened), len(self.sometimes)
        told = len(self.disturbed)
        after = self.run(step.body, state.copy())
        states = [after, *self.broken]
        self.broken = outer
        end = join(states)
        uses = self.happened[first:]
        if end is not None and any(use.kind == "training" for use in uses):
            self.repeated(self.events[start:], uses, end, "iteration")
            self.disturb(self.sometimes[sometimes:], first)
            fresh = frozenset() if builds(uses) else frozenset(self.events[start:])
            for key in list(self.disturbed)[told:]:
                if end.at(key[0]) <= fresh:  # seeded anew in each iteration
                    del self.disturbed[key]
        if not step.runs and not self.fills(step):
            end = join([*states, state])
        return self.run(step.orelse, end)

    def fills(self, step: Loop) -> bool:
        """Whether a loop surely runs: what it goes through is a display with something in it."""
        targets = self.context.resolver.targets(step.over, self.module) if step.over is not None else ()
        return bool(targets) and all(item.display is not None and item.display.items for item in targets)

    def repeated(self, sets: Sequence[Definition], uses: Sequence[Use], end: State, unit: str) -> None:
        """Note seedings that come again and again, when the stream is drawn from as often."""
        for definition in sets:
            draw = next((use for use in uses if use.cell == definition.cell and use.kind == "draw"), None)
            always = unit == "call" or end.at(definition.cell) == {definition}
            if draw is not None and always and definition in end.at(definition.cell) and not builds(uses):
                self.repeats.setdefault((definition.cell, definition.place), Repeat(definition, draw, unit))

    def disturb(self, sometimes: Sequence[tuple[int, int, Branch]], first: int) -> None:
        """Note draws that happen now and then, from streams that the training of the loop draws from in any case."""
        trains = [number for number, use in enumerate(self.happened) if use.kind == "training"]
        looking = [item for item in sometimes if not any(item[0] <= number < item[1] for number in trains)]
        aside = {number for start, end, _ in looking for number in range(start, end)}
        always = [use for number, use in enumerate(self.happened) if number >= first and number not in aside]
        own = {
            use.cell: use for kind in ("iteration", "draw") for use in always
            if use.kind == kind and not use.isolated and not self.evaluates(use)
        }  # fmt: skip
        for start, end, branch in looking:
            for use in self.happened[start:end]:
                if use.kind in DRAWING and use.cell in own and not use.isolated and not use.modal:
                    inner = use.chain[len(self.chain) :]
                    site = inner[0].place if inner else use.place
                    note = Disturbance(use, branch.test, site, own[use.cell], self.place(branch.span))
                    self.disturbed.setdefault((use.cell, site), note)

    def evaluates(self, use: Use) -> bool:
        """Whether a draw happens in a function that is named after an evaluation."""
        hops = use.chain[len(self.chain) :]
        return any(self.context.vocabulary.means(hop.name.rpartition(".")[2], "evaluation") for hop in hops)

    def shadow(self, dead: tuple[Step, ...], test: Test, state: State) -> None:
        """Note the seedings in code that a condition keeps from running."""
        if dead:
            ghost = Walk(self.context, self.module, main=self.main, chain=self.chain)
            ghost.run(dead, state.copy())
            for item in ghost.sets:
                if item.cell in self.context.effects.streams:
                    self.disabled.setdefault((item.cell, item.place), replace(item, test=test))

    def attempt(self, step: Try, state: State) -> State | None:
        returned = len(self.returned)
        inside: list[State | None] = [state.copy()]
        current: State | None = state.copy()
        for inner in step.body:
            if current is None:
                break
            current = self.step(inner, current)
            inside.append(current.copy() if current is not None else None)
        start = join(inside)
        ends = [self.run(step.orelse, current)]
        for handler in step.handlers:
            ends.append(self.run(handler, start.copy() if start is not None else None))
        for number, left in enumerate(self.returned[returned:], returned):
            self.returned[number] = self.run(step.final, left)
        return self.run(step.final, join(ends))

    def isolate(self, step: Isolate, state: State) -> State | None:
        returned, broken = len(self.returned), len(self.broken)
        first, known = len(self.happened), len(self.collected.uses)
        after = self.run(step.body, state.copy())
        entries = self.context.effects.restores.get(step.context, ())
        streams = {name for entry in entries for name in entry.streams}
        switches = {f"switch:{name}" for entry in entries for name in entry.switches}
        self.set_apart(streams, first, known)
        for end in (after, *self.returned[returned:], *self.broken[broken:]):
            if end is not None:
                end.cells.update({cell: state.at(cell) for cell in sorted(streams | switches)})
        return after

    def load(self, step: Import, state: State) -> State | None:
        self.load_library({step.module.partition(".")[0]}, step.span, state)
        return self.importer(step, self, state) if self.importer is not None else state

    def assign(self, step: Assign, state: State) -> State:
        switch = self.context.effects.attributes.get(step.target)
        if switch is not None:
            self.define(Definition(f"switch:{switch.name}", step.value, self.place(step.span), step.target), state)
        return state


def builds(uses: Sequence[Use]) -> bool:
    """Whether a layer is built somewhere, as an experiment that is made again with another seed does."""
    return any(use.hidden and use.api.rpartition(".")[2][:1].isupper() for use in uses)


def _assume(state: State, test: Test, holds: bool) -> State:
    """The state in one arm of a branch: what was set under the same condition is surely set here, or surely not."""
    result = state.copy()
    if not test.text:
        return result
    for cell, known in state.tests.items():
        if (known.kind, known.text) == (test.kind, test.text) and known.value == test.value:
            same = (known.negated == test.negated) is holds
            result.cells[cell] = state.at(cell) - START if same else START
            result.tests.pop(cell, None)
    return result
