"""The lines of source files, for reports that show them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from functools import cache

from reprolint.app.options import Options
from reprolint.model.parse import Malformed, decode
from reprolint.project import resolve


def lines(root: str, options: Options) -> Callable[[str], Sequence[str] | None]:
    """A reader of lines by file name; None for what cannot be read."""
    unsaved = {resolve(options.unsaved[0], options.directory): options.unsaved[1]} if options.unsaved else {}

    @cache
    def read(filename: str) -> Sequence[str] | None:
        path = os.path.join(root, filename)
        try:
            data = unsaved[path] if path in unsaved else _bytes(path)
        except OSError:
            return None
        try:
            text = decode(data)
        except Malformed:
            text = data.decode("utf-8", "replace")
        return re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))

    return read


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
