"""From the words of a script to the words that a program gets, with signs for what is not known."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence

from reprolint.core.place import Span
from reprolint.launch.folder import absolute
from reprolint.launch.scanner import pattern
from reprolint.launch.state import HERE, LONGEST, MOST, SEVERAL, UNKNOWN, State, Text, known
from reprolint.launch.tree import Literal, Parameter, Part, Substitution, Word

_BLANK = " \t\n"
_UNTOLD = frozenset({"#", "?", "$", "!", "-", "RANDOM", "SECONDS", "LINENO"})

Output = Callable[[Substitution], str]


class Expansion:
    """Expands words in a state; `output` tells what a command substitution prints."""

    def __init__(self, state: State, name: str, place: Span, output: Output) -> None:
        self.state = state
        self.name = name
        self.place = place
        self.output = output

    def fields(self, word: Word) -> list[str]:
        """The words that one word becomes."""
        fields = _Fields()
        self._parts(word.parts, fields)
        return fields.end()

    def text(self, word: Word | tuple[Part, ...]) -> str:
        """The text of a word where the shell does not split it: in an assignment."""
        fields = _Fields(splits=False)
        self._parts(word.parts if isinstance(word, Word) else word, fields)
        return "".join(fields.end())

    def _parts(self, parts: tuple[Part, ...], fields: _Fields) -> None:
        for part in parts:
            if isinstance(part, Literal):
                fields.literal(part)
            elif isinstance(part, Substitution):
                fields.value(self.output(part), part.quoted)
            else:
                self._parameter(part, fields)

    def _parameter(self, part: Parameter, fields: _Fields) -> None:
        found = self.lookup(part.name)
        every = part.name in ("@", "*") or part.name.endswith(("[@]", "[*]"))
        sign = part.operator
        if sign in (":-", "-", ":=", "=", ":+", "+"):
            empty = found is None or (sign[0] == ":" and found in ("", ()))
            if "+" in sign and empty:
                return
            if sign == ":+" and isinstance(found, str) and not found.strip(UNKNOWN + SEVERAL):
                fields.value(UNKNOWN, part.quoted)  # it may be empty
                return
            if "+" in sign or empty:
                if "=" in sign and found in (None, ""):
                    self.state.assign(part.name, self.text(part.word), self.place)
                self._parts(part.word, fields)
                return
        elif sign not in ("", "?", ":?"):
            fields.value(SEVERAL if every else self._other(part, found), part.quoted)
            return
        if isinstance(found, tuple):
            fields.items(found, part.quoted)
        elif found is None:
            fields.value(SEVERAL if every else UNKNOWN, part.quoted and not every)
        else:
            fields.value(found, part.quoted)

    def _other(self, part: Parameter, found: Text) -> str:
        """`${path%/*}` and `${path##*/}`, the common ones among those that cut."""
        glob = "".join(item.text if isinstance(item, Literal) else UNKNOWN for item in part.word)
        if isinstance(found, str) and "/" in found:
            if (part.operator, glob) == ("%", "/*"):
                return found.rpartition("/")[0]
            if (part.operator, glob) == ("##", "*/"):
                return found.rpartition("/")[2]
        return UNKNOWN

    def lookup(self, name: str) -> Text:
        """The value of a parameter; None where the script does not set it."""
        state = self.state
        base, _, index = name.rstrip("]").partition("[")
        if base in ("0", "BASH_SOURCE") and index in ("", "0"):
            return f"{HERE}/{self.name}" if self.name else UNKNOWN
        if base in ("@", "*"):
            return state.arguments
        if base.isdigit():
            place = int(base[:6]) - 1
            return None if state.arguments is None else _item(state.arguments, place)
        if base in _UNTOLD or not base:
            return UNKNOWN
        variable = state.variables.get(base)
        if variable is None:
            return absolute(state.folder) if base == "PWD" else None
        if not variable.certain:
            return UNKNOWN
        value = variable.value
        if isinstance(value, tuple):
            if index in ("@", "*"):
                return value
            return _item(value, int(index or 0)) if not index or index[:4].isdigit() else UNKNOWN
        return value


def _item(items: tuple[str, ...], index: int) -> str:
    if any(SEVERAL in item for item in items[: index + 1]):
        return UNKNOWN
    return items[index] if 0 <= index < len(items) else ""


class _Fields:
    """Words that are being put together."""

    def __init__(self, splits: bool = True) -> None:
        self.splits = splits
        self.done: list[str] = []
        self.current: str | None = None
        self.vanishes = False  # "$@" without arguments is no word at all

    def end(self) -> list[str]:
        """Finish the current word."""
        if self.current or (self.current is not None and not self.vanishes):
            self.done.append(self.current if len(self.current) <= LONGEST else UNKNOWN)
        self.current = None
        if len(self.done) > MOST:
            self.done[MOST:] = [SEVERAL]
        return self.done

    def literal(self, part: Literal) -> None:
        """Append what the script says, with a tilde and patterns that depend on the machine."""
        text = part.text
        if not part.quoted and text:
            if self.current is None and text.startswith("~"):
                text = pattern(r"~[^/]*").sub(UNKNOWN, text, count=1)
            if self.splits and "*" in text:
                text = text.replace("*", UNKNOWN)
            if self.splits and pattern(r"\{[^{}]*(?:,|\.\.)[^{}]*\}").search(text):
                self.done.append(UNKNOWN)  # `{1..5}` is more than one word
                text = UNKNOWN
        self.current = (self.current or "") + text

    def items(self, items: Sequence[str], quoted: bool) -> None:
        """Append `"$@"` or `"${name[@]}"`."""
        self.vanishes = self.vanishes or (self.splits and not items)
        if not self.splits:
            self.value(" ".join(items), True)
            return
        for index, item in enumerate(items):
            if index:
                self.end()
            if quoted:
                self.current = (self.current or "") + item
            else:
                self.value(item, False)

    def value(self, text: str, quoted: bool) -> None:
        """Append the value of an expansion, split where the shell splits it."""
        if quoted or not self.splits:
            self.current = (self.current or "") + (text if self.splits else text.replace(SEVERAL, UNKNOWN))
            return
        if text[:1] in _BLANK and text:
            self.end()
        for index, word in enumerate(pattern(r"[^ \t\n]+").findall(text)):
            if index:
                self.end()
            self.current = (self.current or "") + word.replace(UNKNOWN, SEVERAL)
        if text[-1:] in _BLANK and text:
            self.end()


def printed(name: str, words: list[str], folder: str) -> str | None:
    """What a small command prints, where that can be told; None for a command that is not one of these."""
    operands = [word for word in words if not word.startswith("-")]
    if name == "pwd":
        return absolute(folder)
    if name == "echo":
        return " ".join(words)
    if name in ("which", "type"):
        return operands[-1] if operands else UNKNOWN
    if name == "command":
        return operands[-1] if operands and "-v" in words else None
    if name not in ("dirname", "basename", "realpath", "readlink"):
        return None
    path = operands[-1] if operands else UNKNOWN
    if name == "dirname":
        return posixpath.dirname(path) or ("." if known(path) else UNKNOWN)
    if name == "basename":
        return posixpath.basename(path.rstrip("/")) if len(operands) == 1 else UNKNOWN
    if path.startswith((HERE, "/", UNKNOWN, SEVERAL)):
        return path
    return f"{absolute(folder)}/{path}"
