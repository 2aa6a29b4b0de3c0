"""One folder: a copy of what reprolint reads in it, parts of the copy, and its measurements."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .child import REPROLINT, Cost, ask, run

CHECK = (*REPROLINT, "check", "-q", "--isolated", "--output-format", "concise")
FOUND = (0, 1)
# ruff keeps nothing of files with findings: with its default rules it mostly lints again. With these it finds little
# and is as fast as it can be.
FEW = ("--select", "E9,F63,F7,F82")
STRICT = "ruff warm, few rules"


@dataclass(slots=True)
class Figures:
    """The least cost of each thing that was measured on one set of files."""

    name: str
    files: int
    lines: int
    parse: float = 0.0
    facts: float = 0.0
    costs: dict[str, Cost] = field(default_factory=dict)

    def take(self, what: str, cost: Cost) -> None:
        """Note the cost of one run."""
        known = self.costs.get(what)
        self.costs[what] = cost if known is None else known.least(cost)

    def ratios(self) -> dict[str, float | None]:
        """The figures that may be compared across machines."""
        warm = self.costs["warm"].wall
        others = {what: self.costs[what].wall for what in ("ruff warm", STRICT) if what in self.costs}
        result: dict[str, float | None] = {
            "facts / ast.parse": self.facts / self.parse,
            "cold, 1 process / ast.parse": self.costs["cold, 1 process"].cpu / self.parse,
            "cold, 2 processes / ast.parse": self.costs["cold, 2 processes"].cpu / self.parse,
            "one file changed / warm": self.costs["one file changed"].wall / warm,
        }
        for what in ("ruff warm", STRICT):
            result[f"warm / {what}"] = warm / others[what] if what in others else None
        return result

    def to_object(self) -> dict[str, Any]:
        """What `--json` writes."""
        costs = {what: asdict(cost) for what, cost in self.costs.items()}
        return {
            "folder": self.name,
            "files": self.files,
            "lines": self.lines,
            "ast.parse cpu": self.parse,
            "facts cpu": self.facts,
            "costs": costs,
            "ratios": self.ratios(),
        }


def ruff() -> tuple[str, ...]:
    """How to run ruff; empty when there is none."""
    found = shutil.which("ruff")
    if found is not None:
        return (found,)
    return (sys.executable, "-m", "ruff") if importlib.util.find_spec("ruff") is not None else ()


def copy(source: Path, names: Sequence[str], target: Path) -> Path:
    """Copy files with their times; the user's own are never touched."""
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, target / name)
    return target


def lines(folder: Path, names: Sequence[str]) -> int:
    """The lines of the Python files among some files."""
    return sum(_lines(folder / name) for name in names if name.endswith(".py"))


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def part(folder: Path, names: Sequence[str], count: float) -> list[str]:
    """Files with about so many lines: whole top-level folders as long as they fit, then single files, all in order.

    Programs hang together by folders; every fourth file would leave mostly imports that lead nowhere.
    """
    groups: dict[str, list[str]] = {}
    for name in sorted(names):
        groups.setdefault(name.split("/")[0] if "/" in name else "", []).append(name)
    chosen: list[str] = []
    total = 0
    for piece in (*groups.values(), *([name] for group in groups.values() for name in group)):
        size = lines(folder, piece)
        if total + size <= count and not set(piece) & set(chosen):
            chosen, total = [*chosen, *piece], total + size
    return sorted(chosen)


def measure(
    name: str, folder: Path, names: Sequence[str], scratch: Path, repeat: int, note: Callable[[str], None]
) -> Figures:
    """Measure everything `repeat` times, one after the other in every round, so that a busy moment hits them alike."""
    figures = Figures(name, len(names), lines(folder, names))
    largest = max(names, key=lambda item: ((folder / item).stat().st_size if item.endswith(".py") else -1, item))
    known = ruff()
    empty = scratch / "empty"
    empty.mkdir()
    (empty / "empty.py").touch()
    cold(empty, scratch, 1)  # the interpreter compiles the package itself, once
    figures.take("empty project", cold(empty, scratch, repeat))
    for number in range(repeat):
        note(f"{name}: round {number + 1} of {repeat}")
        parsed, extracted = ask("inside.py", "parse", str(folder)), ask("inside.py", "facts", str(folder))
        figures.parse = min(parsed, figures.parse or parsed)
        figures.facts = min(extracted, figures.facts or extracted)
        if known:
            checking = (*known, "check", "-q", "--isolated", "--no-fix", "--output-format", "concise")
            figures.take("ruff cold", run((*checking, "--no-cache", "."), folder, FOUND))
            for what, rules in (("ruff warm", ()), (STRICT, FEW)):
                cached = (*checking, *rules, "--cache-dir", str(scratch / "ruff"), ".")
                run(cached, folder, FOUND)
                figures.take(what, run(cached, folder, FOUND))
        for jobs, what in ((2, "cold, 2 processes"), (1, "cold, 1 process")):
            cache = scratch / f"cache-{number}-{jobs}"
            command = (*CHECK, "--cache-dir", str(cache), "-j", str(jobs), ".")
            figures.take(what, run(command, folder, FOUND))
        figures.take("warm", run(command, folder, FOUND))
        with open(folder / largest, "ab") as file:
            file.write(f"\n# changed {number}\n".encode())
        figures.take("one file changed", run(command, folder, FOUND))
        for jobs in (1, 2):
            shutil.rmtree(scratch / f"cache-{number}-{jobs}")
    return figures


def cold(folder: Path, scratch: Path, repeat: int) -> Cost:
    """A run in one process that knows nothing yet."""
    costs = []
    for number in range(repeat):
        cache = scratch / f"growth-{number}"
        costs.append(run((*CHECK, "--cache-dir", str(cache), "-j", "1", "."), folder, FOUND))
        shutil.rmtree(cache)
    return min(costs, key=lambda item: item.cpu)
