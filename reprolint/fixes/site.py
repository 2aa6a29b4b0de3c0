"""Where a person would put a line that must run once, before something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from reprolint.core.edit import Edit
from reprolint.fixes.imports import docstring, prelude
from reprolint.fixes.names import Names, names_at
from reprolint.fixes.project import Project
from reprolint.fixes.seeds import in_scope
from reprolint.fixes.tree import Statement, Tree
from reprolint.program.entries import Course

SETTING = 100
_FIRST = ("python", "numpy")


@dataclass(frozen=True, slots=True)
class Site:
    """A block of a file, of which the first `count` statements surely run before what an insertion must precede.

    `late` are the rows of seedings that come too late themselves, beside which nothing must be put.
    """

    tree: Tree
    project: Project
    body: tuple[Statement, ...]
    count: int
    late: frozenset[int] = frozenset()

    @property
    def function(self) -> Statement | None:
        """The function whose body it is; None at the top level and in the guard."""
        return self.body[0].function

    @property
    def before(self) -> tuple[Statement, ...]:
        """The statements that surely run before."""
        return self.body[: self.count]

    @property
    def row(self) -> int:
        """The row above which an insertion must stay."""
        return self.body[self.count].top if self.count < len(self.body) else self.body[-1].end_row + 1

    @property
    def outer_row(self) -> int:
        """The row above which an import for this place must stand."""
        return self.body[0].around[0].top if self.body[0].around else self.row

    def names(self, row: int) -> Names:
        """The names bound just before a row of the block."""
        functions = tuple(item for item in self.body[0].around if isinstance(item.node, cst.FunctionDef))
        return names_at(self.tree, self.project, row, functions)

    def holder(self, statement: Statement | None) -> Statement | None:
        """The statement of the block that a statement belongs to."""
        chain = (*statement.around, statement) if statement is not None else ()
        return next((item for item in chain if item in self.body), None)


@dataclass(frozen=True, slots=True)
class Spot:
    """A row above which lines go, with their indentation; `apart` when blank lines should set them off."""

    row: int
    indent: str
    above: bool = False
    below: bool = False

    def edit(self, tree: Tree, lines: Sequence[str]) -> Edit:
        """The edit that puts lines there."""
        shown = [f"{self.indent}{line}" if line else "" for line in lines]
        return tree.insert(self.row, ([""] if self.above else []) + shown + ([""] if self.below else []))


def find(tree: Tree, rows: str, project: Project, course: Course | None) -> Site | None:
    """The site before a chain of statements, given by their rows: the function that the program starts with if the
    chain enters one, else the top level or guard; None where nothing can be inserted."""
    late = [item for _, item in (course.late if course is not None else ())]
    places = [place for item in late for place in (*(hop.place for hop in item.chain), item.place)]
    skipped = frozenset(place.span.row for place in places if place.filename == tree.path)
    chain = [tree.at(int(row)) for row in rows.split(",") if row]
    first = chain[0] if chain else None
    if first is None:
        return None
    second = chain[1] if len(chain) > 1 else None
    around = _before(first, tree, project, skipped)
    if second is None or first.function is not None or first.repeated or not _runs(first, second.function):
        return around
    inside = _before(second, tree, project, skipped)
    if inside is None or around is None or around.count + 1 == len(around.body):
        return inside
    seed = in_scope(inside.names(inside.row))
    own = seed is not None and seed.statement is not None and seed.statement in (second.function, *inside.body)
    return inside if own or not around.body[0].around else around


def _before(statement: Statement, tree: Tree, project: Project, late: frozenset[int]) -> Site | None:
    """The site before a statement in the function, guard or module around it; None in a guard of one line."""
    block = statement.function
    outer = [item for item in (*statement.around, statement) if item.function is block]
    if block is None and _guard(outer[0]):
        outer = outer[1:]
    if not outer:
        return None
    body = tree.body(outer[0].block)
    return Site(tree, project, body, body.index(outer[0]), late)


def _runs(statement: Statement, function: Statement | None) -> bool:
    """Whether a statement calls or hands on this plain function of the file."""
    if function is None or function.around or not isinstance(function.node, cst.FunctionDef):
        return False
    name = function.node.name.value
    return any(isinstance(node, cst.Name) and node.value == name for node in _nodes(statement.node))


def _nodes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _guard(statement: Statement) -> bool:
    """Whether a statement is the `__main__` guard."""
    node = statement.node
    return isinstance(node, cst.If) and any(
        isinstance(item, cst.SimpleString) and item.value[1:-1] == "__main__" for item in _nodes(node.test)
    )


def rank(stream: str, project: Project) -> int:
    """The place of a stream in a block of settings: Python, NumPy, the others as knowledge lists them, switches."""
    if stream in _FIRST:
        return _FIRST.index(stream)
    if ":" in stream:
        return SETTING
    streams = list(project.effects.streams)
    return len(_FIRST) + (streams.index(stream) if stream in streams else len(streams))


def settings(site: Site) -> Iterator[tuple[Statement, int, cst.Call | None]]:
    """The seedings and switches among the statements before the site: each with its rank and its call."""
    attributes, names = site.project.effects.attributes, site.names(site.row)
    for statement in site.before:
        small = statement.small
        if statement.row in site.late:
            continue
        if isinstance(small, cst.Expr) and isinstance(small.value, cst.Call):
            cells = _sets(small.value, names)
            if cells:
                yield statement, min(rank(cell, site.project) for cell in cells), small.value
        elif isinstance(small, cst.Assign) and names.api(small.targets[0].target) in attributes:
            yield statement, SETTING, None


def _sets(call: cst.Call, names: Names) -> list[str]:
    """The streams and switches that a call sets: a library's, or a helper of the project that is named like one."""
    effects, path = names.project.effects, names.path(call.func)
    api = names.api(call.func)
    cells = [stream for item in effects.seedings.get(api, ()) for stream in item.streams]
    cells += [f"switch:{switch.name}" for switch, _ in effects.setters.get(api, ())]
    if not cells and names.project.vocabulary.seeder.search(path.rpartition(".")[2].lstrip(":")):
        for target in names.project.follow(path, names.tree.path):
            summary = names.project.program.context.summaries.get((target.module, target.name))
            cells += [item.cell for item in summary.sets] if summary is not None else []
    return cells


