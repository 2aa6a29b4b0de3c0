"""Whatever a file holds, reading it ends soon, and with a document."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprolint.document import alone, read
from reprolint.document.read import MOST_BYTES, SUFFIXES

PIECES = [
    *("a", ":", " ", "\n", "- ", "[", "]", "{", "}", ",", "=", ".", "'", '"', "#", "&a ", "*a", "<<: ", "!t ", "? "),
    *("|\n", "${", "1", "e", "0x", "\\", "\r", "\t", "---\n", "\x00", "é", "\ufeff", "\u2028", "'''", '"""', "[[a]]"),
    *("null", "~", "???", "defaults:\n", "# @package x\n"),
]


@given(st.sampled_from(SUFFIXES), st.binary(max_size=200))
def test_random_bytes_are_read(suffix: str, data: bytes) -> None:
    assert alone(read(f"config{suffix}", data)).get(("seed",)) is None


@given(st.sampled_from(SUFFIXES), st.lists(st.sampled_from(PIECES), max_size=20))
def test_random_pieces_are_read(suffix: str, pieces: list[str]) -> None:
    found = read(f"config{suffix}", "".join(pieces).encode())
    assert not (found.items and found.problem)
    assert "\n" not in found.problem


BOMBS = {
    "brackets": "[" * 300_000,
    "dashes": "- " * 300_000,
    "braces": "{a: " * 200_000,
    "questions": "? " * 300_000,
    "aliases": "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60)),
    "merges": "a0: &a0 {x: 1}\n"
    + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], b{n}: 1}}\n" for n in range(1, 200)),
    "base 60": "a: " + "1:" * 400_000 + "1",
    "digits": "a: " + "9" * 900_000,
    "hexadecimal digits": "a = 0x" + "f" * 900_000,
    "values": "a = [" + "1," * 400_000 + "]",
    "tables": "[[a]]\n" * 150_000,
    "references": "a: " + "${b}" * 200_000,
    "a long chain": "".join(f"a{n}: ${{a{n + 1}}}\n" for n in range(9_000)),
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("suffix", [".yaml", ".json", ".toml"])
def test_bombs_are_defused(name: str, suffix: str) -> None:
    started = time.process_time()
    found = read(f"config{suffix}", BOMBS[name].encode())
    assert len(found.items) <= 20_000
    assert time.process_time() - started < 10


def test_what_is_no_configuration_is_a_problem() -> None:
    assert read("config.yaml", b" " * (MOST_BYTES + 1)).problem == "is larger than 1,000,000 bytes"
    assert read("config.yaml", b"\xff\xfea").problem == "is not encoded in UTF-8"
    assert read("config.ini", b"seed=1").problem == "is none of .yaml, .yml, .json, .toml"


def test_a_byte_order_mark_is_no_text() -> None:
    (item,) = read("config.yaml", b"\xef\xbb\xbfseed: 1").items
    assert (item.keys, item.span.column) == (("seed",), 7)
