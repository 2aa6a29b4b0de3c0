"""Commands of the shell itself that change its state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from reprolint.core.place import Span
from reprolint.launch.folder import enter
from reprolint.launch.state import SEVERAL, UNKNOWN, State

Builtin = Callable[[State, Sequence[str], Span], None]


def find(name: str) -> Builtin | None:
    """The builtin of a name, if there is one; it prints nothing."""
    return _BUILTINS.get(name)


def declare(state: State, name: str, words: Sequence[str], place: Span) -> None:
    """`export NAME`, `declare -x NAME`: words after a declaring builtin that assign nothing."""
    options = "".join(word[1:] for word in words if word.startswith(("-", "+")))
    if name != "export" and "x" not in options:
        return
    for word in words:
        if not word.startswith(("-", "+")) and word.isidentifier():
            state.export(word, place, exported="n" not in options)


def exports(name: str, words: Sequence[str]) -> bool:
    """Whether a declaring builtin exports what it assigns."""
    options = "".join(word[1:] for word in words if word.startswith("-"))
    return (name == "export" and "n" not in options) or (name in ("declare", "typeset") and "x" in options)


def _nothing(state: State, words: Sequence[str], place: Span) -> None:
    pass


def _cd(state: State, words: Sequence[str], place: Span) -> None:
    operands = [word for word in words if word not in ("-P", "-L", "-e", "--")]
    before = state.folder
    if operands == ["-"]:
        state.folder = state.pushed[-1] if state.pushed else "?"
    else:
        state.folder = enter(before, operands[0]) if len(operands) == 1 and operands[0] else "?"
    state.pushed = (*state.pushed[:-1], before)


def _pushd(state: State, words: Sequence[str], place: Span) -> None:
    pushed = (*state.pushed[-20:], state.folder)
    _cd(state, words, place)
    state.pushed = pushed


def _popd(state: State, words: Sequence[str], place: Span) -> None:
    state.folder = state.pushed[-1] if state.pushed else "?"
    state.pushed = state.pushed[:-1]


def _exit(state: State, words: Sequence[str], place: Span) -> None:
    state.alive = False


def _return(state: State, words: Sequence[str], place: Span) -> None:
    state.alive, state.returned = False, True


def _set(state: State, words: Sequence[str], place: Span) -> None:
    for index, word in enumerate(words):
        if word == "--" or not word.startswith(("-", "+")):
            if index and words[index - 1] in ("-o", "+o"):
                if word == "allexport":
                    state.exports = words[index - 1] == "-o"
                continue
            state.arguments = tuple(words[index + (word == "--") :])
            return
        if "a" in word[1:] and word[1:] != "allexport":
            state.exports = word[0] == "-"


def _shift(state: State, words: Sequence[str], place: Span) -> None:
    count = int(words[0]) if words and words[0].isdigit() and len(words[0]) < 4 else 1
    arguments = state.arguments
    if arguments is not None:
        told = all(SEVERAL not in item for item in arguments[:count])
        state.arguments = arguments[count:] if told else (SEVERAL,)


def _unset(state: State, words: Sequence[str], place: Span) -> None:
    for word in words:
        state.unset(word)


def _read(state: State, words: Sequence[str], place: Span) -> None:
    for word in words:
        if word.isidentifier():
            state.assign(word, UNKNOWN, place)


def _source(state: State, words: Sequence[str], place: Span) -> None:
    """Another file may set anything; that is told by the file itself. Its arguments stay unknown."""


_BUILTINS: Mapping[str, Builtin] = {
    "cd": _cd,
    "pushd": _pushd,
    "popd": _popd,
    "exit": _exit,
    "return": _return,
    "set": _set,
    "shift": _shift,
    "unset": _unset,
    "read": _read,
    "getopts": _read,
    "mapfile": _read,
    "readarray": _read,
    "source": _source,
    ".": _source,
} | dict.fromkeys((":", "[", "test", "true", "false", "shopt", "trap", "umask", "ulimit", "wait", "module"), _nothing)
