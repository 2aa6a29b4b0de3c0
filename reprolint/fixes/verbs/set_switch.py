"""Switch a determinism setting on, next to the seeds."""

from __future__ import annotations

from reprolint.catalog.schema import Remedy
from reprolint.core.diagnostic import Finding
from reprolint.core.edit import Fix
from reprolint.fixes import seeds
from reprolint.fixes.imports import spelled
from reprolint.fixes.project import Project
from reprolint.fixes.site import SETTING, find, holds, spot
from reprolint.fixes.text import weakest


def fix(finding: Finding, remedy: Remedy, project: Project) -> Fix | None:
    """Insert the switch's statement; only shown when operations in reach would raise under it."""
    known = finding.remedy
    switch = project.effects.switches.get(known["switch"])
    tree = project.tree(known["entry"])
    site = find(tree, known["rows"], project, project.course(tree.path, finding.entry))
    if switch is None or site is None:
        return None
    seed = seeds.in_scope(site.names(site.row))
    place = spot(site, SETTING, seed.statement if seed is not None else None)
    limit = min(site.outer_row, place.row)
    call = spelled(switch.statement, switch.needs, site.names(place.row), limit)
    if call is None or holds(tree, site.before, tree.quoted(call.code)):
        return None
    edits = (*call.edits, place.edit(tree, [*call.before, tree.quoted(call.code)]))
    raises = [name for name in known.get("raises", "").split(",") if name]
    if raises:
        listed = ", ".join(f"`{name}`" for name in raises)
        return Fix(remedy.title, "display", edits, f"{listed} would raise with the switch on")
    reason = "operations without a deterministic kernel raise from now on, and some get slower"
    return Fix(remedy.title, weakest(remedy.safety, "unsafe"), edits, reason)
