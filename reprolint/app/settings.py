"""Use case: which settings apply, and what was read from the project's own files."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from reprolint.app.options import Options
from reprolint.app.session import Session
from reprolint.catalog.library import versioned
from reprolint.config import Config


def settings(options: Options) -> dict[str, Any]:
    """Every setting by its key in a configuration file, after `root` and `file`."""
    session = Session(options)
    config = session.config
    result: dict[str, Any] = {"root": session.root, "file": str(config.source) if config.source else None}
    for item in fields(Config):
        if item.name not in ("folder", "source", "targets"):
            result[item.name.replace("_", "-")] = getattr(config, item.name)
    result["entries"] = list(session.entries)
    found = {pin.library: str(pin) for pin in session.pins}
    names = sorted(versioned(session.catalog.knowledge) | found.keys())
    result["versions"] = {name: found.get(name, "any") for name in names}
    result["per-file-ignores"] = {glob: list(rules) for glob, rules in config.per_file_ignores}
    return result
