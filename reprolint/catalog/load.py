"""Where the rules lie, and reading all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from reprolint.catalog.build import CatalogError, build
from reprolint.catalog.knowledge import Knowledge
from reprolint.catalog.schema import Rule

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


def load(folders: Iterable[Path]) -> Catalog:
    """Read rules and knowledge from every folder; later folders add to earlier ones, a rule of the same name wins."""
    rules: dict[str, Rule] = {}
    knowledge: list[Knowledge] = []
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")):
            label = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            if path.parent.name == "knowledge":
                knowledge.append(_read(Knowledge, path, label))
            else:
                rule = _read(Rule, path, label)
                _check_rule(rule, path, label)
                rules[rule.name] = replace(rule, topic=path.parent.name)
    ordered = tuple(sorted(rules.values(), key=lambda rule: rule.code))
    for first, second in pairwise(ordered):
        if first.code == second.code:
            raise CatalogError(f"{first.name} and {second.name} have the same code {first.code}")
    return Catalog(ordered, tuple(knowledge))


def _read(shape: type[T], path: Path, label: str) -> T:
    try:
        return build(shape, path.read_text(encoding="utf-8"), label)
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(f"{label}: cannot be read: {error}") from error


def _check_rule(rule: Rule, path: Path, label: str) -> None:
    if rule.name != path.stem:
        raise CatalogError(f"{label}: the rule is named `{rule.name}` but its file `{path.stem}`; make them equal")
    if bool(rule.check) == (rule.match is not None):
        raise CatalogError(f"{label}: give either `match` or `check`")
