"""Makefiles: what is exported, and what the recipes start."""

from __future__ import annotations

import pytest

from reprolint.core.place import Span

from .started import launched, lines, only, values


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("export A = b", {"A": "b"}),
        ("A := b\nexport A", {"A": "b"}),
        ("export A\nA ?= b  # comment", {"A": "b"}),
        ("export A := b\nexport C = $(A)c", {"A": "b", "C": "bc"}),
        ("export C = $(A)c\nA = b", {"C": "bc"}),
        ("export A = b\nunexport A", {}),
        ("A = b", {}),
        ("A = b\nexport", {"A": "b"}),
        (".EXPORT_ALL_VARIABLES:\nA = b", {"A": "b"}),
        ("A = b\nexport A C\nC = d", {"A": "b", "C": "d"}),
        ("export A = b\nA += c", {"A": "b c"}),
        ("export A = $(shell pwd)", {"A": "?"}),
        ("export A != pwd", {"A": "?"}),
        ("export A = $(B)", {"A": "?"}),
        ("export A = $$x", {"A": "$x"}),
        ("ifeq ($(X),1)\nexport A = b\nendif", {"A": "maybe b"}),
        ("export A = a\nifdef X\nexport A = b\nelse\nexport A = c\nendif", {"A": "?"}),
        ("define X\nexport A = b\nendef", {}),
        ("export define X\nexport A = b\nendef", {}),
        ("endif\nexport A = b", {"A": "b"}),
        ("# export A = b", {}),
        ("export A = $(A)x", {"A": "?"}),
        ("export A = a \\\n  b", {"A": "a b"}),
        ("\texport A = b", {}),
    ],
)
def test_exports(text: str, environment: dict[str, str]) -> None:
    if text.startswith("\t"):
        text = f"all:\n{text}"
    assert values(launched(text, "Makefile").environment) == environment


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        ("all:\n\tpython x.py", ["x.py"]),
        ("all:\n\t@python x.py\n\t-python y.py\n\t@-+ python z.py", ["x.py", "y.py", "z.py"]),
        ("all: dep\n\tpython x.py \\\n\t\t--seed 1", ["x.py --seed 1"]),
        ("all: ; python x.py", ["x.py"]),
        ("PYTHON ?= python3\nall:\n\t$(PYTHON) x.py", ["x.py"]),
        ("all:\n\t$(PYTHON) x.py", ["x.py"]),
        ("ARGS = --seed 1\nall:\n\tpython x.py ${ARGS} $(MORE) $(A)b", ["x.py --seed 1 ? ?"]),
        ("all:\n\tfor s in 1 2; do \\\n\t  python x.py $$s; \\\n\tdone", ["x.py ?"]),
        ("x.out: x.py data\n\tpython $< $@", ["x.py x.out"]),
        ("%.out: %.py\n\tpython $<", []),
        ("all:\n\tA=$$(python x.py)", ["x.py"]),
        ("all:\n\tpython $(shell ls (a) b).py", ["?.py"]),
        ("all:\n\t# python x.py\n\techo python x.py", []),
        (
            "all:\nifdef X\n\tpython x.py\nelse\n\tpython y.py\nendif\n\tpython z.py",
            ["maybe x.py", "maybe y.py", "z.py"],
        ),
        ("\tpython x.py", []),
        ("A = python x.py", []),
        ("all:\n\tpython -m pytest", ["-m pytest"]),
        ("all: export A = python x.py", []),
    ],
)
def test_recipes(recipe: str, expected: list[str]) -> None:
    assert lines(recipe, "Makefile") == expected


def test_each_line_has_a_shell_of_its_own() -> None:
    text = "all:\n\tcd src\n\texport A=b\n\tcd a && C=d python x.py\n"
    command = only(text, "Makefile")
    assert (command.folder, values(command.environment)) == ("a", {"C": "d"})
    assert command.place == Span(4, 10, 4, 25)
    command = only(f".ONESHELL:\n{text}", "Makefile")
    assert (command.folder, values(command.environment)) == ("src/a", {"A": "b", "C": "d"})
    assert command.place == Span(5, 10, 5, 25)


def test_a_target_may_export_for_itself() -> None:
    text = "export A = b\ntrain: export A = c\ntrain: export C = d\ntrain:\n\tpython x.py\ntest:\n\tpython y.py\n"
    train, test = launched(text, "Makefile").commands
    assert values(train.environment) == {"A": "c", "C": "d"}
    assert values(test.environment) == {"A": "b"}
    assert [item.place for item in train.environment] == [Span(2, 15, 2, 20), Span(3, 15, 3, 20)]


def test_variables_count_as_they_are_at_the_end() -> None:
    assert values(only("all:\n\tpython x.py\nexport A = b", "Makefile").environment) == {"A": "b"}


def test_the_place_of_a_command_made_of_variables() -> None:
    text = "RUN = python x.py\nall:\n\t$(RUN) --seed 1\n"
    assert only(text, "Makefile").place == Span(3, 2, 3, 17)
