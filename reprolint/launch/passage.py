"""A text that was taken out of a file, and where in the file each of its characters stands."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from reprolint.core.place import Span


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file and the offsets at which its rows begin."""

    text: str
    rows: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets."""
        return Span(*self._position(start), *self._position(max(start, end)))

    def _position(self, offset: int) -> tuple[int, int]:
        row = bisect_right(self.rows, offset)
        return row, offset - self.rows[row - 1] + 1


def source(text: str) -> Source:
    """The source of a text whose rows end in a line feed."""
    rows = [0]
    at = text.find("\n")
    while at >= 0:
        rows.append(at + 1)
        at = text.find("\n", at + 1)
    return Source(text, tuple(rows))


@dataclass(slots=True)
class Passage:
    """A text made of pieces of a file. A piece was copied, or stands for a stretch of the file (`$(NAME)`)."""

    source: Source
    parts: list[str] = field(default_factory=list)
    pieces: list[tuple[int, int, int, bool]] = field(default_factory=list)
    length: int = 0

    @property
    def text(self) -> str:
        """The text in one."""
        if len(self.parts) > 1:
            self.parts[:] = ["".join(self.parts)]
        return self.parts[0] if self.parts else ""

    def copy(self, start: int, end: int) -> None:
        """Append what stands in the file between two offsets."""
        if end > start:
            self._append(self.source.text[start:end], start, end, True)

    def put(self, text: str, start: int, end: int) -> None:
        """Append a text that stands for a stretch of the file."""
        if text:
            self._append(text, start, end, False)

    def part(self, start: int, end: int, into: Passage) -> None:
        """Append the characters between two offsets to another passage."""
        text = self.text
        stops = [*(piece[0] for piece in self.pieces[1:]), self.length]
        for (begin, first, last, copied), stop in zip(self.pieces, stops, strict=True) if self.pieces else ():
            low, high = max(start, begin), min(end, stop)
            if low < high and copied:
                into.copy(first + low - begin, first + high - begin)
            elif low < high:
                into.put(text[low:high], first, last)

    def span(self, start: int, end: int) -> Span:
        """Where the characters between two offsets of this text stand in the file."""
        if not self.pieces:
            return self.source.span(0, 0)
        first = self._origin(start)[0]
        return self.source.span(first, self._origin(end - 1)[1] if end > start else first)

    def offset(self, at: int) -> int:
        """Where in the file the character at an offset of this text stands."""
        return self._origin(at)[0] if self.pieces else 0

    def _append(self, text: str, start: int, end: int, copied: bool) -> None:
        self.pieces.append((self.length, start, end, copied))
        self.parts.append(text)
        self.length += len(text)

    def _origin(self, at: int) -> tuple[int, int]:
        index = max(0, bisect_right(self.pieces, at, key=lambda piece: piece[0]) - 1)
        begin, start, end, copied = self.pieces[index]
        if not copied:
            return start, end
        position = min(start + max(0, at - begin), end)
        return position, min(position + 1, end)


def whole(file: Source) -> Passage:
    """A file as one passage."""
    passage = Passage(file)
    passage.copy(0, len(file.text))
    return passage


def stretch(file: Source, text: str, start: int, end: int) -> Passage:
    """A text that stands for a stretch of a file as a whole."""
    passage = Passage(file)
    passage.put(text, start, end)
    return passage
