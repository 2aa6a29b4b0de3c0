"""Choosing, applying and writing."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from reprolint.core.edit import Edit, Fix, Safety
from reprolint.core.place import Span
from reprolint.fixes.apply import NotApplicable, NotWritten, apply, choose, difference, rewrite, write


def _edit(row: int, column: int, end: int, content: str, name: str = "a.py") -> Edit:
    return Edit(name, Span(row, column, row, end), content)


def _fix(*edits: Edit, safety: Safety = "safe") -> Fix:
    return Fix("title", safety, edits)


def test_the_first_of_two_insertions_at_one_position_wins() -> None:
    one, two = _fix(_edit(1, 1, 1, "a\n")), _fix(_edit(1, 1, 1, "b\n"))
    assert choose([one, two]) == (one,)


def test_a_fix_is_taken_whole_or_not_at_all() -> None:
    one = _fix(_edit(1, 1, 3, "x"))
    two = _fix(_edit(1, 2, 4, "y"), _edit(2, 1, 1, "z"))
    three = _fix(_edit(2, 1, 1, "w"))
    assert choose([one, two, three]) == (one, three)


def test_edits_that_only_touch_do_not_overlap() -> None:
    one, two = _fix(_edit(1, 1, 3, "x")), _fix(_edit(1, 3, 5, "y"))
    assert choose([one, two]) == (one, two)


def test_safety_decides() -> None:
    safe, unsafe, shown = _fix(_edit(1, 1, 1, "")), _fix(_edit(2, 1, 1, ""), safety="unsafe"), _fix(safety="display")
    assert choose([safe, None, unsafe, shown]) == (safe,)
    assert choose([safe, None, unsafe, shown], unsafe=True) == (safe, unsafe)


def test_a_fix_that_breaks_the_file_is_dropped_alone() -> None:
    good, bad = _fix(_edit(1, 5, 6, "2")), _fix(_edit(2, 1, 2, "("))
    applied = apply([bad, good], {"a.py": b"a = 1\nb = 1\n"}.__getitem__)
    assert (applied.fixes, applied.dropped) == ((good,), (bad,))
    assert applied.files == {"a.py": b"a = 2\nb = 1\n"}


@pytest.mark.parametrize(
    ("data", "row", "column", "after"),
    [
        (b"a\r\nb\r\n", 2, 1, b"a\r\nXb\r\n"),
        (b"a\rb", 2, 2, b"a\rbX"),
        (b"\xef\xbb\xbfa\n", 1, 1, b"\xef\xbb\xbfXa\n"),
        ("# coding: latin-1\n'é' + a\n".encode("latin-1"), 2, 4, "# coding: latin-1\n'é'X + a\n".encode("latin-1")),
        ("'é' + a\n".encode(), 1, 4, "'é'X + a\n".encode()),
        (b"a\x0cb\n", 1, 3, b"a\x0cXb\n"),
        (b"", 1, 1, b"X"),
    ],
)
def test_bytes_around_an_edit_are_kept(data: bytes, row: int, column: int, after: bytes) -> None:
    assert rewrite(data, [_edit(row, column, column, "X")]) == after


def test_edits_that_do_not_fit_are_refused() -> None:
    for edit in (_edit(3, 1, 1, ""), _edit(1, 9, 9, "")):
        with pytest.raises(NotApplicable):
            rewrite(b"a\n", [edit])
    with pytest.raises(NotApplicable):
        rewrite(b"# coding: ascii\n", [_edit(1, 1, 1, "# \u00e9\n")])
    with pytest.raises(NotApplicable):
        rewrite(b"abc\n", [_edit(1, 1, 3, ""), _edit(1, 2, 4, "")])


def test_a_diff_applies_with_git(tmp_path: Path) -> None:
    old, new = b"a = 1\r\nb = 2", b"a = 1\r\nc = 3\r\nb = 2\n"
    (tmp_path / "a.py").write_bytes(old)
    patch = difference("a.py", old, new)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=patch.encode(), check=True)
    assert (tmp_path / "a.py").read_bytes() == new


def test_writing_keeps_the_mode_and_follows_links(tmp_path: Path) -> None:
    real, link = tmp_path / "real.py", tmp_path / "link.py"
    real.write_bytes(b"old")
    real.chmod(0o754)
    link.symlink_to(real)
    write(link, b"new", expected=b"old")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o754
    assert sorted(item.name for item in tmp_path.iterdir()) == ["link.py", "real.py"]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"theirs")
    with pytest.raises(NotWritten, match="changed by someone else"):
        write(path, b"new", expected=b"old")
    assert path.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotWritten, match="No space left on device"):
        write(path, b"new", expected=b"old")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(NotWritten, match=r"a\.py: cannot be written.*Permission denied"):
            write(path, b"new", expected=b"old")
    finally:
        tmp_path.chmod(0o755)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match=r"gone\.py: cannot be written"):
        write(tmp_path / "gone.py", b"new", expected=b"old")
