"""Compare a measurement with the operations of rules/knowledge/torch.yaml.

    python tests/gpu/agreement.py fixtures/measurements/FILE.json

Controls are left out. "partly" means that only some of the cases do what is known; "unseen", that the knowledge says an
operation varies and the measurement saw no variation, which is no proof of the contrary. Ends with 1 when anything
disagrees.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

KNOWLEDGE = Path(__file__).resolve().parents[2] / "rules" / "knowledge" / "torch.yaml"

Row = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One operation: what is known, what was measured, and whether they agree."""

    operation: str
    known: str
    measured: str
    verdict: str


def operations() -> dict[str, Row]:
    """The operations of the knowledge base by name."""
    data = yaml.safe_load(KNOWLEDGE.read_text(encoding="utf-8"))
    return {operation["name"]: operation for operation in data["operations"]}


def switch_of(row: Row) -> str:
    """What the strict switch did to one case, in the words of the knowledge base."""
    return {"varies": "silent"}.get(row["switch_on"], str(row["switch_on"]))


def varied(rows: list[Row]) -> bool:
    """Whether any case gave two results with the switch off."""
    return any(row["distinct_off"] > 1 for row in rows)


def describe(rows: list[Row]) -> str:
    """The measurement of one operation in words."""
    changed = sum(row["distinct_off"] > 1 for row in rows)
    outcomes = Counter(switch_of(row) for row in rows)
    said = ", ".join(f"{name} {count}" for name, count in sorted(outcomes.items()))
    return f"varied {changed} of {len(rows)}; {said}"


def disagreement(known: Row, rows: list[Row]) -> str:
    """What contradicts the knowledge, or nothing."""
    found = {switch_of(row) for row in rows}
    if known["varies"]["kind"] == "none" and varied(rows):
        return "varies"
    if known["switch"] == "silent":
        return "raises" if "raises" in found else ""
    if known["switch"] not in found:
        return "switch: " + ", ".join(sorted(found))
    return "varies under the switch" if "silent" in found else ""


def verdict(known: Row, rows: list[Row]) -> str:
    """agree, unseen, partly, or disagree with its reason."""
    wrong = disagreement(known, rows)
    if wrong:
        return f"disagree ({wrong})"
    others = {switch_of(row) for row in rows} - {known["switch"]}
    if others and known["switch"] != "silent":
        return "partly (" + ", ".join(sorted(others)) + ")"
    if known["varies"]["kind"] != "none" and not varied(rows):
        return "unseen"
    return "agree"


def line(name: str, known: Row | None, rows: list[Row]) -> Line:
    """The comparison of one operation."""
    measured = [row for row in rows if "error" not in row]
    if known is None:
        return Line(name, "-", describe(measured) if measured else "no result", "not in the knowledge")
    said = f"{known['varies']['kind']}, {known['switch']}"
    if not measured:
        return Line(name, said, rows[0]["error"] if rows else "no case", "no result")
    limit = f" [knowledge: {known['versions']}]" if "versions" in known else ""
    return Line(name, said, describe(measured), verdict(known, measured) + limit)


def compare(data: Row) -> list[Line]:
    """The comparison of every operation measured, or known to vary on that device."""
    device = data["setting"]["device"]
    known = {name: row for name, row in operations().items() if device in row["device"]}
    rows: dict[str, list[Row]] = {name: [] for name in known}
    for row in data["cases"]:
        if not row["control"]:
            rows.setdefault(row["operation"], []).append(row)
    return [line(name, known.get(name), found) for name, found in rows.items()]


def broken_controls(data: Row) -> list[str]:
    """The controls that varied: these should not exist."""
    controls = [row for row in data["cases"] if row["control"]]
    return [f"{row['operation']}/{row['case']}" for row in controls if row.get("distinct_off", 1) > 1]


def main(argv: list[str]) -> int:
    """Print the table."""
    if len(argv) != 1:
        raise SystemExit(__doc__)
    data = json.loads(Path(argv[0]).read_text(encoding="utf-8"))
    print(json.dumps(data["environment"]))
    lines = compare(data)
    for row in lines:
        print(f"{row.operation:34} {row.known:30} {row.measured:52} {row.verdict}")
    controls = broken_controls(data)
    print(", ".join(f"{count} {name}" for name, count in Counter(row.verdict.split()[0] for row in lines).items()))
    print("controls that varied: " + (", ".join(controls) or "none"))
    return int(bool(controls) or any(row.verdict.startswith("disagree") for row in lines))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
