"""A report as one HTML file: no script, nothing from the network, everything that comes from outside escaped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reprolint.replay.page.markup import Markup, escape, join, tag
from reprolint.replay.page.plot import curves, distances
from reprolint.replay.page.runs import environments, read_manifest, variations
from reprolint.replay.page.series import Series, quantities
from reprolint.replay.page.style import STYLE
from reprolint.replay.page.timeline import timeline
from reprolint.replay.report import Divergence, PropertyVerdict, Report
from reprolint.replay.trace import Site, Trace, read_trace

# Further quantities agree or differ as these do, and nobody scrolls through a hundred plots.
_PLOTS = 12
_NAMED = 20
_AROUND = 3
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render_page(report: Report) -> str:
    """The page of a report, made from it and from the traces of its first and its last compared run."""
    folders = [report.traces / f"run-{number}" for number in (1, max(2, report.runs))]
    traces = [read_trace(folder) if folder.is_dir() else None for folder in folders]
    body = [*_head(report), *_problem(report), *_divergence(report), _verdicts(report)]
    ours, theirs = traces
    if ours is not None and theirs is not None:
        body += _compared(report, ours, theirs, folders)
    if report.notes and report.problem is None:
        body += [tag("h2", "Notes"), tag("ul", *(tag("li", note) for note in report.notes))]
    body.append(tag("p", "Traces: ", tag("code", report.traces), class_="dim"))
    title = f"replay: {_word(report.verdict)} - {' '.join(report.command)}"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body>{join(body)}</body></html>\n"
    )


def _word(verdict: str) -> str:
    return verdict.replace("-", " ")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _head(report: Report) -> list[Markup]:
    verdict = tag("span", _word(report.verdict), class_=report.verdict)
    where = f" at step {report.divergence.step}" if report.divergence is not None else ""
    device = f"{report.device}, simulated" if report.simulated else report.device
    facts = f"{_count(report.runs, 'run')}, {_count(report.steps, 'step')}, {device}"
    return [tag("h1", verdict, where), tag("p", facts, class_="dim"), tag("pre", "$ ", " ".join(report.command))]


def _problem(report: Report) -> list[Markup]:
    problem = report.problem
    if problem is None:
        return []
    tail = [tag("pre", problem.tail)] if problem.tail else []
    return [tag("div", tag("p", problem.message), *tail, tag("p", "Help: ", problem.remedy), class_="box")]


def _divergence(report: Report) -> list[Markup]:
    found = report.divergence
    if found is None:
        return []
    what = tag("strong", found.kind if found.kind == found.name else f"{found.kind} {found.name}")
    cause = found.cause + (f" ({found.stream})" if found.stream else "")
    cause += f" in {found.operation}" if found.operation else ""
    rule = [" - static rule ", tag("code", found.rule)] if found.rule else []
    parts = [
        tag("p", "First divergence: ", what, f" at step {found.step}"),
        tag("p", "Cause: ", tag("strong", cause), *rule),
        tag("p", f"run 1 {_side(found, 0)}, run {found.run} {_side(found, 1)}", class_="mono dim"),
    ]
    if found.site is not None:
        parts += _frame(report.root, found.site)
        calls = " <- ".join(f"{site.filename}:{site.row} {site.function}" for site in reversed(found.chain[:-1]))
        parts += [tag("p", f"called from {calls}", class_="mono dim")] if calls else []
    return [tag("div", *parts, class_="box")]


def _side(found: Divergence, side: int) -> str:
    norm = found.norms[side]
    return (found.hashes[side] or "absent")[:12] + ("" if norm is None else f" (norm {norm:.9g})")


def _frame(root: Path, site: Site) -> list[Markup]:
    """The line with its neighbours, if the file can be read."""
    place = tag("p", f"{site.filename}:{site.row} in {site.function}", class_="mono")
    try:
        lines = (root / site.filename).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return [place]
    shown = []
    last = len("\n".join(lines[: site.row + _AROUND]).rstrip().splitlines())
    for row in range(max(1, site.row - _AROUND), max(site.row, last) + 1):
        if row > len(lines):
            break  # the file has changed since
        text = f"{row:>5}  {lines[row - 1]}\n"
        shown.append(tag("span", text, class_="here") if row == site.row else text)
    return [place, tag("pre", *shown)]


def _verdicts(report: Report) -> Markup:
    def line(item: PropertyVerdict) -> Markup:
        word = tag("strong", _word(item.verdict), class_=item.verdict)
        return tag("li", f"{item.property}, varying {item.variation}: ", word, f"; {item.reason}")

    if report.problem is not None:
        return Markup("")
    lines = [line(item) for item in report.verdicts]
    if report.control is not None:
        seen = "the comparison saw the difference" if report.control.varied else "nothing varied"
        lines.append(tag("li", f"negative control, {report.control.what}: {seen}"))
    return join([tag("h2", "What was proved"), tag("ul", *lines)])


def _compared(report: Report, ours: Trace, theirs: Trace, folders: Sequence[Path]) -> list[Markup]:
    steps = max((event.step for event in (*ours.events, *theirs.events)), default=0) + 1
    series = quantities(ours, theirs)
    manifests = [read_manifest(folder) for folder in folders]
    parting = report.divergence.step if report.divergence is not None else None
    other = f"run {max(2, report.runs)}"
    key = (
        tag("span", "\N{BLACK UP-POINTING TRIANGLE} seeded"),
        tag("span", "\N{BULLET} drawn from by the program"),
        tag("span", "\N{BLACK SQUARE} same state in both runs", class_="reproduced"),
        tag("span", "\N{BLACK SQUARE} not the same", class_="diverged"),
    )
    return [
        tag("h2", "How far the runs are apart"),
        *_plots(series, steps, other),
        tag("h2", "Streams and switches"),
        tag("p", *key, class_="key dim"),
        timeline(ours, theirs, steps, parting),
        tag("h2", "What the runs could differ in"),
        variations(report, manifests[0], manifests[1]),
        tag("h2", "Where they ran"),
        environments(((ours, manifests[0]), (theirs, manifests[1])), ("run 1", other)),
    ]


def _plots(series: Sequence[Series], steps: int, other: str) -> list[Markup]:
    if not series:
        return [tag("p", "There is no value to compare.", class_="dim")]
    apart = sorted((item for item in series if item.first is not None), key=_parting)
    equal = [item for item in series if item.first is None]
    plots = []
    for item in apart[:_PLOTS]:
        title = tag("h3", f"{item.name} ", tag("span", f"first differs at step {_parting(item)}", class_="dim"))
        plots.append(tag("div", title, distances(item, steps), _both(item, steps)))
    plots += [tag("div", tag("h3", item.name), both) for item in equal[:_PLOTS] if (both := _both(item, steps))]
    key = tag("span", "run 1", class_="ours"), tag("span", other, class_="theirs")
    intro = "Relative distance at each step, on a logarithmic scale; points on the lowest line are equal to the bit. "
    intro += "A square is a difference without a size. " if any(_is_unsized(item) for item in apart) else ""
    parts = [tag("p", intro if apart else "", *key, class_="key dim")] if plots else []
    parts += [tag("div", *plots, class_="plots")] if plots else []
    if equal:
        named = ", ".join(item.name for item in equal[:_NAMED])
        more = f" and {len(equal) - _NAMED} more" if len(equal) > _NAMED else ""
        parts.append(tag("p", tag("strong", "Equal to the bit in every step: ", class_="reproduced"), named, more))
    if len(apart) > _PLOTS:
        parts.append(tag("p", f"Not drawn, though they differ, too: {len(apart) - _PLOTS} more.", class_="dim"))
    return parts


def _is_unsized(item: Series) -> bool:
    return any(not point.equal and point.distance is None for point in item.points)


def _parting(item: Series) -> int:
    return item.first.step if item.first is not None else 0


def _both(item: Series, steps: int) -> Markup:
    """Curves of what is one number a step; the norms of many weights have none."""
    return curves(item, steps) if item.name.startswith(("loss", "value")) else Markup("")
