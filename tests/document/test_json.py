"""JSON is read by the standard library; a scan of the text finds the places."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprolint.core.value import Const
from reprolint.document import Document, read

from .support import cut, flat, item, said, values

TEXT = """\
{
  "seed": null,
  "trainer": {"lr": 1e-3, "devices": [0, 1], "plugins": []},
  "name": "a \\"b\\", {c: [d]}"
}
"""


def document(text: str) -> Document:
    """A JSON document."""
    return read("config.json", text.encode())


def test_a_value_has_a_path_of_keys_and_a_place() -> None:
    found = document(TEXT)
    assert values(found) == {
        "seed": None,
        "trainer.lr": 0.001,
        "trainer.devices.0": 0,
        "trainer.devices.1": 1,
        "trainer.plugins": "[]",
        "name": 'a "b", {c: [d]}',
    }
    assert cut(TEXT, item(found, "seed").span) == "null"
    assert cut(TEXT, item(found, "trainer.devices.1").span) == "1"
    assert cut(TEXT, item(found, "trainer.plugins").span) == "[]"
    assert found.lists == (("trainer", "devices"),)


def test_the_last_of_equal_keys_counts() -> None:
    assert values(document('{"seed": 1, "lr": 2, "seed": 3}')) == {"lr": 2, "seed": 3}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Expecting value in line 1"),
        ('{\n  // a comment\n  "seed": 1\n}', "Expecting property name enclosed in double quotes in line 2"),
        ("[" * 40 + "]" * 40, "is nested deeper than 32 levels"),
        ("[" * 100_000, "is nested too deep"),
    ],
)
def test_what_cannot_be_read_is_a_problem(text: str, problem: str) -> None:
    found = document(text)
    assert (found.items, found.problem) == ((), problem)


WORDS = st.text(max_size=8).filter(lambda text: "${" not in text)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)


@given(TREES, st.sampled_from([None, 0, 2]), st.booleans())
def test_values_are_those_of_the_standard_library(data: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    found = read("config.json", text.encode("utf-8", "surrogatepass"))
    if not found.problem:
        assert {leaf.keys: said(leaf.value) for leaf in found.items} == flat(json.loads(text))
        for leaf in found.items:
            if isinstance(leaf.value, Const):
                assert json.loads(cut(text, leaf.span)) == leaf.value.value
