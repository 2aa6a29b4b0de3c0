"""A seeding helper that the project already has and that forgets a stream."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from reprolint.fixes.names import names_at
from reprolint.fixes.project import Project
from reprolint.fixes.site import SETTING, Site, settings
from reprolint.fixes.tree import Statement, Tree
from reprolint.program.entries import Course
from reprolint.program.state import Definition, Hop, Use


@dataclass(frozen=True, slots=True)
class Helper:
    """The block of seedings in a helper, and the source text of the seed it gives to them."""

    site: Site
    seed: str


def find(course: Course, stream: str, uses: tuple[Use, ...], project: Project) -> Helper | None:
    """The helper that seeds other streams before the first of these uses, on every path; None when there is none."""
    for definition in sorted(course.sets, key=lambda item: (len(item.chain), item.place)):
        if definition.cell not in project.effects.streams or definition.cell == stream or not definition.chain:
            continue
        if not definition.certain or definition.test is not None:
            continue
        if not uses or not all(_earlier(definition, use) for use in uses):
            continue
        found = _helper(definition, project)
        if found is not None:
            return found
    return None


def _earlier(definition: Definition, use: Use) -> bool:
    """Whether the helper is called before the use: where their chains part, its call stands higher up."""
    ours = [hop.place for hop in definition.chain]
    theirs = [*(hop.place for hop in use.chain), use.place]
    for mine, other in zip(ours, theirs, strict=False):
        if mine != other:
            return mine.filename == other.filename and mine.span < other.span
    return False


def _helper(definition: Definition, project: Project) -> Helper | None:
    tree = project.tree(definition.place.filename)
    call: Hop = definition.chain[-1]
    at = tree.at(definition.place.span.row)
    if at is None or at.function is None or at.block is not _block(at.function):
        return None
    body = tree.body(at.block)
    site = Site(tree, project, body, len(body))
    known = [item for item in settings(site) if item[1] < SETTING]
    named = project.vocabulary.seeder.search(call.name.rpartition(".")[2])
    if not known or not (named or len(known) > 1):
        return None
    text = next((found for item in known if (found := seed_text(item[2], tree, at, project))), "")
    return Helper(site, text) if text else None


def _block(function: Statement) -> object:
    body = getattr(function.node, "body", None)
    return getattr(body, "body", None)


def seed_text(call: cst.Call | None, tree: Tree, at: Statement, project: Project) -> str:
    """The source text of the seed that a seeding call is given; empty when it is given none."""
    if call is None:
        return ""
    functions = tuple(item for item in at.around if isinstance(item.node, cst.FunctionDef))
    names = names_at(tree, project, at.row, functions)
    for seeding in project.effects.seedings.get(names.api(call.func), ()):
        for number, arg in enumerate(call.args):
            if seeding.seed is None or arg.star:
                continue
            named = arg.keyword is not None and arg.keyword.value == seeding.seed.name
            if named or (arg.keyword is None and number == seeding.seed.position):
                text = tree.code(arg.value)
                return "" if text == "None" else text
    return ""
