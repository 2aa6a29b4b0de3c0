"""Switches and environment variables that are set when they have no effect any more."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import route, short
from reprolint.checks.operations import devices
from reprolint.checks.switches import is_wanted
from reprolint.core.diagnostic import Finding, Related
from reprolint.core.place import Place
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import INITIAL, Definition, Use


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and setting."""
    for course, program in whole.views():
        found: dict[Place, Finding] = {}
        for use, item in course.late:
            finding = _after(use, item, course, program)
            if finding is not None:
                found.setdefault(item.place, finding)
        yield from found.values()


def _after(use: Use, item: Definition, course: Course, program: Program) -> Finding | None:
    effects = program.context.effects
    kind, _, name = item.cell.partition(":")
    if kind == "variable" and use.kind in ("library", "opens"):
        variable = effects.variables[name]
        if variable.switch or variable.at_start:
            return None
        evidence = {"name": name, "reason": f"`{use.api}` has read it before"}
        read = Related(use.place, f"`import {use.api}` reads it here")
        return Finding("switch-too-late", item.place, evidence, (read,), course.entry.label)
    if kind != "switch" or use.kind not in ("training", "operation") or not devices(course, program) - {"cpu"}:
        return None
    switch = effects.switches[name]
    was = next((other for other in use.others if other.cell == item.cell), INITIAL)
    if was is not INITIAL or is_wanted(item, switch, program) is not True or switch.wanted == switch.default:
        return None
    evidence = {"name": item.api, "reason": f"`{use.api}` has run before"}
    related = [Related(hop.place, f"calls `{short(hop.name)}`") for hop in use.chain]
    related += [Related(use.place, f"`{use.api}` has run before"), *route(item.chain, item.place)]
    return Finding("switch-too-late", item.place, evidence, tuple(dict.fromkeys(related)), course.entry.label)
