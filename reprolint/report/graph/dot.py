"""The graph for Graphviz: a cluster an entry, in it the functions on the way, their seedings and their draws."""

from __future__ import annotations

from collections.abc import Iterator

from reprolint.report.graph.model import Course, Draw, Frame, Graph, Seeding

_SEEDING = "palegreen"
_DRAWS = {"unseeded": "tomato", "entropy": "tomato", "maybe": "orange", "seeded": "white", "unused": "white"}
MOST_ROWS = 8


def to_dot(graph: Graph) -> str:
    """A directed graph in the DOT language."""
    lines = ["digraph reprolint {", "  rankdir=LR;", '  node [shape=box, fontname="sans-serif"];']
    if graph.note:
        lines.append(f"  label={quoted(graph.note)};")
    for number, course in enumerate(item for item in graph.courses if item.streams):
        lines += _cluster(course, f"c{number}")
    return "\n".join([*lines, "}"]) + "\n"


def quoted(text: str) -> str:
    """A string of the DOT language; a line break in the text is one in the picture."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.replace("\n", "\\n")


def _cluster(course: Course, name: str) -> Iterator[str]:
    yield f"  subgraph cluster_{name} {{"
    yield f"    label={quoted(course.label)};"
    nodes: dict[tuple[str, ...], str] = {}
    rows: dict[tuple[str, ...], list[int]] = {}
    edges: dict[tuple[str, str], list[int]] = {}

    def node(*key: str) -> str:
        return nodes.setdefault(key, f"{name}_n{len(nodes)}")

    for stream in course.streams:
        for event in stream.events:
            above, row = "", 0
            for frame in event.route:
                here = node("function", frame.filename, _scope(frame))
                if above:
                    edges.setdefault((above, here), []).append(row)
                above, row = here, frame.row
            leaf = ("event", above, stream.name, *_leaf(event))
            rows.setdefault((node(*leaf),), []).append(event.route[-1].row)
            edges.setdefault((above, node(*leaf)), [])
    for key, identity in nodes.items():
        yield f"    {identity} [{_attributes(key, rows.get((identity,), []))}];"
    for (start, end), at in edges.items():
        label = f" [label={quoted(_listed(at))}]" if at else ""
        yield f"    {start} -> {end}{label};"
    yield "  }"


def _scope(frame: Frame) -> str:
    """The function of a frame; the top level of a file is the file itself."""
    return "" if frame.function in ("", "<module>") else frame.function


def _leaf(event: Seeding | Draw) -> tuple[str, ...]:
    if isinstance(event, Draw):
        return ("draw", event.api, event.state, "hidden" if event.hidden else "")
    notes = "" if event.certain else "may seed it"
    return ("seeding", event.api, event.value or notes, "too late" if event.late else event.quality)


def _attributes(key: tuple[str, ...], rows: list[int]) -> str:
    if key[0] == "function":
        _, filename, function = key
        label = f"{function}\n{filename}" if function else filename
        return f"label={quoted(label)}"
    _, _, stream, kind, api, detail, note = key
    if kind == "draw":
        label = f"{api}{' (hidden)' if note else ''}\n{stream}: {detail}, {_listed(rows)}"
        return f'label={quoted(label)}, style="rounded,filled", fillcolor={_DRAWS[detail]}'
    late = f", {note}" if note == "too late" else ""
    style = "filled,dashed" if detail == "may seed it" else "filled"
    border = ", color=red, penwidth=2" if note in ("too late", "random", "mixed") else ""
    label = f"{api}\n{stream}: {detail}{late}, {_listed(rows)}"
    return f'label={quoted(label)}, style="{style}", fillcolor={_SEEDING}{border}'


def _listed(rows: list[int]) -> str:
    known = sorted(set(rows))
    word = "row" if len(known) == 1 else "rows"
    more = f" and {len(known) - MOST_ROWS} more" if len(known) > MOST_ROWS else ""
    return f"{word} {', '.join(map(str, known[:MOST_ROWS]))}{more}"
