"""Settings whose name does not exist, and is close to one that does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from reprolint.core.diagnostic import Finding
from reprolint.core.place import Place
from reprolint.core.value import Const, paths
from reprolint.facts.record import Assign, Call, Facts
from reprolint.program.arguments import settings
from reprolint.program.graph import leaves
from reprolint.program.link import Program

# How alike two names must be: attributes share their module, variables nothing but the process.
_ATTRIBUTE, _VARIABLE = 0.75, 0.9


def check(program: Program) -> Iterator[Finding]:
    """One finding per place, in every file."""
    for path in sorted(program.files):
        for step in _steps(program.files[path]):
            found = _attribute(step, program) if isinstance(step, Assign) else _variable(step, program)
            if found is not None:
                name, meant, where = found
                evidence = {"name": name, "meant": meant, "where": where}
                yield Finding("switch-misspelt", Place(path, step.span), evidence)


def _steps(facts: Facts) -> Iterator[Assign | Call]:
    for body in (facts.body, *(function.body for function in facts.functions)):
        yield from (step for step, _ in leaves(body))


def _attribute(step: Assign, program: Program) -> tuple[str, str, str] | None:
    module, _, name = step.target.rpartition(".")
    known = program.context.effects.modules.get(module, ())
    near = _near(name, known, _ATTRIBUTE) if known else None
    return (name, near, module) if near is not None else None


def _variable(call: Call, program: Program) -> tuple[str, str, str] | None:
    effects = program.context.effects
    for ref in paths(call.callee):
        for entry in effects.environment.get(ref.path, ()):
            for name, _ in settings(call, entry):
                text = name.value if isinstance(name, Const) else None
                near = _near(text, effects.variable_names, _VARIABLE) if isinstance(text, str) else None
                if isinstance(text, str) and near is not None:
                    return text, near, "the environment"
    return None


def _near(name: str, known: Iterable[str], cutoff: float) -> str | None:
    names = sorted(known)
    found = get_close_matches(name, names, 1, cutoff) if name not in names else []
    return found[0] if found else None
