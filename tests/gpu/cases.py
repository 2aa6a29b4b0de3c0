"""The table of measured operations: those of rules/knowledge/torch.yaml by their names there, and others beside them.

A control is a use of an operation whose result must be the same in every execution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from gpu import special
from gpu.inputs import (
    Build,
    Inputs,
    counts,
    forward_of,
    gradient,
    indexed,
    module_gradients,
    picked,
    scattered,
    tied,
    with_cudnn,
)

ONE = Inputs.near_one
Options = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One use of one operation; `build` draws the inputs once and returns what is executed again and again."""

    operation: str
    name: str
    build: Build
    about: str
    phase: str = "forward"
    dtype: str = "float32"
    control: bool = False

    @property
    def key(self) -> str:
        """The name on the command line and in messages."""
        return f"{self.operation}/{self.name}"


def grad(operation: str, name: str, build: Build, about: str, dtype: str = "float32", control: bool = False) -> Case:
    """A case whose results are gradients."""
    return Case(operation, name, build, about, "backward", dtype, control)


def exact(operation: str, name: str, build: Build, about: str, dtype: str = "float32") -> Case:
    """A control of the forward phase."""
    return Case(operation, name, build, about, "forward", dtype, control=True)


def exact_grad(operation: str, name: str, build: Build, about: str, dtype: str = "float32") -> Case:
    """A control of the backward phase."""
    return Case(operation, name, build, about, "backward", dtype, control=True)


LINE = "2e6 values meet at 1000 places"
GRID = "64 rows of 60000 values meet at 500 places each"

SCATTER = [
    Case("scatter-add", "1d", indexed(lambda b, i, s: torch.scatter_add(b, 0, i, s)), LINE),
    Case("scatter-add", "2d", scattered(lambda b, i, s: torch.scatter_add(b, 1, i, s)), GRID),
    Case("scatter-add", "in-place", indexed(lambda b, i, s: b.clone().scatter_add_(0, i, s), places=16), "16 places"),
    exact(
        "scatter-add", "integers", indexed(lambda b, i, s: b.scatter_add(0, i, s), draw=counts), "int64 values", "int64"
    ),
    exact("scatter-add", "unique", indexed(lambda b, i, s: b.scatter_add(0, i, s), unique=True), "each index once"),
    Case("scatter", "1d", indexed(lambda b, i, s: torch.scatter(b, 0, i, s)), LINE),
    Case("scatter", "2d", scattered(lambda b, i, s: torch.scatter(b, 1, i, s)), GRID),
    exact("scatter", "scalar", indexed(lambda b, i, s: torch.scatter(b, 0, i, 1.0)), "one number for all indices"),
    exact("scatter", "unique", indexed(lambda b, i, s: torch.scatter(b, 0, i, s), unique=True), "each index once"),
    Case("scatter-method", "1d", indexed(lambda b, i, s: b.scatter(0, i, s)), LINE),
    Case("scatter-method", "2d-in-place", scattered(lambda b, i, s: b.clone().scatter_(1, i, s)), GRID),
    Case("scatter-with-reduce", "add", indexed(lambda b, i, s: torch.scatter(b, 0, i, s, reduce="add")), LINE),
    Case("scatter-with-reduce", "add-2d", scattered(lambda b, i, s: b.clone().scatter_(1, i, s, reduce="add")), GRID),
    Case(
        "scatter-with-reduce",
        "multiply",
        indexed(lambda b, i, s: torch.scatter(b, 0, i, s, reduce="multiply"), draw=ONE, start=1),
        LINE,
    ),
    Case("scatter-reduce", "sum", indexed(lambda b, i, s: torch.scatter_reduce(b, 0, i, s, "sum")), LINE),
    Case("scatter-reduce", "sum-2d", scattered(lambda b, i, s: torch.scatter_reduce(b, 1, i, s, "sum")), GRID),
    Case("scatter-reduce", "mean", indexed(lambda b, i, s: torch.scatter_reduce(b, 0, i, s, "mean")), LINE),
    Case("scatter-reduce", "mean-2d", scattered(lambda b, i, s: torch.scatter_reduce(b, 1, i, s, "mean")), GRID),
    exact("scatter-reduce-max", "amax", indexed(lambda b, i, s: torch.scatter_reduce(b, 0, i, s, "amax")), LINE),
    Case(
        "scatter-reduce-product",
        "1d",
        indexed(lambda b, i, s: torch.scatter_reduce(b, 0, i, s, "prod"), draw=ONE, start=1),
        LINE,
    ),
    Case("scatter-reduce-method", "sum", indexed(lambda b, i, s: b.scatter_reduce(0, i, s, "sum")), LINE),
    Case(
        "scatter-reduce-method",
        "mean-in-place",
        scattered(lambda b, i, s: b.clone().scatter_reduce_(1, i, s, "mean")),
        GRID,
    ),
    Case(
        "scatter-reduce-product-method",
        "1d",
        indexed(lambda b, i, s: b.clone().scatter_reduce_(0, i, s, "prod"), draw=ONE, start=1),
        LINE,
    ),
]

