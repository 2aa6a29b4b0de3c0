"""Trainings whose framework is not told to be deterministic, or told so without the seed that it then needs."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.catalog.library import library
from reprolint.catalog.switch import Switch
from reprolint.checks.evidence import function, rows, spot
from reprolint.checks.operations import devices, held, is_settled
from reprolint.checks.streams import exposures, trains
from reprolint.checks.unsettled import seeds
from reprolint.core.diagnostic import Finding
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import INITIAL, Use

NAME = "tf-determinism-off"
OFF = "`{title}` is off: kernels add in any order on a GPU"
UNSEEDED = "`{title}` is on, but nothing seeds the `{stream}` stream: `{api}` raises"


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry: where it trains with the switch off, or where the switch is set without a seed."""
    for course, program in whole.views():
        switches = [item for item in program.context.effects.switches.values() if item.rule == NAME]
        for switch in switches if trains(course) and devices(course, program) != {"cpu"} else ():
            if is_settled(switch.name, course, program):
                yield from _unseeded(switch, course, program)
                continue
            overruled = any(is_settled(name, course, program) for name in switch.overruled_by)
            if not overruled and held(f"switch:{switch.name}", course) == {INITIAL} and seeds(course, program):
                yield from _off(switch, course, program)


def _off(switch: Switch, course: Course, program: Program) -> Iterator[Finding]:
    uses = [use for use in course.uses if use.kind == "training"]
    if not _runs(switch, course, program):
        return
    first = min(uses, key=lambda use: spot(use, course))
    known = devices(course, program) - {"cpu"}
    yield Finding(
        NAME,
        spot(first, course),
        {"problem": OFF.format(title=switch.title)},
        entry=course.entry.label,
        severity=None if known else "advice",
        remedy={
            "entry": course.entry.path,
            "function": function(first, course),
            "rows": rows(first, course),
            "switch": switch.name,
        },
    )


def _runs(switch: Switch, course: Course, program: Program) -> bool:
    """Whether an entry trains with the library of the switch, and with no other that has such a switch."""
    effects = program.context.effects
    owner = library(switch.setters[0].api[0])
    roots = {library(use.api) for use in course.uses if use.kind in ("draw", "operation", "training")}
    others = {root for root in roots if effects.settlers.get(root, switch.name) != switch.name}
    mine = {root for root in roots if effects.settlers.get(root) == switch.name}
    loaded = owner in mine or any(use.kind == "library" and use.api == owner for use in course.uses)
    return bool(mine) and loaded and not others


def _unseeded(switch: Switch, course: Course, program: Program) -> Iterator[Finding]:
    for exposure in exposures(course, program):
        uses = [use for use in exposure.uses if _raises(use, switch, program)]
        settings = sorted(held(f"switch:{switch.name}", course), key=lambda item: item.place)
        if exposure.stream == switch.needs_seed and exposure.cause in ("unseeded", "uncovered") and uses:
            problem = UNSEEDED.format(title=switch.title, stream=exposure.stream, api=uses[0].api)
            yield Finding(NAME, settings[0].place, {"problem": problem}, entry=course.entry.label, severity="error")


def _raises(use: Use, switch: Switch, program: Program) -> bool:
    """Whether a draw is from the stream of the switch in every version."""
    return all(draw.stream == switch.needs_seed for draw in program.context.effects.draws.get(use.api, ()))
