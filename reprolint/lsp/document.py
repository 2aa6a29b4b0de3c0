"""One open document."""

from __future__ import annotations

import io
import tokenize
from dataclasses import dataclass

from reprolint.model.parse import Malformed, decode


@dataclass(frozen=True, slots=True)
class Document:
    """The text an editor shows; `path` is absolute, without links in its folders."""

    uri: str
    path: str
    version: int
    text: str

    @property
    def data(self) -> bytes:
        """The bytes a file with this text would have: in the encoding that the text itself declares."""
        plain = self.text.encode("utf-8", "replace")
        try:
            encoding = tokenize.detect_encoding(io.BytesIO(plain).readline)[0]
            return plain if encoding.startswith("utf-8") else self.text.encode(encoding, "replace")
        except (SyntaxError, LookupError):
            return plain


def text_of(data: bytes) -> str:
    """The text an editor shows for the bytes of a file."""
    try:
        return decode(data).removeprefix("\ufeff")
    except Malformed:
        return data.decode("utf-8", "replace")