INDEX = [
    Case("index-add", "1d", indexed(lambda b, i, s: torch.index_add(b, 0, i, s)), LINE),
    Case(
        "index-add",
        "rows-into-16",
        indexed(lambda b, i, s: b.index_add(0, i, s), 1_000_000, 16, (4,)),
        "1e6 rows of 4 meet at 16 places",
    ),
    Case(
        "index-add",
        "wide-rows",
        indexed(lambda b, i, s: b.clone().index_add_(0, i, s), 100_000, 1000, (64,)),
        "1e5 rows of 64 meet at 1000 places",
    ),
    exact("index-add", "integers", indexed(lambda b, i, s: b.index_add(0, i, s), draw=counts), "int64 values", "int64"),
    exact("index-add", "unique", indexed(lambda b, i, s: b.index_add(0, i, s), unique=True), "each index once"),
    Case(
        "index-reduce", "prod", indexed(lambda b, i, s: torch.index_reduce(b, 0, i, s, "prod"), draw=ONE, start=1), LINE
    ),
    Case("index-reduce", "mean", indexed(lambda b, i, s: b.index_reduce(0, i, s, "mean")), LINE),
    exact("index-reduce", "amax", indexed(lambda b, i, s: b.index_reduce(0, i, s, "amax")), "a maximum has no order"),
    Case("index-copy", "1d", indexed(lambda b, i, s: torch.index_copy(b, 0, i, s)), LINE),
    Case(
        "index-copy",
        "rows",
        indexed(lambda b, i, s: b.clone().index_copy_(0, i, s), 500_000, 1000, (4,)),
        "5e5 rows of 4 meet at 1000 places",
    ),
    exact("index-copy", "unique", indexed(lambda b, i, s: b.index_copy(0, i, s), unique=True), "each index once"),
    Case("index-put", "1d", indexed(lambda b, i, s: torch.index_put(b, (i,), s)), LINE),
    exact("index-put", "unique", indexed(lambda b, i, s: torch.index_put(b, (i,), s), unique=True), "each index once"),
    Case("index-put-method", "1d", indexed(lambda b, i, s: b.index_put((i,), s)), LINE),
    Case(
        "index-put-method",
        "rows",
        indexed(lambda b, i, s: b.clone().index_put_((i,), s), 500_000, 1000, (4,)),
        "5e5 rows of 4 meet at 1000 places",
    ),
    Case("index-put-accumulate", "1d", indexed(lambda b, i, s: b.index_put((i,), s, accumulate=True)), LINE),
    Case(
        "index-put-accumulate",
        "rows",
        indexed(lambda b, i, s: b.index_put((i,), s, accumulate=True), 100_000, 1000, (64,)),
        "1e5 rows of 64",
    ),
    Case("put", "assign", indexed(lambda b, i, s: torch.put(b, i, s)), LINE),
    Case("put", "accumulate", indexed(lambda b, i, s: b.clone().put_(i, s, accumulate=True)), LINE),
    exact("put", "unique", indexed(lambda b, i, s: b.put(i, s), unique=True), "each index once"),
    grad("take-backward", "1d", picked(torch.take, (1000,), 2_000_000), LINE),
    grad("index-select-backward", "1d", picked(lambda x, i: torch.index_select(x, 0, i), (1000,), 2_000_000), LINE),
    grad("index-select-backward", "rows", picked(lambda x, i: x.index_select(0, i), (1000, 64), 100_000), "1e5 rows"),
    exact_grad(
        "index-select-backward",
        "unique",
        picked(lambda x, i: x.index_select(0, i), (100_000,), unique=True),
        "each index once",
    ),
    grad("gather-backward", "1d", picked(lambda x, i: torch.gather(x, 0, i), (1000,), 2_000_000), LINE),
    grad("gather-backward", "2d", picked(lambda x, i: x.gather(0, i), (500, 64), 60_000, 64), "60000 rows of 64"),
    grad("gather-backward", "take-along-dim", picked(lambda x, i: x.take_along_dim(i, 0), (1000,), 2_000_000), LINE),
    grad("getitem-backward", "1d", picked(lambda x, i: x[i], (1000,), 2_000_000), LINE),
    grad("getitem-backward", "rows", picked(lambda x, i: x[i], (1000, 64), 100_000), "1e5 rows of 64"),
    grad("repeat-interleave-backward", "tensor", special.repeated, "1000 rows of 16, each 1 to 400 times"),
    exact("masked-scatter", "half", special.masked_scatter, "half of 4e6 places"),
]


