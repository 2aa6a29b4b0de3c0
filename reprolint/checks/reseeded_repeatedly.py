"""Constant seeds that are set again in every iteration of a training."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.evidence import named, parting, short
from reprolint.core.diagnostic import Finding, Related
from reprolint.core.place import Place
from reprolint.core.value import Const, Derived, Either, Items, Unknown, Value
from reprolint.program.link import Program
from reprolint.program.state import Definition
from reprolint.program.summary import Repeat


def check(whole: Program) -> Iterator[Finding]:
    """One finding per seeding call of an entry."""
    for course, program in whole.views():
        found: dict[Place, list[Repeat]] = {}
        for item in course.repeats:
            if item.definition.cell in program.context.effects.streams and _is_constant(item.definition, program):
                found.setdefault(parting(item.definition, item.use), []).append(item)
        for place, items in sorted(found.items()):
            first = items[0]
            chain, use = first.definition.chain, first.use
            related = [Related(hop.place, f"calls `{short(hop.name)}`") for hop in chain if hop.place != place]
            if first.definition.place != place:
                related.append(Related(first.definition.place, f"`{first.definition.api}` seeds here"))
            related += [Related(hop.place, f"calls `{short(hop.name)}`") for hop in use.chain if hop.place != place]
            related.append(Related(use.place, f"`{use.api}` draws the same numbers every time"))
            evidence = {
                "api": first.definition.api,
                "streams": named(sorted({item.definition.cell for item in items} - {"torch-cuda"})),
                "unit": first.unit,
            }
            yield Finding("reseeded-repeatedly", place, evidence, tuple(dict.fromkeys(related)), course.entry.label)


def _is_constant(definition: Definition, program: Program) -> bool:
    """Whether the seed is the same each time: nothing in it may come from the loop."""
    if not definition.certain:
        return False
    known = program.context.evaluate(definition.value, definition.place.filename)
    return (isinstance(known, Const) and known.value is not None) or _is_fixed(definition.value)


def _is_fixed(value: Value) -> bool:
    if isinstance(value, Derived):
        return bool(value.sources) and all(_is_fixed(item) for item in value.sources)
    if isinstance(value, Const):
        return value.value is not None
    return not isinstance(value, Unknown | Either | Items) and value.path.startswith(":") and "()" not in value.path
