"""Seed a stream once, where a person would, from the seed that the project has."""

from __future__ import annotations

import libcst as cst

from reprolint.catalog.schema import Remedy
from reprolint.core.diagnostic import Finding
from reprolint.core.edit import Edit, Fix
from reprolint.core.value import paths
from reprolint.fixes import helper, seeds
from reprolint.fixes.imports import prelude, spelled
from reprolint.fixes.names import Names
from reprolint.fixes.project import Project
from reprolint.fixes.site import Site, find, holds, rank, settings, spot
from reprolint.fixes.text import weakest
from reprolint.fixes.tree import Statement
from reprolint.program.entries import Course
from reprolint.program.state import START, Definition, Use


def fix(finding: Finding, remedy: Remedy, project: Project) -> Fix | None:
    """Move a late seeding up, complete the project's own helper, or insert the call."""
    known = finding.remedy
    streams = _least(known["stream"].split(","), project)
    course = project.course(known["entry"], finding.entry)
    if course is None or not streams:
        return None
    uses = tuple(use for use in course.uses if use.cell in streams and use.kind == "draw")
    open_ones = tuple(use for use in uses if use.reach == START)
    if not open_ones:
        return _settle(uses, remedy, project)
    site = find(project.tree(known["entry"]), known["rows"], project, course)
    late = [item for use, item in course.late if use.cell in streams and known.get("late")]
    if site is not None and late:
        moved = _moved(late[0], streams, site)
        if moved:
            row = moved[1].span.row if len(moved) > 1 else 0
            reason = f"the numbers change: the seeding of row {row} moves above what it was too late for"
            return Fix(remedy.title, weakest(remedy.safety, "unsafe"), moved, reason)
    if len(streams) == 1 and not late:
        completed = _completed(course, streams[0], open_ones, project)
        if completed is not None:
            edits, seed = completed
            reason = f"the numbers change: the stream starts from `{seed}`, as the others in this helper do"
            return Fix(remedy.title, remedy.safety, edits, reason)
    return _inserted(streams, site, known.get("seed", ""), remedy) if site is not None else None


def _least(streams: list[str], project: Project) -> list[str]:
    """The streams to seed, without those that another one's call seeds as well."""
    effects = project.effects
    covered: set[str] = set()
    for name in streams:
        template = effects.streams[name].seed if name in effects.streams else ""
        for seeding in effects.seedings.get(template.partition("(")[0], ()):
            covered.update(item for item in seeding.streams if item != name)
    kept = [name for name in streams if name in effects.streams and name not in covered]
    return sorted(kept or streams[:1], key=lambda name: rank(name, project))


def _settle(uses: tuple[Use, ...], remedy: Remedy, project: Project) -> Fix | None:
    """Give a default to the option that an existing seeding reads, when that is what leaves the stream unseeded."""
    for definition in (item for use in uses for item in sorted(use.reach, key=lambda item: item.place)):
        for ref in paths(definition.value):
            edits = seeds.default(ref.path.rpartition(".")[2], project) if "." in ref.path else None
            if edits:
                reason = "runs that do not give the option repeat the same numbers from now on"
                return Fix(remedy.title, weakest(remedy.safety, "unsafe"), edits, reason)
    return None


def _completed(
    course: Course, stream: str, uses: tuple[Use, ...], project: Project
) -> tuple[tuple[Edit, ...], str] | None:
    """Edits that add a stream to the helper that forgets it."""
    found = helper.find(course, stream, uses, project)
    if found is None:
        return None
    edits = _lines([stream], found.site, seeds.Seed(found.seed))
    return (edits, found.seed) if edits else None


def _inserted(streams: list[str], site: Site, given: str, remedy: Remedy) -> Fix | None:
    seed = _seed(site, given)
    if seed is None:
        return None
    edits = _lines(streams, site, seed)
    if not edits:
        return None
    if not seed.existing:
        reason = f"invents `{seeds.INVENTED} = {seeds.VALUE}`, and the numbers change"
        return Fix(remedy.title, weakest(remedy.safety, "unsafe"), edits, reason)
    reason = f"the numbers change: the stream starts from `{seed.text}`"
    safety = weakest(remedy.safety, "unsafe") if seed.edits else remedy.safety
    return Fix(remedy.title, safety, edits, reason if safety != "safe" else "")