def holds(tree: Tree, statements: Iterable[Statement], code: str) -> bool:
    """Whether the very code stands among statements already, so that a second time would be of no use."""
    return any(tree.code(item.small).strip() == code for item in statements if item.small is not None)


def spot(site: Site, wanted: int, after: Statement | None) -> Spot:
    """Where a line of this rank goes: into an existing block of settings, below `after`, or at the top."""
    tree, known = site.tree, [(statement, value) for statement, value, _ in settings(site)]
    bound = site.holder(after)
    floor = bound.end_row + 1 if bound is not None else 0
    indent = tree.indent(site.body[0].row)
    smaller = [item for item, value in known if value <= wanted]
    later = [item for item, value in known if value > wanted]
    joined = smaller[-1].end_row + 1 if smaller else later[0].top if later else 0
    top = 0 if site.body[0].around else prelude(tree, site.row)
    near = bound is not None and floor > top
    if near and not smaller and all(value == SETTING for _, value in known):
        joined = 0  # a seed stands by what it is read from, not by the switches
    if joined and joined >= floor:
        return Spot(joined, indent)
    if near or (top and top >= site.row):
        return Spot(floor or site.row, indent)
    if not top:
        return Spot(_top(site), indent)
    return Spot(top, indent, above=not tree.is_blank(top - 1), below=not tree.is_blank(top))


def _top(site: Site) -> int:
    """The top of a function, below its docstring, or of the guard."""
    if site.function is not None and docstring(site.body):
        return site.body[0].end_row + 1
    return min(site.body[0].top, site.row)
