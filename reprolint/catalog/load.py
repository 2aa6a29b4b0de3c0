"""Where the rules lie, and reading all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from reprolint.catalog.addition import Text, check_knowledge, check_rule
from reprolint.catalog.build import CatalogError, build
from reprolint.catalog.knowledge import Knowledge
from reprolint.catalog.schema import Rule
from reprolint.project import Extension

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Catalog:
    """All rules, sorted by code, and all knowledge, sorted by file name."""

    rules: tuple[Rule, ...]
    knowledge: tuple[Knowledge, ...]

    def rule(self, name: str) -> Rule | None:
        """The rule with this name or code."""
        return next((rule for rule in self.rules if name in (rule.name, rule.code, *rule.formerly)), None)


def rules_folder() -> Path:
    """The folder of the shipped rules: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).resolve().parent.parent
    inside, beside = package / "_rules", package.parent / "rules"
    folder = inside if inside.is_dir() else beside
    if not (folder / "knowledge").is_dir():
        raise CatalogError(f"{folder}: the rules are missing; install reprolint-dl again")
    return folder


def load(folders: Iterable[Path], extension: Extension | None = None) -> Catalog:
    """Read rules and knowledge from every folder, and what a project adds; a rule of the same name wins."""
    rules: dict[str, tuple[str, Rule]] = {}
    knowledge: list[Knowledge] = []
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")):
            label = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            if path.parent.name == "knowledge":
                knowledge.append(_read(Knowledge, path, label)[0])
            else:
                rule = _read_rule(path, label)[0]
                rules[rule.name] = label, rule
    if extension is not None:
        _extend(rules, knowledge, extension)
    ordered = sorted(rules.values(), key=lambda item: item[1].code)
    for (first, one), (second, other) in pairwise(ordered):
        if one.code == other.code:
            raise CatalogError(
                f"{second}: {other.name} has the code {other.code} of {one.name} ({first}); choose another"
            )
    former = {name: rule.name for _, rule in ordered for name in rule.formerly}
    for label, rule in ordered:
        for name in (rule.name, rule.code):
            if name in former:
                raise CatalogError(f"{label}: `{name}` is what {former[name]} was once called; choose another")
    return Catalog(tuple(rule for _, rule in ordered), tuple(knowledge))


def _extend(rules: dict[str, tuple[str, Rule]], knowledge: list[Knowledge], extension: Extension) -> None:
    """Add what a project brings, after a closer look: nobody else has tested it."""
    shipped = {name: rule for name, (_, rule) in rules.items()}
    for path in extension.rules:
        label = extension.label(path)
        rule, text = _read_rule(path, label)
        check_rule(rule, Text(label, text), shipped)
        rules[rule.name] = label, rule
    own = []
    for path in extension.knowledge:
        label = extension.label(path)
        file, text = _read(Knowledge, path, label)
        own.append((file, Text(label, text)))
        knowledge.append(file)
    for file, source in own:
        check_knowledge(file, source, knowledge, frozenset(rules))


def _read_rule(path: Path, label: str) -> tuple[Rule, str]:
    rule, text = _read(Rule, path, label)
    if rule.name != path.stem:
        raise CatalogError(f"{label}: the rule is named `{rule.name}` but its file `{path.stem}`; make them equal")
    if bool(rule.check) == (rule.match is not None):
        raise CatalogError(f"{label}: give either `match` or `check`")
    return replace(rule, topic=path.parent.name), text


def _read(shape: type[T], path: Path, label: str) -> tuple[T, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(f"{label}: cannot be read: {error}") from error
    try:
        return build(shape, text, label), text
    except CatalogError:
        if shape is Rule and re.search(r"^library:", text, re.MULTILINE):
            raise CatalogError(
                f"{label}: is knowledge; name it under `extend-knowledge`, or put it into a folder `knowledge`"
            ) from None
        raise
