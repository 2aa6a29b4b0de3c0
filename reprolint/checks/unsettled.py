"""What the deterministic switch would settle in an entry that means to be repeated, where the switch is off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reprolint.checks.operations import Reached, called, held, operations
from reprolint.checks.streams import exposures
from reprolint.checks.switches import is_wanted, matters
from reprolint.core.diagnostic import Related, Severity
from reprolint.core.place import Place
from reprolint.program.arguments import holds
from reprolint.program.context import Spot
from reprolint.program.entries import Course
from reprolint.program.follow import Target
from reprolint.program.graph import calls
from reprolint.program.link import Program
from reprolint.program.state import Use

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The operations that vary with the switch off, in the order in which they are reached, and those that would raise
    with it on. `training`: where something is trained of which nobody knows what it runs; these are in files on the
    way."""

    operations: tuple[Reached, ...]
    raising: tuple[Reached, ...]
    training: Use | None = None

    @property
    def names(self) -> str:
        """The first of them, as a list in a sentence."""
        names = list(dict.fromkeys(called(item.use.api) for item in self.operations))
        return ", ".join(f"`{name}`" for name in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

    @property
    def raises(self) -> str:
        """What would raise, comma separated."""
        return ",".join(dict.fromkeys(called(item.use.api) for item in self.raising))

    @property
    def related(self) -> tuple[Related, ...]:
        """Their places, all of them."""
        places = dict.fromkeys((item.use.place, called(item.use.api)) for item in self.operations)
        return tuple(Related(place, f"`{api}` varies while the switch is off") for place, api in places)

    @property
    def severity(self) -> Severity | None:
        """Advice where only some versions of a library vary, and nobody says which one is used, or which model."""
        return None if any(item.pinned for item in self.operations) and self.training is None else "advice"


def unsettled(course: Course, program: Program) -> Unsettled:
    """The open operations of an entry; a switch that is set too late, or not for long, has a finding of its own."""
    reached = list(operations(course, program))
    training = next((use for use in course.uses if use.kind == "training"), None) if not reached else None
    if training is not None:
        reached = list(operations(course, program, _around(training, course, program)))
    settled = [item for item in reached if item.operation.switch == "deterministic" and not item.doubtful]
    open_ones = [item for item in settled if item.switch == "off" and not _is_owned(item, course, program)]
    raising = tuple(item for item in reached if item.operation.switch == "raises")
    return Unsettled(tuple(open_ones), raising, training)


def _around(training: Use, course: Course, program: Program) -> Iterator[Use]:
    """The layers that classes in the files of a training entry build, where no way to any operation is seen: its model
    is chosen by name, from a registry or by a configuration."""
    known, resolver = program.context.effects.operations, program.context.resolver
    entered = {key: resolver.functions[key].owner for key in course.reached if key in resolver.functions}
    models = any(owner and resolver.is_framework(Target("class", owner, path)) for (path, _), owner in entered.items())
    if models and any(use.kind == "draw" and use.hidden for use in course.uses):
        return  # some model is seen to run that is more than a wrapper or a loss: it builds layers
    for path in course.files:
        functions = program.files[path].functions if path in program.files else ()
        built = (item for item in functions if item.owner and (path, item.name) not in course.reached)
        for call in (call for function in built for call in calls(function.body)):
            for name in (target.name for target in program.context.callees(call, path).external):
                for operation, switch in known.get(name, ()):
                    fits = operation.is_layer(name) and holds(call, operation.when, Spot(program.context, path))
                    if fits:
                        cell = f"switch:{switch}"
                        yield replace(
                            training, cell=cell, kind="operation", api=name, place=Place(path, call.span),
                            subject=operation.name, reach=held(cell, course), gradient=True,
                        )  # fmt: skip


def seeds(course: Course, program: Program) -> bool:
    """Whether an entry seeds anything, perhaps by an option, or needs no seed: without one, the seed comes first."""
    seeded = any(item.cell in program.context.effects.streams for item in course.sets)
    return seeded or not exposures(course, program)


def _is_owned(reached: Reached, course: Course, program: Program) -> bool:
    """Whether a switch that settles it is set, but too late or not for long: then these settings have the finding."""
    cells = {reached.use.cell, *(f"switch:{name}" for name in reached.operation.settled_by)}
    late = [item for use, item in course.late if item.cell in cells and use.kind in ("training", "operation")]
    undone = [old for old, new in course.undone if new.cell in cells and matters(new, course, program)]
    switches = program.context.effects.switches
    return any(is_wanted(item, switches[item.cell.removeprefix("switch:")], program) is True for item in late + undone)
