"""Tables of a page: what the runs could differ in, and where each of them ran."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from reprolint.replay.page.markup import Markup, table
from reprolint.replay.report import Report
from reprolint.replay.trace import Trace
from reprolint.replay.variation import VARIATIONS, Settings, only

# Where every run has another value and nobody minds.
_ITS_OWN = frozenset({"seconds"})
_ALONE = {
    "diverged": "varied: by itself it makes the runs differ",
    "reproduced": "varied: by itself it changes nothing",
}
_DEFAULTS = Settings(steps=0, atomics=1, algorithm=1, uninitialised=1)


def variations(report: Report, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Markup:
    """One row a variation, with its setting in both runs and what came of it alone."""
    alone = {item.variation: _ALONE.get(item.verdict, "") for item in report.verdicts}
    rows = []
    for name, kind in VARIATIONS.items():
        changed = asdict(only(name, _DEFAULTS).experiment)
        field = next(key for key, value in asdict(_DEFAULTS).items() if changed[key] != value)
        first, second = ours.get(field), theirs.get(field)
        free = first != second
        result = alone.get(name, "") or ("varied" if free else "held equal")
        rows.append(("free" if free else "dim", (name, kind.profile, _setting(first), _setting(second), result)))
    return table(("variation", "from profile", "run 1", f"run {max(2, report.runs)}", ""), rows)


def environments(
    runs: tuple[tuple[Trace, Mapping[str, Any]], tuple[Trace, Mapping[str, Any]]], names: tuple[str, str]
) -> Markup:
    """Versions, device, switches and environment variables of both runs, with what differs marked.

    Environment variables differ only where the replay has varied them.
    """
    ours, theirs = (_facts(trace, manifest) for trace, manifest in runs)
    rows = []
    for name in dict.fromkeys([*ours, *theirs]):
        differs = ours.get(name) != theirs.get(name) and name not in _ITS_OWN
        style = ("free" if name.startswith("$") else "differs") if differs else ""
        rows.append((style, (name, _shown(ours.get(name)), _shown(theirs.get(name)))))
    return table(("", *names), rows)


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """What the launcher wrote of a run; empty if there was none."""
    try:
        manifest: Mapping[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except OSError:
        return {}
    return manifest


def _facts(trace: Trace, manifest: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for kind, names in (("header", ("python", "platform", "machine")), ("device", ("name",))):
        line = trace.first(kind) or {}
        facts |= {("device" if kind == "device" else name): line[name] for name in names if name in line}
    facts |= {f"{line['name']} (library)": line["version"] for line in trace.meta if line["kind"] == "library"}
    for kind in ("hardware", "switches"):
        line = trace.first(kind) or {}
        facts |= {name.replace("_", " "): value for name, value in line.items() if name not in ("kind", "step")}
    facts |= {f"${name}": value for name, value in manifest.get("environment", {}).items()}
    return facts | {name: manifest.get(key) for name, key in (("exit code", "exit_code"), ("seconds", "seconds"))}


def _setting(value: Any) -> str:
    return {0: "as it is", None: "as it is"}.get(value, f"#{value}")


def _shown(value: Any) -> str:
    if value is None:
        return "not set"
    return ("on" if value else "off") if isinstance(value, bool) else str(value)
