"""From YAML text to the dataclasses of the schema, with errors that name file, line and the nearest valid key."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import yaml

T = TypeVar("T")


class CatalogError(Exception):
    """A rule or knowledge file that does not fit the schema; the message names file, line, cause and remedy."""


def build(shape: type[T], text: str, filename: str) -> T:
    """Read one YAML document as `shape`; raise `CatalogError` when it does not fit."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "is not valid YAML"
        raise CatalogError(f"{filename}{line}: {problem}") from error
    if node is None:
        raise CatalogError(f"{filename}: the file is empty")
    return cast(T, _construct(shape, node, filename))


def nearest(word: str, known: tuple[str, ...]) -> str:
    """Say which of the known words was probably meant: ` (did you mean ...?)`, or the list of them."""
    import difflib

    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean `{close[0]}`?"
    return f"; known: {', '.join(sorted(known))}" if len(known) <= 12 else ""


@cache
def _hints(shape: type) -> dict[str, Any]:
    return get_type_hints(shape)


def _fail(node: yaml.Node, filename: str, message: str) -> CatalogError:
    return CatalogError(f"{filename}:{node.start_mark.line + 1}: {message}")


def _construct(shape: Any, node: yaml.Node, filename: str) -> Any:
    origin = get_origin(shape)
    if is_dataclass(shape):
        return _construct_mapping(cast(type, shape), node, filename)
    if origin is tuple:
        if not isinstance(node, yaml.SequenceNode):
            raise _fail(node, filename, "expected a list")
        return tuple(_construct(get_args(shape)[0], item, filename) for item in node.value)
    if origin in (dict, Mapping) or getattr(origin, "__name__", "") == "Mapping":
        if not isinstance(node, yaml.MappingNode):
            raise _fail(node, filename, "expected a mapping")
        value_shape = get_args(shape)[1]
        return {key.value: _construct(value_shape, value, filename) for key, value in node.value}
    if origin is Literal:
        if node.value not in get_args(shape):
            hint = nearest(str(node.value), get_args(shape))
            raise _fail(node, filename, f"`{node.value}` is not allowed here{hint}")
        return node.value
    if origin in (Union, types.UnionType):
        return _construct_union(get_args(shape), node, filename)
    return _construct_scalar(shape, node, filename)


def _construct_union(members: tuple[Any, ...], node: yaml.Node, filename: str) -> Any:
    classes = [member for member in members if is_dataclass(member)]
    if classes and isinstance(node, yaml.MappingNode):
        return _construct(classes[0], node, filename)
    value = _scalar(node, filename)
    if not isinstance(value, tuple(member for member in members if isinstance(member, type))):
        raise _fail(node, filename, f"`{value}` is not allowed here")
    return value


def _construct_scalar(shape: type, node: yaml.Node, filename: str) -> Any:
    value = _scalar(node, filename)
    if shape is str and isinstance(node, yaml.ScalarNode) and not isinstance(value, str):
        raise _fail(node, filename, f"expected text, found `{node.value}` (put it in quotes)")
    if not isinstance(value, shape):
        raise _fail(node, filename, f"expected {shape.__name__}, found `{value}`")
    return value


def _scalar(node: yaml.Node, filename: str) -> Any:
    if not isinstance(node, yaml.ScalarNode):
        raise _fail(node, filename, "expected a single value")
    return yaml.SafeLoader("").construct_object(node)


def _construct_mapping(shape: type, node: yaml.Node, filename: str) -> Any:
    if not isinstance(node, yaml.MappingNode):
        raise _fail(node, filename, "expected a mapping")
    hints = _hints(shape)
    known = tuple(item.name.replace("_", "-") for item in fields(shape))
    values: dict[str, Any] = {}
    for key, value in node.value:
        if key.value not in known:
            raise _fail(key, filename, f"unknown key `{key.value}`{nearest(key.value, known)}")
        name = key.value.replace("-", "_")
        if name in values:
            raise _fail(key, filename, f"the key `{key.value}` stands twice")
        values[name] = _construct(hints[name], value, filename)
    for item in fields(shape):
        if item.default is MISSING and item.default_factory is MISSING and item.name not in values:
            raise _fail(node, filename, f"the key `{item.name.replace('_', '-')}` is missing")
    return shape(**values)
