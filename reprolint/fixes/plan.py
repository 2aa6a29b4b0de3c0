"""From findings to fixes."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from reprolint.catalog.load import Catalog
from reprolint.catalog.schema import Remedy
from reprolint.core.diagnostic import Finding
from reprolint.core.edit import Fix
from reprolint.program.link import Program

if TYPE_CHECKING:
    from reprolint.fixes.project import Project

_log = logging.getLogger(__name__)


def plan(
    findings: Sequence[Finding], catalog: Catalog, program: Program, read: Callable[[str], bytes]
) -> list[Fix | None]:
    """The fix of every finding, parallel to `findings`; None where the rule has none or the verb cannot decide.

    `read` gives the bytes of a file of the program. Each file is parsed at most once, and none without need.
    """
    remedies = {rule.name: rule.fix for rule in catalog.rules if rule.fix is not None}
    wanted = [remedies.get(finding.rule) if finding.remedy else None for finding in findings]
    if not any(wanted):
        return [None] * len(findings)
    from reprolint.fixes.project import Project

    project = Project(cache(read), program, catalog)
    return [_fix(finding, remedy, project) for finding, remedy in zip(findings, wanted, strict=True)]


def _fix(finding: Finding, remedy: Remedy | None, project: Project) -> Fix | None:
    if remedy is None:
        return None
    from reprolint.fixes.apply import changes
    from reprolint.fixes.text import merged

    try:
        verb = importlib.import_module(f"reprolint.fixes.verbs.{remedy.verb.replace('-', '_')}")
        fix: Fix | None = verb.fix(finding, remedy, project)
        if fix is None or not fix.edits or not changes(fix.edits, project.read):
            return None
        return replace(fix, edits=merged(fix.edits))
    except Exception:  # a finding without a fix is worth more than no report
        _log.debug("no fix for %s at %s", finding.rule, finding.place, exc_info=True)
        return None
