"""Seedings that the code contains and an entry does not run: what people look for when a stream is called unseeded."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.app.graph.words import condition
from reprolint.core.place import Place
from reprolint.facts.record import Call
from reprolint.program.entries import Course
from reprolint.program.graph import Guards, guarded_calls
from reprolint.program.link import Program
from reprolint.report.graph.model import Frame, Missed


class Misses:
    """Looks through files for seedings, each file once."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.tails = frozenset(name.rpartition(".")[2] for name in program.context.effects.seedings)
        self.known: dict[str, list[tuple[str, str, str, Call, Guards]]] = {}

    def of(self, course: Course, stream: str, run: frozenset[Place]) -> tuple[Missed, ...]:
        """The calls in the files of an entry that would seed a stream, but for those that run."""
        return tuple(self._of(course, stream, run))

    def _of(self, course: Course, stream: str, run: frozenset[Place]) -> Iterator[Missed]:
        for path in course.files:
            for name, function, api, call, guards in self._file(path):
                if name != stream or Place(path, call.span) in run:
                    continue
                frame = Frame(path, call.span.row, call.span.column, function)
                yield Missed(api, frame, self._reason(path, function, guards))

    def _file(self, path: str) -> list[tuple[str, str, str, Call, Guards]]:
        if path not in self.known:
            facts = self.program.files[path]
            bodies = [("", facts.body), *((item.name, item.body) for item in facts.functions)]
            found = [
                (stream, name, target.name, call, guards)
                for name, body in bodies for call, guards in guarded_calls(body)
                if str(getattr(call.callee, "path", "")).rpartition(".")[2] in self.tails
                for target in self.program.context.callees(call, path).external
                for seeding in self.program.context.effects.seedings.get(target.name, ()) for stream in seeding.streams
            ]  # fmt: skip
            self.known[path] = sorted(found, key=lambda item: item[3].span)
        return self.known[path]

    def _reason(self, path: str, function: str, guards: Guards) -> str:
        for test, holds in guards:
            decided = self.program.context.decide(test, path)
            if decided is not None and decided is not holds:
                return f"only if `{condition(test, holds)}`, which is not so by default"
            if test.kind == "main":
                return "only when the file is run as a script"
        if function and (path, function) not in self.program.reached:
            return f"no entry is seen to call `{function}`"
        return "this entry is not seen to come here"
