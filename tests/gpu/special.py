"""Cases whose inputs need more than a shape."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from gpu.inputs import Build, Inputs, Run, backward, outputs

Call = Callable[[], Any]


def barely_one(inputs: Inputs, *shape: int) -> Any:
    """Factors so near one that a product of 1e7 of them stays finite."""
    return 1 + 1e-4 * inputs.normal(*shape)


def repeated(inputs: Inputs) -> Run:
    """The gradient of repeat_interleave with repeats in a tensor."""
    x = inputs.mixed(1000, 16).requires_grad_()
    repeats = inputs.integers(400, 1000) + 1
    return backward(inputs, lambda: x.repeat_interleave(repeats, 0), [x])


@outputs
def masked_scatter(inputs: Inputs) -> Call:
    """Values written through a mask."""
    mask, source, base = inputs.uniform(4_000_000) > 0.5, inputs.mixed(4_000_000), inputs.mixed(4_000_000)
    return lambda: base.masked_scatter(mask, source)


# Pools.


def fractional2d(inputs: Inputs) -> Run:
    """The gradient of fractional_max_pool2d with given samples."""
    x, samples = inputs.mixed(16, 32, 64, 64).requires_grad_(), inputs.uniform(16, 32, 2)
    return backward(inputs, lambda: F.fractional_max_pool2d(x, 5, 60, _random_samples=samples), [x])


def fractional2d_module(inputs: Inputs) -> Run:
    """The gradient of FractionalMaxPool2d with given samples."""
    x = inputs.mixed(16, 32, 64, 64).requires_grad_()
    module = nn.FractionalMaxPool2d(5, output_size=60, _random_samples=inputs.uniform(16, 32, 2))
    return backward(inputs, lambda: module(x), [x])


def fractional3d(inputs: Inputs) -> Run:
    """The gradient of fractional_max_pool3d with given samples."""
    x, samples = inputs.mixed(4, 16, 24, 24, 24).requires_grad_(), inputs.uniform(4, 16, 3)
    return backward(inputs, lambda: F.fractional_max_pool3d(x, 4, 20, _random_samples=samples), [x])


def fractional3d_module(inputs: Inputs) -> Run:
    """The gradient of FractionalMaxPool3d with given samples."""
    x = inputs.mixed(4, 16, 24, 24, 24).requires_grad_()
    module = nn.FractionalMaxPool3d(4, output_size=20, _random_samples=inputs.uniform(4, 16, 3))
    return backward(inputs, lambda: module(x), [x])


@outputs
def unpool1d(inputs: Inputs) -> Call:
    """MaxUnpool1d with repeated indices."""
    x, index = inputs.mixed(2, 4, 65_536), inputs.integers(64, 2, 4, 65_536)
    module = nn.MaxUnpool1d(2)
    return lambda: module(x, index)


@outputs
def unpool2d(inputs: Inputs) -> Call:
    """max_unpool2d with repeated indices."""
    x, index = inputs.mixed(2, 4, 256, 256), inputs.integers(64, 2, 4, 256, 256)
    return lambda: F.max_unpool2d(x, index, 2)


@outputs
def unpool_matching(inputs: Inputs) -> Call:
    """max_unpool2d with the indices of a max pooling without overlap."""
    x, index = F.max_pool2d(inputs.mixed(2, 4, 512, 512), 2, return_indices=True)
    return lambda: F.max_unpool2d(x, index, 2)


@outputs
def unpool3d(inputs: Inputs) -> Call:
    """max_unpool3d with repeated indices."""
    x, index = inputs.mixed(2, 2, 32, 32, 32), inputs.integers(64, 2, 2, 32, 32, 32)
    return lambda: F.max_unpool3d(x, index, 2)


# Resampling and losses.


def grid_sample(*size: int, mode: str = "bilinear", align_corners: bool = False) -> Build:
    """The gradients of grid_sample: many points fall on each input element."""

    def build(inputs: Inputs) -> Run:
        image = (64, 64) if len(size) == 2 else (16, 16, 16)
        x = inputs.mixed(8, 16, *image).requires_grad_()
        grid = (inputs.uniform(8, *size, len(size)) * 1.8 - 0.9).requires_grad_()
        return backward(inputs, lambda: F.grid_sample(x, grid, mode=mode, align_corners=align_corners), [x, grid])

    return build


def nll2d(reduction: str) -> Build:
    """NLLLoss2d of an image of labels."""

    def make(inputs: Inputs) -> Call:
        x, target = inputs.normal(8, 21, 256, 256).log_softmax(1), inputs.integers(21, 8, 256, 256)
        module = nn.NLLLoss2d(reduction=reduction)
        return lambda: module(x, target)

    return outputs(make)


def cross_entropy(*shape: int) -> Build:
    """The mean cross entropy."""

    def make(inputs: Inputs) -> Call:
        x, target = inputs.normal(*shape), inputs.integers(shape[1], shape[0], *shape[2:])
        return lambda: F.cross_entropy(x, target)

    return outputs(make)


def cross_entropy_object(*shape: int) -> Build:
    """The mean cross entropy by its layer."""

    def make(inputs: Inputs) -> Call:
        x, target = inputs.normal(*shape), inputs.integers(shape[1], shape[0], *shape[2:])
        return lambda: nn.CrossEntropyLoss()(x, target)

    return outputs(make)


def cross_entropy_gradient(*shape: int, weighted: bool = False) -> Build:
    """The gradient of the mean cross entropy, its classes weighted or not."""

    def build(inputs: Inputs) -> Run:
        x, target = inputs.normal(*shape).requires_grad_(), inputs.integers(shape[1], shape[0], *shape[2:])
        weight = inputs.near_one(shape[1]) if weighted else None
        return backward(inputs, lambda: F.cross_entropy(x, target, weight), [x])

    return build


def ctc(steps: int, batch: int, labels: int, length: int) -> Build:
    """The gradient of ctc_loss for targets in 64-bit integers, which cuDNN does not take."""

    def build(inputs: Inputs) -> Run:
        x = inputs.normal(steps, batch, labels).log_softmax(2).requires_grad_()
        target = inputs.integers(labels - 1, batch, length) + 1
        times = torch.full((batch,), steps, dtype=torch.long)
        lengths = torch.full((batch,), length, dtype=torch.long)
        return backward(inputs, lambda: F.ctc_loss(x, target, times, lengths), [x])

    return build


def ctc_module(inputs: Inputs) -> Run:
    """The gradient of CTCLoss with lengths on the device."""
    x = inputs.normal(256, 64, 8).log_softmax(2).requires_grad_()
    target = inputs.integers(7, 64, 60) + 1
    times = torch.full((64,), 256, dtype=torch.long, device=inputs.device)
    lengths = torch.full((64,), 60, dtype=torch.long, device=inputs.device)
    module = nn.CTCLoss(reduction="sum")
    return backward(inputs, lambda: module(x, target, times, lengths), [x])


def ctc_cudnn(inputs: Inputs) -> Run:
    """The gradient of ctc_loss as cuDNN takes it: targets in a row, on the CPU, in 32-bit integers."""
    x = inputs.normal(256, 64, 8).log_softmax(2).requires_grad_()
    target = (inputs.integers(7, 64 * 60) + 1).int().cpu()
    times = torch.full((64,), 256, dtype=torch.int32)
    lengths = torch.full((64,), 60, dtype=torch.int32)
    return backward(inputs, lambda: F.ctc_loss(x, target, times, lengths), [x])


# Embeddings.


def embedding(rows: int, count: int, dtype: Any = torch.float32) -> Build:
    """The gradient of an embedding whose indices meet at `rows` rows, or repeat nowhere for 0."""

    def build(inputs: Inputs) -> Run:
        weight = inputs.mixed(count, 128, dtype=dtype).requires_grad_()
        index = inputs.integers(rows, count) if rows else inputs.permutation(count)
        return backward(inputs, lambda: F.embedding(index, weight), [weight])

    return build


def embedding_module(inputs: Inputs) -> Run:
    """The gradient of nn.Embedding."""
    module = nn.Embedding(1000, 128, device=inputs.device)
    index = inputs.integers(20, 64, 1024)
    return backward(inputs, lambda: module(index), list(module.parameters()))


def embedding_sparse(inputs: Inputs) -> Run:
    """The coalesced sparse gradient of an embedding."""
    weight = inputs.mixed(1000, 128).requires_grad_()
    index = inputs.integers(1000, 65_536)
    run = backward(inputs, lambda: F.embedding(index, weight, sparse=True), [weight])
    return lambda: sparse_parts(run()[0])


def bag(mode: str) -> Build:
    """The gradient of embedding_bag."""

    def build(inputs: Inputs) -> Run:
        weight, index = inputs.mixed(1000, 64).requires_grad_(), inputs.integers(1000, 4096, 32)
        return backward(inputs, lambda: F.embedding_bag(index, weight, mode=mode), [weight])

    return build


def bag_module(mode: str) -> Build:
    """The gradient of nn.EmbeddingBag."""

    def build(inputs: Inputs) -> Run:
        module, index = nn.EmbeddingBag(1000, 64, mode=mode, device=inputs.device), inputs.integers(1000, 4096, 32)
        return backward(inputs, lambda: module(index), list(module.parameters()))

    return build


# Reductions.


def bincount(bins: int) -> Build:
    """Weighted bincount."""

    def make(inputs: Inputs) -> Call:
        x, weights = inputs.integers(bins, 2_000_000), inputs.mixed(2_000_000)
        return lambda: torch.bincount(x, weights)

    return outputs(make)


@outputs
def bincount_method(inputs: Inputs) -> Call:
    """Weighted bincount as a method."""
    x, weights = inputs.integers(1000, 2_000_000), inputs.mixed(2_000_000)
    return lambda: x.bincount(weights)


@outputs
def bincount_counts(inputs: Inputs) -> Call:
    """Bincount without weights."""
    x = inputs.integers(1000, 2_000_000)
    return lambda: torch.bincount(x)


# Sparse products.


def sparse(inputs: Inputs, count: int = 1_000_000, size: int = 8192, layout: str = "coo") -> Any:
    """A square matrix with about `count` values."""
    matrix = torch.sparse_coo_tensor(
        inputs.integers(size, 2, count), inputs.mixed(count), (size, size), device=inputs.device
    ).coalesce()
    if layout == "csr":
        return matrix.to_sparse_csr()
    if layout == "csc":
        return matrix.to_sparse_csr().t()
    return matrix


def sparse_parts(matrix: Any) -> list[Any]:
    """The places and values of a sparse result."""
    if matrix.layout is torch.sparse_csr:
        return [matrix.crow_indices(), matrix.col_indices(), matrix.values()]
    matrix = matrix.coalesce()
    return [matrix.indices(), matrix.values()]


def sparse_product(layout: str) -> Build:
    """A sparse matrix times a dense one."""

    def make(inputs: Inputs) -> Call:
        matrix, dense = sparse(inputs, layout=layout), inputs.mixed(8192, 64)
        if layout == "csc":
            return lambda: matrix @ dense
        return lambda: torch.sparse.mm(matrix, dense)

    return outputs(make)


@outputs
def sparse_vector(inputs: Inputs) -> Call:
    """A sparse matrix times a vector."""
    matrix, dense = sparse(inputs, layout="csr"), inputs.mixed(8192)
    return lambda: matrix @ dense


@outputs
def sparse_addmm(inputs: Inputs) -> Call:
    """torch.sparse.addmm."""
    matrix, dense, base = sparse(inputs), inputs.mixed(8192, 64), inputs.mixed(8192, 64)
    return lambda: torch.sparse.addmm(base, matrix, dense)


def sampled_addmm(inputs: Inputs) -> Run:
    """torch.sparse.sampled_addmm."""
    matrix, left, right = sparse(inputs, layout="csr"), inputs.mixed(8192, 64), inputs.mixed(64, 8192)
    return lambda: sparse_parts(torch.sparse.sampled_addmm(matrix, left, right))


def hspmm(inputs: Inputs) -> Run:
    """torch.hspmm."""
    matrix, dense = sparse(inputs), inputs.mixed(8192, 64)
    return lambda: sparse_parts(torch.hspmm(matrix, dense))


def smm(inputs: Inputs) -> Run:
    """torch.smm."""
    matrix, dense = sparse(inputs), inputs.mixed(8192, 64)
    return lambda: sparse_parts(torch.smm(matrix, dense))


def sparse_sparse(inputs: Inputs) -> Run:
    """A sparse matrix times a sparse one."""
    matrix = sparse(inputs, 100_000)
    return lambda: sparse_parts(torch.sparse.mm(matrix, matrix))


def sparse_gradients(inputs: Inputs) -> Run:
    """The gradients of a sparse product."""
    matrix, dense = sparse(inputs).requires_grad_(), inputs.mixed(8192, 64).requires_grad_()
    run = backward(inputs, lambda: torch.sparse.mm(matrix, dense), [matrix, dense])

    def parts() -> list[Any]:
        left, right = run()
        return [*sparse_parts(left), right]

    return parts


@outputs
def sparse_bmm(inputs: Inputs) -> Call:
    """A batch of sparse matrices times dense ones."""
    matrices = torch.stack([sparse(inputs, 50_000, 1024) for _ in range(8)]).coalesce()
    dense = inputs.mixed(8, 1024, 64)
    return lambda: torch.bmm(matrices, dense)


def loose(inputs: Inputs) -> Any:
    """A sparse vector whose indices repeat."""
    return torch.sparse_coo_tensor(inputs.integers(1000, 1, 2_000_000), inputs.mixed(2_000_000), (1000,))


def coalesce(inputs: Inputs) -> Run:
    """The sum of values at repeated indices."""
    vector = loose(inputs)
    return lambda: sparse_parts(vector)


@outputs
def to_dense(inputs: Inputs) -> Call:
    """A dense tensor of a sparse one whose indices repeat."""
    vector = loose(inputs)
    return lambda: vector.to_dense()


# Products and attention.


def matmul(dtype: Any, rows: int = 2048, inner: int = 2048, columns: int = 2048) -> Build:
    """A dense product."""

    def make(inputs: Inputs) -> Call:
        left, right = inputs.mixed(rows, inner, dtype=dtype), inputs.mixed(inner, columns, dtype=dtype)
        return lambda: left @ right

    return outputs(make)


BACKENDS = {
    "flash": SDPBackend.FLASH_ATTENTION,
    "efficient": SDPBackend.EFFICIENT_ATTENTION,
    "cudnn": SDPBackend.CUDNN_ATTENTION,
    "math": SDPBackend.MATH,
}


def attention(backend: str, dtype: Any, causal: bool) -> Build:
    """The gradients of scaled_dot_product_attention with one backend, or "chosen" by PyTorch."""

    def build(inputs: Inputs) -> Run:
        q, k, v = (inputs.normal(2, 8, 2048, 64, dtype=dtype).requires_grad_() for _ in range(3))

        def forward() -> Any:
            with sdpa_kernel(BACKENDS[backend]) if backend in BACKENDS else nullcontext():
                return F.scaled_dot_product_attention(q, k, v, is_causal=causal)

        return backward(inputs, forward, [q, k, v])

    return build
