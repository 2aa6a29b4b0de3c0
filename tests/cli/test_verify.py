"""`--fix --verify` on a training that its own repair breaks."""

from __future__ import annotations

import shlex
import sys

import pytest
from tests_support import Project

TRAIN = """\
import torch
from torch import nn

model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
if torch.initial_seed() < 1000:
    raise RuntimeError("small seeds are not welcome")
for step in range(3):
    loss = model(torch.ones(1, 4)).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


@pytest.mark.slow
def test_fixes_that_break_the_training_are_taken_back(project: Project) -> None:
    pytest.importorskip("torch")
    project.write({"train.py": TRAIN})
    command = f"{shlex.quote(sys.executable)} train.py"
    result = project.run("--fix", "--unsafe-fixes", "--steps", "2", "--verify", command)
    assert result.code == 1, result.err
    assert "Before fixing\nreplay: diverged at step 0" in result.out
    assert "RuntimeError: small seeds are not welcome" in result.out
    assert "-> failed; the fixes were taken back: the training no longer runs" in result.out
    assert (project.root / "train.py").read_text() == TRAIN


LOADS = """\
import os
import random

names = list(os.listdir("data"))
random.shuffle(names)
if "SEED" in globals():
    raise RuntimeError("this script wants fresh numbers")
print(len(names))
"""


def test_only_the_fix_that_breaks_the_training_is_taken_back(project: Project) -> None:
    project.write({"train.py": LOADS, "data/a": "", "data/b": "", "data/c": ""})
    before = (project.root / "train.py").read_text()
    command = f"{shlex.quote(sys.executable)} train.py"
    given = ("--isolated", "--output-format", "concise", "--fix", "--unsafe-fixes")
    result = project.run("check", *given, "--verify", command)
    after = (project.root / "train.py").read_text()
    assert after == before.replace('list(os.listdir("data"))', 'sorted(os.listdir("data"))'), result.out
    assert "the fixes stay but for unseeded-stream in train.py, taken back" in result.out
    assert "(unseeded-stream) [confirmed by replay]" in result.out
    assert result.code == 1
