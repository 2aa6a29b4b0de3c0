"""Every fact of the reference has a home here, or a reason why it has none: fixtures/account.yaml.

The reference is a folder of YAML files that is not part of the repository; REPROLINT_REFERENCE names it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from reprolint.catalog.knowledge import Knowledge
from reprolint.catalog.load import load, rules_folder

ACCOUNT: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "fixtures" / "account.yaml").read_text(encoding="utf-8")
)
CATALOG = load([rules_folder()])
RULES = {name for rule in CATALOG.rules for name in (rule.name, *rule.formerly)}
# The sections that speak of streams, seeds, switches, variables and orders; operations have a table of their own.
SECTIONS = {
    "rng_sources": ("streams", "all_in_one"),
    "hidden_draws": (),
    "environment_and_order": (),
    "torch_nondeterminism": ("flags",),
    "tensorflow_nondeterminism": ("tf_data", "flags", "seeding"),
    "jax_and_others": ("jax",),
}


def known() -> Iterator[tuple[str, str]]:
    """Every name of the knowledge, with the section that it stands in."""
    for file in CATALOG.knowledge:
        for section in fields(Knowledge):
            value = getattr(file, section.name)
            for entry in value if isinstance(value, tuple) else ():
                for name in [entry] if isinstance(entry, str) else names(entry):
                    yield section.name.replace("_", "-"), name


def names(entry: Any) -> Iterator[str]:
    """The APIs of an entry: its own, and for a switch or variable those that set it."""
    yield from getattr(entry, "api", ())
    yield from (getattr(entry, "name", ""), *getattr(entry, "attributes", ()))
    for setter in getattr(entry, "setters", ()):
        yield from setter.api


KNOWN = frozenset(known())


@pytest.mark.parametrize("entry", sorted(ACCOUNT))
def test_a_row_is_true(entry: str) -> None:
    row = ACCOUNT[entry]
    assert set(row) <= {"rule", "coming", "knowledge", "reason", "open"}
    assert set(row) - {"knowledge"}, "a row names a rule, or says why there is none"
    assert set(row.get("rule", ())) <= RULES
    assert [
        (key, api) for key, apis in row.get("knowledge", {}).items() for api in apis if (key, api) not in KNOWN
    ] == []


def test_every_rule_about_a_training_has_a_row() -> None:
    """A rule without one would be about nothing that anybody collected: then its own references say why it is there."""
    named = {name for row in ACCOUNT.values() for key in ("rule", "coming") for name in row.get(key, ())}
    others = {"float-atomics-in-cuda-source", "nondeterministic-op"}  # operations
    assert {rule.name for rule in CATALOG.rules if rule.topic != "tool"} - named - others == set()


def test_every_entry_of_the_reference_has_a_row() -> None:
    named = os.environ.get("REPROLINT_REFERENCE")
    if not named:
        pytest.skip("REPROLINT_REFERENCE names no folder with the reference")
    entries = {"rng_sources/sklearn_random_state"}
    for file, sections in SECTIONS.items():
        text = (Path(named) / f"{file}.yaml").read_text(encoding="utf-8")
        for section, items in yaml.safe_load(text).items():
            if isinstance(items, list) and (not sections or section in sections):
                entries |= {f"{file}/{section}/{item['id']}" for item in items}
    assert set(ACCOUNT) == entries
