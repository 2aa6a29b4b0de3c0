"""A place and cause is reported once: two findings share a place only where they say two things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

import pytest
from markdown import FIXTURES, Case, cases, example, lint
from test_rules import TESTABLE

from reprolint.core.diagnostic import Diagnostic
from reprolint.core.place import Place

ROOT = FIXTURES.parent
TWO_THINGS = {
    ("entropy-key", "unseeded-stream"): "the number is drawn from a stream that others draw from, too",
    ("loader-without-generator", "loader-worker-seeding"): "the order of the samples, and what the workers do to them",
    ("reduced-precision", "trainer-not-deterministic"): "two arguments of one call, each with its own repair",
    (
        "stream-shared-with-workers",
        "unseeded-generator",
    ): "a seed does not part the workers, parting them seeds nothing",
    ("unseeded-stream", "unseeded-stream"): "one call leads to draws from several streams, and each needs its own seed",
}


def shared(diagnostics: Iterable[Diagnostic]) -> Iterator[tuple[str, str]]:
    """The pairs of rules that speak of one place, or of places that overlap. A rule may speak for several entries."""
    for first, second in combinations(sorted(diagnostics, key=lambda item: item.name), 2):
        if overlap(first.place, second.place) and (first.name != second.name or first.entry == second.entry):
            yield first.name, second.name


def overlap(first: Place, second: Place) -> bool:
    """Whether two places have text in common."""
    one, other = first.span, second.span
    apart = (one.end_row, one.end_column) <= (other.row, other.column)
    apart = apart or (other.end_row, other.end_column) <= (one.row, one.column)
    return first.filename == second.filename and (one == other or not apart)


def texts(folder: Path) -> dict[str, str]:
    """The files of a folder that are text."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            try:
                found[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue  # a picture
    return found


def samples() -> dict[str, list[Case]]:
    """Everything that `fixtures/` and the examples of rules show to the tool, by where it is from."""
    result: dict[str, list[Case]] = {}
    for case in cases():
        result.setdefault(case.source, []).append(case)
    result["examples"] = [example(rule, name) for rule in TESTABLE for name in ("bad", "good")]
    for folder in sorted(path for path in (ROOT / "projects").iterdir() if path.is_dir()):
        result[f"projects/{folder.name}"] = [Case(folder.name, files=texts(folder))]
    for folder in (ROOT / "scripts", ROOT / "scripts" / "replay"):
        result[folder.name] = [
            Case(path.name, files={path.name: path.read_text("utf-8")}) for path in sorted(folder.glob("*.py"))
        ]
    return result


SAMPLES = samples()


def pairs(source: str) -> Counter[tuple[str, str]]:
    """How often two rules speak of one place."""
    return Counter(pair for case in SAMPLES[source] for pair in shared(lint(case.files, case.settings)))


@pytest.mark.parametrize("source", sorted(SAMPLES))
def test_a_place_and_cause_is_reported_once(source: str) -> None:
    assert [pair for pair in sorted(pairs(source)) if pair not in TWO_THINGS] == []


def test_every_pair_that_may_share_a_place_does() -> None:
    known = (
        "entropy-key.md", "loader-worker-seeding.md", "reduced-precision.md", "stream-shared-with-workers.md",
        "projects/digits",
    )  # fmt: skip
    assert {pair for source in known for pair in pairs(source)} == set(TWO_THINGS)
