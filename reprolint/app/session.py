"""One request on one project: configuration, root, files, store; knowledge is loaded when first needed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reprolint import __version__, cache, config, project
from reprolint.app.options import Options
from reprolint.cache import Store
from reprolint.config import Config, ConfigError
from reprolint.discover import Exclusion, Found, discover, name_of
from reprolint.pins.source import sources
from reprolint.project import Extension

if TYPE_CHECKING:
    from reprolint.catalog.load import Catalog
    from reprolint.catalog.schema import Rule
    from reprolint.catalog.vocabulary import Vocabulary
    from reprolint.pins.pin import Pin
    from reprolint.program.link import Settings


class Session:
    """Everything about a project that does not depend on the content of its source files."""

    def __init__(self, options: Options) -> None:
        self.options = options
        paths = (options.unsaved[0],) if options.unsaved else options.paths
        given = tuple(sorted({project.resolve(path, options.directory) for path in paths}))
        self.config = configure(options, given)
        self.project = project.locate(given, self.config)
        self.root = self.project.root
        self.given = tuple(name_of(path, self.root) for path in given)

    @cached_property
    def entries(self) -> tuple[str, ...]:
        """Configured entries and console scripts."""
        return project.entries(self.config, self.root, self.options.directory)

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """The files that name versions of libraries, with their text."""
        return sources(Path(self.root))

    @cached_property
    def pins(self) -> tuple[Pin, ...]:
        """The versions of libraries that the project allows; raises `ConfigError` for a library nobody knows."""
        from reprolint.app.pinned import pinned

        return pinned(self.config, self.sources, self.catalog.knowledge, self.options.note)

    @cached_property
    def versions(self) -> tuple[tuple[str, str], ...]:
        """Libraries with their version or range of versions."""
        return tuple((pin.library, pin.text) for pin in self.pins)

    @cached_property
    def settings(self) -> Settings:
        """What linking wants to know."""
        from reprolint.catalog.library import frameworks
        from reprolint.pins.loose import loose
        from reprolint.program.link import Settings

        known = frameworks(self.catalog.knowledge)
        open_ones = loose(self.sources, lambda name: known.get(name, ""))
        return Settings(self.entries, dict(self.versions), self.config.device, loose=open_ones)

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules that apply here."""
        return rulebook(self.config, self._cache)

    @cached_property
    def catalog(self) -> Catalog:
        """The rules and the knowledge; raises `ConfigError` when a selector names none of them."""
        from reprolint.selection import check_selectors, renamed

        catalog = self.rulebook.load()
        check_selectors(catalog, self.config)
        for text in renamed(catalog, self.config):
            self.options.warn(text)
        return catalog

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that run."""
        from reprolint.selection import enabled

        return enabled(self.catalog, self.config)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The names that reading a file must know."""
        from reprolint.catalog.vocabulary import vocabulary

        return vocabulary(self.catalog.knowledge)

    @cached_property
    def store(self) -> Store:
        """What earlier runs found out."""
        return Store(self._cache, f"{self.root} {self.rulebook.digest}", self.options.note)

    @property
    def _cache(self) -> Path | None:
        return self.options.cache / __version__ if self.options.cache is not None else None

    def files(self) -> Found:
        """The files of the project as they are now."""
        exclusion = Exclusion(
            self.root,
            (self.config.exclude or ()) + self.config.extend_exclude,
            self.config.exclude is None,
            self.project.repository,
        )
        force = self.options.force_exclude
        found = discover(self.project.given, self.project.context, exclusion, force_exclude=force)
        if self.options.unsaved:
            name = self.given[0]
            found.files.pop(name, None)
            found.troubles = [item for item in found.troubles if item.name != name]
        return found

    def shows(self, filename: str) -> bool:
        """Whether a file lies in the given paths; what has no file at all is always shown."""
        return not filename or any(
            (name == "." and not filename.startswith("/")) or filename == name or filename.startswith(f"{name}/")
            for name in self.given
        )

    def path(self, filename: str) -> str:
        """Where a file of a report lies."""
        return os.path.join(self.root, filename)

    def content(self, filename: str) -> bytes:
        """The bytes of a file as this request sees them; raises OSError."""
        if self.options.unsaved and filename == self.given[0]:
            return self.options.unsaved[1]
        with open(self.path(filename), "rb") as file:
            return file.read()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The shipped rules, what the project adds to them, and the digest of all that is in them."""

    extension: Extension
    digest: str
    compiled: Path | None

    def load(self) -> Catalog:
        """The catalog, from the compiled copy when there is one: reading YAML takes longer than most runs."""
        from reprolint.catalog.load import Catalog, load
        from reprolint.facts.codec import Codec, Damaged

        text = cache.read_text(self.compiled) if self.compiled is not None else None
        codec = Codec(Catalog)
        if text is not None:
            try:
                return codec.decode(text)
            except Damaged:
                text = None  # read the sources again
        catalog = load([_shipped()], self.extension)
        if self.compiled is not None and cache.prepare(self.compiled.parent.parent):
            self.compiled.parent.mkdir(exist_ok=True)
            cache.write_text(self.compiled, codec.encode(catalog))
        return catalog


def rulebook(settings: Config, folder: Path | None) -> Rulebook:
    """Find the rule files and digest their content."""
    extension = project.extension(settings)
    shipped = _shipped()
    named = [(path.relative_to(shipped).as_posix(), path) for path in sorted(shipped.rglob("*.yaml"))]
    named += [(extension.label(path), path) for path in (*extension.rules, *extension.knowledge)]
    parts = [__version__.encode(), *_own_state()]
    for label, path in named:
        try:
            parts += [label.encode(errors="surrogateescape"), cache.digest(path.read_bytes()).encode()]
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read: {error.strerror}; make it readable") from None
    name = cache.digest(b"\0".join(parts))
    return Rulebook(extension, name, folder / f"catalog-{name}.json" if folder is not None else None)


def _own_state() -> Iterator[bytes]:
    """In a checkout the code changes and the version does not; what older code found out must not be used."""
    package = Path(__file__).resolve().parent.parent
    if (package / "_rules").is_dir():
        return
    for folder in ("core", "model", "catalog", "facts", "program", "checks", "fixes", "app", "pins", "."):
        for entry in sorted(os.scandir(package / folder), key=lambda item: item.name):
            if entry.name.endswith(".py"):
                info = entry.stat()
                yield f"{folder}/{entry.name} {info.st_size} {info.st_mtime_ns}".encode()


def _shipped() -> Path:
    """Where `catalog.load.rules_folder` finds them, without its imports: a run that changes nothing loads no rules."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_rules"
    return inside if inside.is_dir() else package.parent / "rules"


def configure(options: Options, given: tuple[str, ...]) -> Config:
    """The configuration for the given paths, with the command line laid over it."""
    base = Config()
    if options.config_path is not None:
        base = config.load(Path(options.directory, options.config_path).resolve())
    elif not options.isolated:
        found = config.find(project.start_of(given))
        base = config.load(found) if found is not None else base
    return config.overlay(base, options.overrides)