def pool(operation: str, name: str, function: Any, *shape: int, about: str = "", control: bool = False) -> Case:
    """The gradient of a pooling of `shape`."""
    return grad(operation, name, gradient(function, *shape), about or f"input {shape}", control=control)


def adaptive_average(dimensions: int, up: tuple[int, ...], down: tuple[int, ...], size: tuple[int, int]) -> list[Case]:
    """The adaptive average poolings of one number of dimensions: the module, the function, and the safe size 1."""
    module = {1: nn.AdaptiveAvgPool1d, 2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}[dimensions]
    function = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}[dimensions]
    name = f"adaptive-avg-pool{dimensions}d"
    larger, smaller = size
    return [
        pool(name, "larger", module(larger), *up),
        pool(name, "smaller", module(smaller), *down),
        pool(name, "size-1", module(1), *down, control=True),
        pool(f"{name}-function", "larger", lambda x: function(x, larger), *up),
        pool(f"{name}-function", "smaller", lambda x: function(x, smaller), *down),
    ]


def divided(x: Any) -> Any:
    """An adaptive pooling whose windows do not overlap."""
    return F.adaptive_avg_pool2d(x, 16)


POOLS = [
    *adaptive_average(1, (64, 64, 31), (64, 64, 1000), (1000, 7)),
    *adaptive_average(2, (16, 32, 31, 31), (16, 32, 100, 100), (97, 7)),
    *adaptive_average(3, (4, 16, 9, 9, 9), (4, 16, 30, 30, 30), (31, 7)),
    pool("adaptive-avg-pool2d-divisible", "64-to-16", divided, 16, 32, 64, 64),
    pool("adaptive-max-pool", "2d-larger", nn.AdaptiveMaxPool2d(97), 16, 32, 31, 31),
    pool("adaptive-max-pool", "2d-smaller", lambda x: F.adaptive_max_pool2d(x, 7), 16, 32, 100, 100),
    pool("adaptive-max-pool", "1d-larger", nn.AdaptiveMaxPool1d(1000), 64, 64, 31),
    pool("adaptive-max-pool", "1d-function", lambda x: F.adaptive_max_pool1d(x, 1000), 64, 64, 31),
    pool("adaptive-max-pool", "2d-size-1", nn.AdaptiveMaxPool2d(1), 16, 32, 31, 31, control=True),
    pool("adaptive-max-pool3d", "larger", nn.AdaptiveMaxPool3d(31), 4, 16, 9, 9, 9),
    pool("avg-pool3d", "overlap", nn.AvgPool3d(3, 1), 4, 16, 24, 40, 40),
    pool("avg-pool3d", "function", lambda x: F.avg_pool3d(x, 5, 1), 4, 16, 16, 24, 24),
    pool("avg-pool3d", "disjoint", nn.AvgPool3d(2), 4, 16, 24, 40, 40, control=True),
    pool("avg-pool2d", "overlap", nn.AvgPool2d(3, 1), 16, 32, 100, 100),
    pool("max-pool2d", "overlap", nn.MaxPool2d(5, 1), 16, 32, 100, 100),
    pool("max-pool3d", "overlap", nn.MaxPool3d(3, 1), 4, 16, 24, 40, 40),
    pool("max-pool3d", "disjoint", nn.MaxPool3d(2), 4, 16, 24, 40, 40, control=True),
    pool("max-pool3d-function", "overlap", lambda x: F.max_pool3d(x, 5, 1), 4, 16, 16, 24, 24),
    pool(
        "max-pool3d-return-indices",
        "overlap",
        lambda x: F.max_pool3d(x, 3, 1, return_indices=True)[0],
        4,
        16,
        16,
        24,
        24,
    ),
    grad("fractional-max-pool2d", "function", special.fractional2d, "input (16, 32, 64, 64), kernel 5, output 60"),
    grad("fractional-max-pool2d", "module", special.fractional2d_module, "input (16, 32, 64, 64), kernel 5"),
    grad("fractional-max-pool3d", "function", special.fractional3d, "input (4, 16, 24, 24, 24), kernel 4, output 20"),
    grad("fractional-max-pool3d", "module", special.fractional3d_module, "input (4, 16, 24, 24, 24), kernel 4"),
    Case("max-unpool2d", "2d", special.unpool2d, "8 planes of 256 x 256 values meet at 64 places"),
    Case("max-unpool2d", "1d-module", special.unpool1d, "8 lines of 65536 values meet at 64 places"),
    exact("max-unpool2d", "matching", special.unpool_matching, "indices of a max pooling without overlap"),
    Case("max-unpool3d", "3d", special.unpool3d, "4 volumes of 32**3 values meet at 64 places"),
]

