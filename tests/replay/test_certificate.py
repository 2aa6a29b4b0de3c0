"""Certificates: written by a replay, held against later runs, told apart from files that somebody has changed."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reprolint.cli import certify as check_verb
from reprolint.cli import replay as replay_verb
from reprolint.replay.certificate import Certificate, CertificateError, _hash, read, write

from .conftest import needs_torch

Data = dict[str, Any]


@pytest.fixture(autouse=True)
def here(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)


def invoke(verb: Any, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    verb.add_arguments(parser)
    code: int = verb.main(parser.parse_args(arguments))
    return code


def certify(*command: str) -> Data:
    given = ("--steps", "3", "--certificate", "cert.json", "--output-format", "json", "--", sys.executable, *command)
    assert invoke(replay_verb, *given) == 0
    data: Data = json.loads(Path("cert.json").read_text())
    return data


def check(*command: str) -> int:
    return invoke(check_verb, "--check", "cert.json", *(("--", sys.executable, *command) if command else ()))


def rewrite(data: Data, change: Callable[[Data], object]) -> None:
    """Change a certificate as its maker could: with sums that fit."""
    change(data)
    for step in data["steps"]:
        step["hash"] = _hash(step["parts"])
    data.pop("checksum")
    Path("cert.json").write_text(write(Certificate({**data, "checksum": _hash(data)})))


def test_a_run_is_as_certified_until_the_training_changes(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PRIVATE_NAME", "hunter2")
    data = certify("named_steps.py", "seeded")
    assert [step["step"] for step in data["steps"]] == [0, 1, 2]
    assert set(data["steps"][1]["parts"]) == {"rng-state", "value"}
    assert (data["control"]["varied"], data["verdict"], data["device"]) == (True, "reproduced", "cpu")
    assert "hunter2" not in Path("cert.json").read_text()
    capsys.readouterr()
    assert check() == 0
    assert "every hash of 3 steps is as certified" in capsys.readouterr().out
    script = project / "named_steps.py"
    script.write_text("# a comment moves every line\n" + script.read_text())
    assert check() == 0
    script.write_text(script.read_text().replace("0.5", "0.75"))
    capsys.readouterr()
    assert check() == 1
    assert "step 0 is not as certified: value differ; rng-state, seed agree" in capsys.readouterr().out


def test_every_byte_counts(capsys: pytest.CaptureFixture[str]) -> None:
    certify("named_steps.py", "seeded")
    text = Path("cert.json").read_text()
    hashes = list(re.finditer(r'"([0-9a-f]{32})"', text))
    assert len(hashes) == 3 * 3 + 1 + 1  # hash and two parts a step, the seeding, the checksum
    for found in hashes:
        place = found.start(1) + 7
        Path("cert.json").write_text(text[:place] + ("1" if text[place] == "0" else "0") + text[place + 1 :])
        with pytest.raises(CertificateError, match="changed after it was written"):
            read(Path("cert.json"))
    capsys.readouterr()
    assert check() == 2
    assert "changed after it was written" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda data: data["steps"][1]["parts"].update(value="0" * 32), 1, "step 1 is not as certified: value differ"),
        (lambda data: data["steps"].pop(), 1, "the run has a step 2, which is not certified"),
        (lambda data: data["steps"].append({"step": 3, "loss": [], "parts": {}}), 1, "the run has no step 3"),
        (lambda data: data["libraries"].update(torch="1.0"), 3, "torch 1.0, now not set (all hashes agree even so)"),
        (lambda data: data.update(device="cuda"), 3, "made elsewhere: device cuda, now cpu"),
        (lambda data: data.update(switches={"deterministic": True}), 1, "deterministic on, now not set"),
        (lambda data: data["system"].update(python="3.9.1"), 0, "unlike the certificate: python 3.9.1, now"),
    ],
)
def test_what_a_run_can_be_unlike(
    change: Callable[[Data], object], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(certify("named_steps.py", "seeded"), change)
    capsys.readouterr()
    assert check() == code
    assert words in capsys.readouterr().out


def test_secrets_have_to_be_given_again(capsys: pytest.CaptureFixture[str]) -> None:
    data = certify("named_steps.py", "seeded", "--token", "hunter2")
    assert data["command"][-2:] == ["--token", "***"]
    assert check() == 2
    assert "the certificate keeps no secrets" in capsys.readouterr().err
    assert check("named_steps.py", "seeded", "--token", "hunter2") == 0
    assert check("named_steps.py", "set", "--token", "hunter2") == 2


def test_what_differs_is_not_certified(capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--certificate", "cert.json", "--", sys.executable, "named_steps.py", "unseeded")
    assert invoke(replay_verb, *given) == 1
    assert "only what was reproduced is certified" in capsys.readouterr().err
    assert not Path("cert.json").exists()
    with pytest.raises(SystemExit):
        invoke(replay_verb, "--certificate", "no/folder/cert.json", "--", "python")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read"),
        ("{", "is not JSON"),
        ("[]", "is no certificate"),
        ('{"certificate": 9}', "has format 9"),
    ],
)
def test_files_that_are_no_certificates(text: str | None, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    if text is not None:
        Path("cert.json").write_text(text)
    assert check() == 2
    assert words in capsys.readouterr().err


def test_a_command_that_fails_is_no_divergence(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    certify("named_steps.py", "seeded")
    (project / "named_steps.py").write_text("raise SystemExit(3)\n")
    assert check() == 2
    assert "failed with exit code 3" in capsys.readouterr().out


def test_a_run_without_steps_is_certified_by_the_state_it_ends_in(project: Path) -> None:
    (project / "whole.py").write_text("import random\nrandom.seed(1)\nprint(__file__, random.random())\n")
    assert set(certify("whole.py")["steps"][0]["parts"]) == {"seed", "rng-state", "output"}
    assert check() == 0


@needs_torch
@pytest.mark.slow
def test_a_training_on_virtual_cuda(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import torch

    data = certify("pooling.py", "--seed", "1", "--deterministic")
    assert data["simulated"] and data["switches"]["deterministic"]
    assert data["libraries"]["torch"] == torch.__version__
    script = project / "pooling.py"
    script.write_text(script.read_text().replace("lr=0.01", "lr=0.0101"))
    assert check() == 1
    assert "param differ" in capsys.readouterr().out
    rewrite(data, lambda data: data["libraries"].update(torch="2.1.0"))
    assert check() == 3
    assert "hashes differ from step 0 on" in capsys.readouterr().out
