"""Reading never fails: hostile files give facts with the reason, and odd encodings give columns in characters."""

from __future__ import annotations

import sys

import pytest

from reprolint.catalog.load import load, rules_folder
from reprolint.catalog.vocabulary import Vocabulary, vocabulary
from reprolint.core.source import Source
from reprolint.facts.read import read
from reprolint.facts.record import Call, Facts
from reprolint.program.graph import calls


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return vocabulary(load([rules_folder()]).knowledge)


def facts(text: str | bytes, words: Vocabulary) -> Facts:
    data = text.encode() if isinstance(text, str) else text
    return read(Source("main.py", data), "", words)


def only_call(found: Facts) -> Call:
    (call,) = calls(found.body)
    return call


@pytest.mark.parametrize(
    "text",
    [
        "def broken(:\n",
        "x = 1\n\ty = 2\n",
        "a = b'\xff'".encode("latin-1"),
        b"# coding: no-such-code\nx = 1\n",
        b"x = '\xff\xfe'\n",
        b"\x00\x01\x02",
        "(" * 5000,
        "x = " + "[" * 300 + "]" * 300,
        "x = " + "-" * 20000 + "1",
        "x = " + "a." * 20000 + "b",
        "x = " + "f(" * 90 + ")" * 90,
        "",
    ],
)
def test_hostile_files_are_told_not_raised(text: str | bytes, words: Vocabulary) -> None:
    found = facts(text, words)
    assert found.broken is None or found.broken.message


def test_generated_chains_are_read(words: Vocabulary) -> None:
    arms = "".join(f"elif x == {number}:\n    random.seed({number})\n" for number in range(1000))
    found = facts(f"import random\nx = 3\nif x == -1:\n    pass\n{arms}", words)
    assert found.broken is None
    assert sum(1 for _ in calls(found.body)) == 1000
    total = " + ".join(["random.random()"] * 1000)
    assert sum(1 for _ in calls(facts(f"import random\ny = {total}\n", words).body)) == 1000


def test_columns_count_characters(words: Vocabulary) -> None:
    text = "import random\n# \u00e9\n\u00e4\u00f6 = 'caf\u00e9 \U0001f600', random.random()\n"
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.replace("\n", "\r\n").encode()):
        span = only_call(facts(data, words)).span
        assert (span.row, text.split("\n")[2][span.column - 1 : span.end_column - 1]) == (3, "random.random()")


def test_columns_of_another_encoding(words: Vocabulary) -> None:
    text = "# coding: latin-1\nimport random\n\u00e9 = '\u00fc', random.random()\n"
    span = only_call(facts(text.encode("latin-1"), words)).span
    assert text.split("\n")[2][span.column - 1 : span.end_column - 1] == "random.random()"


def test_a_name_means_what_it_was_bound_to_last(words: Vocabulary) -> None:
    text = "import numpy as np\nimport random\nr = np.random\nr.rand()\nr = random\nr.random()\n"
    first, second = calls(facts(text, words).body)
    assert (first.callee.path, second.callee.path) == ("numpy.random.rand", "random.random")  # type: ignore[union-attr]


def test_several_candidates_are_kept_in_a_fixed_order(words: Vocabulary) -> None:
    text = "try:\n    from cupy.random import rand\nexcept ImportError:\n    from numpy.random import rand\nrand()\n"
    paths = [option.path for option in only_call(facts(text, words)).callee.options]  # type: ignore[union-attr]
    assert paths == ["cupy.random.rand", "numpy.random.rand"]


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="the parser has forgotten the older language")
@pytest.mark.parametrize("text", ["x.cuda(async=True)\n", "x.async = f()\n", "def g(async, k): f()\n"])
def test_async_was_a_name(text: str, words: Vocabulary) -> None:
    assert facts(text, words).broken is None


@pytest.mark.parametrize("text", ["x.cuda(async=True\n", "async = (\n", "f(a sync=1)\n"])
def test_other_mistakes_stay(text: str, words: Vocabulary) -> None:
    assert facts(text, words).broken is not None
