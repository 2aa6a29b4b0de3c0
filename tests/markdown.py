"""Cases written as Markdown: a `##` heading is a test, a code block is a file, comments in it are the expectations.

    ```py pkg/data.py                a file; without a name `main.py`
    ```py fixed pkg/data.py          the same file after all fixes
    ```toml reprolint                settings: `device`, `entries`, `[versions]`

A comment at the end of a line, or on lines of its own above it, says what is reported there:

    # warning: [rule-name] "part of the message"; advice: [other-rule]
    # related: "part of the message of a related place"

Comments are taken out before the code is read, so that `fixed` blocks need not repeat them.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import cast

from reprolint.app.analysis import Analysis, analyse
from reprolint.app.beside import gather
from reprolint.app.reading import Reading
from reprolint.app.session import Session
from reprolint.catalog.library import frameworks
from reprolint.catalog.load import Catalog, load, rules_folder
from reprolint.catalog.schema import Rule
from reprolint.catalog.vocabulary import Vocabulary, vocabulary
from reprolint.config import Config
from reprolint.core.diagnostic import Diagnostic
from reprolint.core.source import Source
from reprolint.discover import SUFFIXES
from reprolint.facts.read import read
from reprolint.fixes.apply import apply
from reprolint.pins.loose import loose
from reprolint.pins.source import names_versions
from reprolint.program.link import Settings

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "rules"
OPEN = " (open)"
MOST_ROUNDS = 20
_WORD = "error|warning|advice|related"
_COMMENT = re.compile(rf"\s*(?:#|//)\s*(?=(?:{_WORD}):)(.*)$")
_ITEM = re.compile(rf'\s*(?:({_WORD}):)?\s*(?:\[([\w-]+)\])?\s*(?:"([^"]*)")?\s*(?:;|$)')
_MARK = re.compile(r"#\s*(error|warning|advice)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one comment asks for at one line; `kind` is a severity or `related`."""

    filename: str
    row: int
    kind: str
    rule: str
    part: str

    def __str__(self) -> str:
        rule = f" [{self.rule}]" if self.rule else ""
        part = f' "{self.part}"' if self.part else ""
        return f"{self.filename}:{self.row}: no {self.kind}{rule}{part}"


