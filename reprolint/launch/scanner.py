"""The words of shell: quotes, backslashes, expansions, comments and here-documents."""

from __future__ import annotations

import re
from functools import cache

from reprolint.launch.tree import Block, Literal, Parameter, Part, Substitution, Word

DEEPEST = 40  # what is nested deeper than this was not written by a person
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", "'": "'", '"': '"', "r": "\r"}


class Broken(Exception):
    """The rest of the script cannot be read: a quote without an end, or nesting without measure."""


@cache
def pattern(text: str) -> re.Pattern[str]:
    """A regular expression, compiled once."""
    return re.compile(text)


class Scanner:
    """A position in a script, and how to read one thing from there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.ticked = False  # inside backticks, where the next one ends the script
        self.documents: list[tuple[str, bool]] = []

    def starts(self, text: str) -> bool:
        """Whether a text stands here."""
        return self.text.startswith(text, self.at)

    def take(self, regex: str) -> str:
        """Read what matches here; empty where nothing does."""
        match = pattern(regex).match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]

    def blanks(self) -> None:
        """Pass over blanks, continued lines and a comment."""
        self.take(r"(?:[ \t]|\\\n)+")
        if self.starts("#"):
            self.take(r"[^\n]*" if not self.ticked else r"[^\n`]*")

    def newlines(self) -> None:
        """Pass over blanks, comments and line ends, with the here-documents that begin at them."""
        self.blanks()
        while self.starts("\n"):
            self.at += 1
            self._documents()
            self.blanks()

    def document(self, strips: bool) -> None:
        """Read the delimiter of a here-document; its body comes after the line."""
        self.take(r"[ \t]+")
        word = self.word()
        if word is not None:
            text = "".join(part.text for part in word.parts if isinstance(part, Literal))
            self.documents.append((text, strips))

    def _documents(self) -> None:
        for delimiter, strips in self.documents:
            while self.at < len(self.text):
                line = self.take(r"[^\n]*")
                self.at += 1
                if (line.lstrip("\t") if strips else line) == delimiter:
                    break
        self.at = min(self.at, len(self.text))
        self.documents.clear()

    def word(self) -> Word | None:
        """Read a word, or None where none begins."""
        start = self.at
        parts: list[Part] = []
        while self.at < len(self.text) and self._part(parts):
            pass
        return Word(tuple(parts), start, self.at) if self.at > start else None

    def _part(self, parts: list[Part]) -> bool:
        """Read one part of an unquoted word; false at its end."""
        plain = self.take(r"""[^ \t\n\\'"`$;&|<>()]+""")
        if plain:
            parts.append(Literal(plain, False))
            return True
        sign = self.text[self.at]
        if sign in "<>" and self.text.startswith("(", self.at + 1):
            self.at += 2
            self._nested(")")
            parts.append(Substitution(None, True))
            return True
        if sign not in "\\'\"$`" or (sign == "`" and self.ticked):
            return False
        self._special(parts, False)
        return True

    def _special(self, parts: list[Part], quoted: bool) -> None:
        """Read what begins with a backslash, a quote, a dollar or a backtick."""
        sign = self.text[self.at]
        self.at += 1
        if sign == "\\":
            following = self.text[self.at : self.at + 1]
            self.at += len(following)
            if following != "\n":
                parts.append(Literal(following or "\\", True))
        elif sign == "'":
            parts.append(Literal(self._until("'"), True))
        elif sign == '"':
            self._double(parts)
        elif sign == "`":
            self._ticks(parts, quoted)
        else:
            self._dollar(parts, quoted)

    def _until(self, sign: str) -> str:
        end = self.text.find(sign, self.at)
        if end < 0:
            raise Broken
        text = self.text[self.at : end]
        self.at = end + 1
        return text

    def _double(self, parts: list[Part]) -> None:
        self._enter()
        parts.append(Literal("", True))  # so that "" is a word
        while not self.starts('"'):
            self._in_quotes(parts, r'[^"\\`$]+', '$`"\\\n', True)
        self.at += 1
        self.depth -= 1

    def _in_quotes(self, parts: list[Part], plain: str, escaped: str, quoted: bool) -> None:
        """Read one part where `$` and backticks are special, and a backslash before one of `escaped`."""
        text = self.take(plain)
        if text:
            parts.append(Literal(text, quoted))
        elif self.at >= len(self.text):
            raise Broken
        elif quoted and self.starts("\\") and self.text[self.at + 1 : self.at + 2] not in escaped:
            self.at += 1
            parts.append(Literal("\\", True))
        elif self.starts("`") and self.ticked:
            raise Broken
        else:
            self._special(parts, quoted)

    def _ticks(self, parts: list[Part], quoted: bool) -> None:
        self.ticked = True
        body = self._nested("`")
        self.ticked = False
        parts.append(Substitution(body, quoted))

    def _dollar(self, parts: list[Part], quoted: bool) -> None:
        """Read what follows a dollar."""
        if self.take(r"\(\("):
            self.parentheses(2)
            parts.append(Substitution(None, True))
        elif self.take(r"\("):
            ticked, self.ticked = self.ticked, False
            body = self._nested(")")
            self.ticked = ticked
            parts.append(Substitution(body, quoted))
        elif self.take(r"\{"):
            parts.append(self._parameter(quoted))
        elif name := self.take(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]"):
            parts.append(Parameter(name, quoted))
        elif not quoted and self.take("'"):
            parts.append(Literal(self._ansi(), True))
        elif not quoted and self.take('"'):
            self._double(parts)
        else:
            parts.append(Literal("$", True))

    def _ansi(self) -> str:
        """The inside of `$'...'`."""
        raw = self.take(r"(?:[^'\\]|\\[\s\S])*")
        if not self.take("'"):
            raise Broken
        return pattern(r"\\([\s\S])").sub(lambda match: _ESCAPES.get(match[1], match[0]), raw)

    def _parameter(self, quoted: bool) -> Parameter:
        """The inside of `${...}`; what is no plain name has an operator that nobody knows."""
        self._enter()
        prefix = self.take(r"[#!](?=[A-Za-z0-9_@*])")
        name = self.take(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-]")
        name += self.take(r"\[(?:[@*]|-?[0-9]+|\$?[A-Za-z_][A-Za-z0-9_]*)\]")
        operator = prefix or self.take(r":?[-=+?]") or self.take(r"%%?|##?|//?|[:^,@\[]")
        word: list[Part] = []
        while not self.starts("}"):
            if not quoted and self.take("'"):
                word.append(Literal(self._until("'"), True))
            elif self.take('"'):
                self._double(word)
            else:
                plain = r"""[^}\\"`$]+""" if quoted else r"""[^}\\'"`$]+"""
                self._in_quotes(word, plain, '$`"\\\n}', quoted)
        self.at += 1
        self.depth -= 1
        return Parameter(name, quoted, operator, tuple(word))

    def parentheses(self, depth: int) -> None:
        """Pass over arithmetic, up to the parenthesis that closes it."""
        while depth:
            self.take(r"[^()]+")
            if self.at >= len(self.text):
                raise Broken
            depth += 1 if self.starts("(") else -1
            self.at += 1

    def _nested(self, closing: str) -> Block:
        """Read a script within a word, up to the sign that closes it."""
        waiting, self.documents = self.documents, []
        body = self.block(frozenset({closing}))
        self.documents = waiting
        if not self.starts(closing):
            raise Broken
        self.at += 1
        return body

    def block(self, stops: frozenset[str]) -> Block:
        """Read commands up to one of the stops."""
        raise NotImplementedError

    def _enter(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Broken