PADS = [
    pool("reflection-pad1d", "whole", nn.ReflectionPad1d(999), 16, 64, 1000),
    pool("reflection-pad2d", "whole", nn.ReflectionPad2d(63), 16, 16, 64, 64),
    pool("reflection-pad3d", "whole", nn.ReflectionPad3d(23), 2, 8, 24, 24, 24),
    pool("reflect-padding", "1d", lambda x: F.pad(x, (999, 999), mode="reflect"), 16, 64, 1000),
    pool("reflect-padding", "2d", lambda x: F.pad(x, (63,) * 4, mode="reflect"), 16, 16, 64, 64),
    pool("reflect-padding", "3d", lambda x: F.pad(x, (23,) * 6, mode="reflect"), 2, 8, 24, 24, 24),
    pool("replication-pad1d", "wide", nn.ReplicationPad1d(500), 16, 64, 1000),
    pool("replication-pad2d", "wide", nn.ReplicationPad2d(60), 16, 16, 32, 32),
    pool("replication-pad3d", "wide", nn.ReplicationPad3d(20), 2, 8, 16, 16, 16),
    pool("replicate-padding", "1d", lambda x: F.pad(x, (500, 500), mode="replicate"), 16, 64, 1000),
    pool("replicate-padding", "2d", lambda x: F.pad(x, (60,) * 4, mode="replicate"), 16, 16, 32, 32),
    pool("replicate-padding", "3d", lambda x: F.pad(x, (20,) * 6, mode="replicate"), 2, 8, 16, 16, 16),
    pool("circular-padding", "2d", lambda x: F.pad(x, (31,) * 4, mode="circular"), 16, 16, 32, 32),
]


def resized(**options: Any) -> Any:
    """An interpolation with `options`."""
    return lambda x: F.interpolate(x, **options)


LINEAR: Options = {"size": 4001, "mode": "linear"}
BILINEAR: Options = {"size": (233, 233), "mode": "bilinear"}
TRILINEAR: Options = {"size": (61, 61, 61), "mode": "trilinear"}
BICUBIC: Options = {"size": (233, 233), "mode": "bicubic"}
BILINEAR_DOWN: Options = {"size": (61, 61), "mode": "bilinear"}
BICUBIC_DOWN: Options = {"size": (61, 61), "mode": "bicubic"}

