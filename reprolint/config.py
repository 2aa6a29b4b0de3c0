"""What a project asks for: `[tool.reprolint]` of pyproject.toml or reprolint.toml, with flags laid over it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from reprolint.core.diagnostic import PROFILES, SEVERITIES
from reprolint.core.version import VersionError, parse

DEVICES = ("any", "cpu", "cuda")
FORMATS = ("full", "concise", "json", "sarif")
FILENAMES = (".reprolint.toml", "reprolint.toml", "pyproject.toml")


class ConfigError(Exception):
    """A configuration that cannot be used; the message names file, key, cause and remedy."""


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of one project. `folder` is where relative names in it start, `source` the file they were read from.

    An empty `select` means the rules of the profile. `entries` are `path` or `path:function`, `versions` pairs of
    library and version or range of versions, `targets` those of the command line, which win over `versions`.
    """

    folder: Path | None = None
    source: Path | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    profile: str = "deterministic"
    fail_on: str = "warning"
    entries: tuple[str, ...] = ()
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    device: str = "any"
    versions: tuple[tuple[str, str], ...] = ()
    extend_rules: tuple[str, ...] = ()
    extend_knowledge: tuple[str, ...] = ()
    output_format: str = "full"
    targets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says; None means: as configured."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] | None = None
    profile: str | None = None
    fail_on: str | None = None
    entries: tuple[str, ...] | None = None
    device: str | None = None
    output_format: str | None = None
    targets: tuple[tuple[str, str], ...] | None = None


def nearest(word: str, known: tuple[str, ...]) -> str:
    """The known word that was probably meant, as the end of a message; the list of them when it is short."""
    import difflib

    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean `{close[0]}`?"
    return f"; known: {', '.join(known)}" if len(known) <= 16 else ""


def find(start: Path) -> Path | None:
    """The nearest configuration file in `start` or a folder above it."""
    for folder in (start, *start.parents):
        for name in FILENAMES:
            path = folder / name
            if path.is_file() and (name != "pyproject.toml" or _table(path) is not None):
                return path
    return None


def load(path: Path) -> Config:
    """Read a configuration file; raise `ConfigError` for whatever does not fit."""
    if not path.is_file():
        raise ConfigError(f"{path}: there is no such configuration file; check the value of --config")
    table = _table(path)
    if table is None:
        raise ConfigError(f"{path}: has no table [tool.reprolint]; add it, or name another file with --config")
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _READERS:
            raise ConfigError(f"{path}: unknown key `{key}`{nearest(key, tuple(_READERS))}")
        try:
            values[key.replace("-", "_")] = _READERS[key](value)
        except ValueError as error:
            raise ConfigError(f"{path}: `{key}`: {error}") from None
    return Config(folder=path.parent, source=path, **values)


def overlay(config: Config, over: Overrides) -> Config:
    """Lay flags over a configuration: `--select` starts anew, `--ignore` and `--extend-select` add."""
    given = {item.name: getattr(over, item.name) for item in fields(over)}
    changes = {name: value for name, value in given.items() if value is not None}
    if over.select is None:
        changes["ignore"] = config.ignore + (over.ignore or ())
        changes["extend_select"] = config.extend_select + (over.extend_select or ())
    else:
        changes["ignore"], changes["extend_select"] = over.ignore or (), over.extend_select or ()
    changes["entries"] = config.entries + (over.entries or ())
    return replace(config, **changes)


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file; raise `ConfigError` when it is none."""
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None


def _table(path: Path) -> dict[str, Any] | None:
    if path.name != "pyproject.toml":
        return read_toml(path)
    try:
        if b"reprolint" not in path.read_bytes():
            return None  # a broken pyproject.toml that does not concern us must not stop us
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    tool = read_toml(path).get("tool", {})
    table = tool.get("reprolint") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{path}: `tool.reprolint` is not a table")
    return table


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError('expected a list of strings, such as ["..."]')
    return tuple(value)


def _one_of(allowed: tuple[str, ...]) -> Callable[[object], str]:
    def check(value: object) -> str:
        if value not in allowed:
            raise ValueError(f"`{value}` is not allowed{nearest(str(value), allowed)}")
        return str(value)

    return check


def _ignores(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise ValueError('expected a table of glob and rules, such as {"tests/**" = ["RPL1"]}')
    return tuple((glob, _strings(rules)) for glob, rules in sorted(value.items()))


def _versions(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError('expected a table of library and version, such as {torch = "2.9"}')
    for name, text in value.items():
        try:
            parse(text)
        except VersionError as error:
            raise ValueError(f"`{name}`: {error}") from None
    return tuple(sorted(value.items()))


def target(text: str) -> tuple[str, str]:
    """A library and its version as `--target` takes them: `torch=2.4`, `torch>=2.3,<2.6`; raise `ConfigError`."""
    match = re.fullmatch(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:=(?!=)|(?=[<>=!~]))(.+)", text)
    if match is None:
        raise ConfigError(f"--target: `{text}` names no library and version; write LIB=VERSION, such as torch=2.4")
    try:
        parse(match[2])
    except VersionError as error:
        raise ConfigError(f"--target: `{match[1]}`: {error}") from None
    return match[1], match[2].strip()


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "select": _strings,
    "ignore": _strings,
    "extend-select": _strings,
    "per-file-ignores": _ignores,
    "profile": _one_of(PROFILES),
    "fail-on": _one_of(SEVERITIES),
    "entries": _strings,
    "exclude": _strings,
    "extend-exclude": _strings,
    "device": _one_of(DEVICES),
    "versions": _versions,
    "extend-rules": _strings,
    "extend-knowledge": _strings,
    "output-format": _one_of(FORMATS),
}
