"""Programs made of the parts that trainings are made of, with seeds, defaults, orders and layouts drawn by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from .projects import Files, Sample, Settings

SEEDS = """import random
from contextlib import contextmanager

import numpy as np
import torch


def set_all(seed={default}, exact={flag}):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    if exact:
        torch.use_deterministic_algorithms(True)


def maybe(seed={default}):
    if seed is not None:
        np.random.seed(seed)
        random.seed(seed)


def early(seed={default}, *, again=None):
    if seed is None:
        return again
    torch.manual_seed(seed)
    return early(None, again=seed) if again else seed


def seed_worker(worker):
    seed = torch.initial_seed() % 2**32
    np.random.seed(seed)
    random.seed(seed)


@contextmanager
def apart(seed={default}):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield
"""
REGISTRY = """MODELS = {}


def register(name):
    def wrap(cls):
        MODELS[name] = cls
        return cls

    return wrap


def create(name, **options):
    return MODELS[name](**options)
"""
MODELS = """import torch
from torch import nn

from {registry} import register


class Base(nn.Module):
    def __init__(self, width={width}):
        super().__init__()
        self.width = width
        self.head = nn.Linear(width, 2)

    def start(self):
        raise NotImplementedError


@register("net")
class Net(Base):
    def start(self):
        return torch.randn(self.width)


@register("wide")
class Wide(Net):
    def __init__(self, width={width}, rate=0.5, seed={default}):
        {supers}
        if seed is not None:
            torch.manual_seed(seed)
        self.drop = nn.Dropout(rate)

    def start(self):
        return super().start() + self.head.weight.normal_().sum()
"""
TRAINER = """import random

import numpy as np
import torch


class Callback:
    def before(self, trainer):
        pass

    def after(self, trainer):
        pass


class Noise(Callback):
    def __init__(self, seed={default}):
        self.rng = np.random.default_rng(seed)

    def before(self, trainer):
        trainer.level = np.random.rand()


class Seeder(Callback):
    def __init__(self, seed={default}):
        self.seed = seed

    def before(self, trainer):
        if self.seed is not None:
            np.random.seed(self.seed)


class Trainer:
    def __init__(self, model, callbacks=(), seed={default}, **options):
        self.model, self.callbacks, self.options, self.seed = model, list(callbacks), options, seed

    def fit(self, epochs=1):
        if self.seed is not None:
            random.seed(self.seed)
        for callback in self.callbacks:
            callback.before(self)
        for _ in range(epochs):
            self.model.start()
            random.random()
        for callback in self.callbacks:
            callback.after(self)
"""
DATA = """import random
from functools import partial

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from {seeds} import seed_worker, set_all


class Shaky(Dataset):
    def __getitem__(self, index):
        return index + np.random.rand()


def loader(workers={workers}, init={init}, **options):
    return DataLoader(Shaky(), num_workers=workers, worker_init_fn=init, shuffle=True, **options)


def batches(size, seed={default}):
    if seed is not None:
        random.seed(seed)
    rows = list(range(size))
    random.shuffle(rows)
    for row in rows:
        yield row


def noisy(x, scale=1.0):
    return x + np.random.rand() * scale


def shake(x):
    return random.random() + x


def apply(function, *args):
    return function(*args)


def work(rank, seed={default}):
    set_all(seed)
    return torch.rand(2)


OPS = {{"noisy": noisy, "shake": shake, "small": partial(noisy, scale=0.1)}}
"""
IMPORTS = """import argparse
import random
import sys
from functools import partial

import numpy as np
import torch
import torch.multiprocessing as mp

from {data} import OPS, apply, batches, loader, noisy, shake, work
from {models} import Net, Wide
from {registry} import create, register
from {seeds} import apart, early, maybe, set_all
from {trainer} import Callback, Noise, Seeder, Trainer

SEED = {default}
parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default={default})
parser.add_argument("--fast", action="store_true")
args = parser.parse_args()
"""
OWN = """

@register("{name}")
class Own(Net):
    def start(self):
        return np.random.rand() + random.random()


class Loud(Callback):
    def before(self, trainer):
        random.random()


def own_step(x=0):
    return torch.rand(2) + x
