"""Makefiles: variables, what is exported to recipes, and the recipes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from reprolint.core.place import FILE_START, Span
from reprolint.launch.passage import Passage, Source
from reprolint.launch.record import Launch, Setting
from reprolint.launch.recorder import MOST_STEPS, Recorder
from reprolint.launch.scanner import pattern
from reprolint.launch.shell import Shell
from reprolint.launch.state import LONGEST, MOST, SEVERAL, UNKNOWN, State, known

# https://www.gnu.org/software/make/manual/make.html
_ASSIGNMENT = r"((?:(?:export|override|private)[ \t]+)*)([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*(:{0,3}=|[?+!]=)[ \t]*"
_REFERENCE = r"\$(?:\$|\(([A-Za-z_][A-Za-z0-9_.-]*|[@<^])\)|\{([A-Za-z_][A-Za-z0-9_.-]*|[@<^])\}|([(\{])|(\S)|$)"
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable: `deferred` ones are expanded where they are used."""

    text: str
    deferred: bool
    place: Span
    certain: bool


@dataclass(slots=True)
class Rule:
    """The targets of a rule, its first prerequisite, its own exports, and the lines of its recipe."""

    targets: tuple[str, ...]
    first: str
    recipe: list[tuple[int, int, bool]] = field(default_factory=list)  # offsets, and whether it is unconditional


