"""The walk over one body: which definitions reach which uses.

A structural walk over branches, loops and `try` blocks; there is no control-flow graph. Calls into the project are
replaced by the summary of the callee, so every function is walked once.
"""

from __future__ import annotations

from dataclasses import replace

from reprolint.core.value import OPAQUE
from reprolint.facts.record import Assign, Branch, Call, Exit, Import, Isolate, Loop, Step, Test, Try
from reprolint.program.arguments import bind
from reprolint.program.follow import Target
from reprolint.program.ledger import Ledger
from reprolint.program.state import INITIAL, START, Definition, Hop, State, Use, join
from reprolint.program.summary import BOTTOM, Seen, Summary, replaced

MOST_SETS = 32


class Walk(Ledger):
    """Walks one body. `importer` runs the modules an entry imports; it is None inside functions."""

    def body(self, steps: tuple[Step, ...]) -> Summary:
        """Walk a whole function body and summarise it."""
        end = join([self.run(steps, State()), *self.returned])
        if end is not None:
            self.settle(end)
        return Summary(
            out=None if end is None else end.cells,
            tests={} if end is None else end.tests,
            uses=tuple(self.collected.uses.values()),
            counts=self.collected.counts,
            sets=tuple(self.sets)[:MOST_SETS],
            late=tuple(self.late.values()),
            deferred=tuple(self.deferred.uses.values()),
        )

    def settle(self, end: State) -> None:
        """Judge what runs later by the state at the end, where that does not depend on the caller."""
        for key, use in list(self.deferred.uses.items()):
            if INITIAL not in end.at(use.cell):
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
            return self.run(step.body if decided else step.orelse, state)
        yes = self.run(step.body, _assume(state, step.test, True))
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
        after = self.run(step.body, state.copy())
        states = [after, *self.broken]
        self.broken = outer
        if not step.runs:
            states.append(state)
        return self.run(step.orelse, join(states))

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

    def enter(self, step: Call, target: Target, state: State) -> State | None:
        """Apply the summary of a project function."""
        function = self.context.resolver.functions[(target.module, target.name)]
        summary = self.context.summaries.get((target.module, target.name), BOTTOM)
        hop = Hop(self.place(step.span), step.statement, target.name)
        seen = Seen(hop, bind(function, step, self.module), target.module)
        before = dict(state.seen)
        for use in summary.uses:
            if use.gradient and step.quiet:
                continue
            outer = self.decided(seen.use(use))
            reach = replaced(outer.reach, state.at(use.cell))
            self.met(replace(outer, reach=reach, chain=(*self.chain, *outer.chain)), state)
        for definition in summary.sets:
            self.sets[seen.definition(definition)] = None
            for cell in (definition.cell, definition.cell.replace("variable:", "opened:")):
                if cell in before:
                    self.lateness(before[cell], seen.definition(definition))
        for use, definition in summary.late:
            if INITIAL in state.at(use.cell):
                inner = seen.use(use)
                self.lateness(replace(inner, chain=(*self.chain, *inner.chain)), seen.definition(definition))
        self.deferred.extend(seen.use(use) for use in summary.deferred)
        return self.leave_call(summary, seen, state)

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
            test = summary.tests.get(cell)
            if test is not None and INITIAL in inner:
                outer = seen.test(test)
                decided = self.context.decide(outer, self.module)
                if decided is True:
                    inner = inner - START
                elif decided is False:
                    inner = START
                elif state.at(cell) == START and outer.text:
                    state.tests[cell] = outer
            state.cells[cell] = replaced(inner, state.at(cell))
        return state

    def defer(self, step: Call, target: Target) -> None:
        """Keep the uses of a function that runs some time after this call."""
        function = self.context.resolver.functions[(target.module, target.name)]
        summary = self.context.summaries.get((target.module, target.name), BOTTOM)
        hop = Hop(self.place(step.span), step.statement, target.name)
        seen = Seen(hop, {item.name: OPAQUE for item in function.parameters}, target.module)
        for use in (*summary.uses, *summary.deferred):
            if use.exposed and not (use.gradient and step.quiet):
                outer = self.decided(seen.use(use))
                self.deferred.add(replace(outer, chain=(*self.chain, *outer.chain)))

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
