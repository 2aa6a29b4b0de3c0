"""Random keys made from a number that differs in every run."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.checks.match import is_fallback
from reprolint.checks.streams import Judge
from reprolint.core.diagnostic import Finding
from reprolint.core.place import Place
from reprolint.core.value import paths
from reprolint.facts.record import Call
from reprolint.program.arguments import argument
from reprolint.program.entries import Course, Entry, aside
from reprolint.program.graph import guarded_calls
from reprolint.program.link import Program
from reprolint.program.state import Definition


def check(whole: Program) -> Iterator[Finding]:
    """One finding per call that makes a key, for the first entry that reaches it; advice where the key or the number
    may come from somewhere else, or where no entry leads."""
    known: set[Place] = set()
    for course, program in (*whole.views(), *_beside(whole)):
        judge = Judge(course, program)
        for path, call, loose in _makers(course, program):
            for item in _made(call, path, program) if Place(path, call.span) not in known else ():
                quality = judge.quality(item)
                if quality in ("random", "mixed"):
                    known.add(item.place)
                    sources = " and ".join(f"`{name}`" for name in judge.randomness(item)) or "a number"
                    weak = quality == "mixed" or loose
                    evidence, entry = {"api": item.api, "source": sources}, course.entry.label
                    yield Finding("entropy-key", item.place, evidence, entry=entry, severity="advice" if weak else None)


def _beside(program: Program) -> Iterator[tuple[Course, Program]]:
    """The files by themselves, as if each were an entry: what no entry reaches, and scripts that use nothing else."""
    for path in sorted(program.files):
        if not aside(path):
            reached = frozenset((path, item.name) for item in program.files[path].functions)
            yield Course(Entry(path), (), {}, (), (), files=(path,), reached=reached), program


def _makers(course: Course, program: Program) -> Iterator[tuple[str, Call, bool]]:
    """The calls that may make a key on the way of an entry, each with its file, and whether no entry leads there or a
    caller may give another key."""
    known = program.context.effects.keys
    names = {name.rpartition(".")[2] for name, entries in known.items() if any(entry.seed for entry in entries)}
    for path in course.files:
        facts = program.files[path]
        for function, body in (("", facts.body), *((item.name, item.body) for item in facts.functions)):
            if function and (path, function) not in course.reached:
                continue
            for call, tests in guarded_calls(body):
                if any(ref.path.rpartition(".")[2] in names for ref in paths(call.callee)):
                    alone = bool(function) and course not in program.courses
                    yield path, call, alone or is_fallback(call, tests)


def _made(call: Call, path: str, program: Program) -> Iterator[Definition]:
    """What a call makes keys from."""
    for target in program.context.callees(call, path).external:
        for entry in program.context.effects.keys.get(target.name, ()):
            value = argument(call, entry.seed) if entry.seed is not None else None
            if value is not None:
                yield Definition("key", value, Place(path, call.span), target.name)
