"""What all verbs of one plan share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from reprolint.catalog.effects import Effects
from reprolint.catalog.load import Catalog
from reprolint.catalog.vocabulary import Vocabulary
from reprolint.core.value import Ref, Value
from reprolint.fixes.tree import Tree, grow
from reprolint.program.entries import Course
from reprolint.program.follow import Target
from reprolint.program.link import Program
from reprolint.program.resolve import Resolver


class NoTree(Exception):
    """A file that libcst cannot parse."""


@dataclass(slots=True)
class Project:
    """The program, the catalog and the syntax trees of the files that are to be fixed, each parsed once."""

    read: Callable[[str], bytes]
    program: Program
    catalog: Catalog
    _trees: dict[str, Tree | None] = field(default_factory=dict)

    def tree(self, path: str) -> Tree:
        """The tree of a file; raises `NoTree`."""
        if path not in self._trees:
            self._trees[path] = None
            self._trees[path] = grow(path, self.read(path))
        tree = self._trees[path]
        if tree is None:
            raise NoTree(path)
        return tree

    @property
    def effects(self) -> Effects:
        """What library calls do."""
        return self.program.context.effects

    @property
    def vocabulary(self) -> Vocabulary:
        """The names knowledge uses."""
        return self.program.context.vocabulary

    @property
    def resolver(self) -> Resolver:
        """Where names lead in the program."""
        return self.program.context.resolver

    def follow(self, path: str, file: str) -> tuple[Target, ...]:
        """What a path written in `file` leads to."""
        return self.resolver.follow(path, file) if path else ()

    def constant(self, path: str, file: str) -> Value:
        """The constant behind a path, as far as reading tells."""
        return self.resolver.constant(Ref(path), file)

    def course(self, path: str, label: str | None) -> Course | None:
        """What the entry with this label, or else the first entry in this file, does."""
        here = [course for course in self.program.courses if course.entry.path == path]
        named = [course for course in here if course.entry.label == label]
        return next(iter(named or here), None)

    def is_local(self, root: str, file: str) -> bool:
        """Whether a top-level module name means a file of the project."""
        return self.resolver.modules.locate(root, file) is not None
