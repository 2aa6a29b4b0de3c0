"""Reports as people see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reprolint.core.diagnostic import Diagnostic, Related
from reprolint.core.edit import Edit, Fix
from reprolint.core.place import Place, Span
from reprolint.report.data import absolute
from reprolint.report.full import full
from reprolint.report.lines import concise, statistics, summary
from reprolint.report.paint import Paint
from reprolint.report.patch import apply

PLAIN = Paint(False)
SOURCE = ["import os", "", "\tnames = os.listdir('日本')", "print(", "    names[0],", ")"]


def diagnostic(span: Span, fix: Fix | None = None) -> Diagnostic:
    """A diagnostic in `a.py`."""
    return Diagnostic(
        code="RPL401",
        name="unsorted-file-listing",
        topic="data",
        profile="seeded",
        severity="warning",
        confidence="high",
        message="arbitrary order",
        place=Place("a.py", span),
        fix=fix,
    )


def lines(filename: str) -> Sequence[str] | None:
    """The source of `a.py`."""
    return SOURCE if filename == "a.py" else None


def test_carets_stand_under_tabs_and_wide_characters() -> None:
    text = full([diagnostic(Span(3, 10, 3, 26))], lines, PLAIN)
    assert text == (
        "warning[RPL401] unsorted-file-listing: arbitrary order\n"
        " --> a.py:3:10\n"
        "  |\n"
        "2 |\n"
        "3 |     names = os.listdir('日本')\n"
        "  |             ^^^^^^^^^^^^^^^^^^\n"
        "  |\n\n"
    )


def test_several_rows() -> None:
    text = full([diagnostic(Span(4, 1, 6, 2))], lines, PLAIN)
    assert "4 | print(\n  | ^^^^^^\n5 |     names[0],\n  |     ^^^^^^^^^\n6 | )\n  | ^\n" in text


def test_chain_and_entry() -> None:
    related = (
        Related(Place("train.py", Span(106, 1, 106, 2)), "calls `main`"),
        Related(Place("b.py", Span(1, 1, 1, 2)), "here"),
    )
    text = full([replace(diagnostic(Span(1, 1, 1, 3)), entry="train.py", related=related)], lines, PLAIN)
    assert "  = entry: train.py\n  = train.py:106  calls `main`\n  = b.py:1        here\n" in text


def test_a_place_without_source() -> None:
    gone = replace(diagnostic(Span(1, 1, 1, 1)), place=Place("gone.py", Span(1, 1, 1, 1)))
    assert full([gone], lines, PLAIN).endswith("--> gone.py:1:1\n\n")
    beyond = diagnostic(Span(99, 1, 99, 1))
    assert full([beyond], lines, PLAIN).endswith("--> a.py:99:1\n\n")


def test_fix_is_shown_with_its_safety() -> None:
    fix = Fix(
        "Sort it",
        "unsafe",
        (Edit("a.py", Span(3, 10, 3, 26), "[]"), Edit("a.py", Span(2, 1, 2, 1), "import re")),
        "slower",
    )
    text = full([diagnostic(Span(3, 10, 3, 26), fix)], lines, PLAIN)
    assert "help: Sort it (unsafe: slower; applied by --fix --unsafe-fixes)\n" in text
    assert (
        "1 |   import os\n  | -\n  | -     names = os.listdir('日本')\n2 | + import re\n3 | +     names = []\n" in text
    )


def test_edits_are_applied_to_lines() -> None:
    edits = [Edit("a.py", Span(1, 1, 1, 1), "x\n"), Edit("a.py", Span(6, 2, 6, 2), "\nend")]
    assert apply(edits, SOURCE) == ["x", *SOURCE, "end"]
    assert apply([Edit("a.py", Span(99, 1, 99, 1), "end")], SOURCE)[-1] == ")end"


def test_one_line_each() -> None:
    assert concise([diagnostic(Span(3, 10, 3, 26))], PLAIN) == (
        "a.py:3:10: RPL401 [warning] arbitrary order (unsorted-file-listing)\n"
    )


def test_counts() -> None:
    safe = Fix("a", "safe", (Edit("a.py", Span(1, 1, 1, 1), ""),))
    one, two = diagnostic(Span(1, 1, 1, 2), safe), diagnostic(Span(2, 1, 2, 2), replace(safe, safety="unsafe"))
    error = replace(one, severity="error", fix=None)
    assert statistics([one, two, error], PLAIN) == "3  RPL401  [*] unsorted-file-listing\n"
    assert summary([one, two, error]) == (
        "Found 3 problems (1 error, 2 warnings).\n[*] 1 fixable with --fix (1 more with --fix --unsafe-fixes).\n"
    )
    assert summary([]) == "All checks passed!\n"
    assert summary([], fixed=2) == "Found 2 problems (2 fixed, 0 remaining).\n"


def test_absolute_names_reach_every_place() -> None:
    fix = Fix("a", "safe", (Edit("b.py", Span(1, 1, 1, 1), ""),))
    related = (Related(Place("/out/c.py", Span(1, 1, 1, 1)), "here"),)
    (item,) = absolute([replace(diagnostic(Span(1, 1, 1, 1), fix), related=related)], "/root")
    assert item.fix is not None
    assert [item.place.filename, item.fix.edits[0].filename, item.related[0].place.filename] == [
        "/root/a.py",
        "/root/b.py",
        "/out/c.py",
    ]


def test_control_characters_do_not_reach_the_terminal() -> None:
    text = full([diagnostic(Span(1, 1, 1, 2))], lambda _: ["a\x1b[31mb\r"], PLAIN)
    assert "\x1b" not in text
    assert "\r" not in text
