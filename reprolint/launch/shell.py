"""Shell scripts: one walk over the tree, with a state that joins where ways meet."""

from __future__ import annotations

from collections.abc import Sequence

from reprolint.core.place import FILE_START, Span
from reprolint.launch.folder import enter
from reprolint.launch.option import tasks
from reprolint.launch.parser import parse
from reprolint.launch.passage import Source, whole
from reprolint.launch.record import Launch
from reprolint.launch.recorder import Recorder
from reprolint.launch.scanner import pattern
from reprolint.launch.simple import Commands
from reprolint.launch.start import Field
from reprolint.launch.state import SEVERAL, UNKNOWN, State, join
from reprolint.launch.tree import (
    Block,
    Case,
    Chain,
    For,
    Function,
    Group,
    If,
    Literal,
    Node,
    Pipeline,
    Simple,
    Test,
    While,
    Word,
)

DEEPEST = 80
# Commands that ask rather than do: what follows them after `&&` happens only if the answer is yes.
_QUESTIONS = frozenset(
    {"[", "test", "command", "cmp", "diff", "false", "grep", "hash", "let", "pgrep", "type", "which"}
)

Target = tuple[str, str, Span]


def read_shell(file: Source, name: str) -> Launch:
    """What a script says; one that is written in another language says nothing."""
    line = file.text.partition("\n")[0]
    if line.startswith("#!") and not any(word in line for word in ("bash", "/sh", " sh", "dash", "ksh", "zsh")):
        return Launch()
    recorder = Recorder()
    shell = Shell(whole(file), State(), recorder, name)
    state = shell.run()
    return Launch(tuple(recorder.commands), state.environment())


