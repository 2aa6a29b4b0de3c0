"""Environments of reinforcement learning, and their action spaces, that nobody seeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reprolint.checks.calls import reached
from reprolint.checks.evidence import way
from reprolint.checks.streams import exposures, trains
from reprolint.core.diagnostic import Finding, Related, Severity
from reprolint.core.place import Place
from reprolint.core.value import Const, paths
from reprolint.facts.record import Call, Step
from reprolint.program.arguments import argument
from reprolint.program.entries import Course, aside
from reprolint.program.follow import Target
from reprolint.program.graph import calls
from reprolint.program.link import Program
from reprolint.program.state import START, Definition, Use

NAME = "unseeded-environment"


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and kind of generator, at the first draw, and one for each function that draws from an
    environment which it makes itself and never seeds, by the first entry that comes to the place."""
    told: set[Place] = set()
    for course, program in whole.views():
        found = {item.stream: item.uses[0] for item in exposures(course, program, NAME) if item.cause == "unseeded"}
        shown = {name: (use.api, use.place, way(use, use.place)) for name, use in found.items()}
        for name, api, place in _own(course, program):
            shown.setdefault(name, (api, place, ()))
        for name, (api, place, related) in sorted(shown.items()):
            seeded = any(item.cell == name and not _is_none(item, program) for item in course.sets)
            if not seeded and place not in told and not _may_seed(name, course.files, program):
                told.add(place)
                yield _finding(name, api, place, related, course, program)
        for use in _made_inside(course, program):
            if use.place not in told:
                told.add(use.place)
                yield _finding(use.cell, use.api, use.place, (), course, program)


def _finding(
    stream: str, api: str, place: Place, related: tuple[Related, ...], course: Course, program: Program
) -> Finding:  # fmt: skip
    evidence = {"api": api.rpartition(".")[2], "stream": stream, "entry": course.entry.label}
    evidence["seed"] = program.context.effects.streams[stream].seed.format(seed="...")
    severity: Severity | None = "advice" if _plays(course, program) else None
    return Finding(NAME, place, evidence, related, course.entry.label, severity=severity)


def _plays(course: Course, program: Program) -> bool:
    """Whether an entry shows what was trained elsewhere, as its name and what it does agree."""
    stem = course.entry.path.rpartition("/")[2].removesuffix(".py")
    return not trains(course) and program.context.vocabulary.means(stem, "look")


def _made_inside(course: Course, program: Program) -> Iterator[Use]:
    """The first draws of functions from environments that they make themselves and do not seed, whatever the caller
    has done to others."""
    context = program.context
    for path, name in sorted(course.reached):
        function = context.resolver.functions.get((path, name))
        summary = context.summaries.get((path, name))
        if function is None or summary is None or aside(path):
            continue
        made = {call.span for call in calls(function.body) if _is_made_here(call)}
        for use in summary.uses:
            own = use.subject == NAME and use.reach == START and not use.chain and use.place.span in made
            if own and not _gives_seeds(use.cell, path, function.body, program):
                yield use
                break


def _is_made_here(call: Call) -> bool:
    """Whether the object whose method is called was made by a library in the same function."""
    refs = paths(call.callee)
    return bool(refs) and all("()" in ref.path and ref.path[0] not in "@:.?" for ref in refs)


def _own(course: Course, program: Program) -> Iterator[tuple[str, str, Place]]:
    """Where environments of the project are reset: stream, method of the library's class, and place."""
    effects, resolver = program.context.effects, program.context.resolver
    draws = (draw for known in effects.draws.values() for draw in known if draw.rule == NAME)
    methods = {api.rpartition(".")[2] for draw in draws for api in draw.api}
    for path, call in reached(course, program):
        if _is_super(call) or methods.isdisjoint(ref.path.rpartition(".")[2] for ref in paths(call.callee)):
            continue
        for target in program.context.callees(call, path).now:
            owner, _, method = target.name.rpartition(".")
            known = (target.module, owner) in resolver.classes
            bases = resolver.linear(Target("class", owner, target.module)) if known else ()
            for api in (f"{base.name}.{method}" for base in bases if base.kind == "external"):
                for draw in effects.draws.get(api, ()):
                    own = argument(call, draw.own) if draw.own is not None else None
                    if draw.rule == NAME and own in (None, Const(None)):
                        yield draw.stream, api, Place(path, call.span)


def _is_super(call: Call) -> bool:
    """Whether a method calls the one it stands for."""
    return any(".__super__" in ref.path for ref in paths(call.callee))


def _is_none(item: Definition, program: Program) -> bool:
    return program.context.evaluate(item.value, item.place.filename) == Const(None)


def _may_seed(stream: str, files: Iterable[str], program: Program) -> bool:
    """Whether files hold a call that gives a seed to something that cannot be followed, perhaps to an environment, in
    code that is never called as far as reading tells."""
    known = (program.files[path] for path in files if path in program.files)
    bodies = ((facts.path, body) for facts in known for body in (facts.body, *(item.body for item in facts.functions)))
    return any(_gives_seeds(stream, path, body, program) for path, body in bodies)


def _gives_seeds(stream: str, path: str, body: tuple[Step, ...], program: Program) -> bool:
    return any(_gives_seed(call) and not _is_other(stream, call, path, program) for call in calls(body))


def _gives_seed(call: Call) -> bool:
    if _is_super(call):
        return False
    named = any(ref.path.rpartition(".")[2] == "seed" for ref in paths(call.callee))
    return (named and bool(call.args or call.keywords)) or any(name == "seed" for name, _ in call.keywords)


def _is_other(stream: str, call: Call, path: str, program: Program) -> bool:
    """Whether it is known what a call does, and that is not to seed a stream."""
    context = program.context
    found = context.callees(call, path)
    if found.now or found.built or _is_named_as_draw(stream, call, program):
        return True
    seedings = [known for item in found.external for known in context.effects.seedings.get(item.name, ())]
    known = any(context.vocabulary.has_effect(item.name) for item in found.external)
    return known and not any(stream in item.streams for item in seedings)


def _is_named_as_draw(stream: str, call: Call, program: Program) -> bool:
    """Whether a call has the name of a draw that takes no seed: `sample(seed=key)` of a distribution keeps it."""
    draws = (draw for known in program.context.effects.draws.values() for draw in known if draw.stream == stream)
    drawing = {api.rpartition(".")[2] for draw in draws if draw.own is None for api in draw.api}
    return any(ref.path.rpartition(".")[2] in drawing for ref in paths(call.callee))
