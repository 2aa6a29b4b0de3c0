"""Give a call the seed that it is missing."""

from __future__ import annotations

import libcst as cst

from reprolint.catalog.schema import Remedy
from reprolint.core.diagnostic import Finding
from reprolint.core.edit import Edit, Fix, Safety
from reprolint.fixes import seeds
from reprolint.fixes.calls import find, give, hides
from reprolint.fixes.imports import prelude, spelled
from reprolint.fixes.names import Names, names_at
from reprolint.fixes.project import Project
from reprolint.fixes.text import weakest
from reprolint.fixes.tree import Statement, Tree
from reprolint.program.follow import Target

_AGAIN = frozenset({"__call__", "__getitem__", "__iter__", "__next__"})
_COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)


def fix(finding: Finding, remedy: Remedy, project: Project) -> Fix | None:
    """Pass the seed in scope, or a new constant, or a literal in a function that knows no seed."""
    tree = project.tree(finding.place.filename)
    call = tree.call(finding.place.span)
    statement = tree.at(finding.place.span.row)
    if call is None or statement is None or hides(call):
        return None
    known = finding.remedy
    position = int(known["position"]) if known.get("position") else None
    present = find(call, known["argument"], position)
    if present is not None and tree.code(present.value) != "None":
        return None
    functions = tuple(item for item in statement.around if isinstance(item.node, cst.FunctionDef))
    names = names_at(tree, project, statement.row, functions)
    if seeds.optional(names):
        return None
    value, extra, note = _seed(statement, names)
    made = _made(known.get("statement", ""), value, statement, names)
    if made is None:
        return None
    place = None if known.get("statement") else position
    edits = (*extra, *made[1], *give(tree, call, known["argument"], place, made[0]))
    safety: Safety = weakest(remedy.safety, "unsafe") if note else remedy.safety
    reason = note or (f"the numbers change: they follow from `{value}`" if safety != "safe" else "")
    is_generator = known.get("callee", "") in project.effects.generators
    if is_generator and (value == seeds.VALUE or runs_again(tree, call, statement, project)):
        often = "whenever this function is called" if value == seeds.VALUE else "again and again here"
        return Fix(remedy.title, "display", edits, f"it is built {often} and would repeat the same numbers")
    return Fix(remedy.title, safety, edits, reason)


def _seed(statement: Statement, names: Names) -> tuple[str, tuple[Edit, ...], str]:
    """The source text of the seed, the edits it needs, and what to say when it is a new one."""
    tree = names.tree
    found = seeds.in_scope(names)
    if found is not None:
        note = "runs that do not give the option repeat the same numbers from now on" if found.edits else ""
        return found.text, found.edits, note
    entries = {course.entry.path for course in names.project.program.courses}
    if (not names.functions or tree.path in entries) and seeds.can_invent(names):
        outer = statement.around[0] if statement.around else statement
        row = prelude(tree, outer.top)
        note = f"invents `{seeds.INVENTED} = {seeds.VALUE}`, and the numbers change"
        if row < outer.top or not statement.around:
            return seeds.INVENTED, (seeds.constant(tree, row),), note
    return seeds.VALUE, (), "no seed is in scope: every call repeats the same numbers"


def _made(template: str, seed: str, statement: Statement, names: Names) -> tuple[str, tuple[Edit, ...]] | None:
    """What is made of a seed, and the imports that needs; None when a name it needs means something else here."""
    if not template:
        return seed, ()
    limit = (statement.around[0] if statement.around else statement).top
    value = spelled(template.replace("{seed}", seed), "", names, limit)
    return None if value is None or value.before else (value.code, value.edits)


def runs_again(tree: Tree, node: cst.CSTNode, statement: Statement, project: Project) -> bool:
    """Whether an expression runs many times in one run, as far as its surroundings tell."""
    if statement.repeated:
        return True
    outer = tree.parent(node)
    while outer is not None and outer is not statement.node:
        if isinstance(outer, _COMPREHENSIONS):
            return True
        outer = tree.parent(outer)
    function = statement.function
    name = function.node.name.value if function is not None and isinstance(function.node, cst.FunctionDef) else ""
    return statement.owner is not None and name in (_later(statement, tree, project) | _AGAIN)


def _later(statement: Statement, tree: Tree, project: Project) -> set[str]:
    """The methods of the class around a statement that a framework calls."""
    owner = getattr(statement.owner.node, "name", None) if statement.owner is not None else None
    name = owner.value if isinstance(owner, cst.Name) else ""
    if (tree.path, name) not in project.resolver.classes:
        return set()
    line = project.resolver.linear(Target("class", name, tree.path))
    known = [project.effects.bases.get(item.name) for item in line if item.kind == "external"]
    return {method for base in known if base is not None for method in (*base.later, base.call)}
