"""YAML as PyYAML's safe loader reads it, with places.

Built from the parser's events and not with `yaml.compose`: the fast composer calls itself for every level, in C and
without a limit, so a few thousand brackets end the process.
"""

from __future__ import annotations

import re
from typing import Any

from reprolint.core.place import Span
from reprolint.core.value import Const, Unknown
from reprolint.document.position import Rows
from reprolint.document.tree import MOST_LEVELS, Branch, Budget, Excess, Leaf, Node, leaf

CORE = "tag:yaml.org,2002:"
PLAIN = (CORE + "map", CORE + "seq")

# PyYAML wants a point and a signed exponent and reads `1e-3` as text (https://github.com/yaml/pyyaml/issues/173);
# OmegaConf, and so Hydra, reads a float (`get_yaml_loader` in omegaconf/_utils.py), as YAML 1.2 does. So do we.
FLOAT = r"""[-+]?[0-9]+(?:_[0-9]+)*\.[0-9_]*(?:[eE][-+]?[0-9]+)?
    |[-+]?[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+)
    |\.[0-9]+(?:_[0-9]+)*(?:[eE][-+][0-9]+)?"""

# Sums in base 60 and conversions of thousands of digits take more than linear time.
LONGEST_NUMBER = 400


def grow(text: str, path: str) -> Node | None:
    """The tree of a YAML text; none for an empty one or a bare null. Raises `ValueError` with what is wrong."""
    import yaml

    loader: Any = None
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        return _Grower(loader, Rows(text), path).grow()
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark
        row = f" in line {mark.line + 1}" if mark else ""
        raise ValueError(f"{error.problem or error.context}{row}") from error
    except yaml.YAMLError as error:
        raise ValueError(str(error).replace('in "<unicode string>",', "at")) from error
    finally:
        if loader is not None:
            loader.dispose()


class _Grower:
    """Reads events from the first to the last and joins nodes to a tree."""

    def __init__(self, loader: Any, rows: Rows, path: str) -> None:
        self._loader = loader
        self._rows = rows
        self._path = path
        self._anchors: dict[str, Node] = {}
        self._budget = Budget()

    def grow(self) -> Node | None:
        import yaml

        self._loader.get_event()
        root = None
        if not self._loader.check_event(yaml.StreamEndEvent):
            self._loader.get_event()
            root = self._node(0)
            self._loader.get_event()
        if not self._loader.check_event(yaml.StreamEndEvent):
            raise ValueError("holds several documents, of which safe loaders read none")
        return None if isinstance(root, Leaf) and root.value == Const(None) else root

    def _node(self, depth: int) -> Node:
        import yaml

        event: Any = self._loader.get_event()
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise ValueError(f"undefined alias `{event.anchor}` in line {_row(event)}")
            return self._anchors[event.anchor]
        self._budget.spend()
        if depth > MOST_LEVELS:
            raise Excess(f"is nested deeper than {MOST_LEVELS} levels")
        if event.anchor in self._anchors:
            raise ValueError(f"duplicate anchor `{event.anchor}` in line {_row(event)}")
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event)
            self._name(event.anchor, node)
            return node
        is_list = isinstance(event, yaml.SequenceStartEvent)
        branch = Branch(self._rows.span(event.start_mark.index, event.end_mark.index), is_list, self._path)
        node = branch
        if event.tag not in (None, "!", *PLAIN):
            node = Leaf(_made_by(event.tag), branch.span, self._path)
        self._name(event.anchor, node)
        if is_list:
            while not self._loader.check_event(yaml.SequenceEndEvent):
                branch.children[str(len(branch.children))] = self._node(depth + 1)
        else:
            self._mapping(branch, depth)
        end = self._loader.get_event()
        if not branch.children:
            branch.span = self._rows.span(event.start_mark.index, end.end_mark.index)
        return node

    def _name(self, anchor: str | None, node: Node) -> None:
        if anchor is not None:
            self._anchors[anchor] = node

    def _mapping(self, branch: Branch, depth: int) -> None:
        import yaml

        merged: dict[str, Node] = {}
        while not self._loader.check_event(yaml.MappingEndEvent):
            event = self._loader.peek_event()
            key = self._node(depth + 1)
            value = self._node(depth + 1)
            if isinstance(event, yaml.ScalarEvent) and self._tag(event) == CORE + "merge":
                self._merge(merged, value)
                continue
            if not isinstance(key, Leaf):
                raise ValueError(f"a key that cannot be hashed in line {_row(event)}")
            if isinstance(value, Leaf) and not value.written and _is_nothing(value.span):
                value = Leaf(value.value, key.span, self._path)
            branch.put(_key(key) or getattr(event, "value", "?"), value)
        # What is merged yields to what the mapping itself says: https://yaml.org/type/merge.html
        for name, node in merged.items():
            branch.children.setdefault(name, node)

    def _merge(self, merged: dict[str, Node], value: Node) -> None:
        sources = [*value.children.values()] if isinstance(value, Branch) and value.is_list else [value]
        for source in reversed(sources):
            if not isinstance(source, Branch) or source.is_list:
                raise ValueError("`<<` takes a mapping or a list of mappings")
            self._budget.spend(len(source.children) + 1)
            merged.update(source.children)

    def _tag(self, event: Any) -> str:
        import yaml

        if event.tag in (None, "!"):
            return str(self._loader.resolve(yaml.ScalarNode, event.value, event.implicit))
        return str(event.tag)

    def _scalar(self, event: Any) -> Leaf:
        text, tag = event.value, self._tag(event)
        span = self._rows.span(event.start_mark.index, event.end_mark.index)
        kind = tag.removeprefix(CORE)
        if tag == "!ref" and re.fullmatch(r"<\w+(?:\[\w+\])*>", text):
            # HyperPyYAML's reference; with arithmetic around it, it is computed.
            return leaf("${" + text[1:-1].replace("[", ".").replace("]", "") + "}", span, self._path)
        if kind == "str" and event.implicit[0] and re.fullmatch(FLOAT, text, re.VERBOSE):
            kind = "float"
        if kind in ("int", "float") and len(text) > LONGEST_NUMBER:
            return Leaf(Unknown("a number of too many digits"), span, self._path)
        if kind == "timestamp":
            # A date for PyYAML, text for OmegaConf.
            return Leaf(Unknown("a date or time"), span, self._path)
        if kind in ("str", "value", "merge"):
            return leaf(text, span, self._path)
        if kind not in ("null", "bool", "int", "float"):
            return Leaf(_made_by(tag), span, self._path)
        return leaf(_converted(kind, text), span, self._path)


def _converted(kind: str, text: str) -> bool | int | float | None:
    import yaml

    try:
        constructor = yaml.constructor.SafeConstructor()
        value: bool | int | float | None = getattr(constructor, f"construct_yaml_{kind}")(yaml.ScalarNode(kind, text))
    except (ValueError, LookupError) as error:
        raise ValueError(f"`{text}` is no {kind}") from error
    return value


def _row(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _is_nothing(span: Span) -> bool:
    return (span.row, span.column) == (span.end_row, span.end_column)


def _key(key: Leaf) -> str:
    """A key as text: `1` and `yes` are keys that are no text, and code says `True` where the file says `yes`."""
    return str(key.value.value) if isinstance(key.value, Const) else key.written


def _made_by(tag: str) -> Unknown:
    return Unknown(f"built by the tag `{tag.replace(CORE, '!!')}`")