class Shell(Commands):
    """Walks over a script."""

    def run(self) -> State:
        """Walk over the whole script, and then over the functions that nobody called."""
        self._directives()
        self.node(parse(self.passage.text))
        for body in tuple(self.state.functions.values()):
            if id(body) not in self.recorder.called:
                with self.aside() as state, self.recorder.under(False):
                    state.alive = True
                    self.call(body, None)
        return self.state

    def _directives(self) -> None:
        """Options of a Slurm job, which stand in comments before the first command."""
        at = 0
        words: list[Field] = []
        for line in self.passage.text.splitlines(keepends=True):
            if line.startswith("#SBATCH"):
                found = pattern(r"\S+").finditer(line.partition(" #")[0], len("#SBATCH"))
                words += [Field(item[0], at + item.start(), at + item.end()) for item in found]
            elif line.strip() and not line.startswith("#"):
                break
            at += len(line)
        if words:
            self.tasks, job = tasks(words)
            for name, value, word in job.settings:
                if value is not None:
                    self.state.assign(name, value, self.passage.span(word.start, word.end), exported=True)
            if job.folder:
                self.state.folder = enter(self.state.folder, job.folder)

    def node(self, node: Node) -> None:
        """Walk over one node of the tree."""
        if not self.state.alive or self.depth > DEEPEST or not self.recorder.step():
            return
        self.depth += 1
        match node:
            case Block():
                for item in node.body:
                    self.node(item)
            case Simple():
                self.simple(node)
            case Chain():
                self._chain(node)
            case Pipeline():
                self._pipeline(node)
            case Group():
                self._group(node)
            case If():
                self._if(node)
            case For():
                self._for(node)
            case While():
                self._while(node)
            case Case():
                self._branches([(None, body) for body in node.branches], node.total)
            case Function():
                self.state.functions[node.name] = node.body
        self.depth -= 1

    def _chain(self, node: Chain) -> None:
        if node.background:
            with self.aside():
                self._links(node)
        else:
            self._links(node)

    def _links(self, node: Chain) -> None:
        """`a && b || c`: what follows a question, and what follows `||`, may not happen."""
        sure = True
        for index, (operator, link) in enumerate(node.links):
            sure = sure and operator != "||" and not (operator and _asks(node.links[index - 1][1]))
            if sure:
                self.node(link)
            else:
                self._branches([(None, Block((link,)))], False)

    def _pipeline(self, node: Pipeline) -> None:
        if len(node.commands) == 1:
            self.node(node.commands[0])
            return
        printed = self.printed
        for command in node.commands:
            with self.aside():
                self.node(command)
        self.printed = [*printed, UNKNOWN]

    def _group(self, node: Group) -> None:
        printed, self.printed = self.printed, []
        if node.subshell:
            with self.aside():
                self.node(node.body)
        else:
            self.node(node.body)
        place = next((self._span(item.target) for item in node.redirects if item.target), FILE_START)
        self.printed = printed + self.kept(node.redirects, self.printed, place)

    def _span(self, word: Word) -> Span:
        return self.passage.span(word.start, word.end)

    def _if(self, node: If) -> None:
        otherwise = () if node.otherwise is None else ((None, node.otherwise),)
        self._branches([*node.branches, *otherwise], node.otherwise is not None)

    def _branches(self, branches: Sequence[tuple[Block | None, Block]], total: bool) -> None:
        """Walk over ways of which one is taken, or perhaps none unless they are total."""
        ends = []
        printed, self.printed = self.printed, []
        for index, (condition, body) in enumerate(branches):
            if condition is not None:
                with self.recorder.under(not index):
                    self.node(condition)
            answer = _constant(condition)
            if answer is False:
                continue
            before = self.state
            self.state = before.fork()
            with self.recorder.under(answer is True and not index):
                self.node(body)
            ends.append(self.state)
            self.state = before
            if answer is True:
                total = True
                break
        self.state = join(ends if total and ends else [self.state, *ends])
        self.printed = [*printed, UNKNOWN] if self.printed else printed

    def _for(self, node: For) -> None:
        place = self.passage.span(*node.place)
        if not node.name:  # `for ((i = 0; i < 3; i++))`
            self._loop(None, node.body, True, None)
            return
        expansion = self.expansion(place)
        items = [SEVERAL] if node.words is None else [text for word in node.words for text in expansion.fields(word)]
        if items:
            runs = any(item != SEVERAL for item in items)
            self._loop(None, node.body, runs, (node.name, items[0] if runs and len(items) == 1 else UNKNOWN, place))

    def _while(self, node: While) -> None:
        answer = _constant(node.condition)
        if answer is not node.negated or answer is None:
            self._loop(node.condition, node.body, answer is not None, None)

    def _loop(self, condition: Block | None, body: Block, runs: bool, target: Target | None) -> None:
        """Walk over a body that is repeated: once to see what it changes, once more with that."""
        before = self.state
        if self.recorder.recording:
            with self.recorder.silently():
                self.state = before.fork()
                self._round(condition, body, runs, target)
            before = join([before, self.state])
        self.state = before.fork()
        self._round(condition, body, runs, target)
        if not runs or not self.state.alive:
            self.state = join([before, self.state])

    def _round(self, condition: Block | None, body: Block, runs: bool, target: Target | None) -> None:
        if condition is not None:
            self.node(condition)
        if target is not None:
            self.state.assign(*target)
        with self.recorder.under(runs):
            self.node(body)


def _constant(condition: Block | None) -> bool | None:
    """Whether a condition always holds or never does."""
    command = condition.body[0] if condition is not None and len(condition.body) == 1 else None
    if not isinstance(command, Simple) or len(command.words) != 1:
        return None
    return {"true": True, ":": True, "false": False}.get(_first(command))


def _first(node: Simple) -> str:
    word = node.words[0] if node.words else None
    parts = word.parts if isinstance(word, Word) else ()
    return parts[0].text if len(parts) == 1 and isinstance(parts[0], Literal) else ""


def _asks(node: Node) -> bool:
    """Whether a command is a question."""
    if isinstance(node, Pipeline):
        return node.negated or _asks(node.commands[-1])
    return isinstance(node, Test) or (isinstance(node, Simple) and _first(node) in _QUESTIONS)
