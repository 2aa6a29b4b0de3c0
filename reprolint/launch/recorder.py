"""What a walk over scripts notes down, within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from reprolint.launch.folder import Mounts
from reprolint.launch.record import Command, Setting

MOST_COMMANDS = 1_000
MOST_STEPS = 50_000


class Recorder:
    """Commands in the order of the walk, each once; shared by all scripts of a file."""

    def __init__(self, mounts: Mounts = ()) -> None:
        self.mounts = mounts
        self.commands: dict[Command, None] = {}
        self.later: list[Setting] = []  # what goes to the steps after this one
        self.called: set[int] = set()  # functions, by identity of the tree
        self.certain = True
        self.recording = True
        self.steps = 0

    def step(self, cost: int = 1) -> bool:
        """Count a step; false when there were too many."""
        self.steps += cost
        return self.steps <= MOST_STEPS

    @property
    def full(self) -> bool:
        """Whether nothing is noted any more, or for now."""
        return not self.recording or len(self.commands) >= MOST_COMMANDS

    def note(self, command: Command) -> None:
        """Note a command."""
        if not self.full:
            self.commands[command] = None

    def pass_on(self, setting: Setting) -> None:
        """Note a variable that later steps get."""
        if self.recording and len(self.later) < MOST_COMMANDS:
            self.later.append(setting)

    @contextmanager
    def under(self, certain: bool) -> Iterator[None]:
        """What is noted within happens only maybe, unless `certain`."""
        before = self.certain
        self.certain = before and certain
        yield
        self.certain = before

    @contextmanager
    def silently(self) -> Iterator[None]:
        """Nothing is noted within."""
        self.recording = False
        yield
        self.recording = True
