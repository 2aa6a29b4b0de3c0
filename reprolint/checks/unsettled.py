"""What the deterministic switch would settle in an entry that means to be repeated, where the switch is off."""

from __future__ import annotations

from dataclasses import dataclass

from reprolint.checks.operations import Reached, called, operations
from reprolint.checks.streams import exposures
from reprolint.checks.switches import is_wanted, matters
from reprolint.core.diagnostic import Related, Severity
from reprolint.program.entries import Course
from reprolint.program.link import Program

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The operations that vary with the switch off, in the order in which they are reached, and those that would raise
    with it on."""

    operations: tuple[Reached, ...]
    raising: tuple[Reached, ...]

    @property
    def names(self) -> str:
        """The first of them, as a list in a sentence."""
        names = list(dict.fromkeys(called(item.use.api) for item in self.operations))
        return ", ".join(f"`{name}`" for name in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

    @property
    def raises(self) -> str:
        """What would raise, comma separated."""
        return ",".join(dict.fromkeys(item.use.api for item in self.raising))

    @property
    def related(self) -> tuple[Related, ...]:
        """Their places, all of them."""
        places = dict.fromkeys((item.use.place, called(item.use.api)) for item in self.operations)
        return tuple(Related(place, f"`{api}` varies while the switch is off") for place, api in places)

    @property
    def severity(self) -> Severity | None:
        """Advice where only some versions of a library vary, and nobody says which one is used."""
        return None if any(item.pinned for item in self.operations) else "advice"


def unsettled(course: Course, program: Program) -> Unsettled:
    """The open operations of an entry; a switch that is set too late, or not for long, has a finding of its own."""
    reached = list(operations(course, program))
    settled = [item for item in reached if item.operation.switch == "deterministic" and not item.doubtful]
    open_ones = [item for item in settled if item.switch == "off" and not _is_owned(item, course, program)]
    return Unsettled(tuple(open_ones), tuple(item for item in reached if item.operation.switch == "raises"))


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
