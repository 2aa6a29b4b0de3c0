"""The grammar of shell: from the text of a script to its tree."""

from __future__ import annotations

from contextlib import suppress

from reprolint.launch.scanner import Broken, Scanner, pattern
from reprolint.launch.tree import (
    Assignment,
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
    Redirect,
    Simple,
    Test,
    While,
    Word,
)

DECLARING = frozenset({"declare", "export", "local", "readonly", "typeset"})
_RESERVED = r"(?:%s)(?![^ \t\n;&|<>()`])"
_OPENING = _RESERVED % r"if|for|select|while|until|case|function|\{|\[\["
_NAME = r"[A-Za-z_][A-Za-z0-9_.:-]*[ \t]*\([ \t]*\)"
_TARGET = r"[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]\s]*\])?\+?="
_REDIRECT = r"(?:[0-9]*|\{[A-Za-z_]+\})(?:<<<|<<-|<<|<>|<&|<(?!\()|>>|>&|>\||>(?!\())|&>>|&>"
_SIGNS = frozenset({";;", ";&", ")", "`", "}"})


def parse(text: str) -> Block:
    """The tree of a script, as far as it can be read: a shell runs what comes before a mistake, too."""
    return _Parser(text).script()


class _Parser(Scanner):
    def script(self) -> Block:
        body: list[Node] = []
        with suppress(Broken):
            self._fill(body, frozenset())
        return Block(tuple(body))

    def block(self, stops: frozenset[str]) -> Block:
        self._enter()
        body: list[Node] = []
        self._fill(body, stops)
        self.depth -= 1
        return Block(tuple(body))

    def _fill(self, body: list[Node], stops: frozenset[str]) -> None:
        self.newlines()
        while self.at < len(self.text) and not self._stops(stops):
            start = self.at
            body.append(self._chain())
            if self.at == start:
                self.at += 1  # a sign that nothing expects; the shell would give up, the rest may be fine
            self.newlines()

    def _stops(self, stops: frozenset[str]) -> bool:
        if self.starts("`") and self.ticked:
            return True
        return any(self.starts(stop) if stop in _SIGNS else self._reserved(stop, False) for stop in stops)

    def _reserved(self, word: str, takes: bool = True) -> bool:
        match = pattern(_RESERVED % word).match(self.text, self.at)
        if match is None:
            return False
        self.at = match.end() if takes else self.at
        return True

    def _chain(self) -> Node:
        links = [("", self._pipeline())]
        self.blanks()
        while operator := self.take(r"&&|\|\|"):
            self.newlines()
            links.append((operator, self._pipeline()))
            self.blanks()
        background = bool(self.take(r"&(?![&>])"))
        if not background:
            self.take(r";(?![;&])")
        return Chain(tuple(links), background) if len(links) > 1 or background else links[0][1]

    def _pipeline(self) -> Node:
        negated = self._reserved("!")
        self.blanks()
        commands = [self._command()]
        self.blanks()
        while self.take(r"\|&?(?!\|)"):
            self.newlines()
            commands.append(self._command())
            self.blanks()
        return Pipeline(tuple(commands), negated) if len(commands) > 1 or negated else commands[0]

    def _command(self) -> Node:
        if self.take(r"\(\("):
            self.parentheses(2)
            return Test()
        if self.take(r"\("):
            body = self.block(frozenset({")"}))
            self.take(r"\)")
            return Group(body, True, self._redirects())
        if name := self.take(_NAME):
            return self._function(name.partition("(")[0].strip())
        opening = self.take(_OPENING)
        if not opening:
            return self._simple()
        node = self._compound(opening)
        redirects = self._redirects()
        return Group(node.body, node.subshell, redirects) if isinstance(node, Group) else node

    def _compound(self, opening: str) -> Node:
        if opening == "if":
            return self._if()
        if opening in ("for", "select"):
            return self._for()
        if opening == "case":
            return self._case()
        if opening == "function":
            self.blanks()
            name = self.take(r"[^ \t\n;&|<>()]+")
            self.take(r"[ \t]*\([ \t]*\)")
            return self._function(name)
        if opening == "[[":
            return self._test()
        if opening == "{":
            body = self.block(frozenset({"}"}))
            self.take(r"\}")
            return Group(body, False)
        condition = self.block(frozenset({"do"}))
        return While(condition, self._do(), opening == "until")

    def _if(self) -> If:
        branches = []
        otherwise = None
        stops = frozenset({"elif", "else", "fi"})
        while True:
            condition = self.block(frozenset({"then", "fi"}))
            self._reserved("then")
            branches.append((condition, self.block(stops)))
            if not self._reserved("elif"):
                break
        if self._reserved("else"):
            otherwise = self.block(frozenset({"fi"}))
        self._reserved("fi")
        return If(tuple(branches), otherwise)

    def _do(self) -> Block:
        self.newlines()
        if self.take(r"\{(?=\s)"):  # an old spelling of `do`
            body = self.block(frozenset({"}"}))
            self.take(r"\}")
            return body
        self._reserved("do")
        body = self.block(frozenset({"done"}))
        self._reserved("done")
        return body

    def _for(self) -> For:
        self.blanks()
        start = self.at
        name, words = "", None
        if self.take(r"\(\("):
            self.parentheses(2)
        else:
            name = self.take(r"[A-Za-z_][A-Za-z0-9_]*")
            end = self.at
            self.newlines()
            if self._reserved("in"):
                words = tuple(word for word in self._words() if isinstance(word, Word))
                end = self.at
            self.blanks()
            self.take(";")
            return For(name, words, self._do(), (start, end))
        self.blanks()
        self.take(";")
        return For(name, words, self._do(), (start, self.at))

    def _words(self) -> list[Word]:
        words = []
        self.blanks()
        while (word := self.word()) is not None:
            words.append(word)
            self.blanks()
        return words

    def _case(self) -> Case:
        self.blanks()
        subject = self.word() or Word((), self.at, self.at)
        self.newlines()
        self._reserved("in")
        branches = []
        total = False
        self.newlines()
        while self.at < len(self.text) and not self._reserved("esac"):
            start = self.at
            self.take(r"\(")
            patterns = self._words()
            while self.take(r"[ \t]*\|"):
                patterns += self._words()
            self.take(r"\)")
            total = total or any(word.parts == (Literal("*", False),) for word in patterns)
            branches.append(self.block(frozenset({";;", ";&", "esac"})))
            self.take(r";;&?|;&")
            self.newlines()
            self.at += self.at == start
        return Case(subject, tuple(branches), total)

    def _function(self, name: str) -> Function:
        self._enter()
        self.newlines()
        body = self._command()
        self.depth -= 1
        return Function(name, body)

    def _test(self) -> Test:
        self.newlines()
        while not self._reserved(r"\]\]"):
            if self.at >= len(self.text):
                raise Broken
            if self.word() is None:
                self.at += 1
            self.newlines()
        return Test()

    def _redirects(self) -> tuple[Redirect, ...]:
        found = []
        self.blanks()
        while operator := self.take(_REDIRECT):
            found.append(self._redirect(operator))
            self.blanks()
        return tuple(found)

    def _redirect(self, operator: str) -> Redirect:
        if operator.endswith(("<<", "<<-")):
            self.document(operator.endswith("-"))
            return Redirect("<<", None)
        self.take(r"[ \t]+")
        return Redirect(operator, self.word())

    def _simple(self) -> Simple:
        start = end = self.at
        assignments: list[Assignment] = []
        words: list[Word | Assignment] = []
        redirects: list[Redirect] = []
        declares = False
        while True:
            self.blanks()
            if operator := self.take(_REDIRECT):
                redirects.append(self._redirect(operator))
                continue
            found = self._assignment() if declares or not words else None
            if found is None:
                word = self.word()
                if word is None:
                    break
                declares = declares or (not words and _is_declaring(word))
                words.append(word)
            elif words:
                words.append(found)
            else:
                assignments.append(found)
            end = self.at
        return Simple(tuple(assignments), tuple(words), tuple(redirects), start, end)

    def _assignment(self) -> Assignment | None:
        start = self.at
        target = self.take(_TARGET)
        if not target:
            return None
        name = target.rstrip("=+").partition("[")[0]
        value: Word | tuple[Word, ...]
        if self.take(r"\("):
            items: list[Word] = []
            self.newlines()
            while (word := self.word()) is not None:
                items.append(word)
                self.newlines()
            self.take(r"\)")
            value = tuple(items)
        else:
            value = self.word() or Word((), self.at, self.at)
        return Assignment(name, value, target.endswith("+="), "[" in target, start, self.at)


def _is_declaring(word: Word) -> bool:
    return len(word.parts) == 1 and isinstance(word.parts[0], Literal) and word.parts[0].text in DECLARING
