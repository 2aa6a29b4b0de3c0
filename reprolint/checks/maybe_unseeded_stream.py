"""Streams that are seeded on some paths only, or by a callee nothing is known about."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import function, rows, settings, spot, way
from reprolint.checks.streams import exposures
from reprolint.core.diagnostic import Finding, Related
from reprolint.program.link import Program


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and stream."""
    for course, program in whole.views():
        for exposure in exposures(course, program):
            if exposure.cause != "maybe":
                continue
            first = exposure.uses[0]
            known = settings(first.reach)
            doubtful = [item for item in known if not item.certain]
            tests = sorted({item.test.text for item in known if item.test is not None and item.test.text})
            tests = tests or ([first.test.text] if first.test is not None and first.test.text else [])
            if doubtful and len(doubtful) == len(known):
                reason = f"only `{doubtful[0].api}` may seed it, of which nothing is known"
            elif tests:
                reason = f"it is seeded only under the condition `{tests[0]}`"
            else:
                reason = "it is seeded on some paths only"
            seeders = tuple(Related(item.place, f"`{item.api}` may seed it") for item in known)
            related = tuple(dict.fromkeys((*way(first, spot(first, course)), *seeders)))
            yield Finding(
                "maybe-unseeded-stream",
                spot(first, course),
                {"stream": exposure.stream, "reason": reason, "entry": course.entry.label, "api": first.api},
                related,
                course.entry.label,
                remedy={"entry": course.entry.path, "function": function(first, course), "rows": rows(first, course),
                        "stream": exposure.stream},
            )  # fmt: skip
