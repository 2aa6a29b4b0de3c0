"""Files named .env: one variable a line, with quotes, comments and references to the variables before."""

from __future__ import annotations

from collections.abc import Mapping

from reprolint.launch.interpolation import interpolate
from reprolint.launch.passage import Source
from reprolint.launch.record import Launch, Setting
from reprolint.launch.scanner import pattern
from reprolint.launch.state import MOST, UNKNOWN, known

# https://saurabh-kumar.com/python-dotenv/reference/ and
# https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/
_KEY = r"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*=[ \t]*"
_QUOTED = {"'": r"'((?:[^'\\]|\\[\s\S])*)'", '"': r'"((?:[^"\\]|\\[\s\S])*)"'}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "$": "$"}


def read_dotenv(file: Source) -> Launch:
    """The variables of the file; a line that sets none is passed over."""
    text = file.text
    settings: dict[str, Setting] = {}
    at = 0
    while at < len(text) and len(settings) < MOST:
        key = pattern(_KEY).match(text, at)
        if key is None:
            at = _line_end(text, at) + 1
            continue
        value, end = _value(text, key.end(), settings)
        settings.pop(key[1], None)
        place = file.span(key.start(1), end)
        settings[key[1]] = Setting(key[1], value if known(value) else None, place, True)
        at = _line_end(text, end) + 1
    return Launch((), tuple(settings.values()))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _value(text: str, at: int, before: Mapping[str, Setting]) -> tuple[str, int]:
    """A value and where it ends."""

    def lookup(name: str) -> str | None:
        if name not in before:
            return None
        value = before[name].value
        return UNKNOWN if value is None else value

    sign = text[at : at + 1]
    quoted = pattern(_QUOTED[sign]).match(text, at) if sign in _QUOTED else None
    if quoted is not None and sign == "'":
        return quoted[1].replace("\\'", "'"), quoted.end()
    if quoted is not None:
        raw = pattern(r"\\([\s\S])").sub(lambda match: _ESCAPES.get(match[1], match[0]), quoted[1])
        return interpolate(raw, lookup), quoted.end()
    raw = text[at : _line_end(text, at)]
    comment = pattern(r"[ \t]#|^#").search(raw)
    raw = (raw[: comment.start()] if comment else raw).rstrip()
    return interpolate(raw, lookup), at + len(raw)
