"""What must not change findings does not, and linking after a change is the same as linking from scratch."""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import reprolint

from .edits import EDITS, edited
from .generated import samples, second_entries
from .projects import (
    FOLDER,
    Files,
    Sample,
    agree,
    agree_courses,
    linked,
    lint,
    project,
    projects,
    several,
    shapes,
    words,
)  # fmt: skip
from .renames import TOKEN, candidates, renamed, restored
from .second import second_entry

CORPUS = (*projects(), *several())
SECOND = ("aa_second.py", "zz_second.py")
UNUSED = (
    "def never_called(x=None):\n    import random\n    random.seed(0)\n    return random.random() + x\n",
    "def never_called(seed=None):\n    import numpy, torch\n    torch.manual_seed(seed)\n    numpy.random.rand()\n",
    "class NeverBuilt:\n    def __init__(self, seed=3):\n        import torch\n        torch.manual_seed(seed)\n"
    "        torch.use_deterministic_algorithms(True)\n\n    def __call__(self, x):\n        return self.draw(x)\n",
    "def never_called(model):\n    from torch.utils.data import DataLoader\n"
    "    for x in DataLoader(model, shuffle=True):\n        model(x).backward()\n",
    "@staticmethod\ndef never_called(*args, **options):\n    yield from never_called(*args, **options)\n",
)
generated = settings(
    deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
long = pytest.mark.slow
every_sample = pytest.mark.parametrize(  # all projects and some of the cases; the others when there is time
    "sample",
    [
        *projects(),
        *(pytest.param(item, marks=() if number % 5 == 0 else long) for number, item in enumerate(several())),
    ],
    ids=str,
)


def shuffled(files: Files, seed: int) -> dict[str, str]:
    names = sorted(files)
    random.Random(seed).shuffle(names)
    return {name: files[name] for name in names}


def check_order(sample: Sample, seed: int) -> None:
    program = linked(shuffled(sample.files, seed), sample.settings)
    expected = linked(sample.files, sample.settings)
    agree(words(program), words(expected))
    agree_courses(program, expected)


@every_sample
def test_the_order_of_files_plays_no_part(sample: Sample) -> None:
    for seed in range(2):
        check_order(sample, seed)


@settings(generated, max_examples=40)
@given(samples(), st.integers(0, 99))
def test_the_order_of_generated_files_plays_no_part(sample: Sample, seed: int) -> None:
    check_order(sample, seed)


def unplaced(files: Files, sample: Sample, *, whole: bool) -> list[str]:
    """Findings by rows and with the old names; an import that is rewritten moves what stands behind it."""
    moved = {restored(path): path for path in files}
    entries = tuple(moved[entry.partition(":")[0]] + ":" + entry.partition(":")[2] for entry in sample.settings.entries)
    found = [
        (item.code, item.severity, item.message, item.entry, item.place.filename, item.place.span.row,
         [(other.place.filename, other.place.span.row, other.message) for other in item.related if whole])
        for item in lint(files, replace(sample.settings, entries=entries))
    ]  # fmt: skip
    return sorted(restored(repr(item)) for item in found)


def check_renaming(sample: Sample, stem: str, before: str) -> None:
    """Of many definitions those are told that stand first, and what is told once is told by the first entry: files that
    are sorted elsewhere may change what is related, and entries are not sorted elsewhere."""
    entries = [course.entry.path for course in linked(sample.files, sample.settings).courses]
    is_entry = any(path == f"{stem}.py" or path.startswith(f"{stem}/") for path in entries)
    for added in ("",) if is_entry else ("", before):
        files = renamed(sample.files, stem, added)
        assert any(TOKEN in path for path in files)
        expected = unplaced(sample.files, sample, whole=not added)
        agree(unplaced(files, sample, whole=not added), expected, f"{stem} -> {added!r}")


@every_sample
def test_a_renamed_module_keeps_its_findings(sample: Sample) -> None:
    if computes_names(sample):
        pytest.skip("a module may be meant by a text, which is not renamed")
    for number, stem in enumerate(candidates(sample.files)):
        check_renaming(sample, stem, "az"[number % 2])


@settings(generated, max_examples=40)
@given(samples(), st.data())
def test_a_renamed_module_of_generated_files_keeps_its_findings(sample: Sample, data: st.DataObject) -> None:
    stem = data.draw(st.sampled_from(candidates(sample.files)))
    check_renaming(sample, stem, data.draw(st.sampled_from("az")))


def top(text: str) -> int:
    """The row behind which a first definition may stand: after the docstring and `__future__`."""
    body = ast.parse(text).body
    fixed = 0
    for node in body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_text and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            break
        fixed = node.end_lineno or 0
    return fixed


def with_unused(files: Files, path: str, unused: str, where: str) -> dict[str, str]:
    lines = files[path].splitlines(keepends=True)
    row = top(files[path]) if where == "top" else len(lines)
    return {**files, path: "".join((*lines[:row], "\n" if row else "", unused, "\n", *lines[row:]))}


def computes_names(sample: Sample) -> bool:
    words = ("getattr(", "import_module(", "globals()", "__dict__[")
    return any(word in text for text in sample.files.values() for word in words)


def check_unused(sample: Sample, path: str, unused: str, where: str) -> None:
    added = "zz_unused.py" if where == "new" else path
    files = {**sample.files, added: unused} if where == "new" else with_unused(sample.files, path, unused, where)
    expected = shapes(lint(sample.files, sample.settings), sample.files)
    agree(shapes(lint(files, sample.settings), files), expected, f"{added} ({where})\n{unused}")


@every_sample
def test_an_unused_function_changes_nothing(sample: Sample) -> None:
    if computes_names(sample):
        pytest.skip("any function may be meant by a text, so that none is unused")
    for number, path in enumerate(sample.files):
        for place, where in enumerate(("top", "end", "new")):
            check_unused(sample, path, UNUSED[(number + place) % len(UNUSED)], where)


@settings(generated, max_examples=40)
@given(samples(), st.data())
def test_an_unused_function_in_generated_files_changes_nothing(sample: Sample, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(sample.files)))
    check_unused(sample, path, data.draw(st.sampled_from(UNUSED)), data.draw(st.sampled_from(("top", "end", "new"))))


