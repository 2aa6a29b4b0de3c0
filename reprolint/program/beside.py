"""What lies beside the code and decides what it does: configuration files, and the commands that start scripts."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from reprolint.core.place import Place
from reprolint.core.value import OPAQUE, Const, Unknown, Value, either
from reprolint.document import Composed, Document, alone, compose
from reprolint.launch.record import Command, Launch
from reprolint.program.state import INITIAL, Definition, Reach

HYDRA = "hydra:"
_CONFIGURED = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Start:
    """One command that starts a file of the project, and where it is written."""

    path: str
    command: Command
    place: Place


@dataclass(frozen=True, slots=True)
class Beside:
    """The configuration files by name, and the commands that start files of the project."""

    documents: Mapping[str, Document] = field(default_factory=dict)
    starts: tuple[Start, ...] = ()

    def document(self, name: str, module: str) -> Composed | None:
        """The configuration that the file `module` reads under a name; None when it is not there."""
        if name.startswith(HYDRA):
            folder, _, main = name.removeprefix(HYDRA).rpartition("/")
            folder = _folder(module, folder)
            start = f"{folder}/" if folder else ""
            inside = {path: item for path, item in self.documents.items() if path.startswith(start)}
            return compose(inside, folder, main) if inside else None
        for base in _upwards(posixpath.dirname(module)):
            found = self.documents.get(posixpath.normpath(posixpath.join(base, name)))
            if found is not None:
                return alone(found) if not found.problem else None
        return None

    def environment(self, path: str, variables: Iterable[str]) -> dict[str, Reach]:
        """What the commands that start a file have set variables to, by cell."""
        commands = [item for item in self.starts if item.path == path]
        result: dict[str, Reach] = {}
        for name in variables if commands else ():
            cell, reach = f"variable:{name}", set[Definition]()
            for start in commands:
                setting = next((item for item in start.command.environment if item.name == name), None)
                if setting is not None:
                    value = OPAQUE if setting.value is None else Const(setting.value)
                    reach.add(Definition(cell, value, Place(start.place.filename, setting.place), name))
                if setting is None or not setting.certain:
                    reach.add(INITIAL)
            if reach != {INITIAL}:
                result[cell] = frozenset(reach)
        return result

    def options(self, path: str) -> dict[str, Value]:
        """The options that the commands which start a file give it; unknown where not all give the same."""
        commands = [item.command for item in self.starts if item.path == path]
        given = [_options(command.arguments) for command in commands]
        names = dict.fromkeys(name for options in given for name in options)
        always = {name for name in names if all(name in options for options in given)}
        unknown = Unknown("given by some commands only")
        return {
            name: either(options[name] for options in given if name in options) if name in always else unknown
            for name in names
        }


def _options(arguments: tuple[str, ...]) -> dict[str, Value]:
    """`--name value`, `--name=value`, `--flag`, and `name=value` as Hydra takes it."""
    result: dict[str, Value] = {}
    for number, word in enumerate(arguments):
        name, equals, text = word.partition("=")
        following = arguments[number + 1] if number + 1 < len(arguments) else "--"
        if equals and name.lstrip("-").replace(".", "_").replace("-", "_").isidentifier():
            result[_named(name)] = _value(text)
        elif name.startswith("--") and len(name) > 2:
            flag = following.startswith("--") or following == "--"
            result[_named(name)] = Const(True) if flag else _value(following)
    return result


def _named(word: str) -> str:
    return word.lstrip("-").replace("-", "_")


def _value(text: str) -> Value:
    if "?" in text:
        return Unknown("a command line that reading cannot tell")
    for kind in (int, float):
        try:
            return Const(kind(text))
        except ValueError:
            continue
    return Const({"null": None, "None": None, "true": True, "false": False}.get(text, text))


def starts(launches: Mapping[str, Launch], files: Collection[str]) -> tuple[Start, ...]:
    """The commands that start files of the project."""
    result = []
    for path in sorted(launches):
        for command in launches[path].commands:
            target = _target(command, posixpath.dirname(path), files)
            if target is not None:
                result.append(Start(target, command, Place(path, command.place)))
    return tuple(result)


def _target(command: Command, folder: str, files: Collection[str]) -> str | None:
    if command.script.startswith("?/"):
        found = [path for path in files if path.endswith(command.script[1:]) or path == command.script[2:]]
        return found[0] if len(found) == 1 else None
    stems = [command.script] if command.script else []
    if command.module:
        stem = command.module.replace(".", "/")
        stems = [f"{stem}.py", f"{stem}/__main__.py", f"src/{stem}.py", f"src/{stem}/__main__.py"]
    inner = "" if command.folder == "?" else command.folder
    for base in _upwards(folder):
        for stem in stems:
            for parts in ((base, inner, stem), (base, stem)):
                path = posixpath.normpath(posixpath.join(*parts))
                if path in files:
                    return path
    return None


def _folder(module: str, relative: str) -> str:
    """A folder relative to that of a file, from the root of the project; the root itself is empty."""
    folder = posixpath.normpath(posixpath.join(posixpath.dirname(module), relative))
    return "" if folder == "." else folder


def _upwards(folder: str) -> list[str]:
    """A folder and those above it, the root of the project last."""
    result = [folder]
    while folder and folder != "/":
        folder = posixpath.dirname(folder)
        result.append(folder)
    return result


def wanted(names: Iterable[tuple[str, str]], beside: Collection[str]) -> frozenset[str]:
    """The files that hold the configurations which code reads: pairs of the reading file and the name."""
    found: set[str] = set()
    for module, name in names:
        if name.startswith(HYDRA):
            folder = _folder(module, name.removeprefix(HYDRA).rpartition("/")[0])
            start = f"{folder}/" if folder else ""
            found.update(item for item in beside if item.startswith(start) and item.endswith(_CONFIGURED))
        else:
            places = (posixpath.join(base, name) for base in _upwards(posixpath.dirname(module)))
            found.update(item for item in map(posixpath.normpath, places) if item in beside)
    return frozenset(found)
