"""Files of variables."""

from __future__ import annotations

import pytest

from reprolint.core.place import Span

from .started import launched, values


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("A=b", {"A": "b"}),
        ("export A=b\n", {"A": "b"}),
        ("A = b ", {"A": "b"}),
        ("A='b c'", {"A": "b c"}),
        ('A="b\\nc"', {"A": "b\nc"}),
        ("A='b\\nc'", {"A": "b\\nc"}),
        ('A="b\nc"\nD=e', {"A": "b\nc", "D": "e"}),
        ("A=b # comment", {"A": "b"}),
        ("A=b#c", {"A": "b#c"}),
        ("A='b # c' # d", {"A": "b # c"}),
        ("A=", {"A": ""}),
        ("A=#", {"A": ""}),
        ("A=:4096:8", {"A": ":4096:8"}),
        ("A=a=b", {"A": "a=b"}),
        ("A=b\nA=c", {"A": "c"}),
        ("A=b\nC=${A}/x", {"A": "b", "C": "b/x"}),
        ("C=${A}/x\nA=b", {"C": "?", "A": "b"}),
        ("A=${B:-c}", {"A": "c"}),
        ("A='${B}'", {"A": "${B}"}),
        ("A=b c", {"A": "b c"}),
        ("A='b", {"A": "'b"}),
        ("# A=b", {}),
        ("A", {}),
        ("1A=b", {}),
        ("=b", {}),
        ("", {}),
        ("A=b\r\nC=d\r\n", {"A": "b", "C": "d"}),
        ("python x.py", {}),
    ],
)
def test_variables(text: str, environment: dict[str, str]) -> None:
    launch = launched(text, ".env")
    assert values(launch.environment) == environment
    assert launch.commands == ()


def test_places() -> None:
    assert [item.place for item in launched("# é\nexport A='é' # x\n B=c  \n", ".env").environment] == [
        Span(2, 8, 2, 13),
        Span(3, 2, 3, 5),
    ]
