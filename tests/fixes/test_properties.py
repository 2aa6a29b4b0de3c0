"""What holds for every file that fixes touch."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reprolint.core.edit import Edit
from reprolint.core.place import Span
from reprolint.fixes.apply import apply, rewrite
from reprolint.fixes.text import NEWLINE, split

from .conftest import planned, repaired

IMPORTS = (
    "import random",
    "import numpy as np",
    "from numpy import random as npr",
    "import torch",
    "import torch.nn as nn",
    "from torch.utils.data import DataLoader",
    "import os  # paths",
    "import sys; import time",
    "from pathlib import Path",
)
CONSTANTS = ("SEED = 3", "LR = 0.1  # rate", "seed = 5", "# settings", "NAMES = {'b', 'a'}")
BODY = (
    ("random", "x = random.random()"),
    ("np", "x = np.random.rand(3)  # noise"),
    ("npr", "x = npr.rand(3)"),
    ("torch", "x = torch.randn(3)"),
    ("nn", "x = nn.Linear(3, 3)"),
    ("np", "rng = np.random.default_rng()"),
    ("os", "for name in os.listdir('.'):\n>print(name); found.append(name)"),
    ("", "# then\nfound.extend(list({str(i) for i in range(9)}))"),
    ("", "if len(found) > 3:  # enough\n>found = []"),
    ("torch", "torch.manual_seed(1)  # repeat"),
    ("torch", "torch.backends.cudnn.benchmark = True"),
    ("DataLoader", "loader = DataLoader(\n>range(9),\n>shuffle=True, num_workers=2,  # two\n)"),
)
HEADS = ("", '"""Text."""\n', "#!/usr/bin/env python\n# notes\n\n", '"""Text."""\nfrom __future__ import annotations\n')


@st.composite
def scripts(draw: st.DrawFn) -> bytes:
    """Scripts as people write them, in any encoding, indentation and line ending."""
    head = draw(st.sampled_from(HEADS))
    imports = draw(st.lists(st.sampled_from(IMPORTS), unique=True, min_size=2))
    names = set(" ".join(imports).replace(";", " ").split())
    constants = draw(st.lists(st.sampled_from(CONSTANTS), unique=True, max_size=3))
    known = [line for name, line in BODY if not name or name in names]
    body = draw(st.lists(st.sampled_from(known), min_size=1, max_size=5))
    step = draw(st.sampled_from(("    ", "  ", "\t")))
    style = draw(st.sampled_from(("script", "guard", "function", "argparse")))
    lines = ["found = []", *body, "print(found)"]
    if style == "argparse":
        imports.append("import argparse")
        lines[:0] = ["parser = argparse.ArgumentParser()", "parser.add_argument('--seed', default=1)",
                     "args = parser.parse_args()  # options"]  # fmt: skip
    text = "\n".join(lines).replace("\n>", f"\n{step}")
    if style != "script":
        inner = "\n".join(f"{step}{line}" for line in text.split("\n"))
        opening = "if __name__ == '__main__':\n" if style == "guard" else "def main():\n"
        text = opening + inner + ("" if style == "guard" else "\n\n\nif __name__ == '__main__':\n" + step + "main()")
    gap = draw(st.sampled_from(("\n", "\n\n", "\n\n\n")))
    whole = head + gap.join(("\n".join(imports), "\n".join(constants), text)) + draw(st.sampled_from(("", "\n")))
    return _encoded(whole, draw(st.sampled_from(("utf-8", "bom", "latin-1"))), draw(st.sampled_from(("\n", "\r\n"))))


def _encoded(text: str, encoding: str, newline: str) -> bytes:
    if encoding == "latin-1" and not text.startswith("#!"):
        text = f"# coding: latin-1\n# caf\u00e9\n{text}"
    elif encoding == "latin-1":
        encoding = "utf-8"
    return text.replace("\n", newline).encode("utf-8-sig" if encoding == "bom" else encoding)


def _comments(data: bytes) -> Counter[str]:
    found = tokenize.tokenize(io.BytesIO(data).readline)
    return Counter(token.string for token in found if token.type == tokenize.COMMENT)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(scripts())
def test_a_fixed_file_is_the_same_file_repaired(data: bytes) -> None:
    result = repaired({"main.py": data}).files["main.py"]
    ast.parse(result)
    assert _comments(result) == _comments(data)
    assert result[:3] == data[:3] or not data.startswith(b"\xef\xbb\xbf")
    assert (b"\r\n" in data) is (b"\r\n" in result)
    endings = [set(NEWLINE.findall(item.decode("latin-1"))) for item in (result, data)]
    assert endings[0] <= endings[1]
    again = planned({"main.py": result})
    assert not apply([fix for _, fix in again], {"main.py": result}.__getitem__, unsafe=True).files


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(scripts())
def test_only_what_an_edit_names_changes(data: bytes) -> None:
    for _, fix in planned({"main.py": data}):
        edits = [edit for edit in fix.edits if edit.filename == "main.py"] if fix is not None else []
        result = rewrite(data, edits)
        text = data.decode("latin-1" if b"latin-1" in data[:40] else "utf-8-sig")
        kept = _rest(text, [edit.span for edit in edits])
        grown = result.decode("latin-1" if b"latin-1" in data[:40] else "utf-8-sig")
        assert len(grown) == len("".join(kept)) + sum(len(edit.content) for edit in edits)
        position = 0
        for part in kept:
            position = grown.index(part, position) + len(part)


def _rest(text: str, spans: list[Span]) -> list[str]:
    """What of a text lies outside of spans."""
    starts = [0, *(match.end() for match in NEWLINE.finditer(text))]
    parts, last = [], 0
    for span in sorted(spans):
        parts.append(text[last : starts[span.row - 1] + span.column - 1])
        last = starts[span.end_row - 1] + span.end_column - 1
    return [*parts, text[last:]]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab\u00e9\n\r\x0c ", max_size=30), st.data())
def test_edits_land_where_python_counts(text: str, data: st.DataObject) -> None:
    lines = split(text)
    row = data.draw(st.integers(1, len(lines)))
    column = data.draw(st.integers(1, len(lines[row - 1]) + 1))
    result = rewrite(text.encode(), [Edit("a.txt", Span(row, column, row, column), "#")]).decode()
    assert result.replace("#", "", 1) == text
    before = split(result[: result.index("#")])
    assert (len(before), len(before[-1]) + 1) == (row, column)
