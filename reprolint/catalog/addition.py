"""Rules and knowledge that a project brings: looked at more closely than the schema can, before anything runs."""

from __future__ import annotations

import builtins
import re
import string
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from reprolint.catalog.build import CatalogError, nearest
from reprolint.catalog.knowledge import Knowledge
from reprolint.catalog.schema import EVIDENCE, STATES, Rule
from reprolint.core.version import VersionError, parse


@dataclass(frozen=True, slots=True)
class Text:
    """A YAML file: how messages call it, and what is in it."""

    label: str
    content: str

    def error(self, word: object, message: str, key: str = "") -> CatalogError:
        """An error at the first place where `word` stands as a key or value, behind `key` when it is given."""
        nodes = _scalars(yaml.compose(self.content))
        if key:
            next(node for node in nodes if node.value == key)
        row = next((node.start_mark.line + 1 for node in nodes if node.value == word), 1)
        return CatalogError(f"{self.label}:{row}: {message}")


def check_rule(rule: Rule, text: Text, shipped: Mapping[str, Rule]) -> None:
    """Raise `CatalogError` for a rule that could not run: an unknown check, state, placeholder or verb."""
    if rule.check and (rule.name not in shipped or shipped[rule.name].check != rule.check):
        raise text.error(
            rule.check,
            f"the check `{rule.check}` is none of reprolint for `{rule.name}`: a check is Python code that comes with "
            "the rule of its name; a rule of your own says `match`",
            key="check",
        )
    if not re.fullmatch(r"[A-Z]+[0-9]+", rule.code):
        raise text.error(rule.code, f"the code `{rule.code}` is not capital letters and a number, such as LAB001")
    if rule.match is not None:
        states = STATES[rule.match.effect]
        if states and not rule.match.state:
            raise text.error("match", f"name the states in which the rule speaks; known: {', '.join(states)}")
        _known(rule.match.state, states, "state", text)
        known: tuple[str, ...] = EVIDENCE[rule.match.effect]
    else:
        known = tuple(_placeholders(shipped[rule.name].message))
    for name in _placeholders(rule.message):
        if name not in known:
            raise text.error("message", f"the message has no `{{{name}}}` to show{nearest(name, known)}")
    if rule.fix is not None:
        _known((rule.fix.verb,), _verbs(), "verb", text)
    _known((*rule.yields_to, *rule.may_reveal), (*shipped, rule.name), "rule", text)


def check_knowledge(file: Knowledge, text: Text, known: Iterable[Knowledge], rules: Collection[str]) -> None:
    """Raise `CatalogError` for a name, version or pattern that would be passed over in silence, or stop a run."""
    files = tuple(known)
    streams = tuple(item.name for each in files for item in each.streams)
    switches = tuple(item.name for each in files for item in each.switches)
    settings = (*switches, *(item.name for each in files for item in each.variables))
    for entry in _entries(file):
        for name in getattr(entry, "api", ()):
            if "." not in name and not hasattr(builtins, name):
                raise text.error(name, f"`{name}` is not how it is imported; write the dotted name, `package.{name}`")
        _known(_named(entry, "stream", "streams", "reseeds", "needs_seed"), streams, "stream", text)
        _known(_named(entry, "switches", "conflicts"), switches, "switch", text)
        _known(_named(entry, "settled_by", "overruled_by"), settings, "switch or variable", text)
        _known(_named(entry, "rule"), tuple(rules), "rule", text)
        for ranges in (*_named(entry, "versions", "needed"), *getattr(entry, "means", {}).values()):
            try:
                parse(ranges)
            except VersionError as error:
                raise text.error(ranges, str(error)) from None
    _known([item.switch for item in file.variables if item.switch], switches, "switch", text)
    for pattern in (
        *file.seeders,
        *file.purposes.values(),
        *(item for each in file.atomics for item in (each.pattern, each.exact)),
    ):
        try:
            re.compile(pattern)
        except re.error as error:
            raise text.error(pattern, f"`{pattern}` is no regular expression: {error}") from None


def _known(names: Iterable[str], known: Sequence[str], kind: str, text: Text) -> None:
    for name in names:
        if name not in known:
            raise text.error(name, f"there is no {kind} `{name}`{nearest(name, tuple(sorted(set(known))))}")


def _entries(file: Knowledge) -> Iterator[Any]:
    for section in fields(Knowledge):
        value = getattr(file, section.name)
        for entry in value if isinstance(value, tuple) else ():
            yield entry
            yield from getattr(entry, "setters", ())


def _named(entry: object, *keys: str) -> Iterator[str]:
    """What an entry says under any of these keys, one name or several."""
    for key in keys:
        value = getattr(entry, key, "")
        yield from ((value,) if value else ()) if isinstance(value, str) else value


def _placeholders(message: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(message) if name is not None]


def _verbs() -> list[str]:
    folder = Path(__file__).resolve().parent.parent / "fixes" / "verbs"
    return [path.stem.replace("_", "-") for path in sorted(folder.glob("[a-z]*.py"))]


def _scalars(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """The keys and values of a document, in the order of the text."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from (*_scalars(key), *_scalars(value))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
