"""Norms of large tensors: exact enough, the same in every run, and of any size of numbers."""

from __future__ import annotations

import math

import pytest

from .conftest import needs_torch


@needs_torch
@pytest.mark.slow
@pytest.mark.parametrize("scale", [1.0, 1e-12, 1e-25, 1e-42, 1e30])
@pytest.mark.parametrize("size", [1 << 16, 100_001])
def test_norms_of_large_tensors_are_right_whatever_the_threads(scale: float, size: int) -> None:
    import torch

    from reprolint.replay.worker import hashing

    value = torch.randn(size, generator=torch.Generator().manual_seed(0)) * scale
    norm = hashing.digest(value)[1]
    assert norm == pytest.approx(float(torch.linalg.vector_norm(value.double())), rel=1e-7)
    threads = torch.get_num_threads()
    torch.set_num_threads(3 - min(threads, 2))
    try:
        assert hashing.digest(value)[1] == norm
    finally:
        torch.set_num_threads(threads)


@needs_torch
@pytest.mark.slow
def test_halves_of_a_value_are_the_value() -> None:
    import torch

    from reprolint.replay.worker.permute import _halves

    for kind in (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.complex64):
        value = torch.randn(3, 5, 7).to(kind).transpose(0, 2)
        value[0, 0, 0] = math.inf
        part, rest = _halves(torch, value, torch.Generator().manual_seed(0))
        assert torch.equal(part + rest, value) and part.dtype == kind
        assert bool(((part == 0) ^ (rest == 0)).all()) and 20 < int((part != 0).sum()) < 85
