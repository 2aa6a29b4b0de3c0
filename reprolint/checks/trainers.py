"""Trainers of libraries that an entry builds without asking them for deterministic operations."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.catalog.knowledge import Hazard
from reprolint.checks.hazards import met
from reprolint.core.place import Place
from reprolint.program.entries import Course
from reprolint.program.link import Program

NAME = "trainer-not-deterministic"


def trainers(course: Course, program: Program) -> Iterator[tuple[Place, str, Hazard]]:
    """Where a trainer is built so, under which name, and what its library knows."""
    for path, call, api, hazard in met(NAME, course, program):
        yield Place(path, call.span), api, hazard
