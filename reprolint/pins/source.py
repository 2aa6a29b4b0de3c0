"""The files of a project that name versions."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock", "conda-lock.yml", "pixi.lock")
MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py")
_PATTERNS = ("requirements*.txt", "environment*.yml", "environment*.yaml", "Dockerfile", "Dockerfile.*")
_INCLUDE = re.compile(r"^\s*(?:-r|-c|--requirement|--constraint)(?:\s+|=|(?=[^\s-]))(.+?)\s*(?:\s#.*)?$", re.MULTILINE)


def sources(root: Path) -> dict[str, str]:
    """The text of every file at the root that may name versions, and of what requirements files include, by name."""
    waiting = list(_candidates(root))
    found: dict[str, str] = {}
    while waiting:
        name = waiting.pop(0)
        text = _read(root / name) if name not in found else None
        if text is not None:
            found[name] = text
            if name.endswith(".txt"):
                waiting += included(name, text)
    return found


def included(name: str, text: str) -> list[str]:
    """The requirements and constraints files that one of them names."""
    targets = (match[1].strip("'\"") for match in _INCLUDE.finditer(text))
    return [os.path.normpath(os.path.join(os.path.dirname(name), item)) for item in targets if "://" not in item]


def names_versions(name: str) -> bool:
    """Whether a file at the root may name versions of libraries."""
    return name in LOCKS or name in MANIFESTS or any(fnmatch(name, pattern) for pattern in _PATTERNS)


def _candidates(root: Path) -> Iterator[str]:
    try:
        names = sorted(entry.name for entry in os.scandir(root) if entry.is_file())
    except OSError:
        return
    yield from filter(names_versions, names)
    yield from sorted(f"requirements/{path.name}" for path in root.glob("requirements/*.txt"))


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace").replace("\r\n", "\n")
    except OSError:
        return None
