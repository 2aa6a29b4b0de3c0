"""What a project says of itself as a package: pyproject.toml, setup.cfg, setup.py. Nothing of it is ever run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from reprolint.pins.statement import Statement, conda, normal, place, poetry, requirements


def pyproject(name: str, text: str) -> Iterator[Statement]:
    """What a project needs, and what its extras, groups and features need besides."""
    import tomllib

    content = tomllib.loads(text)
    project, tool = _table(content, "project"), _table(content, "tool")
    own, pixi = _table(tool, "poetry"), _table(tool, "pixi")
    yield from _python(project.get("requires-python"), name, text)
    yield from requirements(project.get("dependencies"), name, text)
    yield from _poetry(_table(own, "dependencies"), name, text)
    yield from _pixi(_table(pixi, "dependencies"), name, text)
    for group in (*_table(project, "optional-dependencies").values(), *_table(content, "dependency-groups").values()):
        yield from _extra(requirements(group, name, text))
    yield from _extra(_poetry(_table(own, "dev-dependencies"), name, text))
    for group in _table(own, "group").values():
        yield from _extra(_poetry(_table(group, "dependencies"), name, text))
    for feature in _table(pixi, "feature").values():
        yield from _extra(_pixi(_table(feature, "dependencies"), name, text))


def _extra(statements: Iterable[Statement]) -> Iterator[Statement]:
    return (replace(item, extra=True) for item in statements)


def _table(content: object, key: str) -> Mapping[str, Any]:
    value = content.get(key) if isinstance(content, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _python(value: object, filename: str, text: str) -> Iterator[Statement]:
    if isinstance(value, str):
        yield Statement("python", value, place(filename, text, value))


def _poetry(table: Mapping[str, Any], filename: str, text: str) -> Iterator[Statement]:
    for name, value in table.items():
        choices = value if isinstance(value, list) else [value]
        for choice in choices:
            version = choice.get("version") if isinstance(choice, dict) else choice
            doubtful = len(choices) > 1 or (isinstance(choice, dict) and not {"markers", "python"}.isdisjoint(choice))
            if isinstance(version, str):
                yield Statement(normal(name), poetry(version), _row(name, filename, text), doubtful)


def _pixi(table: Mapping[str, Any], filename: str, text: str) -> Iterator[Statement]:
    for name, value in table.items():
        version = value.get("version") if isinstance(value, dict) else value
        if isinstance(version, str):
            found = conda(f"{name} {version}", _row(name, filename, text))
            yield from () if found is None else (found,)


def _row(key: str, filename: str, text: str) -> str:
    match = re.search(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*=.*$", text, re.MULTILINE)
    return place(filename, text, match[0].lstrip()) if match else filename


def setup_cfg(name: str, text: str) -> Iterator[Statement]:
    """The requirements of `[options]`, and those of its extras."""
    from configparser import ConfigParser

    parser = ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    if parser.has_section("options"):
        yield from _python(parser.get("options", "python_requires", fallback=None), name, text)
        yield from requirements(_lines(parser.get("options", "install_requires", fallback="")), name, text)
    if parser.has_section("options.extras_require"):
        for _, value in parser.items("options.extras_require"):
            yield from _extra(requirements(_lines(value), name, text))


def _lines(text: str) -> list[str]:
    return [line.split(" #")[0].strip() for line in re.split(r"\n|;(?=\s*\n)", text) if line.strip()]


def setup_py(name: str, text: str) -> Iterator[Statement]:
    """The literal lists that a call of `setup` is given, directly or by a name of the module."""
    tree = ast.parse(text)
    names: dict[str, ast.expr] = {}
    for line in tree.body:
        if isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name):
            names[line.targets[0].id] = line.value
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "setup":
            given = {item.arg: _literal(item.value, names) for item in node.keywords}
            yield from _python(given.get("python_requires"), name, text)
            yield from requirements(_several(given.get("install_requires")), name, text)
            extras = given.get("extras_require")
            for group in extras.values() if isinstance(extras, dict) else ():
                yield from _extra(requirements(_several(group), name, text))


def _several(value: object) -> object:
    return _lines(value) if isinstance(value, str) else value


def _literal(node: ast.expr, names: Mapping[str, ast.expr]) -> object:
    """The value of a literal; of a list or table the parts that are literals."""
    if isinstance(node, ast.Name) and node.id in names:
        return _literal(names[node.id], {})
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.List | ast.Tuple):
        return [_literal(item, names) for item in node.elts]
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return {_literal(key, names): _literal(value, names) for key, value in pairs if isinstance(key, ast.Constant)}
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        both = _literal(node.left, names), _literal(node.right, names)
        return [item for part in both if isinstance(part, list) for item in part]
    return None
