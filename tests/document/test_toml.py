"""TOML is read by the standard library; a scan of the text finds the places."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprolint.core.value import Const
from reprolint.document import Document, read

from .support import cut, item, values

TEXT = """\
title = "a # no comment" # a comment
seed = 42

[trainer]
optim.lr = 1e-3
optim."weight decay" = 0
devices = [
  0, # the first
  1,
]
extra = { deterministic = true, plugins = [] }

[[data.sets]]
name = 'a\\b'
[[data.sets]]
name = \"\"\"
long\"\"\"
[data.sets.options]
day = 2024-05-01 07:32:00
"""


def document(text: str) -> Document:
    """A TOML document."""
    return read("config.toml", text.encode())


def test_a_value_has_a_path_of_keys_and_a_place() -> None:
    found = document(TEXT)
    assert values(found) == {
        "title": "a # no comment",
        "seed": 42,
        "trainer.optim.lr": 0.001,
        "trainer.optim.weight decay": 0,
        "trainer.devices.0": 0,
        "trainer.devices.1": 1,
        "trainer.extra.deterministic": True,
        "trainer.extra.plugins": "[]",
        "data.sets.0.name": "a\\b",
        "data.sets.1.name": "long",
        "data.sets.1.options.day": "? a date or time",
    }
    places = {
        "seed": "42",
        "trainer.optim.lr": "1e-3",
        "trainer.optim.weight decay": "0",
        "trainer.devices.1": "1",
        "trainer.extra.deterministic": "true",
        "trainer.extra.plugins": "[]",
        "data.sets.0.name": "'a\\b'",
        "data.sets.1.options.day": "2024-05-01 07:32:00",
    }
    assert {path: cut(TEXT, item(found, path).span) for path in places} == places
    long = item(found, "data.sets.1.name").span
    assert (long.row, long.end_row) == (16, 17)


def test_an_empty_table_stands_at_its_header() -> None:
    text = "[a]\n[b.c]\n"
    found = document(text)
    assert values(found) == {"a": "{}", "b.c": "{}"}
    assert cut(text, item(found, "b.c").span) == "[b.c]"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a = 1\na = 2", "Cannot overwrite a value (at end of document)"),
        ("a = 1\nb", "not valid TOML in line 2"),
        ("a.", "not valid TOML in line 1"),
        ("a = " + "[" * 40, "is nested deeper than 32 levels"),
        ("a." * 400_000 + "a = 1", "is nested deeper than 32 levels"),
    ],
)
def test_what_cannot_be_read_is_a_problem(text: str, problem: str) -> None:
    found = document(text)
    assert (found.items, found.problem) == ((), problem)


STRINGS = {
    "basic": ('"', '"', "ab#=[]{},.'\\t"),
    "literal": ("'", "'", 'ab#=[]{},."\\'),
    "basic of several lines": ('"""\n', '"""', "ab#=[]'\n"),
    "literal of several lines": ("'''", "'''", 'ab#=[]"\n\\'),
}


@st.composite
def strings(draw: st.DrawFn) -> str:
    """The text of a string in one of its four notations."""
    opening, closing, letters = STRINGS[draw(st.sampled_from(sorted(STRINGS)))]
    inner = draw(st.lists(st.sampled_from([*letters.replace("\\t", ""), "\\\\"]), max_size=6))
    return opening + "".join(inner) + closing


BARE = ["1", "-0.5", "1e5", "0xff", "1_000", "inf", "true", "1979-05-27", "07:32:00", "1979-05-27T07:32:00-07:00"]
VALUES = st.recursive(
    st.sampled_from(BARE) | strings(),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: f"[ {', '.join(parts)}]")
        | st.lists(inner, max_size=2).map(
            lambda parts: "{" + ", ".join(f"k{number}.x = {part}" for number, part in enumerate(parts)) + " }"
        )
    ),
    max_leaves=6,
)
HEADERS = st.sampled_from(["", "[t]", "[[a]]", "[a.b]", "[[a.c]]", "[ t . 'x.y' ]", '["z"]'])


@given(st.lists(st.tuples(HEADERS, st.lists(VALUES, max_size=2)), max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_every_value_of_a_valid_file_has_its_exact_place(blocks: list[tuple[str, list[str]]], newline: str) -> None:
    rows = [
        row
        for header, texts in blocks
        for row in (header, *(f"v{number} = {text} # why" for number, text in enumerate(texts)))
    ]
    text = newline.join("\n".join(rows).split("\n"))
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assert document(text).problem
        return
    found = document(text)
    assert found.problem == ""
    plain = text.replace("\r\n", "\n")
    for leaf in found.items:
        if isinstance(leaf.value, Const) and leaf.span.row == leaf.span.end_row:
            assert tomllib.loads(f"x = {cut(plain, leaf.span)}") == {"x": leaf.value.value}
