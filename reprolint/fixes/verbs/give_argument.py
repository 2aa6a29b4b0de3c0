"""Give a call an argument that knowledge asks for."""

from __future__ import annotations

from reprolint.catalog.schema import Remedy
from reprolint.core.diagnostic import Finding
from reprolint.core.edit import Fix
from reprolint.fixes.calls import give, hides
from reprolint.fixes.project import Project
from reprolint.fixes.text import weakest


def fix(finding: Finding, remedy: Remedy, project: Project) -> Fix | None:
    """Pass the argument; only shown when operations in reach would raise then."""
    known = finding.remedy
    tree = project.tree(finding.place.filename)
    call = tree.call(finding.place.span)
    if call is None or hides(call):
        return None
    edits = give(tree, call, known["argument"], None, known["value"])
    raises = [f"`{name}`" for name in known.get("raises", "").split(",") if name]
    if raises:
        return Fix(remedy.title, "display", edits, f"{', '.join(raises)} would raise then")
    reason = "operations without a deterministic kernel raise from now on, and some get slower"
    return Fix(remedy.title, weakest(remedy.safety, "unsafe"), edits, reason)
