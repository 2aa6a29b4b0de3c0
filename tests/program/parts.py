"""The text of the files that generated programs are made of; what stands in braces is chosen for each program."""

from __future__ import annotations

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
