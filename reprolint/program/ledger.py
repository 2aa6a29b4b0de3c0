"""What is met on a walk: uses and definitions, and what library calls do to streams and switches."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from reprolint.core.place import Place, Span
from reprolint.core.value import OPAQUE, Const, Value
from reprolint.facts.record import Call, Import
from reprolint.program.arguments import argument, given, holds, settings
from reprolint.program.context import Context
from reprolint.program.follow import Target
from reprolint.program.state import INITIAL, Definition, Hop, State, Use
from reprolint.program.summary import Collected

Importer = Callable[[Import, "Ledger", State], State | None]


class Ledger:
    """Uses and definitions met on the walk over one body.

    `importer` runs the modules an entry imports; it is None inside functions. `framework` is true in methods of
    classes that a framework calls.
    """

    def __init__(
        self, context: Context, module: str, *, main: bool = False, chain: tuple[Hop, ...] = (),
        importer: Importer | None = None, collected: Collected | None = None, framework: bool = False,
    ) -> None:  # fmt: skip
        self.context, self.module, self.main, self.chain, self.importer = context, module, main, chain, importer
        self.collected = collected if collected is not None else Collected()
        self.deferred = Collected()
        self.framework = framework
        self.sets: dict[Definition, None] = {}
        self.late: dict[tuple[str, Place], tuple[Use, Definition]] = {}
        self.returned: list[State | None] = []
        self.broken: list[State | None] = []

    def load_library(self, roots: Collection[str], span: Span, state: State) -> None:
        """Note that libraries are loaded here, and with them what the environment tells them."""
        for variable in self.context.effects.variables.values():
            if variable.read_by in roots:
                cell, place = f"variable:{variable.name}", self.place(span)
                use = Use(cell, "library", variable.read_by, place, span, state.at(cell), chain=self.chain)
                self.met(use, state)

    def effect(self, step: Call, target: Target, state: State) -> None:
        """Apply what knowledge says of a library call."""
        effects, name = self.context.effects, target.name
        known = False
        for entry in effects.environment.get(name, ()):
            known = True
            for variable, value in settings(step, entry):
                known_name = self.evaluate(variable)
                if isinstance(known_name, Const) and known_name.value in effects.variables:
                    cell = f"variable:{known_name.value}"
                    self.define(Definition(cell, value, self.place(step.span), name), state)
        for draw in effects.draws.get(name, ()):
            known = True
            own = given(step, draw.own.name, draw.own.position) if draw.own is not None else None
            verdict = holds(step, draw.when, self)
            if (own is None or own == Const(None)) and (verdict or (verdict is None and draw.likely)):
                use = self.seen(draw.stream, "draw", name, step, state)
                use = replace(use, subject=draw.rule, hidden=draw.hidden)
                if draw.later:
                    self.deferred.add(use)
                else:
                    self.met(use, state)
        for operation, switch in effects.operations.get(name, ()):
            known = True
            gradient = operation.phase == "backward"
            if not (gradient and step.quiet) and holds(step, operation.when, self):
                use = self.seen(f"switch:{switch}", "operation", name, step, state)
                self.met(replace(use, subject=operation.name, gradient=gradient), state)
        for device in effects.devices.get(name, ()):
            known = True
            if holds(step, device.when, self):
                self.met(self.seen(f"device:{device.device}", "device", name, step, state), state)
        known = self.seed(step, name, state) or self.switch(step, name, state) or known
        for cell, known_names in (("loader", effects.loaders), ("generator", effects.generators)):
            if name in known_names:
                self.met(self.seen(cell, cell, name, step, state), state)
        if name in self.context.vocabulary.trains:
            self.met(self.seen("training", "training", name, step, state), state)
        for opened in effects.variables.values():
            if name in opened.opens:
                self.met(self.seen(f"opened:{opened.name}", "opens", name, step, state), state)
        if not known and target.receiver is None:
            self.unknown(step, name, state)

    def seed(self, step: Call, name: str, state: State) -> bool:
        for seeding in self.context.effects.seedings.get(name, ()):
            value = argument(step, seeding.seed) if seeding.seed is not None else None
            if seeding.seed is None:
                value = Const(None) if seeding.none == "entropy" else OPAQUE
            for stream in seeding.streams:
                place = self.place(step.span)
                self.define(Definition(stream, OPAQUE if value is None else value, place, name, seeding.none), state)
            if seeding.switches and holds(step, seeding.when_switches, self):
                for switch, setting in seeding.switches.items():
                    self.define(Definition(f"switch:{switch}", Const(setting), self.place(step.span), name), state)
        return name in self.context.effects.seedings

    def switch(self, step: Call, name: str, state: State) -> bool:
        done: set[str] = set()
        for switch, setter in self.context.effects.setters.get(name, ()):
            if switch.name in done or (setter.when and not holds(step, setter.when, self)):
                continue
            value = argument(step, setter.argument) if setter.argument is not None else Const(setter.value)
            if value is not None:
                done.add(switch.name)
                self.define(Definition(f"switch:{switch.name}", value, self.place(step.span), name), state)
        return name in self.context.effects.setters

    def unknown(self, step: Call, name: str, state: State) -> None:
        """A callee nothing is known about seeds every stream, perhaps, when its name says so."""
        path = name or getattr(step.callee, "path", "")
        tail = path.rpartition(".")[2].strip("()@:")
        own = "()" in path and tail == "seed"  # `env.seed(3)` seeds the object it belongs to
        if not tail or own or not self.context.vocabulary.seeder.search(tail):
            return
        for stream in self.context.effects.streams:
            definition = Definition(stream, OPAQUE, self.place(step.span), path.strip("@:"), certain=False)
            state.cells[stream] = state.at(stream) | {definition}

    def evaluate(self, value: Value) -> Value:
        return self.context.evaluate(value, self.module)

    def types(self, value: Value) -> frozenset[str]:
        return self.context.types(value, self.module)

    def place(self, span: Span) -> Place:
        return Place(self.module, span)

    def seen(self, cell: str, kind: str, api: str, step: Call, state: State) -> Use:
        """A use that a call makes here."""
        reach = state.at(cell)
        test = state.tests.get(cell) if INITIAL in reach and len(reach) > 1 else None
        place = self.place(step.span)
        return Use(cell, kind, api, place, step.statement, reach, chain=self.chain, test=test)

    def met(self, use: Use, state: State) -> None:
        if self.framework and not use.inner:
            use = replace(use, inner=True)
        self.collected.add(use)
        if use.exposed and use.kind in ("draw", "library", "opens") and len(use.reach) == 1:
            state.seen.setdefault(use.cell, use)

    def define(self, definition: Definition, state: State) -> None:
        for cell in (definition.cell, definition.cell.replace("variable:", "opened:")):
            if cell in state.seen:
                self.lateness(state.seen[cell], definition)
        self.sets[definition] = None
        state.define(definition)

    def lateness(self, use: Use, definition: Definition) -> None:
        self.late.setdefault((use.cell, definition.place), (use, definition))
