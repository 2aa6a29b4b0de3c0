"""From bytes to a syntax tree."""

from __future__ import annotations

import ast
import re
import warnings

from reprolint.core.place import FILE_START, Span

# A plain name before Python 3.7, which old code still gives to `cuda`; newer interpreters than 3.12 read it no more.
_OLD_NAME = re.compile(rb"\basync\s*[=,)]|\.async\b")


class Malformed(Exception):
    """The file is not Python that this interpreter can read; `span` is where reading stopped."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


def parse(data: bytes) -> ast.Module:
    """Parse a file; raise `Malformed` for whatever the parser refuses, deep nesting included."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return ast.parse(data)
            except SyntaxError:
                if not _OLD_NAME.search(data):
                    raise
                return ast.parse(data, feature_version=(3, 6))
    except SyntaxError as error:
        row, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
        raise Malformed(error.msg or "invalid syntax", Span(row, column, row, column)) from None
    except (RecursionError, MemoryError):
        raise Malformed("nested too deeply for the Python parser", FILE_START) from None
    except ValueError as error:
        raise Malformed(str(error), FILE_START) from None


def decode(data: bytes) -> str:
    """Decode as Python would: byte order mark, coding line, UTF-8; raise `Malformed` when the bytes do not fit."""
    import io
    import tokenize

    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise Malformed(str(error), FILE_START) from None
