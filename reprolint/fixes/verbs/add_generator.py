"""Give a loader a generator of its own, seeded from the seed in scope."""

from __future__ import annotations

import libcst as cst

from reprolint.catalog.schema import Remedy
from reprolint.core.diagnostic import Finding
from reprolint.core.edit import Fix
from reprolint.fixes import seeds
from reprolint.fixes.calls import find, give, hides
from reprolint.fixes.imports import spelled
from reprolint.fixes.names import names_at
from reprolint.fixes.project import Project
from reprolint.fixes.text import weakest
from reprolint.fixes.verbs.add_seed_argument import runs_again


def fix(finding: Finding, remedy: Remedy, project: Project) -> Fix | None:
    """Add the argument; nothing when no seed is in scope, display-only for a loader built in a loop."""
    tree = project.tree(finding.place.filename)
    call = tree.call(finding.place.span)
    statement = tree.at(finding.place.span.row)
    if call is None or statement is None or hides(call):
        return None
    functions = tuple(item for item in statement.around if isinstance(item.node, cst.FunctionDef))
    names = names_at(tree, project, statement.row, functions)
    api = finding.remedy.get("callee") or names.api(call.func)
    loader = next(iter(project.effects.loaders.get(api, ())), None)
    seed = seeds.in_scope(names)
    if loader is None or not loader.generator_statement or seed is None:
        return None
    present = find(call, loader.generator.name, loader.generator.position)
    if present is not None and tree.code(present.value) != "None":
        return None
    limit = (statement.around[0] if statement.around else statement).top
    value = spelled(loader.generator_statement.replace("{seed}", seed.text), "", names, limit)
    if value is None or value.before:
        return None
    edits = (*value.edits, *seed.edits, *give(tree, call, loader.generator.name, None, value.code))
    if runs_again(tree, call, statement, project):
        return Fix(remedy.title, "display", edits, "it is built again and again here and would repeat the same order")
    safety = weakest(remedy.safety, "unsafe") if seed.edits else remedy.safety
    reason = f"the order of the samples changes: it follows from `{seed.text}` alone" if safety != "safe" else ""
    return Fix(remedy.title, safety, edits, reason)
