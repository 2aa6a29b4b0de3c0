"""Short ways to say what a launch file starts."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import dedent

from reprolint.launch.read import read
from reprolint.launch.record import Command, Launch, Setting


def launched(text: str, path: str = "run.sh") -> Launch:
    """What a file says; its text may be indented as the test is."""
    return read(path, dedent(text).lstrip("\n").encode())


def only(text: str, path: str = "run.sh") -> Command:
    """The one command of a file."""
    (command,) = launched(text, path).commands
    return command


def line(command: Command) -> str:
    """A command in one line: what is started, with its arguments."""
    started = command.script or (f"-m {command.module}" if command.module else f"!{command.program}")
    return " ".join((started, *command.arguments))


def lines(text: str, path: str = "run.sh") -> list[str]:
    """All commands of a file; `maybe` stands before those that are not certain."""
    return [line(item) if item.certain else f"maybe {line(item)}" for item in launched(text, path).commands]


def values(settings: Iterable[Setting]) -> dict[str, str]:
    """An environment by name: `?` for a value that is not known, `maybe` before one that may not be in force."""
    return {
        item.name: ("" if item.certain else "maybe ") + ("?" if item.value is None else item.value) for item in settings
    }


def environment(text: str, path: str = "run.sh") -> dict[str, str]:
    """What the one command of a file gets."""
    return values(only(text, path).environment)
