"""Augmentation that draws from a stream nobody seeded, most often a generator that no global seed reaches."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import way
from reprolint.checks.streams import exposures
from reprolint.core.diagnostic import Finding, Severity
from reprolint.core.place import Place
from reprolint.core.value import Const
from reprolint.program.entries import Course
from reprolint.program.link import Program

NAME = "unseeded-augmentation"


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and stream, at the first random transform; advice where the version decides."""
    for course, program in whole.views():
        found = [item for item in exposures(course, program, NAME) if item.cause != "maybe"]
        uses = {item.stream: item.uses[0] for item in found if not _is_seeded(item.stream, course, program)}
        shown: set[Place] = set()
        for name, use in sorted(uses.items()):
            known = [draw for draw in program.context.effects.draws[use.api] if draw.rule == NAME]
            everywhere = all(draw.stream in uses for draw in known)
            if use.place in shown or not (everywhere or name == known[-1].stream):
                continue  # of several versions the newest counts, which knowledge lists last
            shown.add(use.place)
            stream = program.context.effects.streams[name]
            evidence = {"api": use.api.rpartition(".")[2], "stream": name, "entry": course.entry.label}
            evidence["seed"] = stream.seed.format(seed="...")
            severity: Severity | None = None if everywhere else "advice"
            yield Finding(NAME, use.place, evidence, way(use, use.place), course.entry.label, severity=severity)


def _is_seeded(stream: str, course: Course, program: Program) -> bool:
    """Whether the stream is seeded anywhere: the pipeline that is not may be the one that evaluates."""
    given = (item for item in course.sets if item.cell == stream)
    return any(program.context.evaluate(item.value, item.place.filename) != Const(None) for item in given)
