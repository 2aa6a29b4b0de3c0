"""Edits that people make between two looks at a program, each a function of the files and one number that chooses."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

LINES = (
    "import random; random.seed(3)",
    "import torch; torch.manual_seed(4)",
    "import numpy as np; np.random.seed(None)",
    "import numpy as np; np.random.rand(2)",
    "import torch; torch.randn(2)",
    "import torch; torch.backends.cudnn.benchmark = True",
)
DEFAULTS = ("None", "0", "3", "[]", "True")
IMPORTS = (
    "import random",
    "import seeding",
    "from utils import *",
    "from lab.seeds import set_all",
    "from . import data",
)
BREAK = "def broken(:\n"

Files = dict[str, str]
Edit = Callable[[Files, str, int], None]


def edited(files: Files, kind: str, number: int) -> Files:
    """The files after an edit of one kind; a file whose syntax was broken is repaired by the next edit of it."""
    path = sorted(files)[number % len(files)]
    result = dict(files)
    if BREAK in result[path]:
        result[path] = result[path].replace(BREAK, "")
    else:
        EDITS[kind](result, path, number // len(files))
    return result if all(_parses(text.replace(BREAK, "")) for text in result.values()) else files


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _statements(text: str) -> Iterator[list[ast.stmt]]:
    """The blocks of a file."""
    for node in ast.walk(ast.parse(text)):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block


def _choose(found: list[ast.stmt], number: int) -> ast.stmt | None:
    return found[number % len(found)] if found else None


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _change_default(files: Files, path: str, number: int) -> None:
    found = list(re.finditer(r"(?<=[\w ])=\s?(None|\d+|True|False)(?=[,)])", files[path]))
    if found:
        match = found[number % len(found)]
        value = DEFAULTS[number // len(found) % len(DEFAULTS)]
        files[path] = files[path][: match.start()] + "=" + value + files[path][match.end() :]


def _delete_call(files: Files, path: str, number: int) -> None:
    blocks = _statements(files[path])
    node = _choose([item for block in blocks for item in block if isinstance(item, ast.Expr | ast.Assign)], number)
    if node is not None:
        lines = files[path].splitlines(keepends=True)
        lines[node.lineno - 1 : node.end_lineno] = [_indent(lines[node.lineno - 1]) + "pass\n"]
        files[path] = "".join(lines)


def _add_line(files: Files, path: str, number: int) -> None:
    node = _choose([item for block in _statements(files[path]) for item in block], number)
    lines = files[path].splitlines(keepends=True)
    row = node.lineno - 1 - len(getattr(node, "decorator_list", ())) if node is not None else 0
    indent = _indent(lines[row]) if node is not None else ""
    lines.insert(row, indent + LINES[number % len(LINES)] + "\n")
    files[path] = "".join(lines)


def _rename_function(files: Files, path: str, number: int) -> None:
    """Here or everywhere; what is renamed here alone is called in vain from elsewhere."""
    names = re.findall(r"def (\w+)", files[path])
    if names:
        name = names[number % len(names)]
        for other in [path] if number % 2 else sorted(files):
            files[other] = re.sub(rf"\b{name}\b", f"{name}_x" if len(name) < 20 else "back", files[other])


def _swap(files: Files, path: str, number: int) -> None:
    pairs = [pair for block in _statements(files[path]) for pair in pairwise(block)]
    if pairs:
        first, second = pairs[number % len(pairs)]
        lines = files[path].splitlines(keepends=True)
        start, middle, end = first.lineno - 1, first.end_lineno or 0, second.end_lineno or 0
        start -= len(getattr(first, "decorator_list", ()))
        files[path] = "".join((*lines[:start], *lines[middle:end], *lines[start:middle], *lines[end:]))


def _add_import(files: Files, path: str, number: int) -> None:
    lines = files[path].splitlines(keepends=True)
    known = [line.strip() for text in files.values() for line in text.splitlines() if _is_import(line)]
    choices = (*IMPORTS, *sorted(set(known)))
    lines.insert(0, choices[number % len(choices)] + "\n")
    files[path] = "".join(lines)


def _is_import(line: str) -> bool:
    return line.startswith(("import ", "from ")) and not line.rstrip().endswith("(") and "__future__" not in line


def _remove_import(files: Files, path: str, number: int) -> None:
    lines = files[path].splitlines(keepends=True)
    rows = [row for row, line in enumerate(lines) if _is_import(line)]
    if rows:
        del lines[rows[number % len(rows)]]
        files[path] = "".join(lines)


def _break(files: Files, path: str, number: int) -> None:
    files[path] += BREAK


def _other_file(files: Files, path: str, number: int) -> None:
    """A file comes or goes."""
    if "extra_seeds.py" in files:
        del files["extra_seeds.py"]
    else:
        files["extra_seeds.py"] = "import random\n\n\ndef extra(seed=None):\n    random.seed(seed)\n"


EDITS: dict[str, Edit] = {
    "change a default": _change_default,
    "delete a call": _delete_call,
    "add a line": _add_line,
    "rename a function": _rename_function,
    "swap two statements": _swap,
    "add an import": _add_import,
    "remove an import": _remove_import,
    "break the syntax": _break,
    "add or remove a file": _other_file,
}
