"""Where a project begins, which console scripts its own files name, and what it adds to rules and knowledge."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reprolint.config import Config, ConfigError, nearest, read_toml

MOST_NEIGHBOURS = 2000


@dataclass(frozen=True, slots=True)
class Project:
    """Where things are, absolute. `root` is what names in reports start from; `given` the paths to report on;
    `context` the folders that are read besides, so that calls can be followed; `repository` has a `.git`."""

    root: str
    given: tuple[str, ...]
    context: tuple[str, ...]
    repository: str | None


@dataclass(frozen=True, slots=True)
class Extension:
    """Files of rules and of knowledge that a project adds to the shipped ones; `base` is where their names start."""

    base: Path
    rules: tuple[Path, ...] = ()
    knowledge: tuple[Path, ...] = ()

    def label(self, path: Path) -> str:
        """How messages call a file."""
        return path.relative_to(self.base).as_posix() if path.is_relative_to(self.base) else str(path)


def resolve(path: str, directory: str) -> str:
    """The absolute path, without links in its folders; the last part of a file's path stays as the user wrote it."""
    full = os.path.join(directory, os.path.expanduser(path))
    if os.path.isdir(full):
        return os.path.realpath(full)
    head, tail = os.path.split(os.path.abspath(full))
    return os.path.join(os.path.realpath(head), tail)


def start_of(given: Iterable[str]) -> Path:
    """The folder that all given paths lie in: where the search for a configuration begins."""
    folders = sorted(path if os.path.isdir(path) else os.path.dirname(path) for path in given)
    return Path(os.path.commonpath(folders))


def locate(given: tuple[str, ...], config: Config) -> Project:
    """Find the root: the folder of the configuration, else of the repository, else what the paths have in common."""
    start = start_of(given)
    repository = next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), None)
    kept = str(repository) if repository is not None else None
    base = config.folder if config.folder is not None else repository
    if base is not None:
        root = os.path.realpath(base)
        return Project(root, given, (root,), kept)
    # Without a project around them, the folders of single files may be anything (a home, a temporary folder).
    folders = {os.path.dirname(path) for path in given if not os.path.isdir(path)}
    return Project(str(start), given, tuple(sorted(folder for folder in folders if _is_small(folder))), None)


def _is_small(folder: str) -> bool:
    count = 0
    for here, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith("."))
        count += len(files) + len(names)
        if count > MOST_NEIGHBOURS or os.path.dirname(here) == here:
            return False
    return True


def entries(config: Config, root: str, directory: str) -> tuple[str, ...]:
    """Configured entries and console scripts, relative to the root; raise `ConfigError` for one that is not there."""
    result = [_entry(item, config, root, directory) for item in config.entries]
    result += _console_scripts(Path(root))
    return tuple(dict.fromkeys(result))


def _entry(text: str, config: Config, root: str, directory: str) -> str:
    path, _, function = text.partition(":")
    for base in (directory, str(config.folder or root), root):
        full = resolve(path, base)
        if os.path.isfile(full) and full.startswith(root.rstrip(os.sep) + os.sep):
            name = os.path.relpath(full, root).replace(os.sep, "/")
            return f"{name}:{function}" if function else name
    where = f"{config.source}: `entries`" if config.source and text in config.entries else "--entry"
    raise ConfigError(f"{where}: `{text}` names no file below {root}; write it as path/to/file.py or file.py:function")


def _console_scripts(root: Path) -> Iterator[str]:
    project = _pyproject(root).get("project", {})
    scripts = project.get("scripts", {}) if isinstance(project, dict) else {}
    for target in sorted(str(value) for value in scripts.values()) if isinstance(scripts, dict) else ():
        module, _, function = target.partition("[")[0].strip().partition(":")
        stem = module.strip().replace(".", "/")
        for name in (f"{stem}.py", f"src/{stem}.py", f"{stem}/__init__.py", f"src/{stem}/__init__.py"):
            if function and (root / name).is_file():
                yield f"{name}:{function.strip()}"
                break


def _pyproject(root: Path) -> Mapping[str, Any]:
    path = root / "pyproject.toml"
    if not path.is_file():
        return {}
    try:
        return read_toml(path)
    except ConfigError:
        return {}  # only what concerns us is our business


def extension(config: Config) -> Extension:
    """The files that `extend-rules` and `extend-knowledge` name; raise `ConfigError` for a path that is not there."""
    base = (config.folder or Path.cwd()).resolve()
    rules: list[Path] = []
    knowledge: list[Path] = []
    for name in config.extend_rules:
        if not (base / name).is_dir():
            raise _missing(config, "extend-rules", "folder", base / name, name)
        for path in _yaml(base / name):
            (knowledge if path.parent.name == "knowledge" else rules).append(path)
    for name in config.extend_knowledge:
        if not (base / name).exists():
            raise _missing(config, "extend-knowledge", "file or folder", base / name, name)
        knowledge += _yaml(base / name) if (base / name).is_dir() else [base / name]
    return Extension(base, tuple(rules), tuple(dict.fromkeys(knowledge)))


def _yaml(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file())


def _missing(config: Config, key: str, kind: str, path: Path, name: str) -> ConfigError:
    siblings = tuple(sorted(item.name for item in path.parent.glob("*") if kind != "folder" or item.is_dir()))
    hint = nearest(path.name, siblings) if siblings else ""
    return ConfigError(f"{config.source}: `{key}`: there is no {kind} `{name}`{hint}")
