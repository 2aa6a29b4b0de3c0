"""A quantity over the steps as inline SVG: how far the runs are apart, on a logarithmic scale, or equal to the bit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from reprolint.replay.page.markup import Markup, join, number, tag
from reprolint.replay.page.series import Point, Series

_WIDTH, _HEIGHT = 460, 150
_LEFT, _TOP, _BOTTOM = 58, 10, 34
_PLOT = _WIDTH - _LEFT - 10
_LOWEST = -17
_COLUMNS = 200


def distances(series: Series, steps: int) -> Markup:
    """The distance at each step; equal steps lie on the line at the bottom."""
    floor = _HEIGHT - _BOTTOM
    known = [point.distance for point in series.points if point.distance]
    top = max(0, math.ceil(math.log10(max(known)))) if known else 0

    def height(distance: float) -> float:
        share = (max(math.log10(distance), _LOWEST) - _LOWEST) / (top - _LOWEST) if distance else 0.0
        return floor - 12 - share * (floor - 12 - _TOP)

    marks: list[Markup] = []
    for exponent in range(_LOWEST + 1, top + 1, 4):
        y = number(height(10.0**exponent))
        marks.append(tag("line", x1=_LEFT, x2=_LEFT + _PLOT, y1=y, y2=y, class_="grid"))
        marks.append(tag("text", f"1e{exponent}", x=_LEFT - 5, y=y, dy="0.32em", text_anchor="end"))
    marks.append(tag("line", x1=_LEFT, x2=_LEFT + _PLOT, y1=floor, y2=floor, class_="axis"))
    marks.append(tag("text", "equal", x=_LEFT - 5, y=floor, dy="0.32em", text_anchor="end"))
    marks += [_mark(point, steps, floor, height) for point in thin(series.points, steps)]
    label = f"{series.name}: relative distance of the runs at each step"
    return tag("svg", tag("title", label), *marks, _steps(steps), viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img")


def curves(series: Series, steps: int) -> Markup:
    """The quantity itself in both runs; empty where it is no number."""
    lines = []
    given = [
        [(point.step, point.ours) for point in series.points if point.ours is not None],
        [(point.step, point.theirs) for point in series.points if point.theirs is not None],
    ]
    values = [value for line in given for _, value in line]
    if len({step for line in given for step, _ in line}) < 2:
        return Markup("")
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    floor = _HEIGHT - _BOTTOM
    for name, line in zip(("ours", "theirs"), given, strict=True):
        points = (
            f"{number(_x(step, steps))},{_TOP + (high - value) / span * (floor - _TOP):.2f}" for step, value in line
        )
        lines.append(tag("polyline", points=" ".join(points), class_=name))
    texts = [
        tag("text", f"{value:.3g}", x=_LEFT - 5, y=y, dy="0.32em", text_anchor="end")
        for value, y in ((high, _TOP), (low, floor))
    ]
    axis = tag("line", x1=_LEFT, x2=_LEFT + _PLOT, y1=floor, y2=floor, class_="axis")
    label = tag("title", f"{series.name} in both runs")
    return tag("svg", label, axis, *texts, *lines, _steps(steps), viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img")


def thin(points: Sequence[Point], steps: int) -> Iterable[Point]:
    """At most one point a column: the one that is farthest apart."""
    columns: dict[int, Point] = {}
    for point in points:
        column = point.step * _COLUMNS // max(steps, _COLUMNS)
        if column not in columns or _rank(point) > _rank(columns[column]):
            columns[column] = point
    return columns.values()


def _rank(point: Point) -> tuple[bool, float]:
    return (not point.equal, math.inf if point.distance is None else point.distance)


def _mark(point: Point, steps: int, floor: float, height: Callable[[float], float]) -> Markup:
    x = number(_x(point.step, steps))
    if point.equal:
        return tag(
            "circle", tag("title", f"step {point.step}: equal to the bit"), cx=x, cy=floor, r=2.5, class_="equal"
        )
    if point.distance is None:
        text = f"step {point.step}: different, {point.worst}"
        return tag(
            "rect", tag("title", text), x=number(_x(point.step, steps) - 3), y=_TOP, width=6, height=6, class_="far"
        )

    text = f"step {point.step}: {point.worst}, {point.ours!r} against {point.theirs!r}, relative {point.distance:.3g}"
    y = number(height(point.distance))
    stem = tag("line", x1=x, x2=x, y1=floor, y2=y, class_="stem")
    return join([stem, tag("circle", tag("title", text), cx=x, cy=y, r=3.5, class_="far")])


def _x(step: int, steps: int) -> float:
    return _LEFT + 6 + step / max(1, steps - 1) * (_PLOT - 12)


def _steps(steps: int) -> Markup:
    """The scale of steps."""
    every = max(1, 10 ** math.floor(math.log10(max(1, steps))) // 2)
    every = next(size for size in (every, 2 * every, 4 * every, 10 * every) if steps / size <= 12)
    y = _HEIGHT - _BOTTOM + 16
    texts = [tag("text", step, x=number(_x(step, steps)), y=y, text_anchor="middle") for step in range(0, steps, every)]
    return join([*texts, tag("text", "step", x=_LEFT + _PLOT, y=y + 14, text_anchor="end")])
