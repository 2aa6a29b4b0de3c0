"""Switches that contradict each other while something is trained."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.operations import devices
from reprolint.checks.switches import is_wanted
from reprolint.core.diagnostic import Finding, Related
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import Definition


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and pair."""
    for course, program in whole.views():
        if not devices(course, program) - {"cpu"}:
            continue
        for first, second, reason in conflicts(course, program):
            evidence = {"first": first.api, "second": second.api, "reason": reason}
            related = (Related(first.place, "contradicts this"),) if first.place != second.place else ()
            remedy = {"switch": second.cell.removeprefix("switch:"), "callee": second.api}
            yield Finding("switch-conflict", second.place, evidence, related, course.entry.label, remedy=remedy)


def conflicts(course: Course, program: Program) -> Iterator[tuple[Definition, Definition, str]]:
    """Pairs of settings that hold at a training and contradict each other, the one that makes it vary last."""
    switches = program.context.effects.switches
    known: set[tuple[Definition, Definition]] = set()
    for use in course.uses:
        found = [item for item in use.others if item.api] if use.kind == "training" else []
        held = {item.cell.removeprefix("switch:"): item for item in found}
        for name, spoiler in held.items():
            for other, reason in switches[name].conflicts.items():
                settler = held.get(other)
                if settler is None or (settler, spoiler) in known:
                    continue
                spoils = is_wanted(spoiler, switches[name], program) is False
                if spoils and is_wanted(settler, switches[other], program) is True:
                    known.add((settler, spoiler))
                    yield settler, spoiler, reason
