"""Set a switch to the value that makes runs repeat, where it is set now."""

from __future__ import annotations

import libcst as cst

from reprolint.catalog.argument import Argument
from reprolint.catalog.schema import Remedy
from reprolint.catalog.switch import Switch
from reprolint.core.diagnostic import Finding
from reprolint.core.edit import Edit, Fix
from reprolint.fixes.calls import find
from reprolint.fixes.project import Project
from reprolint.fixes.text import weakest
from reprolint.fixes.tree import Tree

_LITERALS = ("True", "False", "None")


def fix(finding: Finding, remedy: Remedy, project: Project) -> Fix | None:
    """Change the assigned value, or the argument of the call, at the finding's place."""
    callee, name = finding.remedy.get("callee", ""), finding.remedy.get("switch", "")
    effects = project.effects
    switch = effects.switches.get(name) or effects.attributes.get(callee)
    tree = project.tree(finding.place.filename)
    if switch is None:
        return None
    value = _value(tree, finding, switch, callee)
    if value is None:
        return None
    edit = Edit(tree.path, tree.span(value), repr(switch.wanted))
    literal = isinstance(value, cst.Name) and value.value in _LITERALS
    safety = weakest(remedy.safety, "safe" if literal else "display")
    reason = "may be slower: the library no longer times its algorithms" if literal else (
        f"`{tree.code(value)}` decides the value here"
    )  # fmt: skip
    return Fix(remedy.title, safety, (edit,), reason if safety != "safe" else "")


def _value(tree: Tree, finding: Finding, switch: Switch, callee: str) -> cst.BaseExpression | None:
    """The expression that gives the switch its value."""
    node = tree.expression(finding.place.span)
    if isinstance(node, cst.Call):
        for argument in _arguments(switch, callee):
            found = find(node, argument.name, argument.position)
            if found is not None:
                return found.value
        return None
    statement = tree.at(finding.place.span.row)
    small = statement.small if statement is not None else None
    if isinstance(small, cst.Assign) and len(small.targets) == 1:
        target = small.targets[0].target
        return small.value if node is None or node is target else None
    return small.value if isinstance(small, cst.AnnAssign) else None


def _arguments(switch: Switch, callee: str) -> list[Argument]:
    """The arguments by which a call sets the switch, those of this callee first."""
    setters = [item for item in switch.setters if item.argument is not None]
    ordered = sorted(setters, key=lambda item: callee not in item.api)
    return [item.argument for item in ordered if item.argument is not None]