class Makefile:
    """A makefile that is being read: first all of its variables, then its recipes, as make does."""

    def __init__(self, file: Source) -> None:
        self.file = file
        self.variables: dict[str, Variable] = {}
        self.exported: dict[str, bool] = {}  # by name, whether it surely is
        self.own: dict[str, dict[str, Variable]] = {}  # what single targets export
        self.rules: list[Rule] = []
        self.everything = False
        self.one_shell = False
        self.conditions = 0
        self.steps = 0  # references that were expanded

    def read(self) -> Launch:
        """Read it all."""
        rule: Rule | None = None
        defining = False
        for start, end in self._lines():
            text = self.file.text[start:end]
            words = text.split(None, 1)
            if defining:
                defining = words[:1] != ["endef"]
            elif text.startswith("\t") and rule is not None:
                rule.recipe.append((start + 1, end, not self.conditions))
            elif words and not text.lstrip().startswith("#"):
                defining = words[0] == "define" or text.split()[:2] == ["export", "define"]
                rule = rule if defining else self._line(start, end, rule)
        return self._launch()

    def _lines(self) -> Iterator[tuple[int, int]]:
        """Lines with those that continue them."""
        text, start, at = self.file.text, 0, 0
        while at < len(text):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            at = end + 1
            if end > start and text[end - 1] == "\\" and at < len(text):
                continue
            yield start, end
            start = at
        if start < len(text):
            yield start, len(text)

    def _line(self, start: int, end: int, rule: Rule | None) -> Rule | None:
        """Read a line that is not of a recipe; the rule that following recipe lines belong to."""
        text = pattern(r"(?<!\\)#[^\n]*").sub("", self.file.text[start:end])
        word = pattern(r"[ \t]*([A-Za-z-]*)").match(text)
        name = word[1] if word else ""
        if name in ("ifeq", "ifneq", "ifdef", "ifndef", "endif", "else"):
            self.conditions = max(0, self.conditions + {"endif": -1, "else": 0}.get(name, 1))
            return rule
        if name in ("include", "sinclude", "-include", "vpath"):
            return rule
        indent = len(text) - len(text.lstrip())
        if match := pattern(_ASSIGNMENT).match(text, indent):
            self._assign(
                match[2], match[3], text[match.end() :], self._span(start + match.start(2), start, text), self.variables
            )
            if "export" in match[1]:
                self.exported[match[2]] = self.exported.get(match[2]) or not self.conditions
            return None
        if name in ("export", "unexport"):
            self._export(name, text.split()[1:])
            return None
        return self._rule(start, text)

    def _span(self, first: int, start: int, text: str) -> Span:
        return self.file.span(first, start + len(text.rstrip()))

    def _assign(self, name: str, sign: str, raw: str, place: Span, into: dict[str, Variable]) -> None:
        raw = pattern(r"[ \t]*\\\n[ \t]*").sub(" ", raw).rstrip()
        before = into.get(name) or self.variables.get(name)
        if len(into) >= MOST or (sign == "?=" and before is not None):
            return
        deferred = sign in ("=", "?=") or (sign == "+=" and (before is None or before.deferred))
        if sign == "!=":
            raw = UNKNOWN
        if not deferred:
            raw = self.expand(raw, {})
        if sign == "+=" and before is not None:
            raw = f"{before.text} {raw}"
        certain = not self.conditions
        if not certain and before is not None and before.text != raw:
            raw, certain = UNKNOWN, before.certain
        into[name] = Variable(raw if len(raw) <= LONGEST else UNKNOWN, deferred, place, certain)

    def _export(self, name: str, words: list[str]) -> None:
        if not words:
            self.everything = name == "export"
        for word in words:
            if name == "export":
                self.exported[word] = self.exported.get(word) or not self.conditions
            else:
                self.exported.pop(word, None)

    def _rule(self, start: int, text: str) -> Rule | None:
        head, colon, rest = text.partition(":")
        if not colon:
            return None
        targets = tuple(self.expand(head, {}).split())
        if ".ONESHELL" in targets or ".EXPORT_ALL_VARIABLES" in targets:
            self.one_shell = self.one_shell or ".ONESHELL" in targets
            self.everything = self.everything or ".EXPORT_ALL_VARIABLES" in targets
            return None
        if own := pattern(rf":?[ \t]*{_ASSIGNMENT}").match(rest):
            place = self._span(start + len(head) + 1 + own.start(2), start, text)
            for target in targets:
                into = self.own.setdefault(target, {}) if len(self.own) < MOST else {}
                self._assign(own[2], own[3], rest[own.end() :], place, into)
                if "export" in own[1]:
                    self.exported.setdefault(f"{target}:{own[2]}", not self.conditions)
            return None
        prerequisites, semicolon, recipe = rest.lstrip(":").partition(";")
        first = self.expand(prerequisites.replace("\\\n", " "), {}).split()
        rule = Rule(targets, first[0] if first else UNKNOWN)
        if len(self.rules) >= MOST:
            return None
        if semicolon:
            rule.recipe.append((start + len(text) - len(recipe), start + len(text), not self.conditions))
        self.rules.append(rule)
        return rule

    def expand(self, text: str, own: dict[str, Variable]) -> str:
        """A text with the values of its references."""
        passage = Passage(self.file)
        self._weave(text, own, passage, None, DEEPEST)
        return passage.text

    def _weave(self, text: str, own: dict[str, Variable], into: Passage, at: int | None, depth: int) -> None:
        """Append a text with its references replaced; one that stands in the file at `at` is copied from there."""
        done = 0
        for match in pattern(_REFERENCE).finditer(text):
            if match.start() < done:
                continue
            self._copy(text, done, match.start(), into, at)
            done = match.end()
            if match[3]:
                done = _closing(text, match.end())
            name = match[1] or match[2] or match[4] or ""
            value = "$" if match[0] == "$$" else self._value(name, own, depth)
            if into.length + len(value) <= LONGEST * 10:
                into.put(value, 0 if at is None else at + match.start(), 0 if at is None else at + done)
        self._copy(text, done, len(text), into, at)

    def _copy(self, text: str, start: int, end: int, into: Passage, at: int | None) -> None:
        if at is None:
            into.put(text[start:end], 0, 0)
        else:
            into.copy(at + start, at + end)

    def _value(self, name: str, own: dict[str, Variable], depth: int) -> str:
        if name == "CURDIR":
            return "."
        variable = own.get(name) or self.variables.get(name)
        self.steps += 1
        if variable is None or not variable.certain or depth == 0 or self.steps > MOST_STEPS:
            return {"MAKE": "make"}.get(name, SEVERAL)
        if not variable.deferred:
            return variable.text
        passage = Passage(self.file)
        self._weave(variable.text, own, passage, None, depth - 1)
        return passage.text if passage.length <= LONGEST else SEVERAL

    def _launch(self) -> Launch:
        recorder = Recorder()
        everywhere = {item.name: item for item in self._settings(self.variables, "")}
        for rule in self.rules:
            target = rule.targets[0] if rule.targets else ""
            own = dict(self.own.get(target, {}))
            settings = {**everywhere, **{item.name: item for item in self._settings(own, target)}}
            for name, text in (("@", target), ("<", rule.first)):
                own[name] = Variable(UNKNOWN if "%" in text else text, False, FILE_START, True)
            self._recipe(rule, own, tuple(settings.values()), recorder)
        return Launch(tuple(recorder.commands), tuple(everywhere.values()))

    def _settings(self, variables: dict[str, Variable], target: str) -> Iterator[Setting]:
        """Those of the variables that are exported."""
        for name, variable in variables.items():
            sure = self.exported.get(f"{target}:{name}", self.exported.get(name, self.everything or None))
            if sure is not None and name.isidentifier():
                value = self.expand(variable.text, variables) if variable.deferred else variable.text
                told = value.rstrip() if known(value) else None
                yield Setting(name, told, variable.place, variable.certain and sure)

    def _recipe(self, rule: Rule, own: dict[str, Variable], settings: tuple[Setting, ...], recorder: Recorder) -> None:
        script = Passage(self.file)
        for start, end, certain in rule.recipe:
            prefix = pattern(r"[ \t]*[@+-]*[ \t]*").match(self.file.text, start, end)
            first = prefix.end() if prefix else start
            self._weave(self.file.text[first:end], own, script, first, DEEPEST)
            script.put("\n", end, end)
            if not self.one_shell:
                with recorder.under(certain):
                    self._shell(script, settings, recorder)
                script = Passage(self.file)
        if script.length:
            with recorder.under(all(certain for *_, certain in rule.recipe)):
                self._shell(script, settings, recorder)

    def _shell(self, script: Passage, settings: tuple[Setting, ...], recorder: Recorder) -> None:
        state = State()
        state.settings(settings)
        Shell(script, state, recorder).run()


def read_make(file: Source) -> Launch:
    """What a makefile says."""
    return Makefile(file).read()


def _closing(text: str, at: int) -> int:
    """The end of a call of a function, `$(shell ...)`, whose inside is not read."""
    depth = 1
    while depth:
        match = pattern(r"[(){}]").search(text, at)
        if match is None:
            return len(text)
        depth += 1 if match[0] in "({" else -1
        at = match.end()
    return at
