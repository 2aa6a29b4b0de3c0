"""Entries of knowledge are chosen by the versions that a project allows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest

from reprolint.catalog.build import build
from reprolint.catalog.effects import Effects, effects
from reprolint.catalog.knowledge import Knowledge
from reprolint.catalog.library import libraries, library, versioned
from reprolint.catalog.load import load, rules_folder

LAB = """library: lab
draws:
- {api: [lab.draw], stream: old, versions: '<2', reference: r}
- {api: [lab.draw], stream: new, versions: '>=2', reference: r}
- {api: [lab.rand], stream: new, reference: r}
- {api: [lab.rand], stream: late, versions: '>=3', reference: r}
seedings:
- {api: [lab.seed], streams: [old], versions: '<2', reference: r}
- {api: [lab.seed], streams: [new], versions: '>=2,<3', reference: r}
- {api: [lab.seed], streams: [new, late], versions: '>=3', reference: r}
- {api: [lab.fix], streams: [old], reference: r}
- {api: [lab.fix], streams: [late], versions: '>=3', reference: r}
- {api: [lab.gone], streams: [old], versions: '<2', reference: r}
bases:
- {name: lab.Base, later: [a], versions: '<2', reference: r}
- {name: lab.Base, later: [b], versions: '>=2', reference: r}
switches:
- name: s
  title: t
  wanted: true
  default: false
  statement: x
  needs: x
  reference: r
  setters:
  - {api: [lab.switch], value: 1, versions: '<2'}
  - {api: [lab.switch], value: 2, versions: '>=2'}
"""


@cache
def shipped() -> tuple[Knowledge, ...]:
    """The knowledge of the package."""
    return load([rules_folder()]).knowledge


def lab(version: str) -> Effects:
    """What the lab's library does in some versions."""
    return effects([build(Knowledge, LAB, "lab.yaml")], {"lab": version} if version else {})


def streams(known: Effects, api: str) -> list[tuple[str, ...]]:
    """What each seeding of an API covers."""
    return [entry.streams for entry in known.seedings.get(api, ())]


@pytest.mark.parametrize(
    ("version", "draws", "seed", "fix", "gone"),
    [
        ("1.5", ["old"], ("old",), 1, True),
        ("==2.*", ["new"], ("new",), 1, False),
        ("3.0", ["new"], ("new", "late"), 2, False),
        (">=1.8,<3", ["old", "new"], ("new",), 1, True),
        (">=2", ["new"], ("new", "late"), 2, False),
        ("", ["old", "new"], ("new", "late"), 2, True),
    ],
)
def test_a_hazard_counts_in_any_version_and_a_remedy_in_the_newest(
    version: str, draws: list[str], seed: tuple[str, ...], fix: int, gone: bool
) -> None:
    known = lab(version)
    assert [entry.stream for entry in known.draws["lab.draw"]] == draws
    assert streams(known, "lab.seed") == [seed]
    assert len(streams(known, "lab.fix")) == fix
    assert ("lab.gone" in known.seedings) == gone


def test_setters_and_bases_are_chosen_too() -> None:
    for version, value, later in (("1.0", 1, ("a",)), ("2.0", 2, ("b",)), ("", 2, ("b",))):
        known = lab(version)
        assert [setter.value for _, setter in known.setters["lab.switch"]] == [value]
        assert known.bases["lab.Base"].later == later


def test_what_was_supposed_is_told() -> None:
    assert lab("").assumed == {"lab.seed": ">=3", "lab.switch": ">=2", "lab.Base": ">=2"}
    assert lab(">=2").assumed == {"lab.seed": ">=3"}
    assert lab("3.1").assumed == {}


def test_an_entry_answers_for_the_alternatives_it_stands_for() -> None:
    (kept,) = lab("").seedings["lab.seed"]
    assert kept.versions == ""
    (kept,) = lab("2.5").seedings["lab.seed"]
    assert kept.versions == ">=2,<3"


@pytest.mark.parametrize(
    ("versions", "switch"),
    [
        ({}, "deterministic"),
        ({"torch": "2.8.0"}, "deterministic"),
        ({"torch": "2.4.1"}, "raises"),
        ({"torch": ">=2.3,<2.6"}, "raises"),
        ({"torch": "1.12"}, "silent"),
        ({"numpy": "1.12"}, "deterministic"),
    ],
)
def test_an_operation_is_what_it_is_in_the_version(versions: Mapping[str, str], switch: str) -> None:
    found = effects(shipped(), versions).operations["torch.cumsum"]
    assert [operation.switch for operation, _ in found] == [switch]


def test_a_missing_seed_was_entropy_once() -> None:
    for versions, none in (
        ({}, "default"),
        ({"lightning": "2.1"}, "entropy"),
        ({"pytorch_lightning": "1.9"}, "default"),
    ):
        known = effects(shipped(), versions)
        assert [entry.none for entry in known.seedings["lightning.seed_everything"]] == [none]


def test_workers_seed_numpy_since_1_9() -> None:
    for versions, seeded in (({}, True), ({"torch": "1.8.1"}, False), ({"torch": ">=1.7"}, True)):
        (loader,) = effects(shipped(), versions).loaders["torch.utils.data.DataLoader"]
        assert ("numpy" in loader.reseeds) == seeded


def test_nothing_is_lost_without_versions() -> None:
    """Filtering changes nothing for what holds in any version."""
    known = effects(shipped())
    for file in shipped():
        assert all(name in known.draws for entry in file.draws for name in entry.api)
        assert all(name in known.seedings for entry in file.seedings for name in entry.api)
        assert all(name in known.operations for entry in file.operations for name in entry.api)


def test_the_library_of_an_api() -> None:
    assert [library(name) for name in ("torch.nn.Linear", "random.random", "open", "os.path.x")] == [
        "torch", "python", "python", "python",
    ]  # fmt: skip
    assert versioned(shipped()) < libraries(shipped())
    assert {"torch", "lightning", "numpy"} <= versioned(shipped())