RESIZES = [
    pool("interpolate-linear", "up", resized(**LINEAR), 16, 64, 512),
    pool("interpolate-linear", "corners", resized(align_corners=True, **LINEAR), 16, 64, 512),
    pool("upsample-linear", "up", nn.Upsample(**LINEAR), 16, 64, 512),
    pool("interpolate-bilinear", "up", resized(**BILINEAR), 8, 16, 32, 32),
    pool("interpolate-bilinear", "corners", resized(align_corners=True, **BILINEAR), 8, 16, 32, 32),
    grad(
        "interpolate-bilinear", "half", gradient(resized(**BILINEAR), 8, 16, 32, 32, dtype=torch.half), "up", "float16"
    ),
    pool("upsample-bilinear", "up", nn.Upsample(**BILINEAR), 8, 16, 32, 32),
    pool("interpolate-trilinear", "up", resized(**TRILINEAR), 4, 8, 12, 12, 12),
    pool("upsample-trilinear", "up", nn.Upsample(**TRILINEAR), 4, 8, 12, 12, 12),
    pool("interpolate-bicubic", "up", resized(**BICUBIC), 8, 16, 32, 32),
    pool("upsample-bicubic", "up", nn.Upsample(**BICUBIC), 8, 16, 32, 32),
    pool("upsampling-bilinear2d", "module", nn.UpsamplingBilinear2d(233), 8, 16, 32, 32),
    pool("upsampling-bilinear2d", "function", lambda x: F.upsample_bilinear(x, size=(233, 233)), 8, 16, 32, 32),
    pool("interpolate-bilinear-antialias", "up", resized(antialias=True, **BILINEAR), 8, 16, 32, 32),
    pool("interpolate-bilinear-antialias", "down", resized(antialias=True, **BILINEAR_DOWN), 8, 16, 256, 256),
    pool("interpolate-bicubic-antialias", "up", resized(antialias=True, **BICUBIC), 8, 16, 32, 32),
    pool("interpolate-bicubic-antialias", "down", resized(antialias=True, **BICUBIC_DOWN), 8, 16, 256, 256),
    pool("interpolate-area", "2d", resized(size=(97, 97), mode="area"), 16, 32, 31, 31),
    pool("interpolate-area", "1d", resized(size=1000, mode="area"), 64, 64, 31),
    pool("interpolate-area", "3d", resized(size=(31, 31, 31), mode="area"), 4, 16, 9, 9, 9),
    pool("interpolate-nearest", "2d", resized(size=(233, 233), mode="nearest"), 8, 16, 32, 32, control=True),
    pool("interpolate-nearest", "exact", resized(size=(233, 233), mode="nearest-exact"), 8, 16, 32, 32, control=True),
    grad("grid-sample", "2d", special.grid_sample(512, 512), "8 x 16 x 64 x 64 sampled at 512 x 512 points"),
    grad("grid-sample", "2d-corners", special.grid_sample(512, 512, align_corners=True), "cuDNN takes align_corners"),
    grad("grid-sample", "2d-bicubic", special.grid_sample(256, 256, mode="bicubic"), "bicubic"),
    grad("grid-sample", "2d-nearest", special.grid_sample(512, 512, mode="nearest"), "nearest"),
    grad("grid-sample", "3d", special.grid_sample(48, 48, 48), "8 x 16 x 16**3 sampled at 48**3 points"),
    pool("fold", "overlap", lambda x: F.fold(x, (66, 66), 5), 8, 16 * 25, 62 * 62),
    pool("unfold", "overlap", lambda x: F.unfold(x, 5), 8, 16, 66, 66),
]

LOSSES = [
    Case("nll-loss2d", "mean", special.nll2d("mean"), "8 x 21 x 256 x 256"),
    Case("nll-loss2d", "sum", special.nll2d("sum"), "8 x 21 x 256 x 256"),
    exact("nll-loss2d", "none", special.nll2d("none"), "no reduction"),
    Case("spatial-loss", "mean", special.cross_entropy(8, 21, 256, 256), "8 x 21 x 256 x 256"),
    Case("spatial-loss-object", "mean", special.cross_entropy_object(8, 21, 256, 256), "8 x 21 x 256 x 256"),
    Case("cross-entropy-1d", "mean", special.cross_entropy(65536, 100), "65536 x 100"),
    exact_grad("spatial-loss", "gradient", special.cross_entropy_gradient(8, 21, 64, 64), "an exact count"),
    grad("spatial-weighted-loss", "mean", special.cross_entropy_gradient(8, 21, 64, 64, weighted=True), "weights"),
    grad("ctc-loss", "long", special.ctc(256, 64, 8, 60), "256 steps, 64 texts, 8 labels: each repeats in its text"),
    grad("ctc-loss", "module", special.ctc_module, "256 steps, 64 texts, 8 labels"),
    grad("ctc-loss", "short", special.ctc(50, 8, 8, 20), "50 steps, 8 texts, 8 labels"),
    grad("ctc-loss-cudnn", "long", special.ctc_cudnn, "the requirements of cuDNN are met"),
]

