"""What a shell knows at one point of a script: variables, working directory, functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import takewhile

from reprolint.core.place import Span
from reprolint.launch.record import Setting
from reprolint.launch.tree import Node

# Signs that stand in a text for what is not known of it. They are taken out of every file before it is read.
UNKNOWN = "\0"  # some text
SEVERAL = "\1"  # some words, perhaps none
HERE = "\2"  # the folder of the file, at the start of an absolute path
LONGEST = 10_000
MOST = 500

Text = str | tuple[str, ...] | None


def known(text: str) -> bool:
    """Whether all of a text is known."""
    return UNKNOWN not in text and SEVERAL not in text and HERE not in text


def shown(text: str) -> str:
    """A text for a record, where `?` stands for what is not known."""
    return text if known(text) else "?"


def bounded(text: str) -> str:
    """The text, or unknown where it grows without measure."""
    return text if len(text) <= LONGEST else UNKNOWN


@dataclass(frozen=True, slots=True)
class Variable:
    """A shell variable. `exported` is 0, 1 for maybe, 2; the value None is that of `export NAME` alone."""

    value: Text
    exported: int
    certain: bool
    place: Span


@dataclass(slots=True)
class State:
    """Everything that a command can change for the next one."""

    variables: dict[str, Variable] = field(default_factory=dict)
    functions: dict[str, Node] = field(default_factory=dict)
    arguments: tuple[str, ...] | None = None
    folder: str = ""
    pushed: tuple[str, ...] = ()
    exports: bool = False  # `set -a`
    alive: bool = True  # false after `exit` and `return`
    returned: bool = False

    def fork(self) -> State:
        """A copy that may change on its own."""
        return replace(self, variables=dict(self.variables), functions=dict(self.functions))

    def assign(self, name: str, value: Text, place: Span, exported: bool = False) -> None:
        """Set a variable; one that was exported stays so."""
        before = self.variables.get(name)
        level = 2 if exported or self.exports else before.exported if before else 0
        if isinstance(value, str):
            value = bounded(value)
        if before is not None or len(self.variables) < MOST:
            self.variables[name] = Variable(value, level, True, place)

    def export(self, name: str, place: Span, exported: bool = True) -> None:
        """Export a variable, now or when it gets a value; or undo that."""
        before = self.variables.get(name, Variable(None, 0, True, place))
        if name in self.variables or len(self.variables) < MOST:
            self.variables[name] = replace(before, exported=2 if exported else 0)

    def unset(self, name: str) -> None:
        """Forget a variable."""
        self.variables.pop(name, None)

    def settings(self, values: Iterable[Setting]) -> None:
        """Take over an environment from outside."""
        for item in values:
            value = UNKNOWN if item.value is None else item.value
            if item.name in self.variables or len(self.variables) < MOST:
                self.variables[item.name] = Variable(value, 2, item.certain, item.place)

    def environment(self) -> tuple[Setting, ...]:
        """What a program that is started now would get."""
        return tuple(
            Setting(name, item.value if known(item.value) else None, item.place, item.certain and item.exported == 2)
            for name, item in self.variables.items()
            if item.exported and isinstance(item.value, str)
        )


def join(states: Iterable[State]) -> State:
    """What holds whichever of the ways a script took; a way that ended does not count."""
    ways = list(states)
    living = [state for state in ways if state.alive] or ways
    result = living[0].fork()
    result.returned = any(state.returned for state in living)
    for other in living[1:]:
        _merge(result, other)
    return result


def _merge(state: State, other: State) -> None:
    mine, its = state.variables, other.variables
    for name in dict.fromkeys((*mine, *its)):  # a set has no order
        left, right = mine.get(name), its.get(name)
        if left is not right:
            mine[name] = _either(left, right)
    state.functions.update(other.functions)
    if state.folder != other.folder:
        state.folder = "?"
    if state.arguments != other.arguments:
        state.arguments = None
    if state.pushed != other.pushed:
        state.pushed = ()
    state.exports = state.exports and other.exports


def _either(left: Variable | None, right: Variable | None) -> Variable:
    if left is None or right is None:
        one = left or right
        assert one is not None
        return replace(one, certain=False)
    level = left.exported if left.exported == right.exported else 1
    latest = max(left, right, key=lambda item: item.place)
    return Variable(_common(left.value, right.value), level, left.certain and right.certain, latest.place)


def _common(left: Text, right: Text) -> Text:
    """What two values have in common: the words that both begin with."""
    if left == right:
        return left
    if isinstance(left, tuple) and isinstance(right, tuple):
        return (*(one for one, _ in takewhile(_alike, zip(left, right, strict=False))), SEVERAL)
    if not isinstance(left, str) or not isinstance(right, str):
        return UNKNOWN
    shared = left[: sum(1 for _ in takewhile(_alike, zip(left, right, strict=False)))]
    after = left[len(shared) :] or right[len(shared) :]
    if after[0] == " " and shared in (left, right):
        return f"{shared} {UNKNOWN}"
    return shared[: shared.rfind(" ") + 1] + UNKNOWN


def _alike(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]
