"""What the server knows of a project, without a server."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

pytest.importorskip("pygls")

from lsprotocol import types

from reprolint.app.check import check
from reprolint.app.options import Options
from reprolint.app.reading import Reading, reread
from reprolint.app.session import Session as Request
from reprolint.core.place import Span
from reprolint.lsp import analysis
from reprolint.lsp.actions import difference
from reprolint.lsp.document import Document
from reprolint.lsp.project import Project
from reprolint.lsp.session import Session
from reprolint.lsp.text import Text, drift, edited

ROOT = Path(__file__).resolve().parent.parent.parent
DRAW = "import random\n\nprint(random.random())\n"


def _document(path: Path, text: str, version: int = 1) -> Document:
    return Document(path.as_uri(), str(path), version, text)


@pytest.mark.parametrize("source", ["projects/digits", "scripts"])
def test_the_editor_shows_what_the_command_line_reports(source: str, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(ROOT / "fixtures" / source, folder)
    options = Options(str(folder), (str(folder),), jobs=1)
    reported = check(options).diagnostics
    project = Project(options)
    assert reported
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(folder).as_posix()
        wanted = [item for item in reported if item.place.filename == name]
        for shown in (text, f"{text}\nx = (\n", text):
            problems = project.check((_document(path, shown),)).problems[name]
            found = [item.diagnostic for item in problems if item.diagnostic.name != "invalid-syntax"]
            assert [item.message for item in found] == [item.message for item in wanted]
            assert [item.related for item in found] == [item.related for item in wanted]
        fixes = {item.diagnostic.sort_key: fix for item, fix in project.check((_document(path, text),)).fixes(name)}
        assert fixes == {item.sort_key: item.fix for item in wanted if item.fix is not None}


def test_only_the_changed_document_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        (tmp_path / f"file{number}.py").write_text(DRAW, encoding="utf-8")
    project = Project(Options(str(tmp_path), (str(tmp_path),), jobs=1))
    read: list[str] = []

    def noted(session: Request, reading: Reading, texts: Mapping[str, bytes]) -> Reading:
        read.extend(texts)
        return reread(session, reading, texts)

    monkeypatch.setattr("reprolint.lsp.project.reread", noted)
    documents = [_document(tmp_path / f"file{number}.py", DRAW) for number in range(3)]
    project.check(documents)
    assert read == []
    documents[1] = _document(tmp_path / "file1.py", DRAW + "print()\n", 2)
    project.check(documents)
    assert read == ["file1.py"]


def test_a_crash_is_told_and_the_next_check_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    session.folders = (str(tmp_path),)
    uri = (tmp_path / "main.py").as_uri()
    session.open(types.TextDocumentItem(uri, "python", 1, DRAW))
    with monkeypatch.context() as broken:
        broken.setattr(analysis, "link", _crash)
        views, told = session.check(session.snapshot())
        assert views == {}
        assert ["ZeroDivisionError" in item.text for item in told] == [True]
        assert not told[0].urgent
    views, told = session.check(session.snapshot())
    assert [item.diagnostic.name for item in views[uri].checked.problems["main.py"]] == ["unseeded-stream"]
    assert told == ()


def _crash(*_: object) -> None:
    raise ZeroDivisionError


def test_the_bytes_of_a_document_are_in_the_encoding_it_declares(tmp_path: Path) -> None:
    text = "# -*- coding: latin-1 -*-\nname = 'é'\n"
    assert _document(tmp_path, text).data == text.encode("latin-1")
    assert _document(tmp_path, "# coding: no-such\nx = 'é'\n").data == "# coding: no-such\nx = 'é'\n".encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("content", ["", "a", "a\r\nb\rc\n", "é😀x\n\x0c😀\u2028y", "\n\n"])
def test_positions_go_there_and_back(content: str, encoding: str) -> None:
    text = Text(content, encoding)
    for row in range(1, len(text.starts) + 1):
        for column in range(1, len(text.line(row)) + 2):
            assert text.point(text.position(row, column)) == (row, column)
    beyond = text.position(99, 99)
    assert text.offset(beyond) == len(content)


def test_an_edit_beyond_the_end_appends() -> None:
    far = types.Position(99, 99)
    change = types.TextDocumentContentChangePartial(types.Range(far, far), "b")
    assert edited("a\n", [change], "utf-16") == "a\nb"


@pytest.mark.parametrize(
    ("old", "new"),
    [("a\nb\n", "a\nx\nb\n"), ("a\nb", "a\nb\n"), ("a\r\nb\r\n", "b\r\n"), ("", "a\n"), ("a\n", ""), ("a", "b\nc")],
)
def test_differences_make_the_new_text(old: str, new: str) -> None:
    text = Text(old, "utf-32")
    changes = [
        types.TextDocumentContentChangePartial(text.range(edit.span), edit.content)
        for edit in difference("a.py", old, new)
    ]
    assert edited(old, reversed(changes), "utf-32") == new


def test_rows_are_followed_through_a_change() -> None:
    moved = drift("a\nb\nc\nd", "a\nx\ny\nz\nc\nd")
    assert moved(Span(1, 1, 1, 2)) == Span(1, 1, 1, 2)
    assert moved(Span(2, 1, 2, 2)) is None
    assert moved(Span(3, 1, 4, 2)) == Span(5, 1, 6, 2)
