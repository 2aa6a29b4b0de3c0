"""The whole configuration that Hydra joins from several files.

https://hydra.cc/docs/1.3/advanced/defaults_list/ tells the order. Two things it says between the lines: of a list
without `_self_` the configuration itself comes last (since Hydra 1.1; first, before), and an `override` acts on the
choices of all files, those listed earlier among them, because lists are read from their end.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from reprolint.core.place import FILE_START
from reprolint.core.value import Unknown
from reprolint.document.choice import Choice, group_choice, headed, path_choice
from reprolint.document.defaults import DEFAULTS
from reprolint.document.interpolation import Resolver
from reprolint.document.merge import Merger
from reprolint.document.record import Composed, Default, Document, Keys
from reprolint.document.tree import MISSING, MOST_LEVELS, Branch, Excess, leaves, planted

SELF = "_self_"
# Hydra's own groups: they configure Hydra, and are not among the files of a project.
OWN = "hydra"
MOST_FILES = 1_000


@dataclass(frozen=True, slots=True)
class Part:
    """A file to merge at a package; without a document, one that was not read, why, and where it may add something."""

    package: str
    document: Document | None
    key: str = ""
    why: str = ""
    opens: str = ""


def alone(document: Document) -> Composed:
    """A document as a configuration of its own, as `yaml.safe_load` or `OmegaConf.load` give it."""
    if document.problem:
        return Composed({}, (f"{document.path}: {document.problem}",), ((),))
    return Composed({item.keys: item for item in document.items})


def compose(documents: Mapping[str, Document], folder: str, name: str) -> Composed:
    """The configuration `name` of a folder with all that its defaults list draws in.

    `documents` is by path from the project root. What Hydra would refuse is a problem. What is not among the documents
    (a file that is not there, a class in the ConfigStore) makes the values of its package unknown, and as a header of
    its own may send it elsewhere, any key may come with it. An optional file that is not there adds nothing.
    """
    walk = _Walk(documents, folder)
    top = path_choice(Default("", name, FILE_START), name.removesuffix(".yaml"), "", "")
    parts = walk.visit(top, 0, False)
    problems = [*walk.problems, *walk.unused()]
    keyed = [part.key for part in parts if part.key]
    problems += [f"`{key}` is chosen more than once" for key in dict.fromkeys(keyed) if keyed.count(key) > 1]
    merger = Merger(Branch(FILE_START))
    opened: list[Keys] = []
    try:
        for part in parts:
            package = _keys(part.package)
            if part.document is not None:
                merger.merge(package, _content(part.document, merger.problems))
            else:
                merger.blur(package, Unknown(part.why))
                opened.append(_keys(part.opens))
        # Hydra's own configuration is taken off before the program sees the rest.
        merger.root.children.pop(OWN, None)
        resolver = Resolver(merger.root)
        items = {keys: resolver.item(keys, leaf) for keys, leaf in leaves(merger.root) if keys}
    except Excess as excess:
        return Composed({}, (*problems, f"the configuration {excess}"), ((),))
    return Composed(items, tuple(problems + merger.problems), tuple(dict.fromkeys(opened)))


def _keys(package: str) -> Keys:
    return tuple(package.split(".")) if package else ()


def _content(document: Document, problems: list[str]) -> Branch:
    """What a document adds: everything but its defaults list."""
    root = planted(document)
    if root is None:
        return Branch(FILE_START, False, document.path)
    if not isinstance(root, Branch):
        problems.append(f"{document.path}: is neither a mapping nor a list")
        return Branch(FILE_START, False, document.path)
    listed = None if root.is_list else root.children.pop(DEFAULTS, None)
    if listed is not None and not (isinstance(listed, Branch) and listed.is_list):
        problems.append(f"{document.path}: `defaults` is not a list")
    return root


class _Walk:
    """Goes through the defaults lists, from the end of each to its beginning, as Hydra does."""

    def __init__(self, documents: Mapping[str, Document], folder: str) -> None:
        self.problems: list[str] = []
        self._documents = documents
        self._folder = folder
        self._overrides: dict[str, Default] = {}
        self._used: set[str] = set()
        self._known: dict[str, str | None] = {}
        self._files = 0

    def unused(self) -> list[str]:
        """Overrides of choices that no list makes."""
        return [f"`override {key}` overrides nothing" for key in self._overrides if key not in self._used]

    def visit(self, choice: Choice, depth: int, interpolated: bool) -> list[Part]:
        """The files of a choice in the order of merging."""
        document = self._document(choice.file) if choice.option not in (None, MISSING) else None
        package = choice.placed(headed(document.package, choice.folder) if document else None)
        key = choice.key if choice.is_group else ""
        if key and self._known.setdefault(key, choice.option) != choice.option:
            self.problems.append(f"`{key}` is both `{self._known[key]}` and `{choice.option}`")
        if choice.option is None:
            return []
        if choice.option == MISSING:
            self.problems.append(f"`{choice.key}` must be given on the command line")
            return self._any(choice)
        if document is None and (choice.optional or choice.folder == OWN):
            return []
        if document is None or document.problem:
            why = document.problem if document else "is not among the files of the project"
            self.problems.append(f"{self._path(choice.file)}: {why}")
            opens = package if document or choice.package is not None else ""
            return [Part(package, None, key, f"`{choice.file}` may set it, and was not read", opens)]
        self._files += 1
        if depth > MOST_LEVELS or self._files > MOST_FILES:
            self.problems.append(f"{document.path}: its defaults list has no end")
            return [Part("", None, key, "a defaults list has no end")]
        parts = self._children(choice, document, package, depth, interpolated)
        return parts if parts is not None else [Part(package, document, key)]

    def _children(
        self, choice: Choice, document: Document, package: str, depth: int, interpolated: bool
    ) -> list[Part] | None:
        """The files of a defaults list, with its own content in its place; none if there is no such list."""
        self._check(document, interpolated)
        entries = [default for default in document.defaults if not default.problem]
        base = choice.folder
        listed: list[Default] = []
        for default in entries:
            if default.value != SELF and _is_own(default, base):
                continue
            if default.override:
                key = group_choice(default, None, base, package).key
                self._overrides.setdefault(key, default)
            else:
                listed.append(default)
        if not listed:
            return None
        if all(default.value != SELF for default in listed):
            listed.append(Default("", SELF, FILE_START))
        found: dict[int, list[Part]] = {}
        later: list[tuple[int, Default]] = []
        for index, default in reversed([*enumerate(listed)]):
            if default.value == SELF:
                found[index] = [Part(package, document)]
                continue
            chosen = self._chosen(default, base, package)
            if isinstance(chosen.value, str) and "${" in chosen.value:
                later.append((index, chosen))
            else:
                found[index] = self._load(chosen, base, package, depth, interpolated)
        named = [(index, self._named(default, document)) for index, default in later]
        for index, default in named:
            found[index] = self._load(default, base, package, depth, True)
        return [part for index in range(len(listed)) for part in found[index]]

    def _chosen(self, default: Default, base: str, package: str) -> Default:
        """An entry with the value that an override gives it."""
        key = group_choice(default, None, base, package).key if default.group else ""
        override = self._overrides.get(key)
        if override is None:
            return default
        self._used.add(key)
        return Default(default.group, override.value, default.span, default.package, default.optional)

    def _load(self, default: Default, base: str, package: str, depth: int, interpolated: bool) -> list[Part]:
        value = default.value
        if isinstance(value, tuple):
            paths = [f"{default.group}/{option}" for option in value]
            choices = [path_choice(default, path, base, package) for path in paths]
        elif default.group:
            choices = [group_choice(default, value, base, package)]
        else:
            choices = [path_choice(default, str(value), base, package)]
        found = [self.visit(choice, depth + 1, interpolated) for choice in reversed(choices)]
        return [part for parts in reversed(found) for part in parts]

    def _named(self, default: Default, document: Document) -> Default:
        """An entry whose option is made of other choices, with their names filled in."""
        missing: list[str] = []

        def fill(found: re.Match[str]) -> str:
            name = self._known.get(found.group(1))
            if name is None:
                missing.append(found.group(0))
            return str(name)

        value = re.sub(r"\$\{\s*([^\s${}:.]+)\s*\}", fill, str(default.value))
        if missing or "${" in value:
            self.problems.append(f"{document.path}: `{default.value}` in the defaults list is not followed")
            value = MISSING
        return Default(default.group, value, default.span, default.package, default.optional)

    def _any(self, choice: Choice) -> list[Part]:
        """Some option of a group, nobody knows which: wherever one of them goes, and further if it lists others."""
        folder = posixpath.dirname(self._path(choice.file))
        options = [item for path, item in sorted(self._documents.items()) if posixpath.dirname(path) == folder]
        packages = {choice.placed(headed(option.package, choice.folder)) for option in options} or {choice.placed()}
        if any(option.defaults for option in options):
            packages = {""}
        why = f"the option of `{choice.key}` is given on the command line"
        return [Part(package, None, "", why, package if options else "") for package in sorted(packages)]

    def _check(self, document: Document, interpolated: bool) -> None:
        """Note what Hydra refuses in a list."""
        seen = ""
        for default in document.defaults:
            name = default.group or str(default.value)
            if default.problem:
                self.problems.append(f"{document.path}: {default.problem}")
            elif seen and not default.override and default.value != SELF:
                self.problems.append(f"{document.path}: `override {seen}` stands before `{name}`")
            elif default.override:
                seen = name
                if interpolated:
                    self.problems.append(f"{document.path}: `override {seen}` in a file chosen by interpolation")
            if isinstance(default.value, tuple) and any("${" in option for option in default.value):
                self.problems.append(f"{document.path}: interpolation in the options of `{name}`")
        if sum(default.value == SELF for default in document.defaults) > 1:
            self.problems.append(f"{document.path}: `_self_` stands twice in the defaults list")

    def _path(self, file: str) -> str:
        suffix = "" if file.endswith((".yaml", ".yml")) else ".yaml"
        return posixpath.normpath(posixpath.join(self._folder, file + suffix))

    def _document(self, file: str) -> Document | None:
        return self._documents.get(self._path(file))


def _is_own(default: Default, base: str) -> bool:
    group = default.group or posixpath.dirname(str(default.value))
    absolute = group.startswith("/") or not base
    whole = group.removeprefix("/") if absolute else f"{base}/{group}"
    return whole.startswith(f"{OWN}/")
