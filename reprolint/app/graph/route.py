"""How one gets from an entry to a place, and which of two places comes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reprolint.core.place import Place
from reprolint.program.entries import Entry
from reprolint.program.graph import statements
from reprolint.program.link import Program
from reprolint.program.state import Definition, Hop, Use
from reprolint.report.graph.model import Frame

MODULE = "<module>"


@dataclass(frozen=True, slots=True)
class Step:
    """A place on a way, and what is called there; empty at the end of the way."""

    place: Place
    name: str

    @property
    def end(self) -> tuple[int, int]:
        """What orders steps of one body: an argument is computed before the call around it."""
        return self.place.span.end_row, self.place.span.end_column

    def overlaps(self, other: Step) -> bool:
        """Whether the two steps share a row."""
        return self.place.span.row <= other.place.span.end_row and other.place.span.row <= self.place.span.end_row


Way = tuple[Step, ...]


class Loads:
    """The import statements at the top level of each file, each with the files it loads; told once for all entries."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.known: dict[str, tuple[tuple[Hop, str], ...]] = {}

    def of(self, path: str) -> tuple[tuple[Hop, str], ...]:
        """The files that a file loads, in order, each with the statement that does."""
        if path not in self.known:
            runs = self.program.context.runs
            self.known[path] = tuple(
                (Hop(Place(path, step.span), step.span, step.module), found)
                for step in statements(self.program.files[path].body) for found in runs(step, path)
            )  # fmt: skip
        return self.known[path]


class Routes:
    """The ways from one entry. `imports`: by which statements a file is loaded first, as a process loads them."""

    def __init__(self, program: Program, entry: Entry, loads: Loads) -> None:
        self.program = program
        self.imports: dict[str, Way] = {entry.path: ()}
        waiting = [iter(loads.of(entry.path))]
        while waiting:
            hop, found = next(waiting[-1], (None, ""))
            if hop is None:
                waiting.pop()
            elif found not in self.imports:
                self.imports[found] = (*self.imports[hop.place.filename], Step(hop.place, hop.name))
                waiting.append(iter(loads.of(found)))
        target = program.context.resolver.function(entry.path, entry.function) if entry.function else None
        functions = program.context.resolver.functions
        # A named function is entered from outside: the walk notes the place where it is defined.
        self.start = None if target is None else Place(target.module, functions[(target.module, target.name)].span)
        self.path = entry.path

    def way(self, item: Use | Definition) -> Way:
        """All steps from the entry to a use or definition, the imports on the way among them."""
        inside = (*(Step(hop.place, hop.name) for hop in item.chain), Step(item.place, ""))
        first = inside[0].place
        return inside if first.filename == self.path or first == self.start else (
            *self.imports.get(first.filename, ()), *inside
        )  # fmt: skip

    def compare(self, one: Way, other: Way, *, rows: bool = False) -> int:
        """Negative when `one` comes first, positive when `other` does, 0 when the places do not tell.

        With `rows`, steps that share a row do not tell: what an expression computes first is not seen from its text.
        """
        entered = (one[0].place == self.start) - (other[0].place == self.start)
        if entered:
            return entered
        for left, right in zip(one, other, strict=False):
            if left.place.filename != right.place.filename:
                return 0
            if left.end != right.end:
                if rows and left.overlaps(right):
                    return 0
                return -1 if left.end < right.end else 1
            if left.name != right.name:
                return 0
        return 0

    def key(self, way: Way) -> tuple[object, ...]:
        """An order of all ways that agrees with `compare`."""
        return (way[0].place == self.start, *((step.place.filename, step.end, step.name) for step in way))

    def frames(self, way: Way) -> tuple[Frame, ...]:
        """The way as a traceback shows it."""
        entered = len(way) > 1 and way[0].place == self.start
        return tuple(self._frames(way[1:], way[0].name) if entered else self._frames(way, ""))

    def _frames(self, way: Way, function: str) -> Iterator[Frame]:
        functions, skipped = self.program.context.resolver.functions, False
        for step, following in zip(way, (*way[1:], None), strict=True):
            span = step.place.span
            yield Frame(step.place.filename, span.row, span.column, function, skipped)
            if following is not None:
                path = following.place.filename
                called = (path, step.name) in functions
                imported = self.imports.get(path, ())[-1:] == (step,)
                function = step.name if called else MODULE if imported else ""
                skipped = not called and not imported


def running(ways: Sequence[Way], routes: Routes) -> list[bool]:
    """For each way, in the order in which a walk met them, whether it lies before something met earlier.

    Such a use runs later than its place suggests: a framework calls it, or something is iterated.
    """
    result: list[bool] = []
    furthest: Way | None = None
    for way in ways:
        result.append(furthest is not None and routes.compare(way, furthest, rows=True) < 0)
        furthest = furthest if result[-1] else way
    return result


def position(way: Way, ways: Sequence[Way], later: Sequence[bool], routes: Routes) -> int:
    """Where a way belongs among those a walk met."""
    for number, other in enumerate(ways):
        if not later[number] and routes.compare(way, other) < 0:
            return number
    return max((number + 1 for number, item in enumerate(later) if not item), default=0)
