"""Streams that are seeded only after they were drawn from."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import function, origin, route, rows, spot, way
from reprolint.checks.streams import exposures, trains
from reprolint.core.diagnostic import Finding, Related, Severity
from reprolint.core.place import Place
from reprolint.program.link import Program


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and seeding call, however many streams it seeds too late."""
    for course, program in whole.views():
        found: dict[Place, dict[str, int]] = {}
        known = {item.stream: item for item in exposures(course, program) if item.cause == "late"}
        for stream, exposure in known.items():
            definition = exposure.settings[0]
            found.setdefault(origin(definition.chain, definition.place, course), {})[stream] = 0
        for place, streams in found.items():
            exposure = known[next(iter(streams))]
            first, definition = exposure.uses[0], exposure.settings[0]
            draws = [
                Related(known[name].uses[0].place, f"`{known[name].uses[0].api}` draws from `{name}` before that")
                for name in streams
            ]
            seeding = route(definition.chain, place)
            if definition.place != place:
                seeding += (Related(definition.place, f"`{definition.api}` seeds here"),)
            chain = [item for item in way(first, first.place) if item.place != place]
            severity: Severity | None = None if trains(course, first) else "advice"
            yield Finding(
                "late-seeding",
                place,
                {"streams": ", ".join(f"`{name}`" for name in streams), "api": definition.api, "draw": first.api,
                 "entry": course.entry.label, "row": str(spot(first, course).span.row)},
                tuple(dict.fromkeys((*chain, *draws, *seeding))),
                course.entry.label,
                severity=severity,
                remedy={"entry": course.entry.path, "function": function(first, course), "rows": rows(first, course),
                        "stream": ",".join(streams), "late": "yes"},
            )  # fmt: skip
