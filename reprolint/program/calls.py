"""What a call runs: functions of the project now, functions that a framework runs later, and library effects."""

from __future__ import annotations

from dataclasses import dataclass

from reprolint.core.value import Ref, Value, paths
from reprolint.facts.record import Call
from reprolint.program.follow import Target
from reprolint.program.resolve import Resolver

MOST_TARGETS = 8


@dataclass(frozen=True, slots=True)
class Callees:
    """The functions a call enters (`now`), those it hands over (`later`), and the library names it calls."""

    now: tuple[Target, ...] = ()
    later: tuple[Target, ...] = ()
    external: tuple[Target, ...] = ()
    objects: tuple[Target, ...] = ()


def callees(call: Call, module: str, resolver: Resolver) -> Callees:
    """Resolve a call made in `module`."""
    found = resolver.targets(call.callee, module)
    if len(found) > MOST_TARGETS:
        return Callees()
    now: list[Target] = []
    later: list[Target] = []
    external: list[Target] = []
    objects: list[Target] = []
    for target in found:
        if target.kind == "function":
            now.append(target)
        elif target.kind == "class":
            now += [item for item in resolver.member(target, "__init__") if item.kind == "function"]
            later += resolver.later(target)
            if not now:
                external += [item for item in resolver.linear(target)[1:] if item.kind == "external"][:1]
        elif target.kind == "instance":
            now += resolver.calls(target)
        elif target.kind == "external":
            external.append(target)
        elif target.kind == "object":
            objects.append(target)
    if not now:
        later += _handed_over(call, module, resolver)
    return Callees(tuple(now), tuple(dict.fromkeys(later)), tuple(external), tuple(objects))


def _handed_over(call: Call, module: str, resolver: Resolver) -> list[Target]:
    """Functions of the project that a call hands to a library, which will call them."""
    result: list[Target] = []
    values: list[Value] = [*call.args, *(value for _, value in call.keywords)]
    for ref in (ref for value in values for ref in paths(value)):
        if isinstance(ref, Ref) and not ref.path.startswith("@"):
            result += [target for target in resolver.targets(ref, module) if target.kind == "function"]
    return result
