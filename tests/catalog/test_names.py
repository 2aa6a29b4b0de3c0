"""Every name of an API in knowledge exists, as far as the libraries are installed and in the versions it holds for."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from importlib import metadata
from typing import Any

import pytest

from reprolint.catalog.knowledge import Knowledge
from reprolint.catalog.library import distributions
from reprolint.catalog.load import load, rules_folder
from reprolint.catalog.switch import Switch, Variable
from reprolint.core.version import needed

KNOWLEDGE = load([rules_folder()]).knowledge
SLOW = frozenset({"keras", "tensorflow"})
# Attributes of instances, which no class shows.
HIDDEN = frozenset({"attributes"})
# Newer than a Python that is still supported, where the shape of the entry has no versions.
NEWER = {"pathlib.Path.walk": (3, 12)}
# A call that stands for the class of what it gives back.
CLASSES = {
    "multiprocessing.BaseContext.Pool.": "multiprocessing.pool.Pool.",
    "multiprocessing.Pool.": "multiprocessing.pool.Pool.",
    "multiprocessing.dummy.Pool.": "multiprocessing.pool.ThreadPool.",
    "torch.multiprocessing.Pool.": "torch.multiprocessing.pool.Pool.",
}
# Each library in a process of its own: some of them crash when both are loaded.
CHILD = """
import importlib, json, sys, warnings

warnings.simplefilter("ignore")
absent = object()
names = json.load(sys.stdin)
known = {}

def find(name):
    if name not in known:
        known[name] = look(name)
    return known[name]

def look(name):
    parent, _, tail = name.rpartition(".")
    owner = find(parent) if parent else None
    found = getattr(owner, tail, absent) if parent else importlib.import_module(name)
    if found is not absent or not hasattr(owner, "__path__"):
        return found
    try:
        return importlib.import_module(name)
    except ImportError:
        return absent

try:
    find(names[0].partition(".")[0])
except ImportError as error:
    sys.exit(f"cannot be imported: {error}")
print(json.dumps([name for name in names if find(name) is absent]))
"""


def _names(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """The names of one file, each with the versions it holds for."""
    owners: tuple[Switch | Variable, ...] = (*knowledge.switches, *knowledge.variables)
    groups: list[Any] = [tuple(setter for owner in owners for setter in owner.setters)]
    groups += [getattr(knowledge, item.name) for item in fields(Knowledge) if item.name not in HIDDEN]
    for entry in (entry for group in groups if isinstance(group, tuple) for entry in group):
        names = getattr(entry, "api", ()) or (getattr(entry, "name", ""), *getattr(entry, "like", ()))
        yield from ((name, getattr(entry, "versions", "")) for name in names if "." in name)


@cache
def _version(root: str) -> str:
    if root in sys.stdlib_module_names:
        return ".".join(map(str, sys.version_info[:2]))
    for name in (root, *(name for name, module in distributions(KNOWLEDGE).items() if module == root)):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return ""


def _spelt(name: str) -> str:
    """A name as it can be imported; `torchvision.models.*` stands for what is in a module, `topk()[1]` is of a call."""
    found = next((name.replace(short, full, 1) for short, full in CLASSES.items() if name.startswith(short)), name)
    return found.partition("()")[0].removesuffix(".*")


def _roots() -> list[Any]:
    roots = sorted({name.partition(".")[0] for file in KNOWLEDGE for name, _ in _names(file)})
    return [pytest.param(root, marks=pytest.mark.slow if root in SLOW else ()) for root in roots]


@pytest.mark.parametrize("root", _roots())
def test_every_name_exists(root: str) -> None:
    if importlib.util.find_spec(root) is None:
        pytest.skip(f"{root} is not installed")
    listed = {item for file in KNOWLEDGE for item in _names(file) if item[0].partition(".")[0] == root}
    held = {name for name, ranges in listed if not ranges or needed(ranges, _version(root)) is not False}
    wanted = sorted({_spelt(name) for name in held if sys.version_info >= NEWER.get(name, (3,))})
    assert _absent(wanted) == []


def _absent(names: list[str]) -> list[str]:
    command = [sys.executable, "-c", CHILD]
    done = subprocess.run(command, input=json.dumps(names), capture_output=True, text=True, check=False)
    if "cannot be imported" in done.stderr or done.returncode < 0:
        pytest.skip((done.stderr.strip() or "crashed").splitlines()[-1])
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout.splitlines()[-1]))


def test_a_name_that_does_not_exist_is_found() -> None:
    assert _absent(["random.Random.seed", "random.Random.sead"]) == ["random.Random.sead"]