EMBEDDINGS = [
    grad("embedding", "8-rows", special.embedding(8, 65536), "65536 indices at 8 rows of 128"),
    grad("embedding", "100-rows", special.embedding(100, 65536), "65536 indices at 100 rows of 128"),
    grad("embedding", "1-row", special.embedding(1, 65536), "65536 indices at one row of 128"),
    grad("embedding", "few-indices", special.embedding(8, 3000), "3000 indices at 8 rows of 128"),
    grad("embedding", "half", special.embedding(8, 65536, torch.half), "65536 indices at 8 rows of 128", "float16"),
    grad("embedding", "module", special.embedding_module, "65536 indices at 20 rows of 128"),
    exact_grad("embedding", "unique", special.embedding(0, 65536), "each index once"),
    grad("embedding-sparse", "coalesced", special.embedding_sparse, "65536 indices at 1000 rows of 128"),
    grad("embedding-bag-max", "module", special.bag_module("max"), "4096 bags of 32 of 1000 rows of 64"),
    grad("embedding-bag-max-function", "function", special.bag("max"), "4096 bags of 32 of 1000 rows of 64"),
    grad("embedding-bag-sum", "function", special.bag("sum"), "4096 bags of 32 of 1000 rows of 64"),
    grad("embedding-bag-mean", "function", special.bag("mean"), "4096 bags of 32 of 1000 rows of 64"),
]

LONG = "a line of 1e7"


def tie(operation: str, name: str, function: Any, *shape: int, about: str = "four different values") -> Case:
    """Values and indices of a selection among equal elements."""
    return Case(operation, name, forward_of(function, *shape, draw=tied), about)


REDUCTIONS = [
    Case("weighted-bincount", "1000-bins", special.bincount(1000), LINE),
    Case("weighted-bincount", "16-bins", special.bincount(16), "2e6 values meet at 16 places"),
    Case("weighted-bincount", "100000-bins", special.bincount(100_000), "2e6 values meet at 100000 places"),
    Case("weighted-bincount-method", "1000-bins", special.bincount_method, LINE),
    exact("weighted-bincount", "no-weights", special.bincount_counts, "counts without weights", "int64"),
    Case("histc", "float", forward_of(lambda x: torch.histc(x, 100, -3, 3), 10_000_000, draw=Inputs.normal), LONG),
    Case("histc", "method", forward_of(lambda x: x.histc(10, -3, 3), 10_000_000, draw=Inputs.normal), LONG),
    exact("histc", "integers", forward_of(lambda x: x.histc(100, 0, 999), 10_000_000, draw=counts), LONG, "int64"),
    Case("cumsum", "1d", forward_of(lambda x: torch.cumsum(x, 0), 10_000_000), LONG),
    Case("cumsum", "in-place", forward_of(lambda x: x.clone().cumsum_(0), 10_000_000, draw=Inputs.normal), LONG),
    Case("cumsum-rows", "last", forward_of(lambda x: x.cumsum(1), 1000, 10_000), "1000 rows of 10000"),
    Case("cumsum-rows", "first", forward_of(lambda x: x.cumsum(0), 10_000, 1000), "1000 columns of 10000"),
    exact("cumsum", "integers", forward_of(lambda x: x.cumsum(0), 10_000_000, draw=counts), LONG, "int64"),
    grad("cumsum-backward", "1d", gradient(lambda x: x.cumsum(0), 10_000_000), LONG),
    Case("cumprod", "1d", forward_of(lambda x: torch.cumprod(x, 0), 10_000_000, draw=special.barely_one), LONG),
    Case("cumprod", "logcumsumexp", forward_of(lambda x: x.logcumsumexp(0), 10_000_000, draw=Inputs.normal), LONG),
    tie("median", "dim", lambda x: torch.median(x, 1), 256, 20_000),
    tie("median", "nanmedian", lambda x: torch.nanmedian(x, dim=1), 256, 20_000),
    tie("median", "long", lambda x: torch.median(x, 0), 2_000_000),
    tie("median-method", "dim", lambda x: x.median(1), 256, 20_000),
    tie("median-value", "all", lambda x: torch.median(x), 2_000_000),
    tie("kthvalue", "rows", lambda x: torch.kthvalue(x, 7000, 1), 256, 20_000),
    tie("kthvalue", "long", lambda x: x.kthvalue(700_000, 0), 2_000_000),
    tie("mode", "rows", lambda x: torch.mode(x, 1), 64, 2000),
    tie("mode", "long", lambda x: torch.mode(x, 0), 2_000_000),
    tie("topk", "rows", lambda x: torch.topk(x, 50, 1), 256, 20_000),
    tie("topk", "long", lambda x: torch.topk(x, 50), 2_000_000),
    tie("sort", "rows", lambda x: torch.sort(x, 1), 256, 20_000),
    tie("sort", "short-rows", lambda x: torch.sort(x, 1), 20_000, 100),
    tie("max-index", "rows", lambda x: torch.max(x, 1), 256, 20_000),
    tie("argmax", "long", lambda x: torch.argmax(x), 2_000_000),
    tie("unique", "inverse", lambda x: torch.unique(x, return_inverse=True, return_counts=True), 2_000_000),
    exact("sum", "all", forward_of(torch.sum, 10_000_000), LONG),
    exact("sum", "columns", forward_of(lambda x: x.sum(0), 100_000, 100), "100 columns of 100000"),
    exact("norm", "all", forward_of(torch.linalg.vector_norm, 10_000_000), LONG),
    exact("softmax", "rows", forward_of(lambda x: x.softmax(1), 1000, 10_000), "1000 rows of 10000"),
]

