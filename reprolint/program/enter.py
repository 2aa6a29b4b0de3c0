"""What a call does to the state of a walk: the summaries of project functions, and what libraries do."""

from __future__ import annotations

from dataclasses import replace

from reprolint.core.value import Const, Ref
from reprolint.facts.record import NO_DEFAULT, Call
from reprolint.program.arguments import bind
from reprolint.program.calls import Started
from reprolint.program.follow import Target
from reprolint.program.ledger import Ledger, loading
from reprolint.program.loads import ANYWHERE
from reprolint.program.sources import is_parameter
from reprolint.program.state import INITIAL, START, Hop, State, Use, affected, join
from reprolint.program.summary import BOTTOM, Collected, Disturbance, Seen, Summary, replaced

CHILD = "child:"  # before a cell: what it is in processes that a pool prepares


class Entering(Ledger):
    """Applies calls to the state of a walk."""

    def call(self, step: Call, state: State) -> State | None:
        path = getattr(step.callee, "path", "")
        if path.startswith("?.") and path[2:] not in self.context.effects.own_methods:
            self.met(self.seen("training", "training", path[2:], step, state), state)
            return state
        found = self.context.callees(step, self.module)
        for target in found.later:
            self.defer(step, target, handed=target.receiver is None)
        for item in found.started:
            self.start(item, state)
        states: list[State | None] = []
        for target in found.now:
            lazy = self.context.resolver.functions[(target.module, target.name)].is_generator
            if lazy and not step.consumed:
                self.defer(step, target)  # its body runs when it is iterated
                states.append(state.copy())
            else:
                states.append(self.enter(step, target, state.copy()))
        for target in found.external:
            after = state.copy()
            self.effect(step, target, after)
            states.append(after)
        for target in found.objects:
            after = state.copy()
            self.effect(step, Target("external", f"{target.name}.__call__", "", target), after)
            states.append(after)
        if not states:
            presumed = self.context.presumed(step, self.module)
            if presumed is not None:
                self.effect(step, presumed, state)
            else:
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
            if self.excluded(outer) or self.unlikely(use, target.module):
                continue
            reach = outer.reach if use.fresh else replaced(outer.reach, state.at(use.cell))
            chain, modal = (*self.chain, *outer.chain), outer.modal and not self.included(outer)
            now = replace(outer, reach=reach, chain=chain, fresh=use.fresh or fresh, modal=modal)
            self.met(now, state)
        for definition in summary.sets:
            self.sets[seen.definition(definition)] = None
            self.events.append(seen.definition(definition))
            for cell in affected(definition.cell):
                if cell in before:
                    self.lateness(before[cell], seen.definition(definition))
        self.remember(summary, seen)
        for use, definition in summary.late:
            if INITIAL in state.at(use.cell):
                inner = seen.use(use)
                self.lateness(replace(inner, chain=(*self.chain, *inner.chain)), seen.definition(definition))
        for use in summary.deferred:
            outer = seen.use(use)
            if use.kind != "operation" or not (self.excluded(outer) or self.unlikely(use, target.module)):
                self.deferred.add(self.extended(outer))
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
            self.disturbed.setdefault((note.use.cell, note.site), self.outside(note, seen))

    def outside(self, note: Disturbance, seen: Seen) -> Disturbance:
        """A disturbance as this body sees it."""
        return replace(note, use=self.extended(seen.use(note.use)), own=self.extended(seen.use(note.own)))

    def extended(self, use: Use) -> Use:
        """A use with the way to this body in front."""
        return replace(use, chain=(*self.chain, *use.chain)) if self.chain else use

    def excluded(self, use: Use) -> bool:
        """Whether what a caller gives keeps a use from happening."""
        return use.guard is not None and self.context.decide(use.guard[0], self.module) is (not use.guard[1])

    def included(self, use: Use) -> bool:
        """Whether what a caller gives lets a use happen that hangs on it."""
        return use.guard is not None and self.context.decide(use.guard[0], self.module) is use.guard[1]

    def unlikely(self, use: Use, module: str) -> bool:
        """Whether an operation hangs on an option of a function which nobody gives such a value, though some calls
        hide what they give: by default it does not run."""
        value = use.guard[0].value if use.guard is not None and use.kind == "operation" else None
        if use.guard is None or not isinstance(value, Ref) or not is_parameter(value.path):
            return False
        resolver, key = self.context.resolver, (value.module or module, value.path)
        declared, given = resolver.parameter(key), resolver.sources.given(key)
        resolver.asked.update(given.keys)
        known = {declared.default, *given.values} if declared is not None else set()
        if not known or NO_DEFAULT in known or not all(isinstance(item, Const) for item in known):
            return False
        verdicts = {self.context.decide(replace(use.guard[0], value=item), self.module) for item in known}
        return verdicts == {not use.guard[1]}

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
        """By what a loader is known to run a function later; empty when no loader does, for all that is known."""
        resolver, owner = self.context.resolver, target.receiver
        if owner is not None:
            name = target.name.rpartition(".")[2]
            bases = [resolver.bases.get(item.name) for item in resolver.linear(owner) if item.kind == "external"]
            loaded = any(base is not None and name in base.loaded for base in bases)
            if loaded:
                return f"{owner.module}/{owner.name}"
        external = self.context.callees(step, self.module).external
        if any(item.name in self.context.effects.loaders for item in external):
            return loading(step, self.module)
        return ANYWHERE if any(item.name.startswith(self.context.vocabulary.transforms) for item in external) else ""

    def defer(self, step: Call, target: Target, *, handed: bool = False) -> None:
        """Keep the uses of a function that runs some time after this call."""
        summary = self.context.summaries.get((target.module, target.name), BOTTOM)
        self.entered.add((target.module, target.name))
        hop = Hop(self.place(step.span), step.statement, target.name, later=handed)
        seen = Seen(hop, {}, target.module)
        self.remember(summary, seen)
        for use in (*summary.uses, *summary.deferred):
            if use.exposed and not (use.gradient and step.quiet):
                outer = self.decided(seen.use(use))
                if self.excluded(outer):
                    continue
                chain = (*self.chain, *outer.chain)
                self.deferred.add(replace(outer, chain=chain, loaded=use.loaded or self.loader(step, target)))
