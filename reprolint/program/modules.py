"""Which file an import leads to."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reprolint.facts.record import Facts, Import

SUFFIXES = (".py", ".pyi", ".pyw")


@dataclass(frozen=True, slots=True)
class Modules:
    """The files of a program by path, and the folders that are packages or hold modules."""

    facts: Mapping[str, Facts]
    folders: frozenset[str]
    libraries: frozenset[str]
    endings: Mapping[str, tuple[str, ...]]

    def locate(self, name: str, importer: str) -> str | None:
        """The file (or folder, for a namespace package) that the module `name` means when `importer` imports it.

        Python's rules, without running anything: relative names start at the importer's package; absolute ones are
        searched in the folder of the script and then upwards, so that packages of a project and `src/` layouts are
        found wherever the project is started from. A library of the same name wins over a file inside a package.
        """
        level = len(name) - len(name.lstrip("."))
        folder = posixpath.dirname(importer)
        if level:
            for _ in range(level - 1):
                folder = posixpath.dirname(folder)
            rest = name[level:].replace(".", "/")
            return self.at(posixpath.join(folder, rest) if rest else folder)
        inside = f"{folder}/__init__.py" if folder else "__init__.py"
        shadowed = name.partition(".")[0] in self.libraries and inside in self.facts
        rest = name.replace(".", "/")
        itself = False
        for start in () if shadowed else self._upwards(folder):
            for extra in ("", "src"):
                found = self.at(posixpath.join(start, extra, rest))
                if found is not None and (found != importer or importer.endswith("/__init__.py")):
                    return found
                itself = itself or found is not None
        known = name.partition(".")[0] in self.libraries
        return importer if itself and not known else self._elsewhere(rest, importer, known=known)

    def overshadows(self, name: str) -> bool:
        """Whether the project has a package with the name of the library that a dotted name starts with."""
        root = name.partition(".")[0]
        return root in self.libraries and root in self.endings

    def _elsewhere(self, rest: str, importer: str, *, known: bool) -> str | None:
        """A file somewhere in the project that the name fits, as when a script puts its folder on `sys.path` itself.

        Only when the fit is unique. Where the package has the name of a library (`datasets`), a module in it must fit,
        in a folder that is itself no part of a package.
        """
        first, _, inner = rest.partition("/")
        folders = self.endings.get(first, ()) if inner or not known else ()
        found = {
            self.at(f"{folder}/{rest}" if folder else rest) for folder in folders
            if not known or f"{folder}/__init__.py" not in self.facts
        }  # fmt: skip
        stems = {path.removesuffix("/__init__.py"): path for path in found if path and path != importer}
        outer = [path for stem, path in stems.items() if not any(stem.startswith(f"{other}/") for other in stems)]
        return outer[0] if len(outer) == 1 else None  # of `utils` and its `utils/utils.py` the package

    def _upwards(self, folder: str) -> Iterable[str]:
        while folder:
            yield folder
            folder = posixpath.dirname(folder) if folder != "/" else ""
        yield ""

    def inside(self, folder: str) -> tuple[str, ...]:
        """The modules and packages that lie in a folder."""
        start = f"{folder.rstrip('/')}/" if folder else ""
        found = []
        for path in self.facts:
            rest = path.removeprefix(start)
            plain = path.startswith(start) and rest.removesuffix("/__init__.py").count("/") == 0
            if plain and rest != "__init__.py" and rest.endswith(".py"):
                found.append(path)
        return tuple(sorted(found))

    def at(self, stem: str) -> str | None:
        """The module file at a path without suffix: a module, a package, or a folder with modules in it."""
        stem = posixpath.normpath(stem) if stem else ""
        stem = "" if stem == "." else stem
        if not stem:
            return "__init__.py" if "__init__.py" in self.facts else ""
        for path in (f"{stem}/__init__.py", *(stem + suffix for suffix in SUFFIXES)):
            if path in self.facts:
                return path
        return stem if stem in self.folders else None


def index(facts: Iterable[Facts], libraries: frozenset[str]) -> Modules:
    """Index the files of a program."""
    by_path = {item.path: item for item in facts}
    folders: set[str] = set()
    for path in by_path:
        folder = posixpath.dirname(path)
        while folder and folder not in folders:
            folders.add(folder)
            folder = posixpath.dirname(folder)
    endings: dict[str, list[str]] = {}
    for path in (*by_path, *folders):
        folder, _, name = path.rpartition("/")
        stem = name.partition(".")[0]
        if folder not in endings.setdefault(stem, []):
            endings[stem].append(folder)
    return Modules(by_path, frozenset(folders), libraries, {name: tuple(found) for name, found in endings.items()})


def imported_files(step: Import, module: str, modules: Modules) -> tuple[str, ...]:
    """The project files that an import statement runs, in order."""
    level = len(step.module) - len(step.module.lstrip("."))
    parts = [part for part in step.module[level:].split(".") if part]
    names = ["." * level + ".".join(parts[: count + 1]) for count in range(len(parts))] or [step.module]
    found = [modules.locate(name, module) for name in names]
    if found[-1] is not None and (not found[-1].endswith(".py") or found[-1].endswith("__init__.py")):
        joint = "" if step.module.endswith(".") else "."
        found += [modules.locate(f"{step.module}{joint}{name}", module) for name in step.names if name != "*"]
    return tuple(dict.fromkeys(path for path in found if path is not None and path in modules.facts))
