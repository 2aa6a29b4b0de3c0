"""Lock files, read by pattern: they are long, and reading them whole is slow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from reprolint.pins.statement import Statement, normal

_TOML = re.compile(r'^\[\[packages?\]\]\nname = "([^"]+)"\nversion = "([^"]+)', re.MULTILINE)
_YAML = re.compile(r"^ *- name: (\S+)\n +version: ['\"]?([^'\"\s]+)", re.MULTILINE)
_PIXI = re.compile(
    r"^- (?:conda: \S*/([^/\s]+)-([^-/\s]+)-[^-/\s]+\.(?:conda|tar\.bz2)"
    r"|(?:pypi: \S+|kind: \w+)\n  name: (\S+)\n  version: ['\"]?([^'\"\s]+))$",
    re.MULTILINE,
)


def locked(name: str, text: str) -> Iterator[Statement]:
    """The versions that a lock file fixes; several of one package are alternatives for several platforms."""
    if name == "Pipfile.lock":
        for section in ("default", "develop"):
            for package, entry in json.loads(text).get(section, {}).items():
                if isinstance(entry, dict) and isinstance(entry.get("version"), str):
                    yield _pin(package, entry["version"].lstrip("="), name)
        return
    pattern = _YAML if name == "conda-lock.yml" else _PIXI if name == "pixi.lock" else _TOML
    for match in pattern.finditer(text):
        package, version = (item for item in match.groups() if item is not None)
        yield _pin(package, version, name)


def _pin(package: str, version: str, name: str) -> Statement:
    return Statement(normal(package), version.partition("+")[0], name, doubtful=True)
