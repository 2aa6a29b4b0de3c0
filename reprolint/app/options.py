"""What a use case is asked to do, and what it answers: values only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from reprolint.config import Config, Overrides
from reprolint.core.diagnostic import SEVERITIES, Diagnostic


def _silent(text: str) -> None:
    """A note nobody wants."""


@dataclass(frozen=True, slots=True)
class Options:
    """One request. `paths` are as the user wrote them, relative to `directory`.

    `cache` is the folder of the cache, None for none; `jobs` the most processes to read files with (0: one a core).
    `unsaved` replaces the content of a file (name as in `paths`), which need not exist. `note` is told what a curious
    user may want to know, `warn` what every user should, though the run goes on.
    """

    directory: str
    paths: tuple[str, ...] = (".",)
    config_path: str | None = None
    isolated: bool = False
    overrides: Overrides = field(default_factory=Overrides)
    cache: Path | None = None
    jobs: int = 0
    force_exclude: bool = False
    unsaved: tuple[str, bytes] | None = None
    note: Callable[[str], None] = _silent
    warn: Callable[[str], None] = _silent


@dataclass(frozen=True, slots=True)
class Change:
    """What fixing does to one file."""

    filename: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer: what is left, relative to `root`, and after fixing what was changed."""

    root: str
    config: Config
    diagnostics: tuple[Diagnostic, ...]
    files: int
    changes: tuple[Change, ...] = ()
    fixed: tuple[Diagnostic, ...] = ()

    @property
    def crashed(self) -> bool:
        """Whether a part of the tool itself failed."""
        return any(item.name == "rule-crashed" for item in self.diagnostics)

    @property
    def failing(self) -> bool:
        """Whether something is left at or above the configured severity."""
        least = SEVERITIES.index(self.config.fail_on)
        return any(SEVERITIES.index(item.severity) >= least for item in self.diagnostics)
