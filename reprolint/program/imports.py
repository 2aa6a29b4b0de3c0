"""What happens when the files of a program are imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reprolint.facts.record import Facts
from reprolint.program.context import Context
from reprolint.program.flow import Walk


@dataclass(frozen=True, slots=True)
class Imports:
    """`acting`: the files that draw, seed or set something at top level. `matter`: those, and whatever imports them.

    `libraries`: per file, the libraries that read environment variables and that importing it loads.
    """

    acting: frozenset[str]
    matter: frozenset[str]
    libraries: Mapping[str, frozenset[str]]


def survey(context: Context) -> Imports:
    """Look at the top level of every file, and at who imports it."""
    files = context.resolver.modules.facts
    known = importers(files, context)
    acting = frozenset(path for path, facts in files.items() if _acts(facts, context))
    roots = {variable.read_by for variable in context.effects.variables.values()}
    libraries: dict[str, set[str]] = {}
    for root in sorted(roots):
        direct = [path for path in files if any(_root(step.module) == root for step, _ in context.imported(path))]
        for path in upwards(direct, known):
            libraries.setdefault(path, set()).add(root)
    return Imports(acting, upwards(acting, known), {path: frozenset(found) for path, found in libraries.items()})


def _root(module: str) -> str:
    return module.partition(".")[0]


def importers(paths: Iterable[str], context: Context) -> dict[str, list[str]]:
    """Who imports a file, by file."""
    result: dict[str, list[str]] = {}
    for path in paths:
        for _, found in context.imported(path):
            for other in found:
                result.setdefault(other, []).append(path)
    return result


def upwards(start: Iterable[str], above: Mapping[str, list[str]]) -> frozenset[str]:
    """The files of `start` and all that import them, directly or not."""
    waiting = sorted(start)
    known = set(waiting)
    while waiting:
        for importer in above.get(waiting.pop(), ()):
            if importer not in known:
                known.add(importer)
                waiting.append(importer)
    return frozenset(known)


def _acts(facts: Facts, context: Context) -> bool:
    summary = Walk(context, facts.path).body(facts.body)
    uses = any(use.kind != "library" for use in summary.uses)
    return bool(summary.out is None or summary.out or uses or summary.deferred)
