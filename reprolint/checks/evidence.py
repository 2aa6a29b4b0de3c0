"""What several checks need to tell of a use: where a person would look first, and how it was reached."""

from __future__ import annotations

from collections.abc import Iterable

from reprolint.core.diagnostic import Related
from reprolint.core.place import Place, Span
from reprolint.program.entries import Course
from reprolint.program.link import Program
from reprolint.program.state import INITIAL, Definition, Hop, Use


def spot(use: Use, course: Course) -> Place:
    """The place in the entry's own file on the way to a use where a person would look for the seed.

    That is the outermost call, or, when that is a plain function of the same file (`main()`), the call inside it.
    """
    return _spot(use, course)[0]


def rows(use: Use, course: Course) -> str:
    """The first rows of the statements in the entry's file on the way to a use, outermost first, comma separated."""
    spans: list[Span] = [hop.statement for hop in use.chain if hop.place.filename == course.entry.path]
    if use.place.filename == course.entry.path:
        spans.append(use.statement)
    return ",".join(str(span.row) for span in spans)


def function(use: Use, course: Course) -> str:
    """The function of the entry's file in which `spot` lies; empty for top-level code."""
    return _spot(use, course)[1]


def _spot(use: Use, course: Course) -> tuple[Place, str]:
    frames = [*((hop.place, hop.name) for hop in use.chain), (use.place, "")]
    start = max((number for number, hop in enumerate(use.chain, 1) if hop.fresh), default=0)
    inside = [(place, name) for place, name in frames[start:] if place.filename == course.entry.path]
    if not inside:
        inside = [(place, name) for place, name in frames if place.filename == course.entry.path]
    if not inside:
        return use.place, ""
    place, name = inside[0]
    if "." not in name and len(inside) > 1:
        return inside[1][0], name
    return place, course.entry.function


def way(use: Use, first: Place) -> tuple[Related, ...]:
    """The chain of calls from the entry to a use, and the use itself; the finding's own place is left out."""
    steps = [Related(hop.place, f"calls `{short(hop.name)}`") for hop in use.chain if hop.place != first]
    if use.place != first:
        steps.append(Related(use.place, f"`{use.api}` is called here"))
    return tuple(steps)


def draw(use: Use, program: Program) -> str:
    """How people call a draw: a function that draws, a layer that is built, a loader that is used."""
    name = use.api.rpartition(".")[2]
    if use.kind == "iteration":
        return f"iterating `{use.api.removesuffix('.__iter__').rpartition('.')[2]}`"
    if any(item.later for item in program.context.effects.draws.get(use.api, ())):
        return f"using `{short(name)}`"
    return f"building `{name}`" if use.hidden and name[:1].isupper() else f"`{use.api}`"


def short(name: str) -> str:
    """A function's name as people call it: `Net.__init__` is building `Net`."""
    return name.removesuffix(".__init__")


def origin(hops: tuple[Hop, ...], place: Place, course: Course) -> Place:
    """The last place in the entry's file on the way to a definition."""
    if place.filename == course.entry.path:
        return place
    inside = [hop.place for hop in hops if hop.place.filename == course.entry.path]
    return inside[-1] if inside else place


def route(chain: tuple[Hop, ...], first: Place) -> tuple[Related, ...]:
    """The chain of calls to a definition; the finding's own place is left out."""
    return tuple(Related(hop.place, f"calls `{short(hop.name)}`") for hop in chain if hop.place != first)


def settings(definitions: frozenset[Definition]) -> tuple[Definition, ...]:
    """The definitions apart from the initial state, in order."""
    return tuple(sorted((item for item in definitions if item is not INITIAL), key=lambda item: (item.place, item.api)))


def named(names: Iterable[str]) -> str:
    """Streams as a list in a sentence, each once; what goes with another one (`torch-cuda`) is left out beside it."""
    listed = dict.fromkeys(names)
    return ", ".join(f"`{name}`" for name in listed if not any(name.startswith(f"{other}-") for other in listed))


def parting(definition: Definition, use: Use) -> Place:
    """The first step on the way to a seeding that is not on the way to a draw: a helper's call, or the seeding."""
    on_way = {hop.place for hop in use.chain}
    return next((hop.place for hop in definition.chain if hop.place not in on_way), definition.place)
