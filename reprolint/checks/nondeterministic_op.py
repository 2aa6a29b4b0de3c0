"""Operations that the deterministic switch does not settle where they run."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.catalog.operation import Operation
from reprolint.checks.evidence import way
from reprolint.checks.operations import Reached, called, operations
from reprolint.core.diagnostic import Finding, Related, Severity
from reprolint.core.place import Place
from reprolint.core.value import paths
from reprolint.facts.record import Call
from reprolint.program.arguments import as_function, holds
from reprolint.program.context import Spot
from reprolint.program.entries import Course, aside
from reprolint.program.graph import calls
from reprolint.program.link import Program

RULE = "nondeterministic-op"

_KINDS = {
    "atomic-sum": "adds with atomics, in an order that differs between runs",
    "last-writer": "writes the same place from several threads, and any of them may be the last",
    "algorithm": "may be computed by another algorithm in the next run",
    "tie": "picks any of several equal elements",
    "uninitialised": "reads memory that nobody wrote",
    "none": "has no deterministic implementation according to the library, although its result is exact",
}


def check(whole: Program) -> Iterator[Finding]:
    """One finding per operation and place that an entry reaches; what the switch settles is left to its own rule."""
    for course, program in whole.views():
        for reached in operations(course, program):
            problem = _problem(reached)
            if problem is not None:
                yield _finding(reached, course, *problem)
    yield from _library(whole)


def _library(program: Program) -> Iterator[Finding]:
    """Advice for code that no entry reaches: once a file, for operations that are called, not layers that are built."""
    entries = {course.entry.path for course in program.courses}
    names = {name.rpartition(".")[2] for name in program.context.effects.operations}
    for path in sorted(program.files):
        facts = program.files[path]
        targets = program.settings.device
        if path in entries or aside(path):
            continue
        found: list[tuple[Place, str, Operation]] = []
        for function in facts.functions:
            if (path, function.name) in program.reached:
                continue
            for call in calls(function.body):
                if not any(ref.path.rpartition(".")[2] in names for ref in paths(call.callee)):
                    continue
                found += [(Place(path, call.span), *item) for item in _summing(call, path, program)]
        found = [item for item in found if targets == "any" or targets in item[2].device]
        if found:
            place, api, operation = min(found, key=lambda item: item[0])
            others = [Related(item[0], f"`{item[1]}` too") for item in sorted(found, key=lambda item: item[0])[1:4]]
            evidence = _evidence(api, operation, "unless the deterministic switch is on")
            yield Finding(RULE, place, evidence, tuple(others), severity="advice", confidence="medium")


def _summing(call: Call, path: str, program: Program) -> Iterator[tuple[str, Operation]]:
    for target in program.context.callees(call, path).external:
        for operation, _ in program.context.effects.operations.get(target.name, ()):
            if operation.is_layer(target.name):
                continue
            sums = operation.varies.kind in ("atomic-sum", "last-writer") and operation.phase == "forward"
            spot = Spot(program.context, path)
            plain = call if target.receiver is None else as_function(call)
            if any(holds(plain, (condition,), spot) for condition in operation.unless):
                continue
            if sums and holds(call, operation.when, spot):
                yield target.name, operation


def _problem(reached: Reached) -> tuple[str, Severity | None] | None:
    operation, switch = reached.operation, reached.switch
    unlikely = operation.phase == "backward" or operation.varies.kind in ("tie", "last-writer")
    if switch != "on" and reached.doubtful and unlikely:
        return None  # nearly no call meets this: inputs take no gradient, pooling divides evenly, indices differ
    hint: Severity | None = "advice" if switch == "off" and operation.phase == "backward" else None
    if operation.switch == "raises":
        if switch == "on":
            return "raises under the strict deterministic switch, which is on here", "error"
        if operation.varies.kind == "none":
            return None
        if switch == "warn":
            return "only warns under the switch, which is on with warn_only here, and still varies", None
        return "and the deterministic switch would make it raise", hint
    if operation.switch in ("silent", "warns") and operation.varies.kind != "none":
        return "and the deterministic switch does not change that", hint
    return None


def _finding(reached: Reached, course: Course, problem: str, severity: Severity | None) -> Finding:
    use = reached.use
    severity = "advice" if reached.doubtful else severity
    related = way(use, use.place)
    return Finding(
        RULE, use.place, _evidence(use.api, reached.operation, problem), related, course.entry.label, severity
    )  # fmt: skip


def _evidence(api: str, operation: Operation, problem: str) -> dict[str, str]:
    return {
        "api": called(api),
        "where": "its gradient" if operation.phase == "backward" else "its result",
        "kind": _KINDS[operation.varies.kind],
        "problem": problem,
        "device": ", ".join(operation.device),
        "when": operation.varies.when,
        "instead": f"; instead: {operation.instead}" if operation.instead else "",
    }