@dataclass(frozen=True, slots=True)
class Case:
    """One heading with the files below it. `source` and `row` say where it is written."""

    heading: str
    source: str = ""
    row: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[Expectation, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    settings: str = ""

    @property
    def open(self) -> bool:
        """Whether the heading says that the case does not hold yet."""
        return self.heading.endswith(OPEN)

    @property
    def rules(self) -> frozenset[str]:
        """The rules that the case expects to fire."""
        return frozenset(item.rule for item in self.expected if item.kind != "related")

    def with_block(self, info: str, lines: list[str]) -> Case:
        """The case with one more code block; a block that is neither Python nor named is an illustration."""
        language, *words = info.split()
        if language == "toml" and words == ["reprolint"]:
            return replace(self, settings="\n".join(lines))
        names = [word for word in words if word != "fixed"]
        if not names and language != "py":
            return self
        name = names[0] if names else "main.py"
        if "fixed" in words:
            return replace(self, fixed={**self.fixed, name: _text(lines)})
        kept, expected = _expectations(name, lines)
        return replace(self, files={**self.files, name: _text(kept)}, expected=(*self.expected, *expected))


def parse(text: str, source: str) -> Iterator[Case]:
    """The cases of a Markdown file, in order; a heading without a file is prose."""
    case: Case | None = None
    block: list[str] | None = None
    info = ""
    for row, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            if block is not None and case is not None:
                case = case.with_block(info, block)
            block, info = ([], line[3:]) if block is None else (None, "")
        elif block is not None:
            block.append(line)
        elif line.startswith("## "):
            if case is not None and case.files:
                yield case
            case = Case(line[3:].strip(), source, row)
    if block is not None:
        raise ValueError(f"{source}: a code block is not closed")
    if case is not None and case.files:
        yield case


def cases() -> list[Case]:
    """All cases of `fixtures/rules/`."""
    paths = sorted(FIXTURES.glob("*.md"))
    return [case for path in paths for case in parse(path.read_text(encoding="utf-8"), path.name)]


def example(rule: Rule, name: str) -> Case:
    """The example of a rule as a case; lines that end in `# warning` and the like are those it flags."""
    code = rule.examples.good if name == "good" else rule.examples.bad
    marked = _MARK.sub(lambda match: f"# {match[1]}: [{rule.name}]", code)
    kept, expected = _expectations("main.py", marked.splitlines())
    fixed = {"main.py": _text(rule.examples.fixed.splitlines())} if rule.examples.fixed else {}
    versions = "".join(f"{library} = '{version}'\n" for library, version in rule.examples.versions.items())
    return Case(name, rule.name, 0, {"main.py": _text(kept)}, tuple(expected), fixed, f"[versions]\n{versions}")


def lint(files: Mapping[str, str], settings: str = "") -> list[Diagnostic]:
    """Run all rules over files held in memory."""
    session = _Memory(_settings(settings, files))
    return list(_analysis(files, session).diagnostics(cast(Session, session)))


def repair(files: Mapping[str, str], settings: str = "") -> dict[str, str]:
    """The files after all fixes that may be applied, safe or not."""
    session, texts = _Memory(_settings(settings, files)), dict(files)
    for _ in range(MOST_ROUNDS):
        applied = apply(_analysis(texts, session).fixes, lambda name: texts[name].encode(), unsafe=True)
        if not applied.files:
            return texts
        texts.update({name: data.decode() for name, data in applied.files.items()})
    raise AssertionError(f"fixing does not come to an end; after {MOST_ROUNDS} rounds:\n" + "\n".join(texts.values()))


def problems(diagnostics: Iterable[Diagnostic], expected: Iterable[Expectation]) -> list[str]:
    """Where diagnostics and expectations differ, as lines for people."""
    left = list(diagnostics)
    related = [item for diagnostic in left for item in diagnostic.related]
    result = []
    for wanted in expected:
        if wanted.kind == "related":
            places = [
                item for item in related if (item.place.filename, item.place.span.row) == (wanted.filename, wanted.row)
            ]
            if not any(wanted.part in item.message for item in places):
                result.append(str(wanted) + "".join(f"\n    but: {item.message}" for item in places))
            continue
        match = next((item for item in left if _meets(item, wanted)), None)
        if match is None:
            result.append(str(wanted))
        else:
            left.remove(match)
    return result + [f"not expected: {line}" for line in show(left)]


def show(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """One line a diagnostic, one more for each related place."""
    lines = []
    for item in diagnostics:
        span = item.place.span
        lines.append(f"{item.place.filename}:{span.row}:{span.column}: {item.severity} [{item.name}] {item.message}")
        lines += [f"    {other.place.filename}:{other.place.span.row}: {other.message}" for other in item.related]
    return lines


def with_fixed(text: str, heading: str, fixed: Mapping[str, str]) -> str:
    """The Markdown with the `fixed` blocks below a heading replaced."""
    result: list[str] = []
    here, inside = False, ""
    for line in text.splitlines():
        if line.startswith("## "):
            here = line[3:].strip() == heading
        if inside and line.startswith("```"):
            result += fixed[inside].splitlines()
            inside = ""
        elif inside:
            continue
        elif here and line.startswith("```py fixed"):
            inside = line.removeprefix("```py fixed").strip() or "main.py"
        result.append(line)
    return _text(result)


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _expectations(name: str, lines: list[str]) -> tuple[list[str], list[Expectation]]:
    """The lines without expectation comments, and what these expect, by the row it then stands in."""
    kept: list[str] = []
    found: list[Expectation] = []
    for line in lines:
        match = _COMMENT.search(line)
        if match is None:
            kept.append(line)
            continue
        rest = line[: match.start()]
        found += _items(name, len(kept) + 1, match[1])
        if rest.strip():
            kept.append(rest)
    return kept, found


def _items(name: str, row: int, text: str) -> Iterator[Expectation]:
    kind, position = "", 0
    while position < len(text):
        match = _ITEM.match(text, position)
        if match is None or match.end() == position:
            raise ValueError(f"{name}:{row}: cannot read the expectation `{text[position:]}`")
        kind, position = match[1] or kind, match.end()
        yield Expectation(name, row, kind, match[2] or "", match[3] or "")


def _meets(diagnostic: Diagnostic, wanted: Expectation) -> bool:
    return (
        diagnostic.place.filename == wanted.filename
        and diagnostic.place.span.row == wanted.row
        and diagnostic.severity == wanted.kind
        and diagnostic.name == wanted.rule
        and wanted.part in diagnostic.message
    )


@dataclass(frozen=True, slots=True)
class _Memory:
    """A session whose files lie in memory, with every rule on."""

    settings: Settings
    config: Config = field(default_factory=Config)

    @property
    def catalog(self) -> Catalog:
        return _catalog()

    @property
    def rules(self) -> tuple[Rule, ...]:
        return _catalog().rules

    @property
    def vocabulary(self) -> Vocabulary:
        return _vocabulary()

    def shows(self, filename: str) -> bool:
        return True


def _analysis(files: Mapping[str, str], session: _Memory) -> Analysis:
    code = {name: text for name, text in files.items() if name.endswith(SUFFIXES)}
    facts = {name: read(Source(name, text.encode()), "", session.vocabulary) for name, text in code.items()}
    around = gather(files.keys() - code.keys(), lambda name: files[name].encode(), facts)
    return analyse(cast(Session, session), Reading(facts, {}, (), (), around), lambda name: files[name].encode())


@cache
def _catalog() -> Catalog:
    return load([rules_folder()])


@cache
def _vocabulary() -> Vocabulary:
    return vocabulary(_catalog().knowledge)


def _settings(text: str, files: Mapping[str, str]) -> Settings:
    values = tomllib.loads(text)
    known = frameworks(_catalog().knowledge)
    return Settings(
        entries=tuple(values.get("entries", ())),
        versions=values.get("versions", {}),
        device=values.get("device", "any"),
        loose=loose({name: files[name] for name in files if names_versions(name)}, lambda name: known.get(name, "")),
    )


if __name__ == "__main__":
    for each in cases():
        sys.stdout.write("\n".join([f"# {each.source}: {each.heading}", *show(lint(each.files, each.settings))]) + "\n")
