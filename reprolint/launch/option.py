"""The options of a launcher."""

from __future__ import annotations

from collections.abc import Sequence

from reprolint.launch.launchers import LAUNCHERS, Launcher
from reprolint.launch.scanner import pattern
from reprolint.launch.start import MARKS, Field, Start
from reprolint.launch.state import SEVERAL


class Options:
    """The options that stand between a launcher and what it starts."""

    def __init__(self, launcher: Launcher, found: Start) -> None:
        self.launcher = launcher
        self.found = found
        self.takes = dict.fromkeys(launcher.options.split(), 1) | dict.fromkeys(launcher.pairs.split(), 2)
        self.values: dict[str, str] = {}
        self.is_module = self.is_plain = self.kept = self.unsure = False

    def read(self, words: Sequence[Field]) -> int | None:
        """Take the options; the index of the first word after them, None where nothing is started."""
        index = 0
        while index < len(words):
            text = words[index].text
            if SEVERAL in text and not text.strip(MARKS):
                self.unsure = True
                index += 1
                continue
            if self.launcher.assigns and pattern(r"[A-Za-z_][A-Za-z0-9_]*=").match(text):
                self._set(text, words[index])
                index += 1
                continue
            if text == "--":
                return index + 1
            if not text.startswith("-") or (text == "-" and not self.launcher.clears):
                return index
            name, values, used = self._option(words, index)
            if name in self.launcher.stops.split():
                return None
            for value in values:
                self._note(name, value, words[index])
            index += used
        return index

    def _option(self, words: Sequence[Field], index: int) -> tuple[str, list[str], int]:
        """One option: its name as in the table, its values, and how many words it takes."""
        text = words[index].text
        name, equals, value = text.partition("=")
        name = name.replace("_", "-")
        number = self.takes.get(name, 0)
        following = words[index + 1].text if index + 1 < len(words) else ""
        if equals and text.startswith("--"):
            return name, [value], 1
        short = text[:2]
        if self.launcher.dashed and not text.startswith("--") and len(text) > 2 and short in self.takes:
            return short, [text[2:].removeprefix("=")], 1
        if not number and self._guesses(name, following):
            number = 1
        if number == 2:
            pair = [word.text for word in words[index + 1 : index + 3]]
            return name, ["=".join(pair)], 3
        return name, [following] if number else [""], 1 + number

    def _guesses(self, name: str, following: str) -> bool:
        """Whether an option that the table does not list takes the next word."""
        launcher = self.launcher
        if launcher.starts != "script" or name in launcher.module.split() or name in launcher.plain.split():
            return False
        looks = following.endswith(".py") or following.startswith("-") or SEVERAL in following
        return bool(following) and not looks and pattern(r"[0-9a-z:]+").fullmatch(following) is not None

    def _note(self, name: str, value: str, word: Field) -> None:
        launcher, found = self.launcher, self.found
        self.values[name] = value
        if name in launcher.module.split():
            self.is_module = True
        elif name in launcher.plain.split():
            self.is_plain = True
        elif name in launcher.folder.split():
            found.folder = value
        elif name in launcher.removes.split():
            found.removed.append(value)
        elif name in launcher.keeps.split():
            self.kept = True
        elif name in launcher.clears.split():
            found.inherits = "no"
        elif name in launcher.mounts.split():
            source, _, target = value.partition(":")
            found.mounts.append((target.partition(":")[0], source))
        elif name in launcher.sets.split():
            self._export(name, value, word)

    def _export(self, name: str, value: str, word: Field) -> None:
        """`-e A=b`, and the lists `--export=ALL,A=b` and `--env A=b,C=d`."""
        items = value.split(",") if name == "--export" or self.launcher.folder.startswith("--pwd") else [value]
        if name == "--export" and "ALL" not in items:
            self.found.inherits = "no"
        for item in items:
            if item not in ("ALL", "NONE", "NIL"):
                self._set(item, word)

    def _set(self, text: str, word: Field) -> None:
        name, equals, value = text.partition("=")
        if pattern(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch(name):
            self.found.settings.append((name, value if equals else None, word))

    def count(self, default: str) -> str:
        """How many processes the options ask for."""
        for groups in self.launcher.counts:
            given = [
                next((self.values[name] for name in group.split() if name in self.values), "1") for group in groups
            ]
            if any(name in self.values for name in groups[0].split()):
                return product(given)
        return "?" if self.unsure and self.launcher.counts else default


def product(numbers: Sequence[str]) -> str:
    """The product of numbers as text; empty for one, `?` where one of them is not known."""
    result = 1
    for number in numbers:
        if number and not (number.isascii() and number.isdigit() and len(number) < 7):
            return "?"
        result *= int(number or 1)
    return "" if result == 1 else str(result)


def tasks(words: Sequence[Field]) -> tuple[str, Start]:
    """The number of processes that the options of a Slurm job ask for, and what else they say."""
    found = Start()
    options = Options(LAUNCHERS[("srun",)], found)
    options.read(words)
    return options.count(""), found
