"""What a command line starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reprolint.launch.state import SEVERAL, UNKNOWN

MARKS = UNKNOWN + SEVERAL


@dataclass(frozen=True, slots=True)
class Field:
    """A word of a command line, and the offsets of the text that it comes from."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class Start:
    """What is started and with which changes; of script, module, program and shell one is given."""

    script: str = ""
    module: str = ""
    program: str = ""
    shell: Field | None = None  # the text after `bash -c`
    arguments: Sequence[Field] = ()
    processes: list[str] = field(default_factory=list)
    settings: list[tuple[str, str | None, Field]] = field(default_factory=list)  # the value None: as it is outside
    removed: list[str] = field(default_factory=list)
    inherits: str = "yes"
    isolated: bool = False  # python -E and -I do not look at PYTHON* variables
    contained: bool = False  # in a container, whose folders are others
    folder: str = ""
    mounts: list[tuple[str, str]] = field(default_factory=list)
