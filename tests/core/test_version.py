"""Ranges against the reference: what `packaging` lets in, and how two ranges relate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from reprolint.core.version import ANY, NONE, VersionError, apart, needed, parse, series, together

NUMBERS = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))
VERSIONS = st.builds(lambda epoch, numbers: f"{epoch}{numbers}", st.sampled_from(["", "", "", "1!"]), NUMBERS)
BOUNDS = st.builds(
    lambda sign, version, end: f"{sign}{version}{end}",
    st.sampled_from([">=", "<=", ">", "<"]), VERSIONS, st.sampled_from(["", "", "rc1", ".post1", ".dev1"]),
)  # fmt: skip
EXACT = st.builds(
    lambda sign, version, end: f"{sign}{version}{end}",
    st.sampled_from(["==", "!="]), VERSIONS, st.sampled_from(["", ".*"]),
)  # fmt: skip
ROUGH = st.builds(lambda version, last: f"~={version}.{last}", VERSIONS, st.integers(0, 3))
CONDITIONS = st.lists(st.one_of(BOUNDS, EXACT, ROUGH), min_size=1, max_size=3).map(",".join)


def admits(text: str, version: str) -> bool:
    """Whether a range holds a release."""
    return parse(version) <= parse(text)


@given(CONDITIONS, VERSIONS)
def test_a_range_admits_what_packaging_admits(text: str, version: str) -> None:
    assert admits(text, version) == SpecifierSet(text).contains(version)


@given(CONDITIONS, CONDITIONS, VERSIONS)
def test_two_ranges_make_sets(one: str, two: str, version: str) -> None:
    release, first, second = parse(version), parse(one), parse(two)
    assert (release <= first & second) == (release <= first and release <= second)
    assert (release <= first | second) == (release <= first or release <= second)
    assert (release <= ~first) != (release <= first)
    assert ~~first == first and first & ~first == NONE and first | ~first == ANY


@given(CONDITIONS, CONDITIONS, st.lists(VERSIONS, min_size=5, max_size=30))
def test_the_verdict_agrees_with_every_release(knowledge: str, project: str, versions: list[str]) -> None:
    inside = {SpecifierSet(knowledge).contains(item) for item in versions if SpecifierSet(project).contains(item)}
    verdict = needed(knowledge, project)
    assert not (verdict is True and False in inside) and not (verdict is False and True in inside)
    if inside == {True, False}:
        assert verdict is None


@given(CONDITIONS)
def test_a_range_is_written_as_it_is_read(text: str) -> None:
    assert parse(str(parse(text))) == parse(text)
    assert parse(together([text, text])) == parse(text)


@pytest.mark.parametrize(
    ("knowledge", "project", "verdict"),
    [
        (">=2.6", "2.6.0", True),
        (">=2.6", "2.5.1+cu121", False),
        (">=2.6", "==2.6.*", True),
        (">=2.6", ">=2.3,<2.6", False),
        (">=2.6", ">=2.3", None),
        (">=2.6", "", None),
        ("", "", True),
        ("", "2.4", True),
        (">=1.7,<2.10", "2.9.1", True),
        (">=1.7,<2.10", "2.10.0", False),
        (">=2.4.1", "==2.4.*", None),
        (">=2.10", "2.10.0rc1", True),
        (">=2.6", "2.6.0.dev20240901", True),
        ("<2.6 || >=2.8", ">=2.6,<2.8", False),
        (">=2.6", "2.4.1 || 2.5.1", False),
        (">=2.6", "2.4.1 || 2.7", None),
        (">=2", "==1!1.0", True),
        (">=2.6", ">=3,<2", None),
    ],
)
def test_verdicts(knowledge: str, project: str, verdict: bool | None) -> None:
    assert needed(knowledge, project) is verdict


@pytest.mark.parametrize("text", ["two", "2.x", ">=", ">=2,<", "=>2", "2.4 2.5", "~=2", "===what", "|x"])
def test_what_is_no_range_is_told(text: str) -> None:
    with pytest.raises(VersionError, match="neither a version"):
        parse(text)


def test_a_person_means_a_series() -> None:
    assert [series(text) for text in ("2.4", " 2.4.1 ", ">=2.4", "2.4.*")] == ["==2.4.*", "==2.4.1.*", ">=2.4", "2.4.*"]
    assert parse("2.4.*") == parse(series("2.4")) and parse("2.4") != parse("2.4.*")


def test_two_ranges_can_be_apart() -> None:
    assert apart("<2", ">=2") and not apart("<=2", ">=2")
    assert parse(together(["<2", ">=2"])) == ANY and together(["<2", ">=2"]) == ""
