"""What the callers of a function do with what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from reprolint.core.value import Ref, paths
from reprolint.facts.record import Call
from reprolint.program.entries import aside
from reprolint.program.graph import calls
from reprolint.program.link import Program


@dataclass(frozen=True)
class Callers:
    """The calls of a program by the last name of what they call; looked for once, when somebody asks."""

    program: Program

    @cached_property
    def calls(self) -> dict[str, list[tuple[str, Call]]]:
        """Every call, each with its file."""
        found: dict[str, list[tuple[str, Call]]] = {}
        for home in sorted(self.program.files):
            facts = self.program.files[home]
            for body in (facts.body, *(item.body for item in facts.functions)):
                for call in calls(body):
                    for name in {_last(ref.path) for ref in paths(call.callee)}:
                        found.setdefault(name, []).append((home, call))
        return found

    def samples(self, path: str, function: str) -> str:
        """How the order of what a function gives back decides about samples in a caller; empty where it does not."""
        context, wanted, tail = self.program.context, (path, function), _last(function)
        for home, facts in sorted(self.program.files.items()):
            for sight in facts.sights:
                if sight.effect == "samples" and _last(sight.callee) == tail and not aside(home):
                    targets = context.resolver.targets(Ref(sight.callee), home)
                    if any((item.module, item.name) == wanted for item in targets):
                        return sight.state
        return ""

    def sortings(self, path: str, function: str) -> tuple[int, int]:
        """How often a function is called, and how often what it gives back is put in order at once."""
        context, wanted, tail = self.program.context, (path, function), _last(function)
        called = put = 0
        for home, call in self.calls.get(tail, ()):
            called += any((item.module, item.name) == wanted for item in context.callees(call, home).now)
        for home, facts in self.program.files.items():
            for sight in facts.sights:
                if sight.effect == "sorting" and _last(sight.callee) == tail:
                    targets = context.resolver.targets(Ref(sight.callee), home)
                    put += any((item.module, item.name) == wanted for item in targets)
        return called, put


def _last(path: str) -> str:
    return path.rpartition(".")[2].lstrip(":")
