"""Which rules run: selectors (name, code, code prefix, topic, ALL) against the catalog."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from reprolint.catalog.load import Catalog
from reprolint.catalog.schema import Rule
from reprolint.config import Config, ConfigError, nearest
from reprolint.core.diagnostic import PROFILES

# A file that cannot be read, or a rule that crashed, is never a matter of taste.
ALWAYS = frozenset({"invalid-syntax", "unreadable-file", "rule-crashed"})
_EXACT = 1000


def closeness(selector: str, rule: Rule) -> int:
    """How precisely a selector names a rule: 0 not at all, then ALL, topic, prefix by length, name or code."""
    if selector in (rule.name, rule.code, *rule.formerly):
        return _EXACT
    if len(selector) >= 3 and selector.isupper() and rule.code.startswith(selector):
        return 10 + len(selector)
    if selector == rule.topic:
        return 10
    return 1 if selector == "ALL" else 0


def enabled(catalog: Catalog, config: Config) -> tuple[Rule, ...]:
    """The rules that run. The more precise of two selectors wins; a tie goes to ignoring."""
    reach = PROFILES.index(config.profile)
    chosen = []
    for rule in catalog.rules:
        inside = not config.select and PROFILES.index(rule.profile) <= reach
        wanted = max((closeness(item, rule) for item in config.select + config.extend_select), default=0)
        wanted = max(wanted, 1 if inside else 0)
        refused = max((closeness(item, rule) for item in config.ignore), default=0)
        if rule.name in ALWAYS or wanted > refused:
            chosen.append(rule)
    return tuple(chosen)


def current(selector: str, catalog: Catalog) -> str:
    """What a rule is called now that is called by an old name or code; empty for any other selector."""
    rule = next((rule for rule in catalog.rules if selector in rule.formerly), None)
    return "" if rule is None else rule.code if re.fullmatch(r"RPL\d+", selector) else rule.name


def renamed(catalog: Catalog, config: Config) -> tuple[str, ...]:
    """What to tell a user whose selectors call a rule by an old name or code."""
    found = dict.fromkeys(selector for _, selectors in _selectors(config) for selector in selectors)
    pairs = ((selector, current(selector, catalog)) for selector in found)
    return tuple(f"the rule `{old}` is now called `{new}`" for old, new in pairs if new)


def _selectors(config: Config) -> list[tuple[str, tuple[str, ...]]]:
    """The selectors of a configuration, by its keys."""
    groups = [("select", config.select), ("ignore", config.ignore), ("extend-select", config.extend_select)]
    return groups + [("per-file-ignores", rules) for _, rules in config.per_file_ignores]


def check_selectors(catalog: Catalog, config: Config) -> None:
    """Raise `ConfigError` for a selector that names no rule, with the nearest one."""
    for key, selectors in _selectors(config):
        for selector in selectors:
            if not any(closeness(selector, rule) for rule in catalog.rules):
                where = f"{config.source}: " if config.source else ""
                raise ConfigError(f"{where}`{key}`: unknown rule `{selector}`{suggestion(selector, catalog)}")


def suggestion(selector: str, catalog: Catalog) -> str:
    """The rule that was probably meant, as the end of a message."""
    names = [rule.name for rule in catalog.rules]
    known = names + [rule.code for rule in catalog.rules] + sorted({rule.topic for rule in catalog.rules})
    hint = nearest(selector, tuple(known))
    return hint or "; `reprolint rule --all` lists them"


def ignored_by_file(catalog: Catalog, config: Config) -> Callable[[str, str], bool]:
    """A test whether `per-file-ignores` silence a rule (by name) in a file; a glob with `!` means all other files."""
    if not config.per_file_ignores:
        return lambda rule, filename: False
    from pathspec import GitIgnoreSpec

    table = []
    for glob, selectors in config.per_file_ignores:
        spec = GitIgnoreSpec.from_lines([glob.removeprefix("!")])
        table.append((spec, glob.startswith("!"), frozenset(_names(selectors, catalog))))

    def test(rule: str, filename: str) -> bool:
        return any(rule in names and spec.match_file(filename) != negated for spec, negated, names in table)

    return test


def _names(selectors: Iterable[str], catalog: Catalog) -> Iterable[str]:
    for selector in selectors:
        for rule in catalog.rules:
            if closeness(selector, rule) and rule.name not in ALWAYS:
                yield rule.name
