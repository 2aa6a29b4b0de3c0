"""The verb `replay` as typed by a user."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pytest

from reprolint.catalog.load import load, rules_folder
from reprolint.cli import replay as verb
from reprolint.replay.table import virtual_operations


def invoke(*arguments: str) -> int:
    parser = argparse.ArgumentParser(prog="reprolint replay")
    verb.add_arguments(parser)
    return verb.main(parser.parse_args(arguments))


def test_json_is_one_object(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(project)
    assert invoke("--steps", "2", "--output-format", "json", "--", sys.executable, "draws.py", "--steps", "9") == 1
    data = json.loads(capsys.readouterr().out)
    assert data["command"][1:] == ["draws.py", "--steps", "9"]
    assert data["divergence"]["filename"] == "draws.py"
    assert Path(data["traces"]).is_relative_to(project / ".reprolint_cache" / "replay")
    assert (project / ".reprolint_cache" / ".gitignore").read_text() == "*\n"


def test_full_output_and_exit_code(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("NO_COLOR", "1")
    assert invoke("--traces", "kept", "--", sys.executable, "nothing.py") == 3
    assert "replay: not proved" in capsys.readouterr().out
    assert (project / "kept" / "run-1" / "manifest.json").exists()


def test_the_page_is_written_beside_the_report(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    assert invoke("--html", "page.html", "--", sys.executable, "draws.py") == 1
    assert "first divergence" in capsys.readouterr().out
    assert "First divergence" in (project / "page.html").read_text()


def test_no_command_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke() == 2
    assert "there is no command to replay" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [("--runs", "1"), ("--timeout", "-3"), ("--steps", "x"), ("--vary", "moon")])
def test_bad_arguments_are_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        invoke(*arguments, "--", "python", "x.py")
    assert caught.value.code == 2


def test_knowledge_gives_the_table_of_operations() -> None:
    operations = virtual_operations(load([rules_folder()]).knowledge)
    table = {name: operation for operation in operations for name in operation.aten}
    assert table["index_add"].switch == "deterministic"
    assert table["convolution_backward"].settled_by == ("torch.backends.cudnn.deterministic",)
