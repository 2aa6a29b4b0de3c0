"""What the callers of a function do with what it gives back."""

from __future__ import annotations

from reprolint.core.value import Ref, paths
from reprolint.program.graph import calls
from reprolint.program.link import Program


def sortings(path: str, function: str, program: Program) -> tuple[int, int]:
    """How often a function is called, and how often what it gives back is put in order at once."""
    tail, called, put = function.rpartition(".")[2], 0, 0
    for home in sorted(program.files):
        facts = program.files[home]
        for body in (facts.body, *(item.body for item in facts.functions)):
            for call in calls(body):
                if any(ref.path.endswith(tail) for ref in paths(call.callee)):
                    found = program.context.callees(call, home).now
                    called += any((item.module, item.name) == (path, function) for item in found)
        for sight in facts.sights:
            if sight.effect == "sorting" and sight.callee.endswith(tail):
                targets = program.context.resolver.targets(Ref(sight.callee), home)
                put += any((item.module, item.name) == (path, function) for item in targets)
    return called, put
