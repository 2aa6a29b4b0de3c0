"""Operations of an entry that can vary on the device it targets, and the state of the switch where they run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from reprolint.catalog.library import library
from reprolint.catalog.operation import Operation
from reprolint.core.value import Const
from reprolint.core.version import needed
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import INITIAL, START, Hop, Reach, Use


@dataclass(frozen=True, slots=True)
class Reached:
    """An operation that an entry reaches.

    switch: what the deterministic switch is there: on, warn, off, mixed
    doubtful: a gradient is only supposed, for a function called neither in a model nor where something is trained, or
        several writers of one place are: indices nearly always differ, or few calls meet what it takes
    pinned: the project locks a version in which it varies, or it varies in all
    """

    use: Use
    operation: Operation
    switch: str
    doubtful: bool
    pinned: bool


def operations(course: Course, program: Program, uses: Iterable[Use] | None = None) -> Iterator[Reached]:
    """The operations that can vary on the targeted device, in the order in which they are reached; those of some
    uses, if given."""
    trainings = cache(lambda switch: _trainings(switch, course, program))
    targets = devices(course, program)
    for use in course.uses if uses is None else uses:
        if use.kind != "operation":
            continue
        for operation, switch in program.context.effects.operations.get(use.api, ()):
            places = {"cpu"} if use.loaded else targets  # what a loader takes is made on the CPU
            if operation.name != use.subject or not places.intersection(operation.device):
                continue
            trained = trainings(switch)
            if trained is None or (operation.phase == "backward" and not trained):
                continue
            version = program.settings.versions.get(use.api.partition(".")[0], "")
            matters = needed(operation.versions, version)
            if matters is False:
                continue
            if any(is_held(name, course, program) for name in operation.settled_by):
                continue
            near = operation.is_layer(use.api) or use.inner or (use.chain, use.place.filename) in trained
            varies, value = operation.varies, state(use, switch, program)
            doubtful = (operation.phase == "backward" and not near) or varies.kind == "last-writer"
            doubtful = doubtful or (varies.rare and value != "on")
            yield Reached(use, operation, value, doubtful, matters is True)


def _trainings(switch: str, course: Course, program: Program) -> frozenset[tuple[tuple[Hop, ...], str]] | None:
    """Where an entry trains with gradients of the library that a switch belongs to: the ways there and the files; None
    where only other frameworks train, and this library prepares their data or keeps their logs."""
    without = program.context.effects.no_gradient_trains
    found = [use for use in course.uses if use.kind == "training" and use.api not in without]
    own = [use for use in found if switch in (known := _settling(use, program)) or not known]
    return frozenset((use.chain, use.place.filename) for use in own) if own or not found else None


def _settling(use: Use, program: Program) -> set[str]:
    """The switches of the frameworks that a training may be of: a method of something unknown is of one that its file
    imports; none where nobody knows."""
    settlers, path = program.context.effects.settlers, use.place.filename
    if "." in use.api:
        roots = {library(use.api)}
    else:
        roots = {step.module.partition(".")[0] for step, _ in program.context.imported(path)}
    return {settlers[root] for root in roots if root in settlers}


def called(api: str) -> str:
    """How people call an API: a loss, not its `__call__`; the module that one of many models is taken from."""
    return api.removesuffix(".__call__").removesuffix(".*")


def held(cell: str, course: Course) -> Reach:
    """What a switch may have been set by when something is trained; `INITIAL` where nothing surely has."""
    trainings = [[item for item in use.others if item.cell == cell] for use in course.uses if use.kind == "training"]
    if not trainings:
        return course.reach(cell)
    found = [frozenset(item if item.api else INITIAL for item in items) or START for items in trainings]
    return frozenset().union(*found)


def devices(course: Course, program: Program) -> frozenset[str]:
    """The accelerators an entry may run on: what the project says, else what the files on its way mention."""
    if program.settings.device != "any":
        return frozenset({program.settings.device})
    words = {word for path in course.files if path in program.files for word in program.files[path].devices}
    return frozenset(words | {use.cell.removeprefix("device:") for use in course.uses if use.kind == "device"})


def state(use: Use, switch: str, program: Program) -> str:
    """What the switch is when the use runs."""
    default = program.context.effects.switches[switch].default if switch else False
    values = set()
    for item in use.reach:
        known = Const(default) if item is INITIAL else program.context.evaluate(item.value, item.place.filename)
        values.add(_word(known.value) if isinstance(known, Const) else "mixed")
    return values.pop() if len(values) == 1 else "mixed"


def _word(value: object) -> str:
    if value in ("warn", 1) and value is not True:
        return "warn"
    return "on" if value in (True, "error", 2) else "off"


def is_settled(name: str, course: Course, program: Program) -> bool:
    """Whether a switch has its wanted value where an entry trains, or a variable is set at all."""
    if name in program.context.effects.switches:
        return is_held(name, course, program)
    cell = f"variable:{name}"
    return INITIAL not in course.begin.get(cell, START) or any(item.cell == cell for item in course.sets)


def is_held(switch: str, course: Course, program: Program) -> bool:
    """Whether a switch has its wanted value where an entry trains, or at its end."""
    wanted = program.context.effects.switches[switch].wanted
    reach = held(f"switch:{switch}", course)
    return INITIAL not in reach and all(
        program.context.evaluate(item.value, item.place.filename) == Const(wanted) for item in reach
    )
