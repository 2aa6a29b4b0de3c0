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
