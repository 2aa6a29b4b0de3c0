"""What a file that starts Python says: its commands, and the environment that they get."""

from __future__ import annotations

from dataclasses import dataclass

from reprolint.core.place import Span


@dataclass(frozen=True, slots=True)
class Setting:
    """An environment variable that a file sets; `value` is None when the file does not tell it."""

    name: str
    value: str | None
    place: Span
    certain: bool


@dataclass(frozen=True, slots=True)
class Command:
    """One command line that starts Python: exactly one of `script`, `module` and `program` is not empty.

    `script` is as written, relative to `folder`; `?` stands in it for the part that is not known (`?/train.py`).
    `program` is any other command word, which may be a console script. A word of `arguments` whose value is not known
    is `?`. `folder` is the working directory, relative to the folder of the file: empty is the same one, `?` unknown.
    `environment` holds what is surely or maybe in force, each name once. `processes` is empty for one, `?` unknown.
    """

    script: str
    module: str
    program: str
    arguments: tuple[str, ...]
    folder: str
    environment: tuple[Setting, ...]
    place: Span
    certain: bool
    processes: str = ""


@dataclass(frozen=True, slots=True)
class Launch:
    """What one file says: its commands, and what it exports to whoever uses the file as a whole."""

    commands: tuple[Command, ...] = ()
    environment: tuple[Setting, ...] = ()