"""
STATEMENTS = (
    "set_all({seed})", "set_all(exact=True)", "set_all(seed={seed}, exact={flag})", "maybe({seed})", "maybe()",
    "early({seed})", "early(again={seed})", "random.random()", "np.random.rand(3)", "torch.randn(3)",
    "create('net', width=4).start()", "create('wide', seed={seed}).start()", "create(sys.argv[1]).start()",
    "Trainer(Net(), [Noise({seed}), Seeder({seed})]).fit()", "Trainer(Wide(), seed={seed}).fit(2)",
    "Trainer(create('wide'), callbacks=[Seeder()]).fit()",
    "for row in batches(4, {seed}):\n    print(row)", "for item in loader({workers}):\n    print(item)",
    "for item in loader(generator=torch.Generator().manual_seed(3)):\n    print(item)",
    "with apart({seed}):\n    torch.rand(2)", "with torch.random.fork_rng():\n    set_all({seed})\n    torch.rand(3)",
    "mp.spawn(work, args=({seed},), nprocs=2)", "mp.spawn(work, nprocs=2)", "partial(noisy, scale=2)(3)",
    "apply(noisy, 3)", "apply(partial(shake, 3))", "apply(lambda x: np.random.rand() + x, 1)", "apply(set_all, {seed})",
    "OPS['shake'](2)", "OPS['small'](2)", "OPS[sys.argv[1]](2)",
    "options = dict(seed={seed})\nset_all(**options)", "options = {{'seed': {seed}}}\nTrainer(Net(), **options).fit()",
    "if args.fast:\n    set_all({seed})", "if args.seed is not None:\n    maybe(args.seed)\n    np.random.rand()",
    "torch.backends.cudnn.benchmark = {flag}", "torch.use_deterministic_algorithms({flag})",
)  # fmt: skip
OWN_STATEMENTS = (
    "apply(own_step)", "create('{name}').start()", "Trainer(Own(), [Loud()]).fit()", "OPS['own'] = own_step\nOPS['own']()",
    "Trainer(Net(), callbacks=[Loud(), Seeder(None)]).fit()",
)  # fmt: skip
SEED_VALUES = ("None", "0", "3", "args.seed", "SEED")
NAMES = ("seeds", "registry", "models", "trainer", "data")


@st.composite
def scripts(draw: st.DrawFn, package: str, own: str = "") -> str:
    """An entry that calls the parts in some order; with `own`, also with classes and functions of its own."""

    def filled(text: str) -> str:
        return text.format(
            seed=draw(st.sampled_from(SEED_VALUES)), flag=draw(st.booleans()), workers=draw(st.sampled_from((0, 2))),
            default=draw(st.sampled_from(SEED_VALUES[:3])), name=own, **{name: package + name for name in NAMES},
        )  # fmt: skip

    known = STATEMENTS + (OWN_STATEMENTS if own else ())
    chosen = [filled(text) for text in draw(st.lists(st.sampled_from(known), min_size=1, max_size=7))]
    lines = "\n".join(chosen).splitlines()
    head = filled(IMPORTS) + (filled(OWN) if own else "")
    place = draw(st.sampled_from(("top", "guard", "main", "parts")))
    inner = "".join(f"    {line}\n" for line in lines)
    if place == "top":
        return head + "\n" + "\n".join(lines) + "\n"
    if place == "guard":
        return f"{head}\n\nif __name__ == '__main__':\n{inner}"
    if place == "main" or len(chosen) < 2:
        return f"{head}\n\ndef main():\n{inner}\n\nif __name__ == '__main__':\n    main()\n"
    parts = ["".join(f"    {line}\n" for line in part.splitlines()) for part in chosen]
    defined = "".join(f"\n\ndef part{number}():\n{part}" for number, part in enumerate(parts))
    called = "".join(f"    part{number}()\n" for number in range(len(parts)))
    return f"{head}{defined}\n\nif __name__ == '__main__':\n{called}"


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    """A library of helpers, flat or as a package, and one or two entries that use it."""
    package = draw(st.sampled_from(("", "lab.", "lab.core.")))
    folder = package.replace(".", "/")
    inside = "." if package and draw(st.booleans()) else package
    default = st.sampled_from(("None", "0", "3"))
    files = {}
    for name, text in zip(NAMES, (SEEDS, REGISTRY, MODELS, TRAINER, DATA), strict=True):
        files[f"{folder}{name}.py"] = text if name == "registry" else text.format(
            default=draw(default), flag=draw(st.booleans()), width=4, workers=draw(st.sampled_from((0, 2))),
            init=draw(st.sampled_from(("None", "seed_worker"))), seeds=f"{inside}seeds", registry=f"{inside}registry",
            supers=draw(st.sampled_from(("super().__init__(width)", "super().__init__()", "Net.__init__(self, width)"))),
        )  # fmt: skip
    parts = folder.rstrip("/").split("/") if folder else []
    files.update({"/".join((*parts[: count + 1], "__init__.py")): "" for count in range(len(parts))})
    for name in ("train.py", "tune.py")[: draw(st.integers(1, 2))]:
        files[name] = draw(scripts(package))
    return Sample("generated", files, Settings())


@st.composite
def second_entries(draw: st.DrawFn, files: Files) -> str:
    """One more entry for generated files, which hands its own classes and functions to the same helpers."""
    path = next(path for path in files if path.endswith("seeds.py"))
    return draw(scripts(path.removesuffix("seeds.py").replace("/", "."), "own"))
