"""The graph for people: a block an entry, a few lines a stream."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from reprolint.report.graph.model import Course, Draw, Frame, Graph, Seeding, Stream, Switch
from reprolint.report.paint import Paint

MOST_SEEDINGS, MOST_OPEN, MOST_SETTLED, MOST_MISSED = 5, 5, 3, 3
WIDEST, SHORT = 40, 24
LONGEST = 3
_WORDS = {"seeded": "seeded", "maybe": "maybe seeded", "unseeded": "unseeded", "entropy": "entropy",
          "unused": "not drawn from"}  # fmt: skip
_STYLES = {"seeded": "added", "maybe": "warning", "unseeded": "error", "entropy": "error", "unused": "dim"}
_KINDS = {"guard": "`__main__` guard", "script": "script", "configured": "named as an entry"}


def text(graph: Graph, paint: Paint, *, verbose: bool = False) -> str:
    """All entries; those that touch nothing are named at the end. `verbose` leaves nothing out."""
    if graph.note:
        return f"{graph.note}\n"
    told = [course for course in graph.courses if _says(course, verbose)]
    blocks = ["\n".join(_course(course, paint, verbose)) + "\n" for course in told]
    idle = [course.label for course in graph.courses if not _says(course, verbose)]
    if idle:
        what = f"does not touch {' or '.join(graph.streams)}" if graph.streams else "touches no stream and no switch"
        blocks.append(_plural(what, idle))
    return "\n".join(blocks)


def _says(course: Course, verbose: bool) -> bool:
    return bool(course.streams or _shown(course, verbose))


def _shown(course: Course, verbose: bool) -> list[Switch]:
    return [item for item in course.switches if verbose or item.settings or item.operations]


def _plural(what: str, idle: Sequence[str]) -> str:
    if len(idle) == 1:
        return f"{idle[0]} {what}.\n"
    what = what.replace("does not touch", "do not touch").replace("touches", "touch")
    return f"{len(idle)} entries {what}: {', '.join(idle)}.\n"


def _course(course: Course, paint: Paint, verbose: bool) -> Iterator[str]:
    folder = _folder(course)
    parts = [_KINDS[course.kind], "trains" if course.trains else "no training seen"]
    parts.append(f"{len(course.files)} file{'' if len(course.files) == 1 else 's'}")
    parts += [f"paths below are from {folder}/"] if folder else []
    yield f"{paint('bold', course.label)}  {paint('dim', ', '.join(parts))}"
    names = [stream.name for stream in course.streams]
    words = [_WORDS[stream.verdict] for stream in course.streams]
    columns = max(map(len, names), default=0), max(map(len, words), default=0)
    for stream in course.streams:
        yield from _stream(stream, folder, columns, paint, verbose)
    shown = _shown(course, verbose)
    if shown:
        yield "  switches"
        yield from _switches(shown, folder, verbose)


def _folder(course: Course) -> str:
    """The folder that holds every file that is shown; printing it once is enough."""
    files = [frame.filename for stream in course.streams for event in stream.events for frame in event.route]
    files += [item.frame.filename for stream in course.streams for item in stream.missed]
    files += [frame.filename for switch in course.switches for item in switch.settings for frame in item.route]
    folders = {posixpath.dirname(name) for name in (*files, course.path)}
    return posixpath.commonpath(folders) if all(folders) and not any(name.startswith("/") for name in files) else ""


def _stream(stream: Stream, folder: str, columns: tuple[int, int], paint: Paint, verbose: bool) -> Iterator[str]:
    verdict = paint(_STYLES[stream.verdict], f"{_WORDS[stream.verdict]:<{columns[1]}}")
    yield f"  {paint('bold', f'{stream.name:<{columns[0]}}')}  {verdict}  {_remark(stream, paint)}".rstrip()
    if stream.verdict == "unused" and not verbose:
        return
    kept = stream.events if verbose else tuple(_kept(stream))
    rows = [_row(event, stream, folder, verbose) for event in kept]
    api = min(max((len(row[1]) for row in rows), default=0), WIDEST)
    detail = max((len(row[2]) for row in rows if len(row[2]) <= SHORT), default=0)
    for event, (kind, name, told, route) in zip(kept, rows, strict=True):
        style = "help" if isinstance(event, Seeding) else _STYLES[event.state]
        yield f"    {paint(style, kind)}  {name:<{api}}  {told:<{detail}}  {route}".rstrip()
    seedings = len(stream.seedings) - sum(isinstance(event, Seeding) for event in kept)
    draws = stream.draws - sum(isinstance(event, Draw) for event in kept)
    if draws or seedings:
        yield f"    {paint('dim', f'and {_more(seedings, draws)}')}"
    missed = stream.missed if verbose else stream.missed[:MOST_MISSED]
    for item in missed:
        yield f"    {paint('dim', 'not run:')} {item.api}  {path([item.frame], folder)}  {item.reason}"
    if len(missed) < len(stream.missed):
        yield f"    {paint('dim', f'and {len(stream.missed) - len(missed)} more that do not run')}"


def _more(seedings: int, draws: int) -> str:
    parts = [f"{seedings} more seeding{'' if seedings == 1 else 's'}"] if seedings else []
    parts += [f"{draws} more draw{'' if draws == 1 else 's'}"] if draws else []
    return " and ".join(parts)


def _remark(stream: Stream, paint: Paint) -> str:
    """What follows the verdict: how much is drawn, why, and which rules say so."""
    if stream.verdict == "unused":
        values = dict.fromkeys(item.value for item in stream.seedings if item.certain)
        return paint("dim", f"seed: {', '.join(values)}")
    reason = stream.reason
    if not reason and stream.verdict == "unseeded":
        doubtful = any(not item.certain for item in stream.seedings)
        reason = "nothing surely seeds it" if doubtful else "nothing seeds it"
    parts = [f"{stream.draws} draw{'' if stream.draws == 1 else 's'}", *([reason] if reason else [])]
    note = f"  [{', '.join(stream.rules)}]" if stream.rules else ""
    note = f"  [not reported: {stream.silent}]" if stream.silent else note
    return f"{', '.join(parts)}{paint('dim', note)}"


def _kept(stream: Stream) -> Iterator[Seeding | Draw]:
    """The first seedings and draws in their order, with more room for draws that may differ between runs."""
    seedings = openly = settled = 0
    for event in stream.events:
        if isinstance(event, Seeding):
            seedings += 1
            kept = seedings <= MOST_SEEDINGS
        elif event.state == "seeded":
            settled += 1
            kept = settled <= MOST_SETTLED
        else:
            openly += 1
            kept = openly <= MOST_OPEN
        if kept:
            yield event


def _row(event: Seeding | Draw, stream: Stream, folder: str, verbose: bool) -> tuple[str, str, str, str]:
    route = path(event.route, folder, verbose)
    if isinstance(event, Seeding):
        if not event.certain:
            return "seed?", event.api, "may seed it; nothing is known of it", route
        return "seed ", event.api, f"{event.value}{', TOO LATE' if event.late else ''}", route
    notes = [_WORDS[event.state]] if event.state != stream.verdict else []
    notes += [word for word, on in (("hidden", event.hidden), ("later", event.later)) if on]
    return "draw ", event.api, ", ".join(notes), route


def path(route: Sequence[Frame], folder: str = "", verbose: bool = True) -> str:
    """A call chain in one line: `train.py:75 main -> data.py:46 oversample`."""
    frames = list(route)
    if not verbose and len(frames) > 1 and not frames[0].function and frames[1].filename == frames[0].filename:
        frames = frames[1:]  # that the file calls its own `main` goes without saying
    steps = []
    for frame in frames:
        name = frame.filename.removeprefix(f"{folder}/") if folder else frame.filename
        function = frame.function.removesuffix(".__init__")
        steps.append(f"{'... -> ' if frame.skipped else ''}{name}:{frame.row} {function}".rstrip())
    if len(steps) > LONGEST and not verbose:
        steps = [steps[0], "...", steps[-1].removeprefix("... -> ")]
    return " -> ".join(steps)


def _switches(switches: Sequence[Switch], folder: str, verbose: bool) -> Iterator[str]:
    rows = []
    for item in switches:
        set_here = {setting.value for setting in item.settings}
        value = " or ".join(
            f"{word} (default)" if word not in set_here and item.kind == "switch" else word for word in item.values
        )
        final = [setting for setting in item.settings if setting.final]
        others = [setting for setting in item.settings if not setting.final]
        notes = [f"{'late: ' if setting.late else ''}{path(setting.route, folder, verbose)}" for setting in final]
        notes += [f"before that {setting.value}: {path(setting.route, folder, verbose)}" for setting in others]
        if item.operations:
            plural = "operation depends" if item.operations == 1 else "operations depend"
            notes.append(f"{item.operations} {plural} on it")
        rows.append((item.name, value, notes))
    columns = max(len(row[0]) for row in rows), min(max(len(row[1]) for row in rows), WIDEST)
    for row in rows:
        for number, note in enumerate(row[2] or [""]):
            head = (row[0], row[1]) if not number else ("", "")
            yield f"    {head[0]:<{columns[0]}}  {head[1]:<{columns[1]}}  {note}".rstrip()
