"""What may have set a stream or switch last, and what was used before anything did.

A *cell* is a stream (`numpy`), a switch (`switch:cudnn-benchmark`) or an environment variable
(`variable:CUBLAS_WORKSPACE_CONFIG`). Its state is the set of definitions that may reach a point (reaching
definitions), `INITIAL` standing for the state in which the function or process started.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reprolint.core.place import FILE_START, Place, Span
from reprolint.core.value import OPAQUE, Value
from reprolint.facts.record import Test

MOST_DEFINITIONS = 4
DRAWING = frozenset({"draw", "iteration"})  # kinds of uses that take numbers from a stream


@dataclass(frozen=True, slots=True)
class Hop:
    """A call on the way to a use: where it is made, the statement around it, and what it calls; `fresh` when that
    runs in a process that inherits nothing, `later` when a library calls it, perhaps, some time after it was handed
    over."""

    place: Place
    statement: Span
    name: str
    fresh: bool = False
    later: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """A call or assignment that sets a cell.

    `value` is the seed or switch value in terms of the function it is seen from; `none` says what a seed of None
    does; `test` is the condition under which it runs, when one condition decides; `certain` is false for a callee
    that only looks like a seeder; `passed` is true when a caller gave the value, or a default of a parameter.
    """

    cell: str
    value: Value
    place: Place
    api: str
    none: str = "error"
    test: Test | None = None
    chain: tuple[Hop, ...] = ()
    certain: bool = True
    passed: bool = False


INITIAL = Definition("", OPAQUE, Place("", FILE_START), "")
Reach = frozenset[Definition]
START: Reach = frozenset({INITIAL})


@dataclass(frozen=True, slots=True)
class Use:
    """A draw, an operation, or the loading of a library, with the definitions of its cell that may reach it.

    subject: the rule or operation it belongs to; for a draw that is `carried`, in workers which a loader seeds, the
        stream that these seeds come from
    hidden: it does not look random (building a layer)
    gradient: it happens in a backward pass
    inner: it happens in a method that a framework calls
    fresh: it happens in a process that inherits nothing; INITIAL is the state in which that process starts
    isolated: the state of its stream is put back afterwards
    modal: a condition around it tells whether the code trains (`if self.training:`)
    settled: it happens later, but in the state of `reach` all the same
    loaded: the class or call whose data a loader takes by it, perhaps in a worker process
    test: the condition whose falsehood lets the initial state reach it
    others: for a draw, what had seeded other streams by then; for a training, what had set switches
    makes: what the result is for, as far as the name says that it is bound to
    guard: a condition on parameters under which alone it happens, and whether that must hold
    """

    cell: str
    kind: str
    api: str
    place: Place
    statement: Span
    reach: Reach
    subject: str = ""
    hidden: bool = False
    chain: tuple[Hop, ...] = ()
    gradient: bool = False
    inner: bool = False
    fresh: bool = False
    isolated: bool = False
    modal: bool = False
    settled: bool = False
    loaded: str = ""
    makes: str = ""
    test: Test | None = None
    others: tuple[Definition, ...] = ()
    guard: tuple[Test, bool] | None = None

    @property
    def builds(self) -> bool:
        """Whether it only makes the first weights of a model."""
        return self.hidden or self.makes == "weights"

    @property
    def exposed(self) -> bool:
        """Whether the use may see the state in which everything started."""
        return INITIAL in self.reach


@dataclass(slots=True)
class State:
    """The state at one point of a body while it is walked; `survived` is the condition that holds from an early exit
    on (`if seed is None: return`)."""

    cells: dict[str, Reach] = field(default_factory=dict)
    tests: dict[str, Test] = field(default_factory=dict)
    seen: dict[str, Use] = field(default_factory=dict)
    survived: Test | None = None

    def at(self, cell: str) -> Reach:
        """The definitions that may reach this point."""
        return self.cells.get(cell, START)

    def copy(self) -> State:
        """An independent state."""
        return State(dict(self.cells), dict(self.tests), dict(self.seen), self.survived)

    def define(self, definition: Definition) -> None:
        """Let a definition replace whatever set its cell before."""
        self.cells[definition.cell] = frozenset({definition})
        self.tests.pop(definition.cell, None)


def cap(reach: Reach) -> Reach:
    """Keep few definitions, the same ones in every run, never losing the initial state."""
    if len(reach) <= MOST_DEFINITIONS:
        return reach
    ordered = sorted((item for item in reach if item is not INITIAL), key=_rank)
    kept = ordered[: MOST_DEFINITIONS - 1]
    return frozenset(kept) | (START if INITIAL in reach else frozenset())


def _rank(definition: Definition) -> tuple[object, ...]:
    hops = tuple(hop.place for hop in definition.chain)
    return definition.place, definition.api, len(hops), hops, repr(definition.value)


def united(known: Iterable[Definition], more: Iterable[Definition]) -> tuple[Definition, ...]:
    """Definitions from two ways to one use, each once: by a second chain of calls it is the same one. Without that,
    every call on the way doubles them."""
    found: dict[tuple[object, ...], Definition] = {}
    for item in (*known, *more):
        found.setdefault((item.cell, item.place, item.api, item.value, item.test), item)
    return tuple(found.values())


def join(states: list[State | None]) -> State | None:
    """The state where several paths meet; None when none of them arrives."""
    alive = [state for state in states if state is not None]
    if not alive:
        return None
    result = alive[0].copy()
    for other in alive[1:]:
        for cell in {**result.cells, **other.cells}:
            merged = cap(result.at(cell) | other.at(cell))
            kept = result.tests.get(cell)
            if kept is None or other.tests.get(cell) != kept:
                if INITIAL in result.at(cell) and INITIAL in other.at(cell):
                    result.tests.pop(cell, None)
                elif INITIAL in other.at(cell) and cell in other.tests:
                    result.tests[cell] = other.tests[cell]
            result.cells[cell] = merged
        for cell, use in other.seen.items():
            result.seen.setdefault(cell, use)
        result.survived = result.survived if result.survived == other.survived else None
    return result


def affected(cell: str) -> tuple[str, ...]:
    """The cells whose earlier uses make a definition of this one late."""
    if cell.startswith("switch:"):
        return (cell, "training")
    return (cell, cell.replace("variable:", "opened:"))
