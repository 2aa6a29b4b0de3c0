"""Facts survive the trip through text, and damaged text is recognised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reprolint.catalog.load import Catalog, load, rules_folder
from reprolint.catalog.vocabulary import vocabulary
from reprolint.core.place import Span
from reprolint.core.source import Source
from reprolint.core.value import Const, Derived, Either, Items, Ref, Unknown, Value
from reprolint.facts.codec import Codec, Damaged
from reprolint.facts.read import read
from reprolint.facts.record import Assign, Branch, Call, Exit, Facts, Import, Loop, Step, Try
from reprolint.facts.record import Test as Condition

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"


def _tuples(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(items, max_size=3).map(tuple)


numbers = st.integers(1, 9999)
spans = st.builds(Span, numbers, numbers, numbers, numbers)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values: st.SearchStrategy[Value] = st.recursive(
    st.builds(Const, scalars) | st.builds(Ref, st.text(), st.text()) | st.builds(Unknown, st.text()),
    lambda inner: (
        st.builds(Derived, _tuples(inner))
        | st.builds(Items, st.sampled_from(["list", "set"]), _tuples(inner))
        | st.builds(Either, _tuples(inner))
    ),
    max_leaves=6,
)


tests = st.builds(
    Condition,
    st.sampled_from(["main", "none", "opaque"]),
    st.text(),
    st.none() | values,
    st.booleans(),
    st.text(),
    st.none() | values,
)
steps: st.SearchStrategy[Step] = st.recursive(
    st.builds(Call, values, _tuples(values), _tuples(st.tuples(st.text(), values)), st.booleans(), spans, spans)
    | st.builds(Assign, st.text(), values, spans)
    | st.builds(Import, st.text(), _tuples(st.text()), spans)
    | st.builds(Exit, st.sampled_from(["return", "raise"])),
    lambda inner: (
        st.builds(Branch, tests, _tuples(inner), _tuples(inner), spans)
        | st.builds(Loop, _tuples(inner), _tuples(inner), st.booleans())
        | st.builds(Try, _tuples(inner), _tuples(_tuples(inner)), _tuples(inner), _tuples(inner))
    ),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(_tuples(steps), _tuples(st.tuples(st.text(), values)))
def test_round_trip(body: tuple[Step, ...], names: tuple[tuple[str, Value], ...]) -> None:
    facts = Facts("a.py", "", body=body, names=names)
    codec = Codec(Facts)
    text = codec.encode(facts)
    assert text.isascii()
    assert "\n" not in text
    again = codec.decode(text)
    # repr tells 1 from 1.0 and from True, which compare equal.
    assert (again, repr(again)) == (facts, repr(facts))


def test_facts_of_real_files() -> None:
    names = vocabulary(load([rules_folder()]).knowledge)
    codec = Codec(Facts)
    for path in sorted(FIXTURES.rglob("*.py")):
        facts = read(Source(path.name, path.read_bytes()), "", names)
        assert codec.decode(codec.encode(facts)) == facts


def test_catalog() -> None:
    catalog = load([rules_folder()])
    codec = Codec(Catalog)
    assert codec.decode(codec.encode(catalog)) == catalog


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", "[1, 2]", '["a", "b", [[9, []]]]', "[" * 100_000, "nonsense"])
def test_damaged_text(text: str) -> None:
    with pytest.raises(Damaged):
        Codec(Facts).decode(text)
