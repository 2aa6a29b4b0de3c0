"""Exit codes and the messages that come with them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests_support import DRAW, LISTING, Project


def test_nothing_found(project: Project) -> None:
    project.write({"train.py": "print(1)\n"})
    result = project.run()
    assert (result.code, result.out) == (0, "All checks passed!\n")


def test_problem_left(project: Project) -> None:
    project.write({"train.py": LISTING})
    result = project.run("--output-format", "concise", "train.py")
    assert result.code == 1
    assert result.out.startswith("train.py:3:14: RPL401 [warning] `os.listdir`")
    assert "Found 1 problem (1 warning).\n[*] 1 fixable with --fix.\n" in result.out


def test_exit_zero_and_fail_on(project: Project) -> None:
    project.write({"train.py": LISTING})
    assert project.run("--exit-zero").code == 0
    assert project.run("--fail-on", "error").code == 0
    assert project.run("--fail-on", "advice").code == 1


def test_missing_path_is_reported_beside_the_rest(project: Project) -> None:
    project.write({"train.py": LISTING})
    result = project.run("--output-format", "concise", "train.py", "nope.py")
    assert result.code == 1
    assert "nope.py:1:1: RPL902 [error] nope.py: no such file or directory; check the spelling" in result.out
    assert "train.py:3:14: RPL401" in result.out


def test_broken_file_is_reported_beside_the_rest(project: Project) -> None:
    project.write({"broken.py": "def f(:\n", "train.py": LISTING})
    result = project.run("--output-format", "concise")
    assert result.code == 1
    assert "broken.py:1:7: RPL901 [error] cannot be read as Python" in result.out
    assert "train.py:3:14: RPL401" in result.out


@pytest.mark.parametrize("data", [b"x = '\xff'\n", b"# coding: no-such\n", b"\x00", b"x = '\xed\xa0\x80'\n"])
def test_bytes_that_are_no_python(project: Project, data: bytes) -> None:
    project.write({"odd.py": data})
    result = project.run("--output-format", "concise")
    assert result.code == 1
    assert "odd.py:1:" in result.out
    assert "RPL901" in result.out


def test_declared_encoding_is_honoured(project: Project) -> None:
    project.write({"odd.py": b"# coding: latin-1\nx = '\xff'\n" + LISTING.encode()})
    result = project.run("--output-format", "concise")
    assert "odd.py:5:14: RPL401" in result.out


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(project: Project) -> None:
    project.write({"secret.py": DRAW, "train.py": LISTING})
    (project.root / "secret.py").chmod(0)
    result = project.run("--output-format", "concise")
    assert result.code == 1
    assert "secret.py:1:1: RPL902 [error] secret.py: permission denied; make it readable" in result.out
    assert "train.py:3:14: RPL401" in result.out


def test_something_that_is_no_file(project: Project) -> None:
    os.mkfifo(project.root / "pipe.py")
    result = project.run("--output-format", "concise", "pipe.py")
    assert (result.code, "is neither a file nor a folder" in result.out) == (1, True)


def test_a_notebook_is_not_taken_for_python(project: Project) -> None:
    project.write({"train.ipynb": '{"cells": []}'})
    result = project.run("--output-format", "concise", "train.ipynb")
    assert (result.code, "is a notebook and was not analysed" in result.out) == (1, True)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ('select = ["unseeded-strem"]', "`select`: unknown rule `unseeded-strem`; did you mean `unseeded-stream`?"),
        ('ignore = ["RPL999"]', "`ignore`: unknown rule `RPL999`"),
        ('per-file-ignores = {"a.py" = ["nope"]}', "`per-file-ignores`: unknown rule `nope`"),
        ('selct = ["ALL"]', "unknown key `selct`; did you mean `select`?"),
        ('profile = "deterministc"', "`profile`: `deterministc` is not allowed; did you mean `deterministic`?"),
        ('entries = "train.py"', "`entries`: expected a list of strings"),
        ('entries = ["gone.py"]', "`entries`: `gone.py` names no file below"),
        ('extend-rules = ["gone"]', "`extend-rules`: there is no folder `gone`"),
        ("select = [", "is not valid TOML"),
    ],
)
def test_bad_configuration(project: Project, config: str, message: str) -> None:
    project.write({"train.py": LISTING, "reprolint.toml": config})
    result = project.run()
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error: {project.root / 'reprolint.toml'}: ")
    assert message in result.err


def test_bad_configuration_has_a_page(project: Project) -> None:
    result = project.run("rule", "RPL906")
    assert (result.code, result.out.splitlines()[0]) == (0, "# invalid-configuration (RPL906)")
    project.write({"train.py": LISTING, "reprolint.toml": "selct = []"})
    result = project.run("--output-format", "json")
    assert (result.code, result.out) == (2, "")


@pytest.mark.parametrize(
    "arguments", [("--nope",), ("--select", "nope"), ("--verify", "x", "--diff"), ("--config", "gone")]
)
def test_bad_arguments(project: Project, arguments: tuple[str, ...]) -> None:
    project.write({"train.py": LISTING})
    result = project.run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "error: " in result.err


def test_isolated_reads_no_configuration(project: Project) -> None:
    project.write({"train.py": LISTING, "reprolint.toml": "nonsense = 1"})
    assert project.run("--isolated").code == 1


def test_rule_file_with_unknown_key(project: Project) -> None:
    project.write(
        {"train.py": "", "reprolint.toml": 'extend-rules = ["ours"]', "ours/knowledge/lab.yaml": "librry: lab\n"}
    )
    result = project.run()
    assert result.code == 2
    assert "ours/knowledge/lab.yaml:1: unknown key `librry`; did you mean `library`?" in result.err


def test_reader_that_goes_away(project: Project) -> None:
    project.write({f"train{number}.py": LISTING for number in range(40)})
    import subprocess
    import sys

    command = [sys.executable, "-P", "-m", "reprolint"]
    process = subprocess.Popen(
        command, cwd=project.root, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    _, error = process.communicate()
    assert error == b""


def test_a_closed_output_is_no_failure(project: Project) -> None:
    project.write({"main.py": LISTING})
    command = f'exec "{sys.executable}" -P -m reprolint --no-cache . >&-'
    done = subprocess.run(
        ["sh", "-c", command], cwd=project.root, env=project.environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")


def test_an_interrupt_leaves_no_worker(project: Project) -> None:
    body = "import os\n" + "".join(f"names_{number} = list(os.listdir('d{number}'))[0]\n" for number in range(12000))
    project.write({f"part_{number}.py": body for number in range(8)})
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "reprolint", "--no-cache", "-j", "2", "."],
        cwd=project.root, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
    )  # fmt: skip
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.is_file():
        process.kill()
        pytest.skip("this system does not list the children of a process")
    while len(children.read_text().split()) < 2:  # an interrupt before that finds no worker to leave behind
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)  # a worker that lives on would hold the pipe open
    assert (process.returncode, errors) == (130, b"interrupted\n")


def test_an_entry_that_is_not_there(project: Project) -> None:
    project.write({"main.py": DRAW})
    result = project.run("--entry", "main.py:start")
    assert result.code == 2
    assert result.err == "error: entry `main.py:start`: the file defines and imports no function `start`\n"
