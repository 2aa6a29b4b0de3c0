"""Paths of a launch file, relative to the folder that it lies in."""

from __future__ import annotations

import posixpath

from reprolint.launch.state import HERE, SEVERAL, UNKNOWN

LONGEST = 1_000
Mounts = tuple[tuple[str, str], ...]  # an absolute path in a container, and the folder that it shows


def enter(folder: str, path: str) -> str:
    """The working directory after `cd path`; `?` where it cannot be told."""
    if UNKNOWN in path or SEVERAL in path or path.startswith("-") or len(folder) > LONGEST:
        return "?"
    if path.startswith(HERE):
        return _normal(path[1:].lstrip("/"))
    if path.startswith("/"):
        return posixpath.normpath(path)
    return "?" if folder == "?" else _normal(posixpath.join(folder, path))


def absolute(folder: str) -> str:
    """A working directory as `pwd` prints it."""
    if folder == "?":
        return UNKNOWN
    if folder.startswith("/"):
        return folder
    return f"{HERE}/{folder}" if folder else HERE


def relative(path: str, mounts: Mounts) -> str:
    """An absolute path of a container as one relative to the file; `?` where it lies elsewhere."""
    if not path.startswith("/"):
        return path
    for target, folder in sorted(mounts, key=lambda item: -len(item[0])):
        inside = posixpath.relpath(path, target)
        if inside != ".." and not inside.startswith("../"):
            return _normal(posixpath.join(folder, inside))
    return "?"


def script(path: str, folder: str, mounts: Mounts) -> str:
    """The path of a script from a working directory, both as the shell has them."""
    if path.startswith("/"):
        found = relative(path, mounts)
        if found != "?":
            path = f"{HERE}/{found}"
    if path.startswith(HERE):
        base = relative(folder, mounts)
        target = _normal(path[1:].lstrip("/"))
        path = target if base == "?" else posixpath.relpath(target or ".", base or ".")
    return path.replace(UNKNOWN, "?").replace(SEVERAL, "?").replace(HERE, "?")


def _normal(path: str) -> str:
    result = posixpath.normpath(path) if path else ""
    return "" if result == "." else result