SPARSE = [
    Case("sparse-matmul", "coo", special.sparse_product("coo"), "1e6 of 8192**2 times 8192 x 64"),
    Case("sparse-matmul", "csr", special.sparse_product("csr"), "1e6 of 8192**2 times 8192 x 64"),
    Case("sparse-matmul", "csr-transposed", special.sparse_product("csc"), "the transpose of a CSR matrix"),
    Case("sparse-matmul", "vector", special.sparse_vector, "CSR times a vector"),
    Case("sparse-matmul", "addmm", special.sparse_addmm, "torch.sparse.addmm of COO"),
    Case("sparse-matmul", "sampled-addmm", special.sampled_addmm, "products at 1e6 places"),
    Case("sparse-matmul", "hspmm", special.hspmm, "hybrid result"),
    Case("sparse-matmul", "smm", special.smm, "torch.smm"),
    Case("sparse-matmul", "sparse-sparse", special.sparse_sparse, "1e5 of 8192**2 times itself"),
    grad("sparse-matmul-backward", "coo", special.sparse_gradients, "gradients of both factors"),
    Case("sparse-bmm", "coo", special.sparse_bmm, "8 matrices of 1024**2"),
    Case("sparse-coalesce", "duplicates", special.coalesce, "2e6 values at 1000 places"),
    Case("sparse-to-dense", "duplicates", special.to_dense, "2e6 values at 1000 places"),
]


def conv(name: str, build: Build, about: str, dtype: str = "float32") -> list[Case]:
    """The gradients of a convolution: with the heuristics of cuDNN, its benchmark, and its own switch."""
    return [
        grad("convolution", name, build, about, dtype),
        grad("convolution", f"{name}-benchmark", with_cudnn(build, "benchmark"), about, dtype),
        grad("convolution-cudnn-deterministic", name, with_cudnn(build, "deterministic"), about, dtype),
    ]


STEM = module_gradients(lambda: nn.Conv2d(3, 64, 7, 2, 3), 32, 3, 160, 160)
BODY = module_gradients(lambda: nn.Conv2d(64, 64, 3, padding=1), 32, 64, 56, 56)
WIDE = module_gradients(lambda: nn.Conv2d(256, 256, 3, padding=1), 16, 256, 14, 14)
LAST = module_gradients(lambda: nn.Conv2d(64, 64, 3, padding=1), 16, 64, 56, 56, dtype=torch.half, last=True)
DEPTH = module_gradients(lambda: nn.Conv2d(128, 128, 3, padding=1, groups=128), 32, 128, 56, 56)
GROUPS = module_gradients(lambda: nn.Conv2d(128, 128, 3, padding=1, groups=8), 16, 128, 28, 28)
DILATED = module_gradients(lambda: nn.Conv2d(64, 64, 3, padding=4, dilation=4), 16, 64, 56, 56)
SOUND = module_gradients(lambda: nn.Conv1d(64, 64, 9, padding=4), 8, 64, 16_000)
VOLUME = module_gradients(lambda: nn.Conv3d(16, 32, 3, padding=1), 4, 16, 16, 40, 40)
UPWARD = module_gradients(lambda: nn.ConvTranspose2d(128, 64, 4, 2, 1), 16, 128, 28, 28)

