"""Variables that only the start of the interpreter reads, set by the program itself."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.core.diagnostic import Finding
from reprolint.program.link import Program


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and place."""
    for course, program in whole.views():
        if any(use.kind == "children" for use in course.uses):
            continue  # what it starts inherits it
        for item in course.sets:
            variable = program.context.effects.variables.get(item.cell.removeprefix("variable:"))
            if variable is None or not variable.at_start or item not in course.reach(item.cell):
                continue  # also when the process replaces itself right afterwards
            yield Finding("hash-seed-in-process", item.place, {"name": variable.name}, (), course.entry.label)
