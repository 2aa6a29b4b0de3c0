"""Draws that happen now and then within a training loop, from the stream of the training."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import draw, short
from reprolint.core.diagnostic import Finding, Related
from reprolint.core.place import Place
from reprolint.program.link import Program


def check(whole: Program) -> Iterator[Finding]:
    """One finding per call under a condition on intervals."""
    known: set[tuple[Place, str]] = set()
    for course, program in whole.views():
        for item in course.disturbed:
            key = (item.site, item.use.cell)
            if key in known or item.use.subject != "unseeded-stream":
                continue
            known.add(key)
            hops = [hop for hop in item.use.chain if hop.place != item.site]
            related = [Related(hop.place, f"calls `{short(hop.name)}`") for hop in hops]
            if item.use.place != item.site:
                related.append(Related(item.use.place, f"`{item.use.api}` is called here"))
            evidence = {
                "draw": draw(item.use, program),
                "stream": item.use.cell,
                "test": item.test.shown or item.test.text,
            }
            yield Finding("stream-disturbed", item.site, evidence, tuple(related), course.entry.label)