def check_second(sample: Sample, name: str, text: str) -> None:
    """What is found for the entries that were there. A place in a shared file is told of once, by the first entry, and
    what no entry tells of is a matter of the file, whoever calls it."""
    files = {**sample.files, name: text}
    found = lint(files, sample.settings)
    told = {(item.code, item.place) for item in found if item.entry == name}
    before = [
        item for item in lint(sample.files, sample.settings) if item.entry and (item.code, item.place) not in told
    ]
    after = [item for item in found if item.entry and item.entry != name]
    agree(shapes(after, files), shapes(before, sample.files), text)


@pytest.mark.parametrize("name", SECOND)
@every_sample
def test_another_entry_changes_nothing_for_the_first(sample: Sample, name: str) -> None:
    for number in range(2):
        check_second(sample, name, second_entry(sample.files, random.Random(number)))


@settings(generated, max_examples=60)
@given(samples(), st.data(), st.sampled_from(SECOND))
def test_another_entry_changes_nothing_for_generated_ones(sample: Sample, data: st.DataObject, name: str) -> None:
    check_second(sample, name, data.draw(second_entries(sample.files)))


def check_edits(sample: Sample, edits: list[tuple[str, int]]) -> int:
    """Link after every edit, from the program before it and from scratch; returns how many courses were used again."""
    start = files = dict(sample.files)
    program = linked(files, sample.settings)
    reused = 0
    for count, (kind, number) in enumerate(edits):
        files = edited(files if count % 12 else dict(start), kind, number)
        program = linked(files, sample.settings, previous := program)
        fresh = linked(files, sample.settings)
        reused += sum(any(course is known for known in previous.courses) for course in program.courses)
        agree_courses(program, fresh, f"edit {count}: {kind} {number}")
        agree(words(program), words(fresh), f"edit {count}: {kind} {number}")
    return reused


def chosen(seed: int, count: int) -> list[tuple[str, int]]:
    chance = random.Random(seed)
    return [(chance.choice(sorted(EDITS)), chance.randrange(10**6)) for _ in range(count)]


@pytest.mark.parametrize("name", ["class-trainer", "loader-workers", "flat-scripts"])
def test_a_change_is_linked_as_from_scratch(name: str) -> None:
    sample = project(name)
    assert check_edits(sample, chosen(7, 200)) > 50, "the test never exercised what it is about"


@long
@pytest.mark.parametrize("sample", projects(), ids=str)
def test_many_changes_are_linked_as_from_scratch(sample: Sample) -> None:
    check_edits(sample, chosen(len(sample.name), 400))


@settings(generated, max_examples=25)
@given(samples(), st.lists(st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 10**6)), min_size=1, max_size=8))
def test_a_change_of_generated_files_is_linked_as_from_scratch(sample: Sample, edits: list[tuple[str, int]]) -> None:
    check_edits(sample, edits)


def outputs(folder: Path, seed: str) -> dict[str, bytes]:
    """What the command prints as JSON for each project, under one hash seed."""
    package = str(Path(reprolint.__file__).resolve().parent.parent)
    environment = {
        **os.environ,
        "PYTHONPATH": package,
        "PYTHONHASHSEED": seed,
        "REPROLINT_CACHE_DIR": str(folder / seed),
    }
    result = {}
    for sample in projects():
        command = [sys.executable, "-P", "-m", "reprolint", "--output-format", "json", "."]
        done = subprocess.run(command, cwd=folder / sample.name, env=environment, capture_output=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        result[sample.name] = done.stdout
    return result


def test_two_hash_seeds_give_the_same_bytes(tmp_path: Path) -> None:
    for sample in projects():
        shutil.copytree(FOLDER / sample.name, tmp_path / sample.name, ignore=shutil.ignore_patterns("__pycache__"))
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda seed: outputs(tmp_path, seed), ("0", "1"))
    assert first == second
    assert sum(b"RPL1" in printed for printed in first.values()) > 5
