"""The order in which functions are summarised: callees first, mutually recursive ones together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

from reprolint.facts.record import Assign, Branch, Call, Facts, Import, Isolate, Loop, Step, Test, Try

Node = TypeVar("Node", bound=Hashable)


def calls(steps: Iterable[Step]) -> Iterator[Call]:
    """All calls of a body, in order, whatever they are nested in."""
    return (call for call, _ in guarded_calls(steps))


Guards = tuple[tuple[Test, bool], ...]


def guarded_calls(body: Iterable[Step]) -> Iterator[tuple[Call, Guards]]:
    """All calls of a body, in order, each with the conditions around it and whether they hold, outermost first."""
    return ((step, tests) for step, tests in leaves(body) if isinstance(step, Call))


def leaves(steps: Iterable[Step], tests: Guards = ()) -> Iterator[tuple[Call | Assign, Guards]]:
    """The calls and assignments of a body, in order, each with the conditions around it, outermost first."""
    for step in steps:
        if isinstance(step, Call | Assign):
            yield step, tests
        elif isinstance(step, Branch):
            yield from leaves(step.body, (*tests, (step.test, True)))
            yield from leaves(step.orelse, (*tests, (step.test, False)))
        elif isinstance(step, Loop):
            yield from leaves((*step.body, *step.orelse), tests)
        elif isinstance(step, Isolate):
            yield from leaves(step.body, tests)
        elif isinstance(step, Try):
            for part in (step.body, *step.handlers, step.orelse, step.final):
                yield from leaves(part, tests)


def repeated(steps: Iterable[Step]) -> Iterator[Call]:
    """The calls that every round of a loop makes, once each; what a condition in the loop decides is left out."""
    for step in steps:
        if isinstance(step, Loop):
            yield from (item for item in step.body if isinstance(item, Call))
            yield from repeated(step.body)
        elif isinstance(step, Branch):
            yield from repeated((*step.body, *step.orelse))
        elif isinstance(step, Isolate):
            yield from repeated(step.body)
        elif isinstance(step, Try):
            yield from repeated((*step.body, *step.orelse, *step.final))


def looped(steps: Iterable[Step]) -> Iterator[Call]:
    """The calls of a body that stand in a loop, those under a condition in it too."""
    for step in steps:
        if isinstance(step, Loop):
            yield from calls(step.body)
        elif isinstance(step, Branch):
            yield from looped((*step.body, *step.orelse))
        elif isinstance(step, Isolate):
            yield from looped(step.body)
        elif isinstance(step, Try):
            yield from looped((*step.body, *sum(step.handlers, ()), *step.orelse, *step.final))


def unguarded(steps: Iterable[Step]) -> Iterator[Step]:
    """The top-level steps of a file that also run when it is imported."""
    for step in steps:
        if isinstance(step, Branch) and step.test.kind == "main":
            yield from step.body if step.test.negated else step.orelse
        else:
            yield step


def imports(facts: Facts) -> Iterator[Import]:
    """Every import statement of a file, those inside functions too."""
    yield from statements(facts.body)
    for function in facts.functions:
        yield from statements(function.body)


def statements(steps: Iterable[Step]) -> Iterator[Import]:
    """Every import statement of a body."""
    for step in steps:
        if isinstance(step, Import):
            yield step
        elif isinstance(step, Branch | Loop):
            yield from statements((*step.body, *step.orelse))
        elif isinstance(step, Isolate):
            yield from statements(step.body)
        elif isinstance(step, Try):
            for part in (step.body, *step.handlers, step.orelse, step.final):
                yield from statements(part)


def components(roots: Iterable[Node], successors: Callable[[Node], Iterable[Node]]) -> list[tuple[Node, ...]]:
    """Strongly connected components reachable from the roots, successors first (Tarjan 1972, without recursion)."""
    number: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    result: list[tuple[Node, ...]] = []
    for root in roots:
        if root in number:
            continue
        work: list[tuple[Node, Iterator[Node]]] = [(root, iter(successors(root)))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, following = work[-1]
            for nxt in following:
                if nxt not in number:
                    number[nxt] = low[nxt] = len(number)
                    stack.append(nxt)
                    on_stack.add(nxt)
                    work.append((nxt, iter(successors(nxt))))
                    break
                if nxt in on_stack:
                    low[node] = min(low[node], number[nxt])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    result.append(_component(node, stack, on_stack))
    return result


def _component(node: Node, stack: list[Node], on_stack: set[Node]) -> tuple[Node, ...]:
    members: list[Node] = []
    while True:
        top = stack.pop()
        on_stack.discard(top)
        members.append(top)
        if top == node:
            return tuple(reversed(members))


def recursive(component: tuple[Node, ...], graph: Mapping[Node, Collection[Node]]) -> bool:
    """Whether the members of a component call themselves or one another."""
    return len(component) > 1 or component[0] in graph.get(component[0], ())
