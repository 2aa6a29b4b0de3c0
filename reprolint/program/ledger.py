"""What is met on a walk: uses and definitions, and what library calls do to streams and switches."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from reprolint.catalog.stream import SPLIT, Loader, Seeding
from reprolint.core.place import Place, Span
from reprolint.core.value import OPAQUE, Const, Ref, Value, paths
from reprolint.facts.record import Branch, Call, Import, Test
from reprolint.program.arguments import argument, as_function, given, holds, settings
from reprolint.program.context import Context
from reprolint.program.follow import Target
from reprolint.program.sources import Key
from reprolint.program.state import DRAWING, INITIAL, START, Definition, Hop, Reach, State, Use, affected
from reprolint.program.summary import Collected, Disturbance, Repeat

SAVED = "saved:"  # before a stream: what had set it when its state was last handed out
Importer = Callable[[Import, "Ledger", State], State | None]


class Ledger:
    """Uses and definitions met on the walk over one body.

    `importer` runs the modules an entry imports; it is None inside functions. `framework` is true in methods of
    classes that a framework calls, `step` in a method that runs for every batch. `happened` are draws and trainings in
    the order in which they are met, `sometimes` the parts of it under a condition on intervals.
    """

    def __init__(
        self, context: Context, module: str, *, main: bool = False, chain: tuple[Hop, ...] = (),
        importer: Importer | None = None, collected: Collected | None = None, framework: bool = False,
        step: bool = False,
    ) -> None:  # fmt: skip
        self.context, self.module, self.main, self.chain, self.importer = context, module, main, chain, importer
        self.collected = collected if collected is not None else Collected()
        self.deferred = Collected()
        self.framework, self.step_method = framework, step
        self.cut: Test | None = None
        self.happened: list[Use] = []
        self.sometimes: list[tuple[int, int, Branch]] = []
        self.saved: dict[str, tuple[int, int]] = {}
        self.sets: dict[Definition, None] = {}
        self.events: list[Definition] = []
        self.entered: set[Key] = set()
        self.late: dict[tuple[str, Place], tuple[Use, Definition]] = {}
        self.disabled: dict[tuple[str, Place], Definition] = {}
        self.undone: dict[tuple[str, Place], tuple[Definition, Definition]] = {}
        self.repeats: dict[tuple[str, Place], Repeat] = {}
        self.disturbed: dict[tuple[str, Place], Disturbance] = {}
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
            if step.purpose == "label":
                continue
            if self.is_missing(own, step) and (verdict or (verdict is None and draw.likely)):
                use = self.seen(draw.stream, "draw", name, step, state)
                makes = step.purpose or ("weights" if draw.weights else "")
                use = replace(use, subject=draw.rule, hidden=draw.hidden, makes=makes)
                if draw.later:
                    self.deferred.add(use)
                else:
                    self.met(use, state)
                    if step.purpose == "split":
                        self.met(replace(use, subject=SPLIT), state)
        for operation, switch in effects.operations.get(name, ()):
            known = True
            gradient = operation.phase == "backward"
            plain = step if target.receiver is None else as_function(step)
            exact = any(holds(plain, (condition,), self) for condition in operation.unless)
            if not (gradient and step.quiet) and not exact and holds(step, operation.when, self, some=True):
                use = self.seen(f"switch:{switch}", "operation", name, step, state)
                use = replace(use, subject=operation.name, gradient=gradient)
                if operation.is_layer(name):
                    self.deferred.add(use)  # a layer is built here and runs later
                else:
                    self.met(use, state)
        if name in effects.children:
            known = True
            self.met(self.seen("children", "children", name, step, state), state)
        for device in effects.devices.get(name, ()):
            known = True
            if holds(step, device.when, self):
                self.met(self.seen(f"device:{device.device}", "device", name, step, state), state)
        for kept in effects.saves.get(name, ()):
            known = True
            cells = [*kept.streams, *(f"switch:{switch}" for switch in kept.switches)]
            state.cells.update({SAVED + cell: state.at(cell) for cell in cells})
            self.saved.update(dict.fromkeys(kept.streams, (len(self.happened), len(self.collected.uses))))
        done = (self.seed(step, name, state), self.switch(step, name, state), self.prepare(step, name, state))
        known = known or any(done)
        for loader in effects.loaders.get(name, ()):
            for key in self.loaded(step, loader):
                use = self.seen(f"loads:{key}", "loads", name, step, state)
                self.met(replace(use, subject=self.workers(step, loader)), state)
        for cell, names in (
            ("loader", effects.loaders),
            ("generator", effects.generators),
            ("hazard", effects.hazards),
        ):
            if name in names:
                self.met(self.seen(cell, cell, name, step, state), state)
        if name in self.context.vocabulary.trains:
            self.met(self.seen("training", "training", name, step, state), state)
        for opened in effects.variables.values():
            if name in opened.opens:
                self.met(self.seen(f"opened:{opened.name}", "opens", name, step, state), state)
        for loader in effects.loaders.get(name.removesuffix(".__iter__"), ()) if name.endswith(".__iter__") else ():
            use = replace(self.seen(loader.stream, "iteration", name, step, state), subject="iteration", hidden=True)
            self.met(use, state)
        if not known and target.receiver is None:
            self.unknown(step, name, state)

    def is_missing(self, own: Value | None, step: Call) -> bool:
        """Whether a call is given no generator or seed: none at all, or what is None as far as callers and defaults
        tell. A method that stands for the library's hands on what it was given, and is judged where it is called."""
        inherited = ".__super__" in getattr(step.callee, "path", "")
        return own is None or (own if inherited else self.evaluate(own)) == Const(None)

    def seed(self, step: Call, name: str, state: State) -> bool:
        for seeding in self.context.effects.seedings.get(name, ()):
            value = argument(step, seeding.seed) if seeding.seed is not None else None
            if seeding.seed is None and seeding.none != "entropy" and self.restores(step, seeding, state):
                continue
            if seeding.seed is None:
                value = Const(None) if seeding.none == "entropy" else OPAQUE
            for stream in seeding.streams:
                place = self.place(step.span)
                self.define(Definition(stream, OPAQUE if value is None else value, place, name, seeding.none), state)
            if seeding.switches and holds(step, seeding.when_switches, self):
                for switch, setting in seeding.switches.items():
                    self.define(Definition(f"switch:{switch}", Const(setting), self.place(step.span), name), state)
        return name in self.context.effects.seedings

    def restores(self, step: Call, seeding: Seeding, state: State) -> bool:
        """Put back what was saved earlier; false for a state that comes from elsewhere, such as a checkpoint."""
        saved = {stream: state.cells[SAVED + stream] for stream in seeding.streams if SAVED + stream in state.cells}
        state.cells.update(saved)
        for stream in saved.keys() & self.saved.keys():
            self.set_apart({stream}, *self.saved[stream])
        values = (*step.args, *(value for _, value in step.keywords))
        return bool(saved) or any(self.is_saved(value) for value in values)

    def is_saved(self, value: Value) -> bool:
        """Whether a value is what a call handed out to be put back later."""
        makers = [Ref(ref.path[:-2], ref.module) for ref in paths(value) if ref.path.endswith("()")]
        targets = [target for maker in makers for target in self.context.resolver.targets(maker, self.module)]
        return any(target.name in self.context.effects.saves for target in targets)

    def set_apart(self, streams: Collection[str], happened: int, collected: int) -> None:
        """Note at draws that the state of their stream is put back after them."""
        for number, use in enumerate(self.happened[happened:], happened):
            if use.cell in streams:
                self.happened[number] = replace(use, isolated=True)
        for key, use in list(self.collected.uses.items())[collected:]:
            if use.cell in streams and use.kind in DRAWING:
                self.collected.uses[key] = replace(use, isolated=True)

    def switch(self, step: Call, name: str, state: State) -> bool:
        done: set[str] = set()
        for switch, setter in self.context.effects.setters.get(name, ()):
            if switch.name in done or (setter.when and not holds(step, setter.when, self)):
                continue
            value = argument(step, setter.argument) if setter.argument is not None else Const(setter.value)
            cell = f"switch:{switch.name}"
            if value is not None and SAVED + cell in state.cells and self.is_saved(value):
                done.add(switch.name)
                state.cells[cell] = state.cells[SAVED + cell]
            elif value is not None:
                done.add(switch.name)
                self.define(Definition(f"switch:{switch.name}", value, self.place(step.span), name), state)
        return name in self.context.effects.setters

    def prepare(self, step: Call, name: str, state: State) -> bool:
        """Set the variables that a library sets for itself."""
        setters = self.context.effects.variable_setters.get(name, ())
        for variable, setter in setters:
            value = argument(step, setter.argument) if setter.argument is not None else Const(setter.value)
            if value is not None and (not setter.when or holds(step, setter.when, self)):
                self.define(Definition(f"variable:{variable.name}", value, self.place(step.span), name), state)
        return bool(setters)

    def unknown(self, step: Call, name: str, state: State) -> None:
        """A callee nothing is known about seeds every stream, perhaps, when its name says so."""
        path = name or getattr(step.callee, "path", "")
        tail = path.rpartition(".")[2].rpartition("/")[2].strip("()@:")
        typed = "()" in path or (path.startswith("@") and "." in path)
        own = typed and tail == "seed"  # `env.seed(3)` seeds the object it belongs to
        if not tail or own or not self.context.vocabulary.seeder.search(tail):
            return
        shown = path.rpartition("/")[2].strip("@:")
        for stream in (entry.name for entry in self.context.effects.streams.values() if entry.seed):
            definition = Definition(stream, OPAQUE, self.place(step.span), shown, certain=False)
            state.cells[stream] = state.at(stream) | {definition}

    def loaded(self, step: Call, loader: Loader) -> list[str]:
        """What a loader takes its data by: the classes of its dataset, and the functions given to this very call."""
        dataset = argument(step, loader.dataset)
        targets = self.context.resolver.instances(dataset, self.module) if dataset is not None else ()
        return [*(f"{item.module}/{item.name}" for item in targets), loading(step, self.module)]

    def workers(self, step: Call, loader: Loader) -> str:
        """Where a loader loads: in a `worker`, in the `main` process, or `either`."""
        known = self.evaluate(count) if (count := argument(step, loader.workers)) is not None else OPAQUE
        if not isinstance(known, Const) or not isinstance(known.value, int):
            return "either"
        return "worker" if known.value > 0 else "main"

    def evaluate(self, value: Value) -> Value:
        return self.context.evaluate(value, self.module)

    def types(self, value: Value) -> frozenset[str]:
        return self.context.types(value, self.module)

    def kinds(self, value: Value) -> frozenset[str]:
        return self.context.kinds(value, self.module)

    def place(self, span: Span) -> Place:
        return Place(self.module, span)

    def seen(self, cell: str, kind: str, api: str, step: Call, state: State) -> Use:
        """A use that a call makes here."""
        reach = state.at(cell)
        test = state.tests.get(cell) if INITIAL in reach and len(reach) > 1 else None
        return Use(cell, kind, api, self.place(step.span), step.statement, reach, chain=self.chain, test=test)

    def met(self, use: Use, state: State) -> None:
        if self.framework and not use.inner:
            use = replace(use, inner=True)
        if use.kind in ("draw", "training"):
            use = replace(use, others=self.others(use, state))
        if use.kind in DRAWING or use.kind == "training":
            self.happened.append(use)
        self.collected.add(use)
        if use.exposed and use.kind in ("draw", "library", "opens", "training", "operation") and len(use.reach) == 1:
            state.seen.setdefault(use.cell, use)

    def others(self, use: Use, state: State) -> tuple[Definition, ...]:
        """What surely had set other streams before a draw, or switches before a training; the caller's are added."""
        if use.kind == "draw" and not use.exposed:
            return ()
        found = [item for item in use.others if item.api]
        known = {item.cell for item in found} - {item.cell for item in use.others if not item.api}
        for cell in self.context.effects.streams if use.kind == "draw" else self.context.switch_cells:
            reach = state.cells.get(cell, START)
            if cell in known or cell == use.cell or reach == START:
                continue
            if INITIAL not in reach:
                found += [item for item in reach if item.certain]
            elif use.kind == "training":  # set on some paths only: an item without API stands for the others
                found += [replace(item, cell=cell) for item in reach if item.certain]
        return tuple(sorted(dict.fromkeys(found), key=lambda item: (item.cell, item.place, item.api)))

    def define(self, definition: Definition, state: State) -> None:
        for cell in affected(definition.cell):
            if cell in state.seen:
                self.lateness(state.seen[cell], definition)
        self.replaces(state.at(definition.cell), definition)
        self.sets[definition] = None
        self.events.append(definition)
        state.define(definition)

    def replaces(self, before: Reach, definition: Definition) -> None:
        """Note a switch that was surely set before."""
        if definition.cell.startswith("switch:") and len(before) == 1 and INITIAL not in before:
            self.undone.setdefault((definition.cell, definition.place), (next(iter(before)), definition))

    def lateness(self, use: Use, definition: Definition) -> None:
        own = definition.cell.startswith("variable:") and definition.api in self.context.effects.variable_setters
        if not own:  # a library sets it where it still counts
            self.late.setdefault((use.cell, definition.place), (use, definition))


def loading(step: Call, module: str) -> str:
    """How the functions are known by that one call of a loader is given."""
    return f"{module}:{step.span.row}:{step.span.column}"
