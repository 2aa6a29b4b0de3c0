"""Causes that lie in random streams, without a framework."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reprolint.replay.report import render

from .conftest import Replay, Work, needs_numpy


def test_unseeded_stream_names_the_line_of_the_first_draw(replay: Replay) -> None:
    report = replay("draws.py")
    found = report.divergence
    assert report.exit_code == 1 and found is not None
    assert (found.kind, found.name, found.cause, found.stream) == ("rng-state", "python", "unseeded-stream", "python")
    assert [(site.filename, site.row, site.function) for site in found.chain] == [
        ("draws.py", 9, "<module>"),
        ("draws.py", 6, "pick"),
    ]
    text = render(report, color=False)
    assert "return random.choice([1, 2, 3]) + random.random()" in text
    assert "unseeded-stream (python)" in text


@needs_numpy
@pytest.mark.parametrize(
    ("how", "cause", "stream", "row"),
    [("clock", "time", "numpy", 9), ("generator", "unseeded-stream", "numpy-generator", 12)],
)
def test_seeds_that_change(replay: Replay, how: str, cause: str, stream: str, row: int) -> None:
    found = replay("seeds.py", how).divergence
    assert found is not None and found.site is not None
    assert (found.cause, found.stream, found.site.row) == (cause, stream, row)


@needs_numpy
def test_seeded_stream_does_not_diverge(replay: Replay) -> None:
    assert replay("seeds.py", "nothing-left").divergence is None


def test_extra_draw_is_a_finding_with_its_line(replay: Replay, tmp_path: Path) -> None:
    found = replay("extra.py", str(tmp_path / "marker")).divergence
    assert found is not None and found.site is not None
    assert (found.cause, found.kind, found.stream, found.site.row) == ("extra-draw", "draw", "python", 11)
    assert found.hashes == (None, "count 1")


def test_secrets_are_written_nowhere(replay: Replay, tmp_path: Path) -> None:
    report = replay("draws.py", "--api-key", "hunter2", "--token=hunter2", "--user", "hf_abcdefghijkl")
    text = json.dumps(report.to_json()) + render(report, color=True)
    files = [path.read_text() for path in (tmp_path / "traces").rglob("*") if path.is_file()]
    for written in (text, *files):
        assert "hunter2" not in written
        assert "hf_abc" not in written
    assert report.command[-4:-1] == ("***", "--token=***", "--user")


def test_manifest_holds_an_allow_list_of_the_environment(
    replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIVATE_NAME", "value")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    replay("draws.py")
    manifests = [json.loads(path.read_text()) for path in sorted((tmp_path / "traces").glob("run-*/manifest.json"))]
    assert [manifest["environment"]["PYTHONHASHSEED"] for manifest in manifests] == ["1", "2"]
    assert all("PRIVATE_NAME" not in manifest["environment"] for manifest in manifests)
    assert all(manifest["environment"]["OMP_NUM_THREADS"] == "1" for manifest in manifests)


def test_the_next_sitecustomize_still_runs(
    replay: Replay, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text("import builtins\nbuiltins.seen = True\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    (project / "chained.py").write_text("assert seen\n")
    assert replay("chained.py").verdict == "not-comparable"


def test_a_module_below_a_project_root_is_run_where_it_stands(replay: Replay, project: Path) -> None:
    (project / "pyproject.toml").write_text("")
    package = project / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "train.py").write_text("import random\nrandom.shuffle([1, 2, 3])\n")
    found = replay("-m", "package.train").divergence
    assert found is not None and found.site is not None
    assert (found.site.filename, found.site.row) == ("package/train.py", 2)


def test_draws_of_a_library_being_imported_are_not_the_trainings(
    replay: Replay, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "library.py").write_text("import random\nname = random.random()\ndraw = random.random\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    (project / "user.py").write_text("import library\n")
    assert replay("user.py").divergence is None
    (project / "drawer.py").write_text("import library\n\nlibrary.draw()\n")
    found = replay("drawer.py").divergence
    assert found is not None and found.site is not None
    assert (found.cause, found.site.row) == ("unseeded-stream", 3)


def test_a_script_that_starts_itself_again_is_followed(replay: Replay, project: Path) -> None:
    (project / "again.py").write_text(
        "import os, random, sys\n"
        "if len(sys.argv) == 1:\n"
        "    os.execv(sys.executable, [sys.executable, *sys.argv, 'again'])\n"
        "random.random()\n"
    )
    found = replay("again.py").divergence
    assert found is not None and found.site is not None
    assert (found.cause, found.site.row) == ("unseeded-stream", 4)


def test_every_listing_of_a_folder_follows_the_order_of_the_run(work: Work) -> None:
    orders = [set(work("listings.py", file_order=order)[0].stdout.splitlines()) for order in (1, 2, 2)]
    assert [len(order) for order in orders] == [1, 1, 1]
    assert orders[0] != orders[1] == orders[2]


def test_the_variations_are_the_users_to_choose(replay: Replay) -> None:
    assert replay("file_order.py", vary=("hash-seed",)).divergence is None
    found = replay("file_order.py", vary=("file-order",)).divergence
    assert found is not None and found.site is not None
    assert (found.cause, found.rule, found.site.row) == ("file-order", "unsorted-file-listing", 8)