NETWORKS = [
    *conv("stem-7x7", STEM, "32 x 3 x 160 x 160"),
    *conv("body-3x3", BODY, "32 x 64 x 56 x 56"),
    *conv("wide-3x3", WIDE, "16 x 256 x 14 x 14"),
    *conv("half-channels-last", LAST, "16 x 64 x 56 x 56", "float16"),
    *conv("depthwise", DEPTH, "32 x 128 x 56 x 56"),
    *conv("groups", GROUPS, "16 x 128 x 28 x 28"),
    *conv("dilated", DILATED, "16 x 64 x 56 x 56"),
    *conv("1d", SOUND, "8 x 64 x 16000"),
    *conv("3d", VOLUME, "4 x 16 x 16 x 40 x 40"),
    *conv("transposed", UPWARD, "16 x 128 x 28 x 28"),
    grad("lstm-backward", "2-layers", module_gradients(lambda: nn.LSTM(256, 256, 2), 100, 32, 256), "100 steps"),
    grad("gru-backward", "1-layer", module_gradients(lambda: nn.GRU(256, 256), 100, 32, 256), "100 steps"),
    grad("batch-norm-backward", "2d", module_gradients(lambda: nn.BatchNorm2d(64), 32, 64, 56, 56), "32 x 64 x 56**2"),
    grad("layer-norm-backward", "rows", module_gradients(lambda: nn.LayerNorm(512), 16_384, 512), "16384 rows of 512"),
    grad("group-norm-backward", "2d", module_gradients(lambda: nn.GroupNorm(8, 64), 32, 64, 56, 56), "32 x 64 x 56**2"),
    grad("prelu-backward", "2d", module_gradients(lambda: nn.PReLU(64), 32, 64, 56, 56), "32 x 64 x 56**2"),
    exact("matmul", "float", special.matmul(torch.float32), "2048**3"),
    exact("matmul", "bfloat16", special.matmul(torch.bfloat16), "2048**3", "bfloat16"),
    exact("matmul", "tall", special.matmul(torch.float32, 64, 100_000, 64), "64 x 100000 x 64, a long inner dimension"),
    exact_grad("linear-backward", "rows", module_gradients(lambda: nn.Linear(512, 512), 16_384, 512), "16384 rows"),
]


def attention(backend: str, dtype: str, causal: bool = False) -> Case:
    """The gradients of scaled_dot_product_attention with one backend, or with that which PyTorch chooses."""
    fused = backend in ("flash", "efficient", "chosen")
    operation = "fused-attention" if fused else f"attention-{backend}"
    name = f"{backend}-{dtype}-causal" if causal else f"{backend}-{dtype}"
    build = special.attention(backend, getattr(torch, dtype), causal)
    return grad(operation, name, build, "2 x 8 x 2048 x 64", dtype)


ATTENTION = [
    attention("chosen", "bfloat16"),
    attention("chosen", "float16", causal=True),
    attention("chosen", "float32"),
    attention("flash", "bfloat16"),
    attention("flash", "bfloat16", causal=True),
    attention("flash", "float16"),
    attention("efficient", "bfloat16"),
    attention("efficient", "float32"),
    attention("efficient", "float16", causal=True),
    attention("cudnn", "bfloat16"),
    attention("cudnn", "float16", causal=True),
    attention("math", "bfloat16"),
    attention("math", "float32"),
]

CASES = [
    *SCATTER,
    *INDEX,
    *POOLS,
    *PADS,
    *RESIZES,
    *LOSSES,
    *EMBEDDINGS,
    *REDUCTIONS,
    *SPARSE,
    *NETWORKS,
    *ATTENTION,
]