def _seed(site: Site, given: str) -> seeds.Seed | None:
    """The seed of the calls already there, else one in scope, else a new one."""
    for statement, _, call in settings(site):
        text = helper.seed_text(call, site.tree, statement, site.project)
        if text:
            return seeds.Seed(text, _last_binding(call, site, statement.row))
    names = site.names(site.row)
    if given and names.bound(given.partition(".")[0]) is not None:
        bound = names.bound(given.partition(".")[0])
        return seeds.Seed(given, bound.statement if bound is not None else None)
    found = seeds.in_scope(names)
    if found is None and seeds.can_invent(names):
        return seeds.Seed(seeds.INVENTED, existing=False)
    return found


def _last_binding(node: cst.CSTNode | None, site: Site, row: int) -> Statement | None:
    """The lowest statement of the site's block that binds a name which an expression reads."""
    names, waiting, found = site.names(row), [node] if node is not None else [], []
    while waiting:
        inner = waiting.pop()
        waiting.extend(inner.children)
        bound = names.bound(inner.value) if isinstance(inner, cst.Name) else None
        holder = site.holder(bound.statement) if bound is not None else None
        if holder is not None:
            found.append(holder)
    return max(found, key=lambda item: item.row, default=None)


def _lines(streams: list[str], site: Site, seed: seeds.Seed) -> tuple[Edit, ...]:
    """The edits that seed streams at a site, with the imports and the constant that they need."""
    tree, place = site.tree, spot(site, rank(streams[0], site.project), seed.statement)
    names = site.names(place.row)
    limit = min(site.outer_row, place.row)
    lines: list[str] = []
    edits: list[Edit] = []
    for stream in streams:
        known = site.project.effects.streams[stream]
        call = spelled(known.seed.replace("{seed}", seed.text), known.needs, names, limit)
        if call is None or holds(site.tree, site.before, call.code):
            return ()
        lines += [*call.before, call.code]
        edits += call.edits
    if not seed.existing:
        row = prelude(tree, limit)
        if row >= limit and row == place.row and not place.above:
            lines.insert(0, f"{seeds.INVENTED} = {seeds.VALUE}")
        else:
            edits.append(seeds.constant(tree, row, alone=row != place.row))
    return (*edits, place.edit(tree, lines), *seed.edits)


def _moved(late: Definition, streams: list[str], site: Site) -> tuple[Edit, ...]:
    """Edits that move the statement of a late seeding up to the site; empty when it cannot be moved."""
    rows = [hop.place for hop in (*late.chain,)] + [late.place]
    place = next((item for item in rows if item.filename == site.tree.path and _in(item.span.row, site)), None)
    statement = site.tree.at(place.span.row) if place is not None else None
    if statement is None or not isinstance(statement.small, cst.Expr) or statement not in site.body[site.count :]:
        return ()
    bound = _last_binding(statement.small, site, statement.row)
    if bound is not None and bound not in site.before:
        return ()
    if not _known_above(statement.small, site.names(site.row)):
        return ()
    target = spot(site, rank(streams[0], site.project), bound)
    lines = [line.strip() for line in site.tree.lines[statement.top - 1 : statement.end_row]]
    if statement.row != statement.end_row:
        return ()
    return (target.edit(site.tree, lines), site.tree.delete(statement.top, statement.end_row))


def _in(row: int, site: Site) -> bool:
    return site.body[0].row <= row <= site.body[-1].end_row


def _known_above(node: cst.CSTNode, names: Names) -> bool:
    """Whether the function that a call names is bound at the site."""
    root = node
    while not isinstance(root, cst.Name):
        inner = next((child for child in root.children if isinstance(child, cst.BaseExpression)), None)
        if inner is None:
            return False
        root = inner
    return bool(names.path(root))
