"""A module gets another name, in its path and wherever it is imported, as an editor would rename it."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator

from reprolint.program.modules import Modules, index

from .projects import Files, facts, tables

TOKEN = "q7x"
KEPT = re.compile(r"^(__.*__|test.*|tests|docs?|conf|conftest|setup|noxfile|tasks|fabfile|benchmarks|src)$")

Change = tuple[int, int, int, bytes]  # a row, where in it something ends and starts, and what takes its place


def candidates(files: Files) -> list[str]:
    """The modules and packages whose names mean nothing but themselves: paths without suffix."""
    paths = {path.removesuffix(".py") for path in files}
    folders = {posixpath.dirname(path) for path in files if path.endswith("/__init__.py")}
    inside = {path for path in paths if _name(posixpath.dirname(path)) == _name(path)}
    doubtful = inside | {posixpath.dirname(path) for path in inside}  # `net` is a package and a module beside a script
    return sorted(path for path in (paths | folders) - doubtful if not KEPT.match(_name(path)) and _free(path))


def _free(path: str) -> bool:
    return KEPT.match(path.partition("/")[0]) is None or path.startswith("src/")


def _name(path: str) -> str:
    return posixpath.basename(path)


def renamed(files: Files, stem: str, before: str) -> Files:
    """The files with one module renamed; `restored` takes the new names away again.

    `before` comes in front of the name, so that it is sorted elsewhere; if empty, it stays in its place among others.
    """
    folder, name = posixpath.split(stem)
    other = posixpath.join(folder, _new(name, before))
    modules = index([facts(path, text) for path, text in files.items()], tables()[1].libraries)
    result = {}
    for path, text in files.items():
        moved = other + path.removeprefix(stem) if path == f"{stem}.py" or path.startswith(f"{stem}/") else path
        result[moved] = _rewritten(text, path, stem, before, modules)
    return result


def restored(text: str) -> str:
    """A text with the old names."""
    return re.sub(rf"[az]{TOKEN}_|_{TOKEN}", "", text)


def _new(name: str, before: str) -> str:
    return f"{before}{TOKEN}_{name}" if before else f"{name}_{TOKEN}"


def _rewritten(text: str, path: str, stem: str, before: str, modules: Modules) -> str:
    lines = text.encode().splitlines(keepends=True)
    changes = {change for node in ast.walk(ast.parse(text)) for change in _changes(node, path, stem, before, modules)}
    for row, end, start, new in sorted(changes, reverse=True):
        lines[row - 1] = lines[row - 1][:start] + new + lines[row - 1][end:]
    return b"".join(lines).decode()


def _changes(node: ast.AST, path: str, stem: str, before: str, modules: Modules) -> Iterator[Change]:
    new = _new(_name(stem), before)

    def leads(name: str) -> bool:
        found = modules.locate(name, path)
        return found is not None and found in (f"{stem}.py", f"{stem}/__init__.py", stem)

    def parts(name: str) -> str:
        level = len(name) - len(name.lstrip("."))
        pieces = name[level:].split(".")
        whole = [name[:level] + ".".join(pieces[: count + 1]) for count in range(len(pieces))]
        return name[:level] + ".".join(
            new if piece and leads(prefix) else piece for piece, prefix in zip(pieces, whole, strict=True)
        )

    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        if node.module and parts(module) != module:
            start = node.col_offset + len("from ")
            yield node.lineno, start + len(module), start, parts(module).encode()
        for alias in node.names:
            joint = "" if module.endswith(".") else "."
            if alias.name != "*" and leads(f"{module}{joint}{alias.name}"):
                end = alias.col_offset + len(alias.name)
                text = new if alias.asname else f"{new} as {alias.name}"
                yield alias.lineno, end, alias.col_offset, text.encode()
    elif isinstance(node, ast.Import):
        for alias in node.names:
            if parts(alias.name) != alias.name:
                end = alias.col_offset + len(alias.name)
                plain = alias.asname or "." in alias.name
                text = parts(alias.name) if plain else f"{new} as {alias.name}"
                yield alias.lineno, end, alias.col_offset, text.encode()
