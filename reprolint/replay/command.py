"""The user's command: can it be probed, where does it run, and how is it shown."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PYTHON = re.compile(r"(python|pypy)[\d.]*(\.exe)?$")
_SECRET_NAME = re.compile(r"(^|[-_.])(key|apikey|token|secret|password|passwd|pwd|credentials?|auth)$", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"(hf_|ghp_|gho_|github_pat_|glpat-|sk-|xox[abp]-|AKIA|ASIA|AIza)[A-Za-z0-9_\-]{8,}|://[^/\s:]+:[^@\s]+@"
)
_ISOLATING = {"I": "ignores the environment", "S": "skips site", "E": "ignores the environment"}
MASK = "***"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a command could not be run: a sentence, what it printed last, and what to do."""

    message: str
    remedy: str
    tail: str = ""


def check_command(command: Sequence[str], directory: Path) -> Problem | None:
    """Find what can be known to fail before anything is started."""
    if not command:
        return Problem("there is no command to replay", "write it after `--`: reprolint replay -- python train.py")
    if _executable(command[0], directory) is None:
        return Problem(f"`{command[0]}` was not found", "check the spelling, or activate the environment it lives in")
    if not _PYTHON.search(Path(command[0]).name):
        return None
    flag = isolating_flag(command[1:])
    if flag:
        why = _ISOLATING[flag]
        return Problem(
            f"`python -{flag}` {why}, so the probes cannot be loaded",
            f"leave -{flag} out for the replay; reprolint gives each run a fresh environment anyway",
        )
    script = _script(command[1:])
    if script is not None and not (directory / script).exists():
        remedy = "check the path; it is relative to the working directory"
        return Problem(f"`{script}` does not exist in {directory}", remedy)
    return None


def isolating_flag(arguments: Sequence[str]) -> str | None:
    """The first of -I, -S, -E among the interpreter's own options (`-sE`, `-Im` are bundles), or None."""
    skip = False
    for argument in arguments:
        if skip:
            skip = False
            continue
        if not argument.startswith("-") or argument in ("-", "--") or argument.startswith("--"):
            return None
        for letter in argument[1:]:
            if letter in _ISOLATING:
                return letter
            if letter in "cm":
                return None
            if letter in "WX":
                # The rest of the bundle, or the next argument, is the option's value.
                skip = argument.endswith(letter)
                break
    return None


def _script(arguments: Sequence[str]) -> str | None:
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in ("-W", "-X"):
            skip = True
        elif argument.startswith("-"):
            if argument == "-" or "c" in argument[1:] or "m" in argument[1:]:
                return None
        else:
            return argument
    return None


def place(command: Sequence[str], directory: Path, root: Path, copy: Path) -> tuple[str, ...]:
    """The command for a copy of `root` at `copy`: the program stays, absolute paths into the tree move with it.

    Relative paths that leave the tree are made absolute, for they would lead elsewhere from the copy.
    """
    program = _executable(command[0], directory) or command[0]
    moved = [_move(argument, directory, root, copy) for argument in command[1:]]
    return (program, *moved)


def _move(argument: str, directory: Path, root: Path, copy: Path) -> str:
    prefix, sign, value = argument.rpartition("=") if argument.startswith("-") else ("", "", argument)
    path = Path(value)
    if path.is_absolute():
        if path.is_relative_to(root):
            return f"{prefix}{sign}{copy / path.relative_to(root)}"
    elif ".." in path.parts and (directory / path).exists():
        resolved = (directory / path).resolve()
        if not resolved.is_relative_to(root):
            return f"{prefix}{sign}{resolved}"
    return argument


def _executable(name: str, directory: Path) -> str | None:
    if "/" in name or "\\" in name:
        path = directory / name
        # Not resolved: a virtual environment's interpreter is a link that must keep its place.
        return str(path.absolute()) if path.is_file() else None
    return shutil.which(name)


def mask(command: Sequence[str]) -> tuple[str, ...]:
    """The command as it may be stored: values that look like secrets are replaced."""
    shown: list[str] = []
    hide = False
    for argument in command:
        name, sign, _ = argument.partition("=")
        if hide and not argument.startswith("-"):
            shown.append(MASK)
        elif sign and _SECRET_NAME.search(name.lstrip("-")):
            shown.append(f"{name}={MASK}")
        else:
            shown.append(_SECRET_VALUE.sub(MASK, argument))
        hide = argument.startswith("-") and not sign and bool(_SECRET_NAME.search(argument.lstrip("-")))
    return tuple(shown)
