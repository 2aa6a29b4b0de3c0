"""Reports of few words: one line a diagnostic, counts, and the sum at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reprolint.core.diagnostic import Diagnostic, Shown
from reprolint.report.paint import Paint


def concise(diagnostics: Sequence[Diagnostic], paint: Paint) -> str:
    """`path:row:col: CODE [severity] message (rule-name)`, one line each."""
    return "".join(
        f"{paint('bold', item.place.filename or 'reprolint')}:{item.place.span.row}:{item.place.span.column}: "
        f"{paint(item.severity, item.code)} [{item.severity}] {item.message} ({item.name})"
        f"{f' [{label(item.shown)}]' if item.shown else ''}\n"
        for item in diagnostics
    )


def label(shown: Shown) -> str:
    """What a replay has shown, in the words of a report."""
    return {
        "confirmed": "confirmed by replay",
        "reached": "reached, not seen to vary",
        "not-reached": "not reached",
        "unknown": "replay cannot tell",
    }[shown.state]


def statistics(diagnostics: Sequence[Diagnostic], paint: Paint) -> str:
    """How often each rule fired, most frequent first; `[*]` marks rules with a fix to apply."""
    counts = Counter((item.code, item.name) for item in diagnostics)
    fixable = {item.code for item in diagnostics if item.fix is not None and item.fix.safety != "display"}
    size = max((len(str(count)) for count in counts.values()), default=0)
    return "".join(
        f"{count:>{size}}  {paint('bold', code)}  {'[*]' if code in fixable else '[ ]'} {name}\n"
        for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def summary(diagnostics: Sequence[Diagnostic], *, fixed: int = 0, verb: str = "fixed") -> str:
    """The last lines of a report: how many of what, and what a fix would settle."""
    counts = Counter(item.severity for item in diagnostics)
    parts = [_plural(counts["error"], "error"), _plural(counts["warning"], "warning")]
    parts += [f"{counts['advice']} advice" if counts["advice"] else ""]
    inside = ", ".join(part for part in parts if part)
    if not diagnostics and not fixed:
        return "All checks passed!\n"
    total = _plural(len(diagnostics) + fixed, "problem")
    if fixed:
        text = f"Found {total} ({fixed} {verb}, {len(diagnostics)} remaining{': ' + inside if inside else ''}).\n"
    else:
        text = f"Found {total} ({inside}).\n"
    return text + _fixable(diagnostics)


def _fixable(diagnostics: Sequence[Diagnostic]) -> str:
    safety = Counter(item.fix.safety for item in diagnostics if item.fix is not None)
    safe, unsafe = safety["safe"], safety["unsafe"]
    if safe and unsafe:
        return f"[*] {safe} fixable with --fix ({unsafe} more with --fix --unsafe-fixes).\n"
    if safe:
        return f"[*] {safe} fixable with --fix.\n"
    return f"[*] {unsafe} fixable with --fix --unsafe-fixes.\n" if unsafe else ""


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}" if count else ""
