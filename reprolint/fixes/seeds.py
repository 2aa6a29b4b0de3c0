"""Which seed a fix can use at a place: one that exists, before one is invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from reprolint.core.edit import Edit
from reprolint.core.value import OPAQUE, Const, Either, Ref, Value
from reprolint.facts.record import Option
from reprolint.fixes.calls import give
from reprolint.fixes.names import Binding, Names
from reprolint.fixes.project import Project
from reprolint.fixes.tree import Statement, Tree
from reprolint.program.follow import Target

NAMES = ("seed", "random_seed", "manual_seed", "rng_seed", "random_state", "rand_seed", "global_seed")
INVENTED = "SEED"
VALUE = "0"


@dataclass(frozen=True, slots=True)
class Seed:
    """Source text of a seed; `statement` binds the name it begins with; `existing` is false for one we invent."""

    text: str
    statement: Statement | None = None
    existing: bool = True
    edits: tuple[Edit, ...] = ()


def is_seed(name: str) -> bool:
    """Whether people call a seed by this name."""
    return name.lower() in NAMES


def in_scope(names: Names) -> Seed | None:
    """The seed a person would use at this place: a parameter, an option or configuration, a constant."""
    for name, _ in names.parameters():
        if is_seed(name):
            return Seed(name, _function_of(names, name))
    plain = [item for item in names.bindings if is_seed(item.name) and not item.path.startswith("@")]
    local = [item for item in plain if item.statement.function is not None and _usable(item, names)]
    if local:
        return Seed(local[0].name, local[0].statement)
    for item in _holders(names):
        for attribute in _attributes(names.project.follow(item.path, names.tree.path), names):
            text = f"{item.name}.{attribute}"
            value = names.project.constant(f"{item.path}.{attribute}", names.tree.path)
            edits = () if fixed(value, names) else default(attribute, names.project)
            if edits is not None:
                return Seed(text, item.statement, edits=edits)
    for name, param in names.parameters():
        attribute = _passed(name, names) if param.annotation is None else ""
        if attribute:
            return Seed(f"{name}.{attribute}", _function_of(names, name))
    constants = [item for item in plain if item.statement.function is None and _usable(item, names)]
    return Seed(constants[0].name, constants[0].statement) if constants else None


def optional(names: Names) -> bool:
    """Whether a function around asks if its seed is None: then leaving it out is meant to give other numbers."""
    for name, _ in names.parameters():
        if is_seed(name):
            function = _function_of(names, name)
            waiting: list[cst.CSTNode] = [function.node] if function is not None else []
            while waiting:
                node = waiting.pop()
                waiting.extend(node.children)
                if isinstance(node, cst.Comparison) and isinstance(node.left, cst.Name) and node.left.value == name:
                    return True
    return False


def default(option: str, project: Project) -> tuple[Edit, ...] | None:
    """Edits that give a command-line option without a default one; None when there is no such option."""
    declared = [(path, item) for path, facts in sorted(project.program.files.items()) for item in facts.options
                if item.name == option]  # fmt: skip
    if len(declared) != 1 or declared[0][1].default != Const(None):
        return None
    tree = project.tree(declared[0][0])
    call = tree.call(declared[0][1].span)
    return give(tree, call, "default", None, VALUE) if call is not None else None


def can_invent(names: Names) -> bool:
    """Whether the name of a new constant is free in a file."""
    return names.bound(INVENTED) is None and INVENTED not in names.project.resolver.names(names.tree.path)


def constant(tree: Tree, row: int, *, alone: bool = True) -> Edit:
    """The edit that defines a new seed at a row; `alone` when nothing else is inserted right below it."""
    above = tree.at(row - 1) if row > 1 else None
    joined = above is not None and isinstance(above.small, cst.Assign)
    line = f"{INVENTED} = {VALUE}"
    lines = (line,) if joined or row == 1 else ("", line)
    return tree.insert(row, lines if not alone or tree.is_blank(row) else (*lines, ""))


def fixed(value: Value, names: Names) -> bool:
    """Whether a value can be a seed and is the same in every run."""
    if isinstance(value, Const):
        return value.value is not None
    if isinstance(value, Either):
        return all(fixed(option, names) for option in value.options)
    return names.project.program.context.quality(value, "error", names.tree.path) != "random"


def _usable(item: Binding, names: Names) -> bool:
    if item.imported:
        return fixed(names.project.constant(item.path, names.tree.path), names)
    small = item.statement.small
    value = getattr(small, "value", None)
    if isinstance(value, cst.Name) and value.value == "None":
        return False
    path = names.path(value) if value is not None else ""
    return "()" not in path or fixed(Ref(path), names)


def _function_of(names: Names, name: str) -> Statement | None:
    for function in reversed(names.functions):
        if isinstance(function.node, cst.FunctionDef):
            listed = function.node.params
            if any(p.name.value == name for p in (*listed.posonly_params, *listed.params, *listed.kwonly_params)):
                return function
    return None


def _holders(names: Names) -> Iterator[Binding]:
    """The names whose attributes may be seeds, nearest first, each once."""
    seen: set[str] = set()
    for item in names.bindings:
        half_built = item.name == "self" and _is_init(item.statement)
        if item.name not in seen and item.path and not half_built and (not item.imported or _is_own(item, names)):
            seen.add(item.name)
            yield item


def _is_init(statement: Statement) -> bool:
    """Whether a parameter belongs to a constructor, whose attributes are not all set yet."""
    return isinstance(statement.node, cst.FunctionDef) and statement.node.name.value == "__init__"


def _is_own(item: Binding, names: Names) -> bool:
    targets = names.project.follow(item.path, names.tree.path)
    return any(target.kind in ("module", "instance", "class") for target in targets)


def _attributes(targets: tuple[Target, ...], names: Names, depth: int = 0) -> Iterator[str]:
    """The seeds among the attributes of what a name leads to."""
    resolver = names.project.resolver
    for target in targets:
        if target.kind == "object" and target.name in resolver.option_types:
            yield from _options(names)
        elif target.kind in ("instance", "class"):
            known = dict(resolver.classes[(target.module, target.name)].attributes)
            yield from (name for name in sorted(known) if is_seed(name))
            if depth == 0 and target.kind == "instance":
                for name, value in sorted(known.items()):
                    for inner in _attributes(resolver.targets(value, target.module), names, 1):
                        yield f"{name}.{inner}"
        elif target.kind == "module" and depth == 0:
            yield from (name for name in sorted(resolver.names(target.module)) if is_seed(name))


def _options(names: Names) -> Iterator[str]:
    """The command-line options that are seeds."""
    return (option.name for option in _declared(names) if is_seed(option.name))


def _declared(names: Names) -> tuple[Option, ...]:
    """The options of this file's command line: declared here, else in the nearest files it imports that declare any."""
    program = names.project.program
    layer, known = [names.tree.path], {names.tree.path}
    while layer:
        found = [option for path in layer for option in program.files[path].options]
        if found:
            return tuple(found)
        below = {path for item in layer for _, paths in program.context.imported(item) for path in paths}
        layer = sorted(below - known)
        known |= below
    return ()


def _passed(name: str, names: Names) -> str:
    """The seed of a parameter that was never annotated: one it is read from, or an option beside those that are."""
    read: dict[str, None] = {}
    for function in names.functions:
        waiting: list[cst.CSTNode] = [function.node]
        while waiting:
            node = waiting.pop()
            if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name) and node.value.value == name:
                read[node.attr.value] = None
            waiting.extend(node.children)
    declared = {item.name: item.default for item in _declared(names)}
    seeds = [item for item in (*read, *_options(names)) if is_seed(item)]
    if not seeds or (seeds[0] not in read and not (read and read.keys() <= declared.keys())):
        return ""
    return seeds[0] if fixed(declared.get(seeds[0], OPAQUE), names) else ""
