"""Changes to a file, and how far they may be trusted."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from reprolint.core.place import Span

Safety: TypeAlias = Literal["safe", "unsafe", "display"]


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace the text at `span` of `filename` by `content`; an empty span inserts."""

    filename: str
    span: Span
    content: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that belong together: all are applied, or none.

    `safe` keeps the program's meaning but orders or keys it, `unsafe` changes numbers or speed or may raise,
    `display` is shown and never applied. `reason` says why the fix is not safe.
    """

    title: str
    safety: Safety
    edits: tuple[Edit, ...]
    reason: str = ""
