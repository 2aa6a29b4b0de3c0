"""Projects in memory: linted, fixed and linted again until nothing changes."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pytest

from reprolint.catalog.effects import Effects, effects
from reprolint.catalog.load import Catalog, load, rules_folder
from reprolint.catalog.vocabulary import Vocabulary, vocabulary
from reprolint.checks.run import run_rules
from reprolint.core.diagnostic import Finding
from reprolint.core.edit import Fix
from reprolint.core.source import Source
from reprolint.facts.read import read
from reprolint.fixes.apply import apply
from reprolint.fixes.plan import plan
from reprolint.program.link import Program, Settings, link

MOST_ROUNDS = 20
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Repaired:
    """Files after all fixes, and what is left."""

    files: dict[str, bytes]
    left: list[tuple[Finding, Fix | None]]

    def text(self, name: str = "main.py") -> str:
        return self.files[name].decode()


@cache
def knowledge() -> tuple[Catalog, Vocabulary, Effects]:
    catalog = load([rules_folder()])
    return catalog, vocabulary(catalog.knowledge), effects(catalog.knowledge)


def linked(files: Files) -> Program:
    """The program of some files."""
    _, words, known = knowledge()
    return link([read(Source(name, data), "", words) for name, data in files.items()], known, words, Settings())


def planned(
    files: Files, rules: Iterable[str] = (), findings: list[Finding] | None = None
) -> list[tuple[Finding, Fix | None]]:
    """Findings (of these rules only, if any are named) with their fixes."""
    catalog, program = knowledge()[0], linked(files)
    wanted = tuple(rules)
    found = run_rules(catalog.rules, program) if findings is None else findings
    found = [item for item in found if not wanted or item.rule in wanted]
    return list(zip(found, plan(found, catalog, program, files.__getitem__), strict=True))


def repaired(files: Files, *rules: str, unsafe: bool = True) -> Repaired:
    """Fix until stable; a fix that had to be dropped, or no end, is our bug."""
    now = dict(files)
    for _ in range(MOST_ROUNDS):
        pairs = planned(now, rules)
        applied = apply([fix for _, fix in pairs], now.__getitem__, unsafe=unsafe)
        assert not applied.dropped
        if not applied.files:
            return Repaired(now, pairs)
        now.update(applied.files)
    raise AssertionError("fixing does not come to an end")


def code(text: str) -> str:
    """A block of code in a test, without its indentation."""
    return textwrap.dedent(text).lstrip("\n")


@pytest.fixture
def becomes() -> Callable[..., None]:
    """`becomes(before, after, "rule", ...)` fixes by these rules only and compares; `extra` are further files."""

    def check(
        before: str, after: str, *rules: str, extra: Mapping[str, str] | None = None, unsafe: bool = True
    ) -> None:
        files = {"main.py": code(before), **{name: code(text) for name, text in (extra or {}).items()}}
        result = repaired({name: text.encode() for name, text in files.items()}, *rules, unsafe=unsafe)
        assert result.text() == code(after)

    return check


@pytest.fixture
def stays(becomes: Callable[..., None]) -> Callable[..., None]:
    """`stays(before, "rule", ...)`: fixing by these rules leaves the file as it is."""

    def check(before: str, *rules: str, extra: Mapping[str, str] | None = None, unsafe: bool = True) -> None:
        becomes(before, before, *rules, extra=extra, unsafe=unsafe)

    return check
