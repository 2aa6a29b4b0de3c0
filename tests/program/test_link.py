"""Linking does not depend on what should play no part, and linking anew after a change is the same as from scratch."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from reprolint.catalog.effects import Effects, effects
from reprolint.catalog.load import Catalog, load, rules_folder
from reprolint.catalog.vocabulary import Vocabulary, vocabulary
from reprolint.checks.describe import describe
from reprolint.checks.run import run_rules
from reprolint.core.source import Source
from reprolint.facts.read import read
from reprolint.program.link import Program, Settings, link

DIGITS = Path(__file__).parents[2] / "fixtures" / "projects" / "digits"
EXTRA = {
    "seeds.py": "import random\nimport numpy as np\nimport torch\n\n\ndef set_all(seed):\n    random.seed(seed)\n",
    "pkg/__init__.py": "from .augment import jitter\n",
    "pkg/augment.py": (
        "import numpy as np\nfrom seeds import set_all\n\n\ndef jitter(x):\n    return x + np.random.rand()\n"
    ),
    "other.py": (
        "from pkg import jitter\nfrom seeds import set_all\n\n"
        "if __name__ == '__main__':\n    set_all(1)\n    jitter(0)\n"
    ),
}
SNIPPETS = (
    "import random\n",
    "import numpy as np\nnp.random.seed(3)\n",
    "def helper(seed=None):\n    import torch\n    torch.manual_seed(seed)\n",
    "import os\nNAMES = [n for n in os.listdir('.')]\n",
    "X = list(set('abc'))\n",
    "import seeds\nseeds.set_all(4)\n",
    "from pkg.augment import jitter\njitter(1)\n",
    "class Holder:\n    def __init__(self):\n        self.rng = __import__('random').Random()\n",
    "import argparse\np = argparse.ArgumentParser()\np.add_argument('--seed', default=7)\n",
    "def broken(:\n",
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load([rules_folder()])


@pytest.fixture(scope="module")
def tables(catalog: Catalog) -> tuple[Effects, Vocabulary]:
    return effects(catalog.knowledge), vocabulary(catalog.knowledge)


def project() -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(DIGITS.glob("*.py"))} | EXTRA


def linked(
    files: Mapping[str, str], tables: tuple[Effects, Vocabulary], previous: Program | None = None
) -> Program:  # fmt: skip
    facts = []
    for path, text in files.items():
        data = text.encode()
        facts.append(read(Source(path, data), hashlib.sha256(data).hexdigest(), tables[1]))
    return link(facts, tables[0], tables[1], Settings(), previous)


def words(program: Program, catalog: Catalog) -> list[str]:
    found = run_rules(catalog.rules, program)
    return [repr(item) for item in describe(found, [None] * len(found), catalog)]


def test_a_change_is_linked_as_from_scratch(catalog: Catalog, tables: tuple[Effects, Vocabulary]) -> None:
    chance = random.Random(20221)
    files = project()
    program = linked(files, tables)
    reused = 0
    for _ in range(200):
        path = chance.choice(sorted(files))
        lines = files[path].splitlines(keepends=True)
        place = chance.randrange(len(lines) + 1)
        if chance.random() < 0.5:
            files[path] = "".join(lines[:place]) + chance.choice(SNIPPETS) + "".join(lines[place:])
        else:
            del lines[place : place + chance.randrange(1, 4)]
            files[path] = "".join(lines)
        if chance.random() < 0.3:
            files = project()
        before = program
        program = linked(files, tables, before)
        reused += sum(program.files[name] is before.files[name] for name in files)
        assert words(program, catalog) == words(linked(files, tables), catalog)
    assert reused > 200, "the test never exercised what it is about"


def test_the_order_of_files_plays_no_part(catalog: Catalog, tables: tuple[Effects, Vocabulary]) -> None:
    files = project()
    expected = words(linked(files, tables), catalog)
    assert expected
    for seed in range(5):
        names = sorted(files)
        random.Random(seed).shuffle(names)
        assert words(linked({name: files[name] for name in names}, tables), catalog) == expected


def test_a_renamed_module_keeps_its_findings(catalog: Catalog, tables: tuple[Effects, Vocabulary]) -> None:
    files = project()
    renamed = {
        path.replace("augment", "distort"): text.replace("pkg.augment", "pkg.distort").replace(".augment", ".distort")
        for path, text in files.items()
    }
    before = [item.replace("augment", "distort") for item in words(linked(files, tables), catalog)]
    assert sorted(before) == sorted(words(linked(renamed, tables), catalog))


def test_an_unused_function_changes_nothing(catalog: Catalog, tables: tuple[Effects, Vocabulary]) -> None:
    files = project()
    expected = words(linked(files, tables), catalog)
    unused = "\n\ndef never_called(x):\n    import random\n    random.seed(0)\n    return random.random() + x\n"
    for path in files:
        assert words(linked({**files, path: files[path] + unused}, tables), catalog) == expected
