"""Simple commands of a shell: assignments, functions, builtins, and programs that start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from reprolint.core.place import Span
from reprolint.launch import builtin
from reprolint.launch.argv import start
from reprolint.launch.expansion import Expansion, printed
from reprolint.launch.folder import enter, relative, script
from reprolint.launch.option import product
from reprolint.launch.parser import DECLARING, parse
from reprolint.launch.passage import Passage, stretch
from reprolint.launch.record import Command, Setting
from reprolint.launch.recorder import Recorder
from reprolint.launch.start import Field, Start
from reprolint.launch.state import MOST, SEVERAL, UNKNOWN, State, Text, Variable, known, shown
from reprolint.launch.tree import Assignment, Literal, Node, Parameter, Redirect, Simple, Substitution, Word


class Commands:
    """Carries out simple commands. They are noted in `recorder`; `state` is what holds after the last one."""

    def __init__(self, passage: Passage, state: State, recorder: Recorder, name: str = "") -> None:
        self.passage = passage
        self.state = state
        self.recorder = recorder
        self.name = name  # of the script, for "$0"
        self.tasks = ""  # processes of the job that the script is
        self.processes: tuple[str, ...] = ()  # of what starts the script
        self.printed: list[str] = []
        self.depth = 0
        self.active: list[int] = []  # functions under way, by identity of the tree
        self.hidden: list[dict[str, Variable | None]] = []  # what local variables hide, one for each of them

    def node(self, node: Node) -> None:
        """Walk over one node of the tree."""
        raise NotImplementedError

    @contextmanager
    def aside(self) -> Iterator[State]:
        """Changes of the state within do not last: a subshell."""
        kept = self.state
        self.state = kept.fork()
        yield self.state
        self.state = kept

    def simple(self, node: Simple) -> None:
        """Carry out a simple command."""
        place = self.passage.span(node.start, node.end)
        before, self.printed = self.printed, []
        first = node.words[0] if node.words else None
        literal = first.parts[0] if isinstance(first, Word) and first.parts else None
        if isinstance(literal, Literal) and literal.text in DECLARING:
            self._declare(literal.text, node, place)
        else:
            fields = [
                Field(text, word.start, word.end)
                for word in node.words if isinstance(word, Word)
                for text in self.expansion(place).fields(word)
            ]  # fmt: skip
            self._assigned(node, fields[:MOST], place)
        self.printed = before + self.kept(node.redirects, self.printed, place)

    def expansion(self, place: Span) -> Expansion:
        """What expands the words of the command at a place."""
        return Expansion(self.state, self.name, place, self._output)

    def _output(self, part: Substitution) -> str:
        """What a command substitution prints, where that can be told."""
        if part.body is None:
            return UNKNOWN
        before, self.printed = self.printed, []
        with self.aside():
            self.node(part.body)
        text = "\n".join(self.printed).rstrip("\n")
        self.printed = before
        return text

    def kept(self, redirects: Sequence[Redirect], lines: list[str], place: Span) -> list[str]:
        """What is left of an output after the redirections; `>> $GITHUB_ENV` is for later steps."""
        for redirect in redirects:
            if not redirect.operator.startswith(("1>", ">", "&>")):
                continue
            names = (
                [part.name for part in redirect.target.parts if isinstance(part, Parameter)] if redirect.target else []
            )
            for line in "\n".join(lines).splitlines() if "GITHUB_ENV" in names else ():
                name, equals, value = line.partition("=")
                if equals and name.isidentifier():
                    told = value if known(value) else None
                    self.recorder.pass_on(Setting(name, told, place, self.recorder.certain))
            return []
        return lines

    def _assigned(self, node: Simple, fields: list[Field], place: Span) -> None:
        """A command after its assignments, which last only where there is no command."""
        if not fields or fields[0].text in ("eval", ".", "source", ":", "set"):
            for item in node.assignments:
                self.assign(item, False)
            if fields:
                self._command(fields, node, place)
            return
        if not node.assignments:
            self._command(fields, node, place)
            return
        kept = self.state
        with self.aside():
            for item in node.assignments:
                self.assign(item, True)
            self._command(fields, node, place)
            kept.alive, kept.folder = self.state.alive, self.state.folder

    def assign(self, item: Assignment, exported: bool) -> None:
        """Carry out an assignment."""
        place = self.passage.span(item.start, item.end)
        expansion = self.expansion(place)
        value: Text
        if isinstance(item.value, Word):
            value = expansion.text(item.value)
        else:
            value = tuple(text for word in item.value for text in expansion.fields(word))
        before = expansion.lookup(item.name + "[@]") if item.appends else None
        old = self.state.variables.get(item.name)
        if item.indexed:
            value = (*(old.value if old and isinstance(old.value, tuple) else ()), SEVERAL)
        elif item.appends and isinstance(value, tuple):
            value = (*((before,) if isinstance(before, str) else before or ()), *value)
        elif item.appends and isinstance(value, str):
            value = (UNKNOWN if before is None or isinstance(before, tuple) else before) + value
        if isinstance(value, tuple) and len(value) > MOST:
            value = (SEVERAL,)
        self.state.assign(item.name, value, place, exported)

    def _declare(self, name: str, node: Simple, place: Span) -> None:
        words = [
            text for word in node.words[1:] if isinstance(word, Word) for text in self.expansion(place).fields(word)
        ]
        local = bool(self.hidden) and (name == "local" or (name in ("declare", "typeset") and "-g" not in words))
        for item in node.words:
            target = item.name if isinstance(item, Assignment) else ""
            if local and target:
                self.hidden[-1].setdefault(target, self.state.variables.get(target))
            if isinstance(item, Assignment):
                self.assign(item, builtin.exports(name, words))
        builtin.declare(self.state, name, words, place)

    def _command(self, fields: list[Field], node: Simple, place: Span) -> None:
        name = fields[0].text
        words = [item.text for item in fields[1:]]
        if name in self.state.functions:
            self.call(self.state.functions[name], tuple(words))
        elif name == "eval":
            self._nested(" ".join(words), node)
        elif change := builtin.find(name):
            change(self.state, words, place)
        else:
            told = printed(name, words, self.state.folder)
            self.printed = [UNKNOWN if told is None else told]
            if told is None:
                self.execute(fields, node, place)
            if name == "exec" and words:
                self.state.alive = False

    def execute(self, fields: Sequence[Field], node: Simple, place: Span) -> None:
        """Start a program by the words of its command line."""
        found = start(fields, self.tasks)
        if found is not None and (found.shell or not self.recorder.full):
            self._start(found, node, place)

    def call(self, body: Node, arguments: tuple[str, ...] | None) -> None:
        """Carry out the body of a function."""
        if id(body) in self.active:
            return
        self.recorder.called.add(id(body))
        self.active.append(id(body))
        self.hidden.append({})
        outside, self.state.arguments = self.state.arguments, arguments
        self.node(body)
        state = self.state
        state.arguments = outside
        state.alive, state.returned = state.alive or state.returned, False
        for name, variable in self.hidden.pop().items():
            if variable is None:
                state.unset(name)
            else:
                state.variables[name] = variable
        self.active.pop()

    def _nested(self, text: str, node: Simple) -> None:
        """Walk over a script that is the value of words: of `eval`, of `bash -c`."""
        if not self.recorder.step(1 + len(text) // 20) or len(self.active) > 10:
            return
        passage = self.passage
        origin = (passage.offset(node.start), passage.offset(max(node.start, node.end - 1)) + 1)
        self.passage = stretch(passage.source, text, *origin)
        self.active.append(0)
        self.node(parse(text))
        self.active.pop()
        self.passage = passage

    def _start(self, found: Start, node: Simple, place: Span) -> None:
        """Note what is started, or walk over the script that a new shell is given."""
        folder = enter(self.state.folder, found.folder) if found.folder else self.state.folder
        mounts = self.recorder.mounts
        if found.contained:
            shared = ((target, enter(self.state.folder, source)) for target, source in found.mounts)
            mounts = tuple(item for item in shared if item[0].startswith("/") and not item[1].startswith(("/", "?")))
            folder = found.folder if found.folder.startswith("/") else "?"
        environment = self._environment(found)
        processes = (*self.processes, *found.processes)
        if found.shell is None:
            self.recorder.note(
                Command(
                    script(found.script, folder, mounts) if found.script else "",
                    found.module, found.program, tuple(shown(item.text) for item in found.arguments),
                    relative(folder, mounts), environment, place, self.recorder.certain, product(processes),
                )
            )  # fmt: skip
            return
        outside = self.state, self.processes, self.recorder.mounts
        self.state = State(folder=folder, arguments=tuple(item.text for item in found.arguments))
        self.state.settings(environment)
        self.processes, self.recorder.mounts = processes, mounts
        self._nested(found.shell.text, node)
        self.state, self.processes, self.recorder.mounts = outside

    def _environment(self, found: Start) -> tuple[Setting, ...]:
        """The environment that a program gets, after the changes that its launchers make."""
        outside = {item.name: item for item in self.state.environment()}
        result = outside if found.inherits != "no" else {}
        if found.inherits == "maybe":
            result = {name: replace(item, certain=False) for name, item in outside.items()}
        for name in found.removed:
            result.pop(name, None)
        for name, value, word in found.settings:
            if value is not None:
                place = self.passage.span(word.start, word.end)
                result[name] = Setting(name, value if known(value) else None, place, True)
            elif name in outside:
                result[name] = outside[name]
        return tuple(item for item in result.values() if not (found.isolated and item.name.startswith("PYTHON")))
