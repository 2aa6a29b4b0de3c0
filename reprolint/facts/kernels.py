"""Floating-point atomics in CUDA source: in `.cu` files and in strings that are compiled at run time."""

from __future__ import annotations

import ast
import bisect
import re

from reprolint.catalog.vocabulary import Vocabulary
from reprolint.core.place import Span
from reprolint.facts.record import Sight
from reprolint.facts.spans import Columns


def in_text(data: bytes, vocabulary: Vocabulary) -> tuple[Sight, ...]:
    """Sights in a file of CUDA source."""
    if not vocabulary.mentions_atomics(data):
        return ()
    text = data.decode("utf-8", "replace")
    starts = [0] + [match.end() for match in re.finditer("\n", text)]
    sights = []
    for name, start, end, kind in _adds(text, vocabulary):
        row = bisect.bisect_right(starts, start)
        column = start - starts[row - 1] + 1
        sights.append(Sight("kernel-source", "float", name, Span(row, column, row, column + end - start), kind))
    return tuple(sights)


def in_tree(data: bytes, tree: ast.Module, columns: Columns, vocabulary: Vocabulary) -> list[Sight]:
    """Sights in the strings of a Python file, one for each string, docstrings left out."""
    if not vocabulary.mentions_atomics(data):
        return []
    sights = []
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            found = _adds(node.value, vocabulary)
            if found and any(mark in node.value for mark in ("__global__", "__device__")):
                name, _, _, kind = found[0]
                span = columns.span(node)
                sights.append(Sight("kernel-source", "float", name, span, kind))
    return sights


def _adds(text: str, vocabulary: Vocabulary) -> list[tuple[str, int, int, str]]:
    """Atomic additions whose target is not known to be an integer: (function, start, end, element type)."""
    code = re.sub(r"//[^\n]*|/\*.*?\*/", lambda match: re.sub(r"[^\n]", " ", match[0]), text, flags=re.DOTALL)
    result = []
    cast, target = r"(?:\(\s*([\w ]+?)\s*\*\s*\)\s*)?", r"\(?\s*(\w+)(?:\(\s*(\w+))?"
    for atomic in vocabulary.atomics:
        for match in re.finditer(rf"\b({atomic.pattern})\s*\(\s*&?\s*{cast}{target}", code):
            indexed = match[4] and re.search(rf"#\s*define\s+{match[3]}\(", code)  # a macro that takes an element
            kind = match[2] or _declared(code, match[4] if indexed else match[3])
            defines = "define" in code[: match.start()].rpartition("\n")[2]
            if kind and not defines and not re.fullmatch(atomic.exact, kind):
                result.append((match[1], match.start(1), match.end(1), kind))
    return sorted(result, key=lambda item: item[1])


def _declared(code: str, name: str) -> str:
    """The element type a pointer, array, reference or accessor is declared with; empty when no declaration is found."""
    kind = r"\b((?:unsigned\s+)?(?:long\s+)?\w+(?:::\w+)*)\s*(?:const\s*)?"
    pointer, array = rf"[*&]\s*(?:__restrict__\s*|const\s*)*{name}\b", rf"\s{name}\s*\["
    match = re.search(rf"{kind}(?:{pointer}|{array})", code)
    if match and "Accessor" not in match[1]:
        return _accessed(code, match[1]) or match[1]
    alias = re.search(rf"\b(\w+)\s+&?\s*{name}\b\s*[,)]", code)
    return _accessed(code, name) or (_accessed(code, alias[1]) if alias else "")


def _accessed(code: str, name: str) -> str:
    """The element type of an accessor of a tensor that is called `name`, or that `name` is an alias of."""
    accessor = r"\w*Accessor\w*\s*<\s*([\w: ]+?)\s*,[^;>]*>"
    match = re.search(rf"{accessor}\s*&?\s*{name}\b|\busing\s+{name}\s*=\s*(?:\w+::)*{accessor}", code)
    return next((found for found in match.groups() if found), "") if match else ""
