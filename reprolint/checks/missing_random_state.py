"""Calls that draw from the global NumPy stream because they were given no random state of their own."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import way
from reprolint.checks.streams import exposures
from reprolint.core.diagnostic import Finding
from reprolint.program.link import Program


def check(whole: Program) -> Iterator[Finding]:
    """One finding per call that an entry reaches while the global stream is unseeded."""
    for course, program in whole.views():
        for exposure in exposures(course, program, "missing-random-state"):
            if exposure.cause == "maybe":
                continue
            for use in exposure.uses:
                draws = [draw for draw in program.context.effects.draws.get(use.api, ()) if draw.own is not None]
                own = draws[0].own if draws else None
                if own is None:
                    continue
                position = "" if own.position is None else str(own.position)
                yield Finding(
                    "missing-random-state",
                    use.place,
                    {"api": use.api, "short": use.api.rpartition(".")[2], "argument": own.name, "stream": use.cell},
                    way(use, use.place),
                    course.entry.label,
                    remedy={"argument": own.name, "position": position, "callee": use.api},
                )
