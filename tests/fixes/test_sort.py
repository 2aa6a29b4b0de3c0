"""Listings and sets in a fixed order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .conftest import code, planned, repaired

FILES = "unsorted-file-listing"
SETS = "set-order"

CASES = [
    (
        FILES,
        "for name in os.listdir(d):\n    out.append(name)",
        "for name in sorted(os.listdir(d)):\n    out.append(name)",
    ),
    (FILES, "out.extend([n for n in os.listdir(d) if n])", "out.extend([n for n in sorted(os.listdir(d)) if n])"),
    (FILES, "out.extend(list(Path(d).glob('*')))", "out.extend(sorted(Path(d).glob('*')))"),
    (FILES, "names = glob.glob(d)  # all\nout.extend(names)", "names = sorted(glob.glob(d))  # all\nout.extend(names)"),
    (SETS, "out.extend(list(set(x)))", "out.extend(sorted(set(x)))"),
    (SETS, "out.extend(tuple(set(x)))", "out.extend(tuple(sorted(set(x))))"),
    (SETS, "out.extend([i for i in set(x)])", "out.extend([i for i in sorted(set(x))])"),
    (SETS, "out.extend(list(set(x) | set(d)))", "out.extend(sorted(set(x) | set(d)))"),
    (SETS, "out.extend(list(set(x).union(d)))", "out.extend(sorted(set(x).union(d)))"),
    (SETS, "for i, n in enumerate(set(x)):\n    ids[n] = i", "for i, n in enumerate(sorted(set(x))):\n    ids[n] = i"),
    (
        SETS,
        "words = set(x)\nwords.add(d)\nfor word in words:\n    out.append(word)",
        "words = set(x)\nwords.add(d)\nfor word in sorted(words):\n    out.append(word)",
    ),
]
HEAD = "import glob\nimport os\nfrom pathlib import Path\n\n\ndef collect(d, x, ids):\n    out = []\n"


def _file(body: str) -> bytes:
    return (HEAD + "".join(f"    {line}\n" for line in body.split("\n")) + "    return out, ids\n").encode()


@pytest.mark.parametrize(("rule", "before", "after"), CASES, ids=[case[1][:40] for case in CASES])
def test_sorted(rule: str, before: str, after: str) -> None:
    assert repaired({"main.py": _file(before)}, rule).files["main.py"] == _file(after)


@pytest.mark.parametrize(
    "body",
    [
        "with os.scandir(d) as entries:\n    out.extend(entry.name for entry in entries)",
        "out.extend(root for root, _, _ in os.walk(d))",
        "first = next(Path(d).glob('*'))\nout.append(first)",
        "out.append(set(x).pop())",
        "words = set(x)\nout.append(words.pop())",
    ],
)
def test_left_alone(body: str) -> None:
    assert repaired({"main.py": _file(body)}, FILES, SETS).files["main.py"] == _file(body)


def _safety(body: str, rule: str) -> list[str]:
    return [fix.safety for _, fix in planned({"main.py": _file(body)}, [rule]) if fix is not None]


def test_what_surely_compares_is_safe() -> None:
    assert _safety("out.extend(list({'b', 'a'}))", SETS) == ["safe"]
    assert _safety("out.extend(list({str(i) for i in x}))", SETS) == ["safe"]
    assert _safety("out.extend(list(set(x)))", SETS) == ["unsafe"]
    assert _safety("out.extend(list({'b', 1}))", SETS) == []


def test_a_comment_inside_makes_it_unsafe() -> None:
    assert _safety("out.extend(list(os.listdir(d)))", FILES) == ["safe"]
    assert _safety("out.extend(list(os.listdir(\n    d  # the folder\n)))", FILES) == ["unsafe"]


def test_a_file_with_its_own_sorted_is_left_alone() -> None:
    text = code(
        """
        import os


        def sorted(items):
            return items


        print([name for name in os.listdir(".")])
        """
    ).encode()
    assert repaired({"main.py": text}, FILES).files["main.py"] == text


def test_what_has_no_order_is_left_alone(stays: Callable[..., None]) -> None:
    stays(
        """
        import torch.nn as nn

        LAYERS = {nn.Linear, nn.Conv2d}
        names = []
        for layer in LAYERS:
            names.append(layer)
        print(names)
        """,
        SETS,
    )
