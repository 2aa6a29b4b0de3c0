"""The values that the formats render; nothing in them needs the program any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["seeded", "maybe", "unseeded", "entropy", "unused"]


@dataclass(frozen=True, slots=True)
class Frame:
    """A step of a call chain, as in a traceback: a place, and the function it lies in.

    `function` is empty at the top level of the entry and `<module>` at the top level of an imported file. `skipped`
    is true when calls between this frame and the one before it were left out.
    """

    filename: str
    row: int
    column: int
    function: str
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Seeding:
    """A call that sets a stream.

    value: where the seed comes from, in words
    quality: whether that is the same in every run: `fixed`, `random`, `mixed` (on some paths) or `unknown`
    certain: false for a callee that only looks like a seeder
    late: the stream was drawn from before
    """

    api: str
    route: tuple[Frame, ...]
    value: str
    quality: str
    certain: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Draw:
    """A call that takes numbers from a stream.

    hidden: it does not look random (building a layer)
    later: it runs some time after the calls around it, when something is iterated or called by a framework
    state: in which state it finds the stream
    reached: the seedings that may have set it last, as numbers of the seedings of the stream, from 0
    start: whether it may see the state in which the process started
    """

    api: str
    route: tuple[Frame, ...]
    hidden: bool
    later: bool
    state: Verdict
    reached: tuple[int, ...]
    start: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """A call that would seed a stream and does not run, and why."""

    api: str
    frame: Frame
    reason: str


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of one entry. `events` are in the order in which they happen.

    reason: why the verdict is what it is, when a word does not say it
    rules: the rules that report it; empty when none does, and then `silent` says why, if there was something to report
    draws: number of all draws, those that are not among the events included
    missed: seedings in the files of the entry that do not run, for a stream that is not seeded
    """

    name: str
    title: str
    verdict: Verdict
    reason: str
    rules: tuple[str, ...]
    silent: str
    draws: int
    events: tuple[Seeding | Draw, ...]
    missed: tuple[Missed, ...] = ()

    @property
    def seedings(self) -> tuple[Seeding, ...]:
        """The seedings among the events."""
        return tuple(item for item in self.events if isinstance(item, Seeding))

    @property
    def shown(self) -> tuple[Draw, ...]:
        """The draws among the events."""
        return tuple(item for item in self.events if isinstance(item, Draw))


@dataclass(frozen=True, slots=True)
class Setting:
    """A call or assignment that sets a switch or variable. `final`: its value may be the one at the end."""

    api: str
    route: tuple[Frame, ...]
    value: str
    final: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch or an environment variable. `values` are those it may have at the end, `operations` depend on it."""

    name: str
    title: str
    kind: Literal["switch", "variable"]
    values: tuple[str, ...]
    default: str
    settings: tuple[Setting, ...]
    operations: int


@dataclass(frozen=True, slots=True)
class Course:
    """What happens from one entry on. `files` are those whose code runs or may run."""

    path: str
    function: str
    kind: Literal["guard", "script", "configured"]
    trains: bool
    files: tuple[str, ...]
    streams: tuple[Stream, ...]
    switches: tuple[Switch, ...]

    @property
    def label(self) -> str:
        """How people name it: `train.py`, or `pkg/cli.py:main`."""
        return f"{self.path}:{self.function}" if self.function else self.path


@dataclass(frozen=True, slots=True)
class Graph:
    """All entries. `note` says why there is none; `streams` are the names asked for, empty for all."""

    courses: tuple[Course, ...]
    streams: tuple[str, ...] = ()
    note: str = ""
