"""The store: what it keeps, and that nothing which happens to it reaches a run."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests_support import LISTING, Project, make_project

from reprolint.cache import Row, Store, clean, read_text, write_text

ROW = Row(3, time.time_ns() - 10**10, 7, "abc", time.time_ns())


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    return make_project(tmp_path)


def _ignore(text: str) -> None:
    """A note nobody reads."""


def open_store(folder: Path) -> Store:
    """A store below a folder."""
    return Store(folder / "1", "key", _ignore)


def test_what_is_saved_is_found_again(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.save([("a.py", ROW, "text"), ("b.py", ROW, "other")], ())
    store.save_report("key", "[]", "report")
    store.close()
    store = open_store(tmp_path)
    assert store.rows() == {"a.py": ROW, "b.py": ROW}
    assert dict(store.texts({"a.py": "abc", "b.py": "another digest"})) == {"a.py": "text"}
    assert store.report("key") == ("[]", "report")
    store.save([], ("a.py",))
    assert store.rows() == {"b.py": ROW}


def test_only_a_stat_older_than_the_reading_proves_anything() -> None:
    assert ROW.is_fresh(ROW.size, ROW.mtime, ROW.inode)
    assert not ROW.is_fresh(ROW.size + 1, ROW.mtime, ROW.inode)
    racy = Row(3, ROW.seen - 10**9, 7, "abc", ROW.seen)
    assert not racy.is_fresh(racy.size, racy.mtime, racy.inode)


def test_a_changed_text_is_not_returned(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.save([("a.py", ROW, "text")], ())
    store.close()
    (path,) = tmp_path.glob("1/*.db")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE files SET text = 'tixt'")
    assert dict(open_store(tmp_path).texts({"a.py": "abc"})) == {}


def test_text_files_carry_a_checksum(tmp_path: Path) -> None:
    path = tmp_path / "text"
    write_text(path, "content")
    assert read_text(path) == "content"
    path.write_text(path.read_text().replace("content", "kontent"))
    assert read_text(path) is None
    assert read_text(tmp_path / "gone") is None


def test_clean_removes_only_what_is_ours(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    (tmp_path / "1" / "mine.txt").write_text("")
    assert clean(tmp_path) == 1
    assert (tmp_path / "1" / "mine.txt").exists()


@pytest.mark.parametrize("data", [b"", b"no database at all", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_store_is_thrown_away(project: Project, data: bytes) -> None:
    project.write({"train.py": LISTING})
    first = project.run("--output-format", "json")
    for path in project.cache.rglob("*.db"):
        path.write_bytes(data)
    for path in project.cache.rglob("catalog-*"):
        path.write_bytes(data)
    assert project.run("--output-format", "json") == first
    assert project.run("--output-format", "json") == first


def test_a_store_that_cannot_be_written(project: Project) -> None:
    project.write({"train.py": LISTING})
    expected = project.run("--no-cache")
    project.cache.write_text("a file where the folder should be")
    assert project.run() == expected


def test_a_locked_store_is_not_waited_for_long(project: Project) -> None:
    project.write({"train.py": LISTING})
    expected = project.run()
    (path,) = project.cache.rglob("*.db")
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        assert project.run() == expected


def test_warm_runs_read_nothing_and_changes_are_seen(project: Project) -> None:
    project.write({"train.py": LISTING, "other.py": "x = 1\n"})
    cold = project.run("--output-format", "json", "-v")
    assert "reading 2 of 2 files" in cold.err
    warm = project.run("--output-format", "json", "-v")
    assert (warm.out, "nothing changed" in warm.err) == (cold.out, True)
    project.write({"train.py": LISTING.replace("names", "title")})  # the same size, at nearly the same time
    changed = project.run("--output-format", "json", "-v")
    assert "reading 1 of 2 files" in changed.err
    assert json.loads(changed.out)[0]["location"]["row"] == 3
    (project.root / "other.py").unlink()
    assert project.run("--output-format", "json").out == changed.out


def test_a_report_for_the_whole_serves_its_parts_but_not_the_reverse(project: Project) -> None:
    project.write({".git/HEAD": "", "a.py": LISTING, "b.py": LISTING})
    project.run("a.py")
    assert "nothing changed" not in project.run("-v").err
    part = project.run("-v", "--output-format", "json", "b.py")
    assert "nothing changed" in part.err
    assert [item["filename"] for item in json.loads(part.out)] == ["b.py"]


def test_many_at_once(project: Project) -> None:
    project.write({f"train{number}.py": LISTING for number in range(20)})
    command = [sys.executable, "-P", "-m", "reprolint", "--output-format", "json"]
    running = [
        subprocess.Popen(
            command, cwd=project.root, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    results = [process.communicate() for process in running]
    assert {error for _, error in results} == {b""}
    assert len({out for out, _ in results}) == 1
