"""References between values are followed as OmegaConf follows them."""

from __future__ import annotations

import pytest

from reprolint.document import alone

from .support import document, item, said, values


def test_a_reference_has_the_value_it_refers_to_and_says_where_that_stands() -> None:
    found = document("base:\n  seed: null\nseed: ${base.seed}\nagain: ${seed}\n")
    assert values(found) == {"base.seed": None, "seed": None, "again": None}
    written = found.items[2]
    assert (written.written, written.target, written.span.row) == ("${seed}", ("base", "seed"), 4)
    assert item(found, "again").keys == ("base", "seed")
    assert item(found, "again").span.row == 2


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("${seed}", 1),
        ("${ data.size }", 8),
        ("${.size}", 8),
        ("${..seed}", 1),
        ("${data[size]}", 8),
        ("${sets.1}", "b"),
        ("${sets[1]}", "b"),
        ("runs/${seed}-${.size}", "runs/1-8"),
        ("${nothing}", "? `${nothing}` refers to nothing that is written in the configuration"),
        ("${....seed}", "? `${....seed}` leaves the configuration"),
        ("${.here}", "? refers to itself"),
        ("${data}", "? refers to itself"),
        ("${sets}", "? a list"),
        ("${oc.env:SEED,42}", "? computed by `oc.env` when the program runs"),
        ("run-${now:%Y}", "? computed by `now` when the program runs"),
        ("${data.${name}}", "? a reference that is not followed"),
        (r"\${seed}", "? a reference that is not followed"),
        ("${seed", "? a reference that is not followed"),
        ("???", "? must be given on the command line"),
    ],
)
def test_references_are_followed_inside_the_document(reference: str, value: object) -> None:
    found = document(f"seed: 1\nname: size\nsets: [a, b]\ndata:\n  size: 8\n  here: '{reference}'\n")
    assert values(found)["data.here"] == value


def test_what_refers_to_an_unknown_value_is_unknown_for_the_same_reason() -> None:
    found = document("seed: ???\nagain: ${seed}\nname: run-${again}")
    assert set(values(found).values()) == {"? must be given on the command line"}


def test_a_mapping_is_read_through_a_reference_to_it() -> None:
    found = alone(document("base: {seed: 1, deep: {lr: 2}}\ntrain: ${base}\nagain: ${train.deep}"))
    assert said(item(found, "train.seed").value) == 1
    assert item(found, "again.lr").keys == ("base", "deep", "lr")
    assert not found.lacks(("train", "seed"))
    assert found.lacks(("train", "other"))


def test_circles_end() -> None:
    found = document("a: ${b}\nb: ${a}\nc: ${c.d}\nd: x${d}")
    assert all(str(value).startswith("? ") for value in values(found).values())


def test_texts_do_not_grow_without_end() -> None:
    rows = [f"a{number}: ${{a{number - 1}}}${{a{number - 1}}}" for number in range(1, 60)]
    assert len(values(document("\n".join(["a0: x", *rows])))) == 60
