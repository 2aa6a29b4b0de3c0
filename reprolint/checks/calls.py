"""The calls that an entry may run, one by one, whatever the order."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.facts.record import Assign, Call
from reprolint.program.entries import Course, aside
from reprolint.program.graph import calls, leaves
from reprolint.program.link import Program


def reached(course: Course, program: Program) -> Iterator[tuple[str, Call]]:
    """The calls in the files that an entry runs, as far as it may get there, each with its file."""
    for path in course.files:
        facts = program.files.get(path)
        if facts is None or (aside(path) and path != course.entry.path):
            continue
        bodies = [facts.body, *(item.body for item in facts.functions if (path, item.name) in course.reached)]
        yield from ((path, call) for body in bodies for call in calls(body))


def beside(whole: Program) -> Iterator[tuple[str, Call | Assign, Course]]:
    """The calls and assignments of functions that an entry is not seen to call though it imports their file, for every
    such entry: whether one of them matters is for another to say."""
    for course in whole.courses:
        for path in course.files:
            facts = whole.files.get(path)
            if facts is None or aside(path):
                continue
            bodies = (item.body for item in facts.functions if (path, item.name) not in course.reached)
            yield from ((path, step, course) for body in bodies for step, _ in leaves(body))
