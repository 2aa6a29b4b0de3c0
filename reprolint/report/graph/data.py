"""The graph as JSON, for other programs. Keys stay, in this order; more may be added behind them.

    {"streams": [those asked for; [] for all], "note": why there is no entry, or "", "entries": [{
      "name", "filename", "function", "kind": guard|script|configured, "trains": bool, "files": [names],
      "streams": [{
        "name", "title", "verdict": seeded|maybe|unseeded|entropy|unused, "reason", "rules": [names], "silent",
        "draws": number of all, "events": [in the order in which they happen
          {"kind": "seeding", "api", "value", "quality": fixed|random|mixed|unknown, "certain": bool, "late": bool,
           ROUTE},
          {"kind": "draw", "api", "state": a verdict, "hidden": bool, "later": bool, "seeded-by": [{ROUTE}],
           "start": bool, ROUTE}],
        "not-run": [{"api", "reason", ROUTE} for seedings in the entry's files that it does not run]}],
      "switches": [{
        "name", "title", "kind": switch|variable, "values": [at the end], "default", "operations": number of those that
        depend on it, "settings": [{"api", "value", "final": bool, "late": bool, ROUTE}]}]}]}

ROUTE is `"filename", "location": {"row", "column"}, "route": [{"filename", "row", "column", "function"}]`; the last
step of the route is the place itself. `reason` is the condition of a `maybe`; `silent` says why no rule reports a
stream that is not seeded; `start` says that a draw may see the state in which the process started.
"""

from __future__ import annotations

import json
from typing import Any

from reprolint.report.graph.model import Course, Draw, Frame, Graph, Seeding, Stream, Switch


def to_json(graph: Graph) -> str:
    """One object, keys in a fixed order, ASCII only."""
    value = {"streams": list(graph.streams), "note": graph.note, "entries": [_course(item) for item in graph.courses]}
    return json.dumps(value, indent=2) + "\n"


def _course(course: Course) -> dict[str, Any]:
    return {
        "name": course.label,
        "filename": course.path,
        "function": course.function,
        "kind": course.kind,
        "trains": course.trains,
        "files": list(course.files),
        "streams": [_stream(item) for item in course.streams],
        "switches": [_switch(item) for item in course.switches],
    }


def _stream(stream: Stream) -> dict[str, Any]:
    return {
        "name": stream.name,
        "title": stream.title,
        "verdict": stream.verdict,
        "reason": stream.reason,
        "rules": list(stream.rules),
        "silent": stream.silent,
        "draws": stream.draws,
        "events": [
            _seeding(item) if isinstance(item, Seeding) else _draw(item, stream.seedings) for item in stream.events
        ],
        "not-run": [{"api": item.api, "reason": item.reason, **_route((item.frame,))} for item in stream.missed],
    }


def _seeding(item: Seeding) -> dict[str, Any]:
    return {
        "kind": "seeding",
        "api": item.api,
        "value": item.value,
        "quality": item.quality,
        "certain": item.certain,
        "late": item.late,
        **_route(item.route),
    }


def _draw(item: Draw, seedings: tuple[Seeding, ...]) -> dict[str, Any]:
    return {
        "kind": "draw",
        "api": item.api,
        "state": item.state,
        "hidden": item.hidden,
        "later": item.later,
        "seeded-by": [_route(seedings[number].route) for number in item.reached],
        "start": item.start,
        **_route(item.route),
    }


def _switch(item: Switch) -> dict[str, Any]:
    return {
        "name": item.name,
        "title": item.title,
        "kind": item.kind,
        "values": list(item.values),
        "default": item.default,
        "operations": item.operations,
        "settings": [
            {"api": one.api, "value": one.value, "final": one.final, "late": one.late, **_route(one.route)}
            for one in item.settings
        ],
    }


def _route(route: tuple[Frame, ...]) -> dict[str, Any]:
    last = route[-1]
    return {
        "filename": last.filename,
        "location": {"row": last.row, "column": last.column},
        "route": [
            {"filename": frame.filename, "row": frame.row, "column": frame.column, "function": frame.function}
            for frame in route
        ],
    }
