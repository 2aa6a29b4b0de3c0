"""YAML is read as PyYAML reads it; numbers with an exponent and references as OmegaConf does."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reprolint.core.place import Span
from reprolint.core.value import Const, Items
from reprolint.document import alone, read

from .support import cut, document, flat, item, said, values

TEXT = """\
# Training
seed: null
trainer:
  deterministic: yes
  devices: [0, 1]
later:
name: "é 🎲"
"""


def test_a_scalar_has_a_path_of_keys_and_a_place() -> None:
    found = document(TEXT)
    assert values(found) == {
        "seed": None,
        "trainer.deterministic": True,
        "trainer.devices.0": 0,
        "trainer.devices.1": 1,
        "later": None,
        "name": "é 🎲",
    }
    assert item(found, "seed").span == Span(2, 7, 2, 11)
    assert cut(TEXT, item(found, "trainer.devices.1").span) == "1"
    assert cut(TEXT, item(found, "name").span) == '"é 🎲"'
    assert found.lists == (("trainer", "devices"),)


def test_a_null_that_is_not_written_stands_at_its_key() -> None:
    assert cut(TEXT, item(document(TEXT), "later").span) == "later"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("~", None),
        ("Null", None),
        ("no", False),
        ("On", True),
        ("y", "y"),
        ("0x1F", 31),
        ("017", 15),
        ("0o17", "0o17"),
        ("1_000", 1000),
        ("1:30", 90),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("!!int '5'", 5),
        ("1.5e+3", 1500.0),
        ("-.inf", float("-inf")),
    ],
)
def test_words_mean_what_pyyaml_says(text: str, value: object) -> None:
    assert yaml.safe_load(text) == value
    assert values(document(f"seed: {text}")) == {"seed": value}


@pytest.mark.parametrize("text", ["1e-3", "1E5", "2.5e4", "-1e-05"])
def test_an_exponent_makes_a_float(text: str) -> None:
    """PyYAML says text, and whoever writes it means the number, which OmegaConf and Hydra read."""
    assert yaml.safe_load(text) == text
    assert values(document(f"lr: {text}\nname: '{text}'")) == {"lr": float(text), "name": text}


def test_what_only_the_program_can_build_is_unknown() -> None:
    found = document(
        """\
        model: !new:torch.nn.Linear {in: 3}
        size: !!python/tuple [1, 2]
        day: 2024-05-01
        seed: 1
        """
    )
    assert values(found) == {
        "model": "? built by the tag `!new:torch.nn.Linear`",
        "size": "? built by the tag `!!python/tuple`",
        "day": "? a date or time",
        "seed": 1,
    }


def test_a_reference_of_hyperpyyaml_is_followed() -> None:
    found = document(
        "seed: 1986\ndata: {batch: 8}\n__set_seed: !ref <seed>\nsize: !ref <data[batch]>\nx: !ref <seed> * 2"
    )
    assert values(found)["__set_seed"] == 1986
    assert values(found)["size"] == 8
    assert values(found)["x"] == "? built by the tag `!ref`"


def test_aliases_repeat_and_merge_keys_yield() -> None:
    text = """\
base: &base {seed: 1, lr: 0.1}
other: &other {seed: 2, epochs: 3}
train:
  <<: [*base, *other]
  lr: 0.5
again: *base
"""
    found = document(text)
    # The earlier of a list of mappings counts: https://yaml.org/type/merge.html. So did PyYAML read it up to 6.0.3;
    # 6.0.4 takes the later one, so its own reading is no measure here.
    assert {key: value for key, value in values(found).items() if key.startswith("train.")} == {
        "train.seed": 1,
        "train.lr": 0.5,
        "train.epochs": 3,
    }
    assert item(found, "train.seed").span == item(found, "base.seed").span == item(found, "again.seed").span


def test_the_last_of_equal_keys_counts() -> None:
    found = document("seed: {a: 1}\nlr: 1\nseed: 2")
    assert [(found.keys, said(found.value)) for found in found.items] == [(("lr",), 1), (("seed",), 2)]
    assert item(found, "seed").span.row == 3


def test_keys_are_text() -> None:
    assert values(document("1e3: x")) == {"1000.0": "x"}
    assert values(document("1: a\nyes: b\n1.5: c\n'2': d")) == {"1": "a", "True": "b", "1.5": "c", "2": "d"}


def test_empty_containers_are_items() -> None:
    found = document("a: []\nb: {}")
    assert [found.value for found in found.items] == [Items("list", ()), Items("dict", ())]
    assert cut("a: []\nb: {}", item(found, "a").span) == "[]"


def test_an_empty_document_has_no_items() -> None:
    assert document("# nothing\n").items == ()
    assert document("---\n").items == ()
    assert document("just text").items[0].keys == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: *b", "undefined alias `b` in line 1"),
        ("a: 1\n---\nb: 2", "holds several documents, of which safe loaders read none"),
        ("<<: 3", "`<<` takes a mapping or a list of mappings"),
        ("[a]: 1", "a key that cannot be hashed in line 1"),
        ("!!int x", "`x` is no int"),
        ("&a [*a]", "is nested deeper than 32 levels"),
    ],
)
def test_what_cannot_be_read_is_a_problem(text: str, problem: str) -> None:
    found = document(text)
    assert (found.items, found.problem) == ((), problem)
    assert alone(found).problems == (f"config.yaml: {problem}",)


def test_a_problem_tells_the_line() -> None:
    """The words are those of the loader that is installed."""
    assert document("seed: 1\nlr: ]\n").problem.endswith(" in line 2")


@pytest.mark.parametrize("text", [TEXT, "a: [", "a: {b: [1, ~, 'c']}\n", "\x00", "a: &x {y: 1}\nb: {<<: *x}"])
def test_the_loader_without_c_says_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = document(text)
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    slow = document(text)
    assert (slow.items, slow.lists, bool(slow.problem)) == (fast.items, fast.lists, bool(fast.problem))


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(lambda text: "${" not in text)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS
# A key may look like a number with an exponent, too; those are tested above.
KEYS = st.text("abcé :#-", max_size=6)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)


@given(st.dictionaries(KEYS, TREES, min_size=1), st.booleans(), st.sampled_from(["'", '"', None]))
def test_values_are_those_of_the_safe_loader(data: dict[str, Any], unicode: bool, style: str | None) -> None:
    text = yaml.safe_dump(data, allow_unicode=unicode, default_style=style, sort_keys=False)
    found = read("config.yaml", text.encode())
    assert found.problem == ""
    want = flat(yaml.safe_load(text))
    assert {found.keys for found in found.items} == set(want)
    for leaf in found.items:
        if isinstance(leaf.value, Const):
            value = want[leaf.keys]
            # The one difference that is meant: an exponent without a point.
            assert leaf.value.value == (float(str(value)) if isinstance(leaf.value.value, float) else value)


@given(st.dictionaries(st.text("abc", min_size=1), SCALARS, min_size=1))
def test_places_hold_the_values(data: dict[str, Any]) -> None:
    text = yaml.safe_dump(data, width=10_000)
    for leaf in read("config.yaml", text.encode()).items:
        if leaf.span.row == leaf.span.end_row and isinstance(leaf.value, Const):
            assert yaml.safe_load(f"x: {cut(text, leaf.span)}") == {"x": data[leaf.keys[0]]}
