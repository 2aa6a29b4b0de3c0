"""The concrete syntax tree of one file, its statements by row and its expressions by span."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from reprolint.core.edit import Edit
from reprolint.core.place import Span
from reprolint.fixes.text import point, split
from reprolint.model.parse import decode

_LOOPS = (cst.For, cst.While)


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A statement that begins a line. `row` is the first one, decorators included; `top` that of its own comments.

    `around` are the statements it stands in, outermost first; `block` is the body that holds it; `function` the
    function around it.
    """

    node: cst.BaseStatement
    row: int
    top: int
    end_row: int
    around: tuple[Statement, ...]
    block: Sequence[cst.BaseStatement]
    function: Statement | None

    @property
    def owner(self) -> Statement | None:
        """The class of the method it stands in, or None."""
        function = self.function
        outer = function.around[-1] if function is not None and function.around else None
        return outer if outer is not None and isinstance(outer.node, cst.ClassDef) else None

    @property
    def repeated(self) -> bool:
        """Whether it stands in a loop of its own function."""
        return any(isinstance(item.node, _LOOPS) for item in self.inner)

    @property
    def inner(self) -> tuple[Statement, ...]:
        """The statements around it inside its own function."""
        function = self.function
        return self.around[self.around.index(function) + 1 :] if function is not None else self.around

    @property
    def small(self) -> cst.BaseSmallStatement | None:
        """The only small statement on its line."""
        node = self.node
        return node.body[0] if isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1 else None


@dataclass(slots=True)
class Tree:
    """A parsed file. `lines` are without their ends."""

    path: str
    module: cst.Module
    lines: list[str]
    ranges: dict[cst.CSTNode, CodeRange]
    statements: tuple[Statement, ...] = ()
    _parents: dict[cst.CSTNode, cst.CSTNode] = field(default_factory=dict)
    _expressions: dict[Span, cst.BaseExpression] = field(default_factory=dict)
    _rows: dict[int, Statement] = field(default_factory=dict)
    _blocks: dict[int, list[Statement]] = field(default_factory=dict)
    _scopes: dict[int, list[Statement]] = field(default_factory=dict)

    def span(self, node: cst.CSTNode) -> Span:
        """Where a node stands, without the parentheses around it."""
        found = self.ranges[node]
        return Span(found.start.line, found.start.column + 1, found.end.line, found.end.column + 1)

    def code(self, node: cst.CSTNode) -> str:
        """The source text of a node."""
        return self.module.code_for_node(node)

    def at(self, row: int) -> Statement | None:
        """The innermost statement that a row belongs to."""
        if not self._rows:
            for item in self.statements:  # inner ones come after those around them
                self._rows.update(dict.fromkeys(range(item.row, item.end_row + 1), item))
        return self._rows.get(row)

    def body(self, block: Sequence[cst.BaseStatement]) -> tuple[Statement, ...]:
        """The statements of one block, in order."""
        if not self._blocks:
            for item in self.statements:
                self._blocks.setdefault(id(item.block), []).append(item)
        return tuple(self._blocks.get(id(block), ()))

    @property
    def top_level(self) -> tuple[Statement, ...]:
        """The statements of the file that stand in no other."""
        return self.body(self.module.body)

    def lines_of(self, function: Statement | None) -> Sequence[Statement]:
        """The lines without a body that run in a function, or at the top level for None, in order."""
        if not self._scopes:
            for item in self.statements:
                if isinstance(item.node, cst.SimpleStatementLine):
                    self._scopes.setdefault(id(item.function), []).append(item)
        return self._scopes.get(id(function), ())

    def expression(self, span: Span) -> cst.BaseExpression | None:
        """The outermost expression at exactly this span."""
        if not self._expressions:
            for node in self.ranges:  # outer ones come before those inside them
                if isinstance(node, cst.BaseExpression):
                    self._expressions.setdefault(self.span(node), node)
        return self._expressions.get(span)

    def call(self, span: Span) -> cst.Call | None:
        """The call at exactly this span."""
        found = self.expression(span)
        return found if isinstance(found, cst.Call) else None

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node around a node."""
        if not self._parents:
            waiting: list[cst.CSTNode] = [self.module]
            while waiting:
                outer = waiting.pop()
                for child in outer.children:
                    self._parents[child] = outer
                    waiting.append(child)
        return self._parents.get(node)

    def indent(self, row: int) -> str:
        """The white space a row begins with."""
        line = self.lines[row - 1]
        return line[: len(line) - len(line.lstrip())]

    def is_blank(self, row: int) -> bool:
        """Whether a row is empty or outside the file."""
        return not (1 <= row <= len(self.lines)) or not self.lines[row - 1].strip()

    def insert(self, row: int, lines: Iterable[str]) -> Edit:
        """An edit that puts whole lines above `row`, or at the end of the file."""
        newline = self.module.default_newline
        if row <= len(self.lines):
            return point(self.path, row, 1, "".join(line + newline for line in lines))
        last = len(self.lines)
        return point(self.path, last, len(self.lines[-1]) + 1, "".join(newline + line for line in lines))

    def delete(self, row: int, end_row: int) -> Edit:
        """An edit that removes whole lines."""
        if end_row < len(self.lines):
            return Edit(self.path, Span(row, 1, end_row + 1, 1), "")
        return Edit(self.path, Span(row, 1, end_row, len(self.lines[end_row - 1]) + 1), "")

    def quoted(self, code: str) -> str:
        """Code of a template with the quotes that the file prefers."""
        single = double = 0
        for node in self.ranges:
            if isinstance(node, cst.SimpleString) and not node.quote.startswith(('"""', "'''")):
                single, double = single + (node.quote == "'"), double + (node.quote == '"')
        return code.replace('"', "'") if single > double and "'" not in code else code


def grow(path: str, data: bytes) -> Tree:
    """Parse a file; raises what libcst and decoding raise."""
    text = decode(data).removeprefix("\ufeff")
    module = cst.parse_module(text)
    ranges = dict(MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider))
    tree = Tree(path, module, split(text), ranges)
    tree.statements = tuple(_statements(module.body, (), tree))
    return tree


def _statements(
    block: Sequence[cst.BaseStatement | cst.SimpleStatementLine | cst.BaseCompoundStatement],
    around: tuple[Statement, ...],
    tree: Tree,
) -> Iterator[Statement]:
    function = next((item for item in reversed(around) if isinstance(item.node, cst.FunctionDef)), None)
    for node in block:
        row, end = tree.ranges[node].start.line, tree.ranges[node].end.line
        for decorator in getattr(node, "decorators", ()):
            row = min(row, tree.ranges[decorator].start.line)
        top = row
        while top > 1 and tree.lines[top - 2].lstrip().startswith("#") and _belongs(node, row - top + 1):
            top -= 1
        statement = Statement(node, row, top, end, around, block, function)
        yield statement
        for inner in _blocks(node):
            yield from _statements(inner, (*around, statement), tree)


def _belongs(node: cst.BaseStatement, count: int) -> bool:
    """Whether the comment line `count` rows above a statement is its own, not the header of the file."""
    leading = getattr(node, "leading_lines", ())
    return count <= len(leading)


def _blocks(node: cst.CSTNode) -> Iterator[Sequence[cst.BaseStatement]]:
    """The indented bodies of a compound statement."""
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        part = getattr(node, name, None)
        if isinstance(part, cst.IndentedBlock):
            yield part.body
        elif isinstance(part, cst.CSTNode) and not isinstance(part, cst.SimpleStatementSuite):
            yield from _blocks(part)
        elif name in ("handlers", "cases") and isinstance(part, Sequence):
            for item in part:
                yield from _blocks(item)
