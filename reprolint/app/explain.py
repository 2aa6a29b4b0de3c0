"""Use case: what a rule means."""

from __future__ import annotations

from reprolint.app.options import Options
from reprolint.app.session import Session
from reprolint.catalog.schema import Rule
from reprolint.config import ConfigError
from reprolint.selection import suggestion


def explain(options: Options, name: str | None) -> tuple[Rule, ...]:
    """The rule with this name or code, all rules for None; raises `ConfigError` when there is none."""
    catalog = Session(options).rulebook.load()
    if name is None:
        return catalog.rules
    rule = catalog.rule(name) or catalog.rule(name.upper())
    if rule is None:
        raise ConfigError(f"there is no rule `{name}`{suggestion(name, catalog)}")
    return (rule,)
