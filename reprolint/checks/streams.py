"""Which streams of an entry are drawn from in a state that differs between runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import INITIAL, Definition, Use


@dataclass(frozen=True, slots=True)
class Exposure:
    """The draws of one entry from one stream that no fixed seed surely reaches.

    `certain`: no fixed seed reaches them at all. `late`: a seeding follows the first of them. `count`: all draws.
    """

    stream: str
    uses: tuple[Use, ...]
    count: int
    certain: bool
    late: tuple[Definition, ...]


def exposures(course: Course, program: Program, rule: str = "unseeded-stream") -> Iterator[Exposure]:
    """The exposed streams of an entry, in the order of their names."""
    for stream in sorted(program.context.effects.streams):
        draws = [use for use in course.uses if use.cell == stream and use.kind == "draw" and use.subject == rule]
        bad = [use for use in draws if not_fixed(use, program) and not _in_test(use)]
        if all(use.hidden for use in bad) and not trains(course):
            continue
        certain = [use for use in bad if surely_open(use, program)]
        late = tuple(item for use, item in course.late if use.cell == stream and fixed(item, program))
        chosen = certain or bad
        if chosen:
            total = sum(n for key, n in course.counts.items() if key.startswith(f"{stream}/exposed/{rule}/"))
            yield Exposure(stream, tuple(chosen), max(total, len(chosen)), bool(certain), late)


def _in_test(use: Use) -> bool:
    """Whether a draw happens in a check that the program runs on itself."""
    names = [hop.name.rpartition(".")[2] for hop in use.chain]
    return any(name.startswith("test_") or name.endswith("_test") for name in names)


def fixed(definition: Definition, program: Program) -> bool:
    """Whether a definition seeds with the same value in every run, as far as reading tells."""
    return definition.certain and _quality(definition, program) not in ("random", "mixed")


def _quality(definition: Definition, program: Program) -> str:
    return program.context.quality(definition.value, definition.none, definition.place.filename)


def not_fixed(use: Use, program: Program) -> bool:
    """Whether some path reaches the use without a fixed seed."""
    return any(item is INITIAL or (item.certain and not fixed(item, program)) for item in use.reach)


def surely_open(use: Use, program: Program) -> bool:
    """Whether no fixed seed and no unknown seeder reaches the use on any path."""
    return all(item is INITIAL or (item.certain and _quality(item, program) == "random") for item in use.reach)


def trains(course: Course) -> bool:
    """Whether an entry trains anything: it calls what only a training calls."""
    return any(use.kind == "training" for use in course.uses)
