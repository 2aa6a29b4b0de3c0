"""Streams and switches over the steps as inline SVG: where they are seeded, drawn from, equal in both runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reprolint.replay.page.markup import Markup, number, tag
from reprolint.replay.trace import Event, Trace

_LEFT, _WIDTH, _ROW, _TOP = 150, 940, 24, 22
_COLUMNS = 120


@dataclass(frozen=True, slots=True)
class _Cell:
    """A stream in some steps of both runs."""

    seeds: tuple[str, ...]
    draws: int
    touched: bool
    equal: bool

    @property
    def style(self) -> str:
        if not self.touched:
            return "untouched"
        return "equal" if self.equal else "far"


def timeline(control: Trace, experiment: Trace, steps: int, parting: int | None) -> Markup:
    """One row a stream and one a switch; `parting` is the step at which the runs part."""
    columns = min(steps, _COLUMNS)
    width = (_WIDTH - _LEFT - 10) / max(1, columns)
    spans = _spans(steps, columns)
    ours, theirs = (_by_stream(trace, spans) for trace in (control, experiment))
    parts: list[Markup] = []
    row = 0
    for name in dict.fromkeys(name for name, _ in ours):
        cells = [_cell(ours.get((name, place), []), theirs.get((name, place), [])) for place in range(columns)]
        if not any(cell.touched for cell in cells):
            continue
        parts.append(_label(name, row))
        for column, (cell, span) in enumerate(zip(cells, spans, strict=True)):
            parts += _draw(cell, span, _LEFT + column * width, row, width)
        row += 1
    for name, changes in _switches(control).items():
        parts.append(_label(name.replace("_", " "), row))
        for start, end, value in _periods(changes, steps):
            parts += _period(value, start * columns / steps, end * columns / steps, row, width)
        row += 1
    height = _TOP + row * _ROW + 24
    if parting is not None:
        x = number(_LEFT + parting * columns / max(1, steps) * width)
        parts.append(tag("line", x1=x, x2=x, y1=_TOP - 6, y2=height - 20, class_="parting"))
        parts.append(tag("text", f"step {parting}: the runs part", x=x, y=_TOP - 10, dx=4, class_="far"))
    last = max(0, steps - 1)
    for step in sorted({0, last // 2, last}):
        x = number(_LEFT + (step + 0.5) * columns / max(1, steps) * width)
        parts.append(tag("text", step, x=x, y=height - 6, text_anchor="middle"))
    label = tag("title", "Streams and switches over the steps")
    return tag("svg", label, *parts, viewBox=f"0 0 {_WIDTH} {height}", role="img")


def _spans(steps: int, columns: int) -> list[range]:
    return [range(n * steps // columns, (n + 1) * steps // columns) for n in range(columns)]


def _by_stream(trace: Trace, spans: Sequence[range]) -> dict[tuple[str, int], list[Event]]:
    """What happened to each stream in each column."""
    column = {step: number for number, span in enumerate(spans) for step in span}
    found: dict[tuple[str, int], list[Event]] = {}
    for event in trace.events:
        if event.kind in ("rng-state", "seed", "draw"):
            found.setdefault((event.name, column[event.step]), []).append(event)
    return found


def _cell(ours: Sequence[Event], theirs: Sequence[Event]) -> _Cell:
    states = [[event.hash for event in events if event.kind == "rng-state"] for events in (ours, theirs)]
    seeds = [
        f"{event.fields.get('function', '')}({event.fields.get('value', '')})" for event in ours if event.kind == "seed"
    ]
    draws = sum(event.fields["count"] for event in ours if event.kind == "draw")
    same_seeds = [e.hash for e in ours if e.kind == "seed"] == [e.hash for e in theirs if e.kind == "seed"]
    touched = bool(seeds or draws or any(state != "untouched" for state in states[0]))
    return _Cell(tuple(dict.fromkeys(seeds)), draws, touched, states[0] == states[1] and same_seeds)


def _draw(cell: _Cell, span: range, x: float, row: int, width: float) -> Iterable[Markup]:
    y = _TOP + row * _ROW
    told = [f"step {span[0]}" if len(span) < 2 else f"steps {span[0]} to {span[-1]}"]
    told += [f"seeded by {seed}" for seed in cell.seeds]
    told += [f"{cell.draws} draws of the program"] if cell.draws else []
    told.append({"equal": "same state in both runs", "far": "not the same in both runs"}.get(cell.style, "not touched"))
    gap = 1 if width > 3 else 0
    yield tag(
        "rect", tag("title", "; ".join(told)),
        x=number(x), y=y + 4, width=number(width - gap), height=_ROW - 8, class_=cell.style,
    )  # fmt: skip
    middle = x + min(width / 2, 8)
    if cell.seeds:
        shape = f"{middle - 4:.1f},{y + 16} {middle + 4:.1f},{y + 16} {middle:.1f},{y + 8}"
        yield tag("polygon", tag("title", "; ".join(told)), points=shape, class_="seed")
    elif cell.draws:
        yield tag("circle", cx=number(middle), cy=y + 12, r=2, class_="drawn")


def _label(name: str, row: int) -> Markup:
    return tag("text", name, x=_LEFT - 8, y=_TOP + row * _ROW + 12, dy="0.32em", text_anchor="end")


def _switches(trace: Trace) -> dict[str, list[tuple[int, Any]]]:
    """For each switch the steps from which on it has a value."""
    found: dict[str, list[tuple[int, Any]]] = {}
    for line in trace.meta:
        if line["kind"] == "switches":
            for name, value in line.items():
                if name not in ("kind", "step"):
                    changes = found.setdefault(name, [])
                    if not changes or changes[-1][1] != value:
                        changes.append((line.get("step", 0), value))
    return found


def _periods(changes: Sequence[tuple[int, Any]], steps: int) -> Iterable[tuple[int, int, Any]]:
    ends = [start for start, _ in changes[1:]] + [steps]
    return [(start, end, value) for (start, value), end in zip(changes, ends, strict=True) if end > start]


def _period(value: Any, start: float, end: float, row: int, width: float) -> Iterable[Markup]:
    y = _TOP + row * _ROW
    style = "on" if value not in (None, False) else "off"
    shown: Mapping[Any, str] = {True: "on", False: "off", None: "not set"}
    text = shown[value] if value is None or isinstance(value, bool) else str(value)
    x = _LEFT + start * width
    yield tag("rect", x=number(x), y=y + 6, width=number((end - start) * width - 1), height=_ROW - 12, class_=style)
    yield tag("text", text, x=number(x + 6), y=y + 12, dy="0.32em")
