"""Where a value comes from, in words."""

from __future__ import annotations

from reprolint.core.value import Const, Derived, Either, Items, Ref, Value
from reprolint.facts.record import Test
from reprolint.program.follow import last_step
from reprolint.program.link import Program
from reprolint.program.state import Definition

OPEN = "a value that reading cannot tell"
COMPUTED = "computed from "


def seed(definition: Definition, program: Program, quality: str) -> str:
    """The seed of a definition."""
    known = program.context.effects.seedings.get(definition.api, ())
    if known and all(item.seed is None for item in known):
        return "entropy" if definition.none == "entropy" else "a saved state"
    if definition.value == Const(None):
        return {"entropy": "entropy (no seed)", "keeps": "None, which changes nothing"}.get(definition.none, "None")
    text = words(definition.value, definition.place.filename, program)
    if quality == "random":
        return f"{text}, which is entropy"
    return f"{text}, which is entropy on some paths" if quality == "mixed" else text


def condition(test: Test, holds: bool = True) -> str:
    """A condition as it would be written, for when it holds or does not."""
    positive = test.negated is not holds
    if test.kind == "none":
        return f"{test.text} is {'' if positive else 'not '}None"
    return test.text if positive else f"not ({test.text})" if " " in test.text else f"not {test.text}"


def words(value: Value, module: str, program: Program) -> str:
    """A value written in `module`."""
    if isinstance(value, Const):
        return repr(value.value)
    if isinstance(value, Either):
        return " or ".join(dict.fromkeys(words(item, module, program) for item in value.options))
    if isinstance(value, Derived):
        parts = dict.fromkeys(words(item, module, program) for item in value.sources)
        told = [f"({part})" if " or " in part else part.removeprefix(COMPUTED) for part in parts if part != OPEN]
        return f"{COMPUTED}{' and '.join(told)}" if told else OPEN
    if isinstance(value, Ref):
        return _name(value, module, program)
    return f"a {value.kind}" if isinstance(value, Items) else OPEN


def _name(value: Ref, module: str, program: Program) -> str:
    path, home = value.path, value.module or module
    context = program.context
    known = context.evaluate(value, module)
    tail = last_step(path)
    owners = context.resolver.follow(path[: -len(tail)], home) if tail.startswith(".") else ()
    if any(item.kind == "object" and item.name in context.effects.option_types for item in owners):
        default = f"default {known.value!r}" if isinstance(known, Const) else "default not known"
        return f"option {tail[1:]} ({default})"
    short = path.rpartition(").")[2].lstrip(":.") if ")." in path else path.lstrip(":.")
    short = short[1:].rpartition("/")[2] if short.startswith("@") else short
    if short.endswith("()"):
        short = short.rpartition(".")[2]
    elif not short.strip("()[]?"):
        return OPEN
    if isinstance(known, Const):
        return f"{short} = {known.value!r}"
    if path.startswith("@"):
        return f"parameter `{short}`"
    return f"{short}, which is {words(known, home, program)}" if isinstance(known, Either) else f"`{short}`"
