"""Composition against Hydra itself, where that is installed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from reprolint.core.value import Const, Items, Unknown
from reprolint.document import Composed, compose, read

hydra = pytest.importorskip("hydra")
omegaconf = pytest.importorskip("omegaconf")

OPTIONS = ["a", "b", "c"]
GROUPS = ["db", "model", "db/engine"]
KEYS = ["seed", "lr", "x", "db"]


def value(rng: random.Random, depth: int = 0) -> object:
    """A value of a configuration, references included."""
    if depth < 2 and rng.random() < 0.3:
        return {key: value(rng, depth + 1) for key in rng.sample(KEYS, 2)}
    return rng.choice([None, 1, 0.5, True, "text", [], [1, 2], "???", "${seed}", "${.lr}", "${db.x}", "to_${x}"])


def entry(rng: random.Random, folder: str) -> object:
    """An entry of a defaults list."""
    group, option = rng.choice(GROUPS), rng.choice(OPTIONS)
    start = "/" if folder else ""
    package = rng.choice(["", "", "", "@_global_", "@_here_", "@y.z", "@w._group_"])
    name = f"{start}{group}{package}"
    return rng.choice(
        [
            {name: option},
            {name: option},
            {name: None},
            {name: [option, rng.choice(OPTIONS)]},
            {f"optional {name}": rng.choice(["missing", option])},
            {f"override {start}{group}": option},
            {name: "${model}"},
            f"{start}{group}/{option}{package}",
        ]
    )


def text(rng: random.Random, folder: str) -> str:
    """A file of a configuration folder."""
    data: dict[str, Any] = {}
    if rng.random() < (0.2 if folder else 1):
        entries = [entry(rng, folder) for _ in range(rng.randint(1, 3))]
        entries.sort(key=lambda item: "override" in str(item))
        if rng.random() < 0.6:
            entries.insert(rng.randint(0, len(entries)), "_self_")
        data["defaults"] = entries
    data.update({key: value(rng) for key in rng.sample(KEYS, rng.randint(0, 3))})
    header = rng.choice(["", "", "", "# @package _global_\n", "# @package u.v\n"]) if folder else ""
    return header + str(yaml.safe_dump(data, sort_keys=False))


def different(node: Any, ours: Composed, keys: tuple[str, ...] = ()) -> list[object]:
    """Where Hydra's configuration and ours differ."""
    found: list[object] = []
    for key in node if omegaconf.OmegaConf.is_dict(node) else range(len(node)):
        path = (*keys, str(key))
        item = ours.get(path)
        try:
            theirs = node[key]
        except omegaconf.errors.OmegaConfBaseException:
            if item is None or not isinstance(item.value, Unknown):
                found.append((path, "not to be had", item))
            continue
        if not omegaconf.OmegaConf.is_config(theirs):
            told = item is not None and isinstance(item.value, Const) and item.value.value == theirs
            # The text of a whole mapping inside a text is not made.
            if not told and not (item and isinstance(item.value, Unknown) and str(theirs)[:4] in ("to_{", "to_[")):
                found.append((path, theirs, item))
        elif len(theirs) == 0:
            if item is None or not isinstance(item.value, Items):
                found.append((path, theirs, item))
        elif len(path) < 8:
            found += different(theirs, ours, path)
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(40))
def test_random_folders_compose_as_hydra_composes_them(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    files = {"train.yaml": text(rng, "")}
    files |= {f"{group}/{option}.yaml": text(rng, group) for group in GROUPS for option in OPTIONS}
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    ours = compose({name: read(name, content.encode()) for name, content in files.items()}, "", "train")
    try:
        with hydra.initialize_config_dir(str(tmp_path), version_base=None):
            theirs = hydra.compose("train")
    except (hydra.errors.HydraException, omegaconf.errors.OmegaConfBaseException, AssertionError, RecursionError):
        assert ours.problems
        return
    assert ours.problems == ()
    assert different(theirs, ours) == []
