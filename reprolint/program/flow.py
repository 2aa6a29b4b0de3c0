"""The walk over one body: which definitions reach which uses.

A structural walk over branches, loops and `try` blocks; there is no control-flow graph. Calls into the project are
replaced by the summary of the callee, so every function is walked once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reprolint.facts.record import Assign, Branch, Call, Exit, Import, Isolate, Loop, Step, Test, Try
from reprolint.program.arguments import bind
from reprolint.program.calls import Started
from reprolint.program.follow import Target
from reprolint.program.ledger import Ledger, affected, loading
from reprolint.program.state import INITIAL, START, Definition, Hop, State, Use, join
from reprolint.program.summary import BOTTOM, Collected, Disturbance, Repeat, Seen, Summary, replaced

MOST_SETS = 32
CHILD = "child:"  # before a cell: what it is in processes that a pool prepares


class Walk(Ledger):
    """Walks one body. `importer` runs the modules an entry imports; it is None inside functions."""

    def body(self, steps: tuple[Step, ...]) -> Summary:
        """Walk a whole function body and summarise it."""
        end = join([self.run(steps, State()), *self.returned])
        if end is not None:
            self.settle(end)
            if self.step_method:
                self.repeated(dict.fromkeys(self.sets), tuple(self.collected.uses.values()), end, "call")
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
        for step in steps:
            if state is None:
                return None
            state = self.step(step, state)
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
            self.shadow(step.orelse if decided else step.body, step.test, state)
            return self.run(step.body if decided else step.orelse, state)
        known = len(self.collected.uses)
        yes = self.run(step.body, _assume(state, step.test, True))
        if self.loops and "%" in step.test.text:
            self.sometimes += [(use, step.test) for use in tuple(self.collected.uses.values())[known:]]
        no = self.run(step.orelse, _assume(state, step.test, False))
        result = join([yes, no])
        if result is not None and yes is not None and no is not None and step.test.text:
            for cell in result.cells:
                if INITIAL in no.at(cell) and INITIAL not in yes.at(cell):
                    result.tests[cell] = step.test
                elif INITIAL in yes.at(cell) and INITIAL not in no.at(cell):
                    result.tests[cell] = replace(step.test, negated=not step.test.negated)
        return result

    def loop(self, step: Loop, state: State) -> State | None:
        outer, self.broken = self.broken, []
        sets, known, sometimes = dict(self.sets), len(self.collected.uses), len(self.sometimes)
        self.loops += 1
        after = self.run(step.body, state.copy())
        self.loops -= 1
        states = [after, *self.broken]
        self.broken = outer
        end = join(states)
        uses = tuple(self.collected.uses.values())[known:]
        if end is not None and any(use.kind == "training" for use in uses):
            self.repeated({item: None for item in self.sets if item not in sets}, uses, end, "iteration")
            self.disturb(self.sometimes[sometimes:], uses)
        if not step.runs:
            end = join([*states, state])
        return self.run(step.orelse, end)

    def repeated(self, sets: Mapping[Definition, None], uses: tuple[Use, ...], end: State, unit: str) -> None:
        """Note seedings that come again and again, when the stream is drawn from as often."""
        for definition in sets:
            draw = next((use for use in uses if use.cell == definition.cell and use.kind == "draw"), None)
            builds = any(use.hidden and use.api.rpartition(".")[2][:1].isupper() for use in uses)
            if draw is not None and definition in end.at(definition.cell) and not builds:
                self.repeats.setdefault((definition.cell, definition.place), Repeat(definition, draw, unit))

    def disturb(self, sometimes: Sequence[tuple[Use, Test]], uses: tuple[Use, ...]) -> None:
        """Note draws that happen now and then, from streams that the loop draws from in any case."""
        places = {(use.cell, use.place) for use, _ in sometimes}
        streams = {use.cell for use in uses if use.kind == "draw" and (use.cell, use.place) not in places}
        for use, test in sometimes:
            if use.kind == "draw" and use.cell in streams:
                inner = use.chain[len(self.chain) :]
                site = inner[0].place if inner else use.place
                self.disturbed.setdefault((use.cell, site), Disturbance(use, test, site))

    def shadow(self, dead: tuple[Step, ...], test: Test, state: State) -> None:
        """Note the seedings in code that a condition keeps from running."""
        if dead:
            ghost = Walk(self.context, self.module, main=self.main, chain=self.chain)
            ghost.run(dead, state.copy())
            for item in ghost.sets:
                if item.cell in self.context.effects.streams:
                    self.disabled.setdefault((item.cell, item.place), replace(item, test=test))

    def attempt(self, step: Try, state: State) -> State | None:
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
        return self.run(step.final, join(ends))

    def isolate(self, step: Isolate, state: State) -> State | None:
        after = self.run(step.body, state.copy())
        if after is not None:
            streams = {name for entry in self.context.effects.restores.get(step.context, ()) for name in entry.streams}
            for stream in sorted(streams):
                after.cells[stream] = state.at(stream)
        return after

    def load(self, step: Import, state: State) -> State | None:
        self.load_library({step.module.partition(".")[0]}, step.span, state)
        return self.importer(step, self, state) if self.importer is not None else state

    def assign(self, step: Assign, state: State) -> State:
        switch = self.context.effects.attributes.get(step.target)
        if switch is not None:
            self.define(Definition(f"switch:{switch.name}", step.value, self.place(step.span), step.target), state)
        return state

    # Calls

    def call(self, step: Call, state: State) -> State | None:
        path = getattr(step.callee, "path", "")
        if path.startswith("?."):
            self.met(self.seen("training", "training", path[2:], step, state), state)
            return state
        found = self.context.callees(step, self.module)
        for target in found.later:
            self.defer(step, target)
        for item in found.started:
            self.start(item, state)
        states: list[State | None] = []
        for target in found.now:
            if self.context.resolver.functions[(target.module, target.name)].is_generator:
                self.defer(step, target)  # its body runs when it is iterated
                states.append(state.copy())
            else:
                states.append(self.enter(step, target, state.copy()))
        for target in (*found.external, *found.objects):
            after = state.copy()
            self.effect(step, target, after)
            states.append(after)
        if not states:
            self.unknown(step, "", state)
            return state
        return join(states)

    def start(self, item: Started, state: State) -> None:
        """Run a function within a library's call, in this process or in one of its own."""
        begin = state.copy()
        if item.start == "spawn":
            kept = {cell: reach for cell, reach in state.cells.items() if cell.startswith("variable:")}
            begin = State(kept)
        elif item.start == "fork":
            prepared = {cell: reach for cell, reach in state.cells.items() if cell.startswith(CHILD)}
            begin.cells.update({cell.removeprefix(CHILD): reach for cell, reach in prepared.items()})
        outer, self.deferred = self.deferred, Collected()
        after = self.enter(item.call, item.target, begin, fresh=item.start == "spawn")
        put_off, self.deferred = self.deferred, outer
        if after is None:
            return
        for use in put_off.uses.values():  # whatever the process does later, it does with its own state
            reach = replaced(use.reach, after.at(use.cell))
            self.deferred.add(replace(use, reach=reach, fresh=use.fresh or item.start == "spawn", settled=True))
        if item.start == "":
            state.cells, state.tests, state.seen = after.cells, after.tests, after.seen
        elif item.start == "initializer":
            changed = {cell: reach for cell, reach in after.cells.items() if reach != state.at(cell)}
            state.cells.update({CHILD + cell: reach for cell, reach in changed.items()})

    def enter(self, step: Call, target: Target, state: State, *, fresh: bool = False) -> State | None:
        """Apply the summary of a project function."""
        function = self.context.resolver.functions[(target.module, target.name)]
        summary = self.context.summaries.get((target.module, target.name), BOTTOM)
        self.entered.add((target.module, target.name))
        hop = Hop(self.place(step.span), step.statement, target.name, fresh)
        seen = Seen(hop, bind(function, target.module, step, self.module), target.module)
        before = dict(state.seen)
        for use in summary.uses:
            if use.gradient and step.quiet:
                continue
            outer = self.decided(seen.use(use))
            reach = outer.reach if use.fresh else replaced(outer.reach, state.at(use.cell))
            now = replace(outer, reach=reach, chain=(*self.chain, *outer.chain), fresh=use.fresh or fresh)
            self.met(now, state)
        for definition in summary.sets:
            self.sets[seen.definition(definition)] = None
            for cell in affected(definition.cell):
                if cell in before:
                    self.lateness(before[cell], seen.definition(definition))
        self.remember(summary, seen)
        for use, definition in summary.late:
            if INITIAL in state.at(use.cell):
                inner = seen.use(use)
                self.lateness(replace(inner, chain=(*self.chain, *inner.chain)), seen.definition(definition))
        self.deferred.extend(self.extended(seen.use(use)) for use in summary.deferred)
        return self.leave_call(summary, seen, state)

    def remember(self, summary: Summary, seen: Seen) -> None:
        """Take over what a callee found to be disabled, undone, repeated or disturbed."""
        for definition in summary.disabled:
            self.disabled.setdefault((definition.cell, definition.place), seen.definition(definition))
        for old, new in summary.undone:
            self.undone.setdefault((new.cell, new.place), (seen.definition(old), seen.definition(new)))
        for item in summary.repeats:
            again = replace(item, definition=seen.definition(item.definition), use=self.extended(seen.use(item.use)))
            self.repeats.setdefault((item.definition.cell, item.definition.place), again)
        for note in summary.disturbed:
            self.disturbed.setdefault((note.use.cell, note.site), replace(note, use=self.extended(seen.use(note.use))))

    def extended(self, use: Use) -> Use:
        """A use with the way to this body in front."""
        return replace(use, chain=(*self.chain, *use.chain)) if self.chain else use

    def decided(self, use: Use) -> Use:
        """A use whose condition the caller knows: reached by what was set under it, or by the initial state alone."""
        verdict = self.context.decide(use.test, self.module) if use.test is not None else None
        if verdict is None or not use.exposed:
            return use
        return replace(use, reach=use.reach - START if verdict else START, test=None)

    def leave_call(self, summary: Summary, seen: Seen, state: State) -> State | None:
        """The state after a call of a project function."""
        if summary.out is None:
            return None
        for cell, reach in summary.out.items():
            inner = frozenset(item if item is INITIAL else seen.definition(item) for item in reach)
            for item in inner if INITIAL not in inner else ():
                self.replaces(state.at(cell), item)
            test = summary.tests.get(cell)
            if test is not None and INITIAL in inner:
                outer = seen.test(test)
                decided = self.context.decide(outer, self.module)
                if decided is True:
                    inner = inner - START
                elif decided is False:
                    for item in inner - START if cell in self.context.effects.streams else ():
                        self.disabled.setdefault((cell, item.place), replace(item, test=outer))
                    inner = START
                elif state.at(cell) == START and outer.text:
                    state.tests[cell] = outer
            state.cells[cell] = replaced(inner, state.at(cell))
        return state

    def loader(self, step: Call, target: Target) -> str:
        """By what a loader is known to run a function later; empty when no loader does."""
        resolver, owner = self.context.resolver, target.receiver
        if owner is not None:
            name = target.name.rpartition(".")[2]
            bases = [resolver.bases.get(item.name) for item in resolver.linear(owner) if item.kind == "external"]
            loaded = any(base is not None and name in base.loaded for base in bases)
            return f"{owner.module}/{owner.name}" if loaded else ""
        external = self.context.callees(step, self.module).external
        return loading(step, self.module) if any(item.name in self.context.effects.loaders for item in external) else ""

    def defer(self, step: Call, target: Target) -> None:
        """Keep the uses of a function that runs some time after this call."""
        summary = self.context.summaries.get((target.module, target.name), BOTTOM)
        self.entered.add((target.module, target.name))
        hop = Hop(self.place(step.span), step.statement, target.name)
        seen = Seen(hop, {}, target.module)
        self.remember(summary, seen)
        for use in (*summary.uses, *summary.deferred):
            if use.exposed and not (use.gradient and step.quiet):
                outer = self.decided(seen.use(use))
                chain = (*self.chain, *outer.chain)
                self.deferred.add(replace(outer, chain=chain, loaded=use.loaded or self.loader(step, target)))

    # Bookkeeping


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
