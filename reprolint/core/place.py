"""Where something stands in a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text; rows and columns are 1-based, columns count code points, the end is exclusive."""

    row: int
    column: int
    end_row: int
    end_column: int


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span in a file; `filename` is relative to the project root, with `/`."""

    filename: str
    span: Span


FILE_START = Span(1, 1, 1, 1)
