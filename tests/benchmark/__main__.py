"""The command line of the benchmark."""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import reprolint

from .child import Cost, ask
from .folder import STRICT, Figures, cold, copy, lines, measure, part, ruff

PARTS = ((1, 4), (1, 2), (1, 1))
ROWS = (
    "empty project",
    "cold, 1 process",
    "cold, 2 processes",
    "warm",
    "one file changed",
    "ruff cold",
    "ruff warm",
    STRICT,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a source tree; it is copied first")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="rounds (default 3); the least counts")
    parser.add_argument("--growth", action="store_true", help="also a quarter and half of the lines, and the exponent")
    parser.add_argument("--profile", action="store_true", help="also where a cold run spends its time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args(arguments)
    if options.repeat < 1:
        parser.error("--repeat: at least 1")
    surroundings = environment()
    print("\n".join(f"{key}: {value}" for key, value in surroundings.items()))
    result: dict[str, Any] = {"environment": surroundings, "folders": []}
    for folder in options.folders:
        if not folder.is_dir():
            parser.error(f"{folder} is no folder")
        result["folders"].append(_folder(folder.resolve(), options))
    if options.json is not None:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


def environment() -> dict[str, str]:
    """What the absolute figures depend on."""
    built = sysconfig.get_config_var("CONFIG_ARGS") or ""
    flags = [word for word, flag in (("PGO", "--enable-optimizations"), ("LTO", "--with-lto")) if flag in built]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    known = ruff()
    shown = subprocess.run([*known, "--version"], capture_output=True, text=True, check=False) if known else None
    build = "+".join(flags) or "no PGO, no LTO"
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}, {build}",
        "system": f"{platform.system()} {platform.machine()}, {cores} cores, load {_load()}",
        "reprolint": reprolint.__version__,
        "ruff": shown.stdout.strip().removeprefix("ruff ") if shown is not None else "-",
    }


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"


def _folder(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    names = ask("inside.py", "files", str(folder))
    if not any(name.endswith(".py") for name in names):
        raise SystemExit(f"{folder}: there is no Python file that reprolint would read")
    with tempfile.TemporaryDirectory(prefix="benchmark-") as place:
        scratch = Path(place)
        tree = copy(folder, names, scratch / "tree")
        figures = measure(folder.name, tree, names, scratch, options.repeat, _note)
        print("\n" + "\n".join(_table(figures)))
        result = figures.to_object()
        if options.growth:
            result["growth"] = _growth(folder, names, figures, scratch, options.repeat)
        if options.profile:
            result["profile"] = ask("inside.py", "profile", str(tree))
            print("\n".join(_profile(result["profile"])))
    return result


def _note(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{text}\n")


def _table(figures: Figures) -> Iterator[str]:
    ruff_warm = figures.costs.get(STRICT)
    yield f"{figures.name}: {figures.files} files, {figures.lines:,} lines"
    yield f"  {'':<22}{'CPU s':>9}{'wall s':>9}{'x ast.parse':>13}{'x ruff warm':>13}{'MB':>7}"
    yield f"  {'ast.parse':<22}{figures.parse:>9.3f}{'':>9}{1:>13.2f}"
    yield f"  {'facts alone':<22}{figures.facts:>9.3f}{'':>9}{figures.facts / figures.parse:>13.2f}"
    for what in ROWS:
        cost = figures.costs.get(what)
        if cost is None:
            yield f"  {what:<22}{'-':>9}{'-':>9}"
            continue
        against = f"{cost.wall / ruff_warm.wall:.2f}" if ruff_warm is not None else "-"
        parse = cost.cpu / figures.parse
        yield f"  {what:<22}{cost.cpu:>9.3f}{cost.wall:>9.3f}{parse:>13.2f}{against:>13}{cost.memory:>7.0f}"
    yield "  CPU: all processes together. x ast.parse: of CPU. x ruff warm: of the clock, few rules. MB: the largest"
    yield "  process."


def _growth(folder: Path, names: Sequence[str], figures: Figures, scratch: Path, repeat: int) -> dict[str, Any]:
    """Cold runs on parts of the files, and the exponent: 1 when twice the lines cost twice the time."""
    start, points = figures.costs["empty project"], []
    for above, below in PARTS:
        whole_tree = above == below
        chosen = list(names) if whole_tree else part(folder, names, figures.lines * above / below)
        tree = copy(folder, chosen, scratch / f"part-{above}-{below}")
        points.append((lines(tree, chosen), cold(tree, scratch, repeat)))
    sizes = [float(max(size, 1)) for size, _ in points]
    whole = _exponent(sizes, [cost.cpu for _, cost in points])
    net = _exponent(sizes, [max(cost.cpu - start.cpu, 1e-6) for _, cost in points])
    print("\n".join(_growth_table(points, start, whole, net)))
    rows = [{"lines": size, "cpu": cost.cpu, "memory": cost.memory} for size, cost in points]
    return {"start cpu": start.cpu, "points": rows, "exponent": whole, "exponent without start": net}


def _growth_table(points: Sequence[tuple[int, Cost]], start: Cost, whole: float, net: float) -> Iterator[str]:
    yield f"  growth of the cold run in one process ({start.cpu:.2f} s of it before the first file)"
    for size, cost in points:
        each = cost.cpu / max(size, 1) * 1e6
        yield f"    {size:>10,} lines {cost.cpu:>9.3f} s {each:>8.1f} us a line {cost.memory:>6.0f} MB"
    yield f"    exponent {whole:.3f}, without the start {net:.3f}"


def _exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """The slope of the line through the logarithms, by least squares."""
    xs, ys = [math.log(size) for size in sizes], [math.log(value) for value in seconds]
    middle, height = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle) ** 2 for x in xs)
    return sum((x - middle) * (y - height) for x, y in zip(xs, ys, strict=True)) / spread if spread else math.nan


def _profile(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield f"  {'own s':>8}{'all s':>8}{'calls':>11}  function (times under the profiler)"
    for row in rows:
        yield f"  {row['own']:>8.3f}{row['all']:>8.3f}{row['calls']:>11,}  {row['function']}"


if __name__ == "__main__":
    sys.exit(main())
