"""Programs held in memory: the projects and the cases of several files under `fixtures/`, linked and put into words.

Findings are compared in two ways: `words` says everything, `shapes` leaves out line numbers and says the text of the
line instead, so that findings may move with the code around them.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from markdown import cases

from reprolint.catalog.effects import Effects, effects
from reprolint.catalog.load import Catalog, load, rules_folder
from reprolint.catalog.vocabulary import Vocabulary, vocabulary
from reprolint.checks.describe import describe
from reprolint.checks.run import run_rules
from reprolint.core.diagnostic import Diagnostic
from reprolint.core.place import Place
from reprolint.core.source import Source
from reprolint.facts.read import read
from reprolint.facts.record import Facts
from reprolint.program.link import Program, Settings, link

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "projects"
CONSOLE = {"console-script": ("wordclass/cli.py:cli",), "src-layout": ("src/leafnet/app.py:main",)}
COMPARED = ("uses", "sets", "late", "disabled", "undone", "repeats", "disturbed", "end")

Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """A program to try properties on."""

    name: str
    files: Files
    settings: Settings

    def __str__(self) -> str:
        return self.name


def project(name: str) -> Sample:
    """The Python files of one of `fixtures/projects/`."""
    folder = FOLDER / name
    files = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.py"))}
    return Sample(name, files, Settings(entries=CONSOLE.get(name, ())))


@cache
def projects() -> tuple[Sample, ...]:
    """All of `fixtures/projects/`."""
    return tuple(project(path.name) for path in sorted(FOLDER.iterdir()) if path.is_dir())


@cache
def several() -> tuple[Sample, ...]:
    """The cases of `fixtures/rules/` that have more than one Python file."""
    found = []
    for case in cases():
        files = {name: text for name, text in case.files.items() if name.endswith(".py")}
        if len(files) > 1 and "invalid-syntax" not in case.rules:
            values = tomllib.loads(case.settings)
            settings = Settings(
                tuple(values.get("entries", ())), values.get("versions", {}), values.get("device", "any")
            )  # fmt: skip
            found.append(Sample(f"{case.source}: {case.heading}", files, settings))
    return tuple(found)


@cache
def catalog() -> Catalog:
    """The rules and the knowledge that come with the package."""
    return load([rules_folder()])


@cache
def tables(versions: tuple[tuple[str, str], ...] = ()) -> tuple[Effects, Vocabulary]:
    """What libraries do, at some versions, and the words that reading looks for."""
    return effects(catalog().knowledge, dict(versions)), vocabulary(catalog().knowledge)


@cache
def facts(path: str, text: str) -> Facts:
    """The facts of one file; most files of a program stay as they are from one look to the next."""
    data = text.encode()
    return read(Source(path, data), hashlib.sha256(data).hexdigest(), tables()[1])


def linked(files: Files, settings: Settings | None = None, previous: Program | None = None) -> Program:
    """A program of these files, in the order given."""
    chosen = settings or Settings()
    known, words = tables(tuple(sorted(chosen.versions.items())))
    return link([facts(path, text) for path, text in files.items()], known, words, chosen, previous)


def diagnostics(program: Program) -> list[Diagnostic]:
    """What all rules find, without fixes."""
    found = run_rules(catalog().rules, program)
    return describe(found, [None] * len(found), catalog())


def words(program: Program) -> list[str]:
    """What is found, with every place."""
    return [repr(item) for item in diagnostics(program)]


def lint(files: Files, settings: Settings | None = None) -> list[Diagnostic]:
    """Link files and run all rules."""
    return diagnostics(linked(files, settings))


def shapes(found: Iterable[Diagnostic], files: Files) -> list[str]:
    """What is found, in any order, with the text of lines in place of their numbers."""
    lines = {path: text.splitlines() for path, text in files.items()}

    def spot(place: Place) -> str:
        row, listed = place.span.row, lines[place.filename]
        text = listed[row - 1].strip() if row <= len(listed) else ""
        return f"{place.filename}: {text} (column {place.span.column})"

    def said(message: str) -> str:
        return re.sub(r"\bline \d+", "a line", message)

    return sorted(
        f"{item.code} {item.severity} {item.confidence} {said(item.message)} [{item.entry}] at {spot(item.place)}"
        + "".join(f"\n    {spot(other.place)}: {said(other.message)}" for other in item.related)
        for item in found
    )


def agree_courses(got: Program, expected: Program, note: str = "") -> None:
    """Fail unless the entries of two programs do the same."""
    if _courses(got) != _courses(expected):
        agree(happenings(got), happenings(expected), note)


def _courses(program: Program) -> list[tuple[object, ...]]:
    return [(course.entry, *(getattr(course, name) for name in COMPARED)) for course in program.courses]


def happenings(program: Program) -> list[str]:
    """All that the entries of a program do, one line for each use, definition and so on, for comparison."""
    lines = []
    for course in program.courses:
        for name in COMPARED:
            value = getattr(course, name)
            parts = value if isinstance(value, tuple) else sorted(value.items())
            lines += [f"{course.entry.label} {name}: {_steady(part)}" for part in parts]
    return lines


def _steady(value: object) -> str:
    """A text of a value that does not depend on the order of sets."""
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(map(_steady, value))) + "}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_steady(item)}" for key, item in sorted(value.items())) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_steady, value)) + ")"
    names = getattr(type(value), "__dataclass_fields__", None)
    if names is None:
        return repr(value)
    return type(value).__name__ + "(" + ", ".join(f"{name}={_steady(getattr(value, name))}" for name in names) + ")"


def agree(got: Iterable[object], expected: Iterable[object], note: str = "") -> None:
    """Fail with what is too much and what is missing; pytest would take minutes to say it."""
    left, right = [str(item) for item in got], [str(item) for item in expected]
    if left != right:
        lines = [f"too much: {item}" for item in left if item not in right]
        lines += [f"missing: {item}" for item in right if item not in left]
        pytest.fail("\n".join((*(lines or ["in another order"]), note)), pytrace=False)
