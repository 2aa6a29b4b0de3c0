"""What definitions of switches come to, and where they matter."""

from __future__ import annotations

from reprolint.catalog.switch import Switch
from reprolint.checks.operations import devices
from reprolint.core.value import Const, Value
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.presets import preset
from reprolint.program.state import Definition


def is_wanted(definition: Definition, switch: Switch, program: Program) -> bool | None:
    """Whether a definition sets the switch as it should be; None when its value is not known."""
    known: Value | None = program.context.evaluate(definition.value, definition.place.filename)
    if not isinstance(known, Const):
        known = preset(definition.value, definition.place.filename, program.context.resolver)
    if not isinstance(known, Const):
        return None
    if known.value == "warn":
        return True  # the weaker setting of the same switch
    if isinstance(switch.wanted, str):
        return known.value == switch.wanted
    return bool(known.value) is bool(switch.wanted)


def matters(definition: Definition, course: Course, program: Program) -> bool:
    """Whether something is trained on an accelerator while a definition holds."""
    if not devices(course, program) - {"cpu"}:
        return False
    trainings = [use for use in course.uses if use.kind == "training"]
    if trainings:
        return any(definition in use.others for use in trainings)
    return any(use.kind == "operation" and definition in use.reach for use in course.uses)
