"""Splits into training and test data that are different in the processes that train together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reprolint.checks.calls import reached
from reprolint.checks.evidence import way
from reprolint.checks.split_without_seed import NAME as WITHOUT_SEED
from reprolint.checks.split_without_seed import remedy
from reprolint.checks.streams import Judge, trains
from reprolint.core.diagnostic import Finding, Related
from reprolint.core.place import Place
from reprolint.core.value import Derived, Either, Ref, Value
from reprolint.program.arguments import holds
from reprolint.program.context import Spot
from reprolint.program.entries import Course
from reprolint.program.graph import guarded_calls
from reprolint.program.link import Program
from reprolint.program.state import INITIAL, Definition, Use

NAME = "split-per-rank"


def check(whole: Program) -> Iterator[Finding]:
    """One finding per split that every rank of a training makes for itself."""
    known: set[Place] = set()
    for course, program in whole.views():
        splits = [use for use in course.uses if use.kind == "draw" and use.subject == WITHOUT_SEED]
        together = _together(course, program) if splits and trains(course) else None
        if together is None:
            continue
        judge = Judge(course, program)
        for use in splits:
            unseeded, seedings = judge.surely_open(use), _by_rank(use, program)
            if use.place in known or not (unseeded or seedings) or _on_one_rank(use, program):
                continue
            known.add(use.place)
            problem = "nothing seeds" if unseeded else "each rank seeds with a number of its own"
            evidence = {"short": use.api.rpartition(".")[2], "stream": use.cell, "problem": problem}
            related = [*way(use, use.place), Related(together, "several processes train together")]
            related += [Related(item.place, f"`{item.api}` seeds by the rank") for item in seedings]
            fixed = remedy(use, program) if unseeded else {}
            yield Finding(NAME, use.place, evidence, tuple(related), course.entry.label, remedy=fixed)


def _together(course: Course, program: Program) -> Place | None:
    """The call by which several processes of an entry train together."""
    for path, call in reached(course, program):
        for target in program.context.callees(call, path).external:
            for entry in program.context.effects.ranks.get(target.name, ()):
                if holds(call, entry.when, Spot(program.context, path)):
                    return Place(path, call.span)
    return None


def _by_rank(use: Use, program: Program) -> list[Definition]:
    """The seedings before a split whose value hangs on the number of the process."""
    found = [item for item in use.reach if item is not INITIAL and item.certain]
    return sorted((item for item in found if _names_rank(item.value, program)), key=lambda item: item.place)


def _names_rank(value: Value, program: Program) -> bool:
    if isinstance(value, Derived | Either):
        parts = value.sources if isinstance(value, Derived) else value.options
        return any(_names_rank(part, program) for part in parts)
    words = [word for word in re.split(r"\W+", value.path) if word] if isinstance(value, Ref) else []
    return bool(words) and words[-1].lower() in program.context.effects.rank_names


def _on_one_rank(use: Use, program: Program) -> bool:
    """Whether a condition on the way to a split asks for the rank: one of them splits, and tells the others."""
    for place in (*(hop.place for hop in use.chain), use.place):
        facts = program.files[place.filename]
        for body in (facts.body, *(item.body for item in facts.functions)):
            for call, tests in guarded_calls(body):
                if call.span == place.span and any(_asks(test.shown or test.text) for test, _ in tests):
                    return True
    return False


def _asks(text: str) -> bool:
    return any(word in text.lower() for word in ("rank", "main_process", "master"))
