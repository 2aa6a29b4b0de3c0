"""Comments that silence findings.

`# reprolint: ignore[rule] reason`, `# reprolint: file-ignore[rule]`, `# noqa: RPL101`.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from reprolint.core.place import Span


@dataclass(frozen=True, slots=True)
class Directive:
    """A comment that silences findings. `rules` is empty for all rules; `scope` is `line` or `file`."""

    scope: Literal["line", "file"]
    rules: tuple[str, ...]
    span: Span
    reason: str
    tool: Literal["reprolint", "noqa"]


def directives(data: bytes) -> tuple[Directive, ...]:
    """All directives of a file, in order; none when the file cannot be tokenised."""
    named = b"reprolint:" in data or (b"noqa" in data and b"RPL" in data)
    if not named and not (b"noqa" in data and re.search(rb"(?i)#\s*noqa(?!\s*:)", data)):
        return ()  # most `noqa` comments name codes of other linters
    try:
        return tuple(_read(_comments(data) if named else _endings(data)))
    except (tokenize.TokenError, SyntaxError, UnicodeDecodeError):
        return ()


def _comments(data: bytes) -> Iterator[tuple[int, int, str]]:
    """The comments of a file: row, column from 0, text."""
    for token in tokenize.tokenize(io.BytesIO(data).readline):
        if token.type == tokenize.COMMENT:
            yield *token.start, token.string


def _endings(data: bytes) -> Iterator[tuple[int, int, str]]:
    """What looks like a comment; good enough, and far quicker, where only blanket `noqa` can be meant."""
    for row, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        column = line.rfind("#")
        if column >= 0:
            yield row, column, line[column:]


def _read(comments: Iterator[tuple[int, int, str]]) -> Iterator[Directive]:
    own = re.compile(r"#\s*reprolint:\s*(ignore|file-ignore)\[([^\]]*)\]\s*([^#]*)")
    noqa = re.compile(r"#\s*noqa(?::\s*([A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?\b", re.IGNORECASE)
    for row, column, comment in comments:
        for match in own.finditer(comment):
            names = tuple(sorted({name.strip() for name in match[2].split(",") if name.strip()}))
            span = Span(row, column + match.start() + 1, row, column + match.end() + 1)
            scope = "file" if match[1] == "file-ignore" else "line"
            yield Directive(scope, names, span, match[3].strip(), "reprolint")  # type: ignore[arg-type]
        if found := noqa.search(comment):
            codes = tuple(sorted(set(re.split(r"[,\s]+", found[1].upper())))) if found[1] else ()
            span = Span(row, column + found.start() + 1, row, column + found.end() + 1)
            yield Directive("line", codes, span, "", "noqa")
