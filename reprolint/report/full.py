"""The report for people: source with carets, how one gets there, and the fix as a diff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reprolint.core.diagnostic import Diagnostic
from reprolint.core.edit import Fix
from reprolint.core.place import Span
from reprolint.report.lines import label
from reprolint.report.paint import Paint, visible, width
from reprolint.report.patch import Lines, hunks

ABOVE = 1
MOST_ROWS = 4
_NOTES = {
    "safe": "applied by --fix",
    "unsafe": "applied by --fix --unsafe-fixes",
    "display": "shown only, apply it by hand",
}


def full(diagnostics: Sequence[Diagnostic], lines: Lines, paint: Paint) -> str:
    """All diagnostics, one block each. `lines` gives the lines of a file, or None."""
    return "".join("\n".join(_block(item, lines, paint)) + "\n\n" for item in diagnostics)


def _block(item: Diagnostic, lines: Lines, paint: Paint) -> Iterator[str]:
    span = item.place.span
    yield f"{paint(item.severity, f'{item.severity}[{item.code}]')} {paint('bold', item.name)}: {item.message}"
    where = f"{item.place.filename}:{span.row}:{span.column}" if item.place.filename else "reprolint"
    rows = _frame(span, lines(item.place.filename) if item.place.filename else None, item.severity, paint)
    gutter = " " * len(str(_last(span)))
    yield f"{gutter}{paint('frame', '-->')} {where}"
    yield from rows
    yield from _related(item, gutter, paint)
    if item.shown is not None:
        yield f"{gutter} {paint('frame', '=')} {paint('bold', label(item.shown))}: {item.shown.reason}"
    if item.fix is not None:
        yield from _fix(item.fix, lines, paint, several=_several(item))


def _last(span: Span) -> int:
    return min(span.end_row, span.row + MOST_ROWS - 1)


def _frame(span: Span, text: Sequence[str] | None, style: str, paint: Paint) -> Iterator[str]:
    if text is None or span.row > len(text):
        return
    size = len(str(_last(span)))
    bar = paint("frame", "|")
    yield f"{' ' * size} {bar}"
    for row in range(max(1, span.row - ABOVE), min(_last(span), len(text)) + 1):
        line = text[row - 1]
        yield f"{paint('frame', f'{row:>{size}}')} {bar} {visible(line)}".rstrip()
        if row < span.row:
            continue
        begin = span.column - 1 if row == span.row else len(line) - len(line.lstrip())
        end = span.end_column - 1 if row == span.end_row else len(line.rstrip())
        carets = "^" * max(1, width(line[:end]) - width(line[:begin]))
        yield f"{' ' * size} {bar} {' ' * width(line[:begin])}{paint(style, carets)}"
    if span.end_row > _last(span):
        yield f"{' ' * size} {bar} {paint('dim', f'... {span.end_row - _last(span)} more lines')}"
    yield f"{' ' * size} {bar}"


def _related(item: Diagnostic, gutter: str, paint: Paint) -> Iterator[str]:
    mark = paint("frame", "=")
    if item.entry:
        yield f"{gutter} {mark} {paint('dim', 'entry:')} {item.entry}"
    places = [f"{other.place.filename}:{other.place.span.row}" for other in item.related]
    size = max(map(len, places), default=0)
    for place, other in zip(places, item.related, strict=True):
        yield f"{gutter} {mark} {place:<{size}}  {other.message}"


def _several(item: Diagnostic) -> bool:
    return item.fix is not None and any(edit.filename != item.place.filename for edit in item.fix.edits)


def _fix(fix: Fix, lines: Lines, paint: Paint, *, several: bool) -> Iterator[str]:
    reason = f": {fix.reason}" if fix.reason else ""
    note = f"({fix.safety}{reason}; {_NOTES[fix.safety]})"
    yield f"{paint('help', 'help')}: {fix.title} {paint('dim', note)}"
    shown = list(hunks(fix, lines))
    size = max((len(str(row)) for _, row, _, _ in shown), default=1)
    bar, filename = paint("frame", "|"), ""
    for name, row, mark, text in shown:
        if name != filename and several:
            yield f"{' ' * size} {paint('frame', '-->')} {name}"
        filename = name
        if mark == "@":
            yield f"{' ' * size} {paint('dim', '...')}"
            continue
        style = {"+": "added", "-": "removed"}.get(mark, "dim")
        number = paint("frame", f"{row or '':>{size}}")
        yield f"{number} {bar} {paint(style, f'{mark} {visible(text)}'.rstrip())}"
