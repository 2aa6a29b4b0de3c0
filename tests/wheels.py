"""What the tool says of ten libraries, compared with what it said when somebody last looked.

    python -m tests.wheels FOLDER [--update]

FOLDER holds the libraries as `pip install --no-deps --target FOLDER` leaves them (at the versions of
fixtures/wheels.yaml; nothing is fetched). Prints findings by rule, and by 1,000 lines, then what has changed; exits
with 1 when something has. `--update` writes the new figures: read in the source what is new before you do.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import yaml

FIGURES = Path(__file__).parents[1] / "fixtures" / "wheels.yaml"
LIBRARIES = (
    "diffusers", "keras", "monai", "pytorch_lightning", "speechbrain", "stable_baselines3", "timm", "torch_geometric",
    "transformers", "ultralytics",
)  # fmt: skip
Item = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Lint, print, compare, and perhaps write."""
    parser = argparse.ArgumentParser(prog="python -m tests.wheels", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--update", action="store_true", help="write fixtures/wheels.yaml")
    options = parser.parse_args(arguments)
    versions = {item.name.replace("-", "_"): item.version for item in distributions(path=[str(options.folder)])}
    found = [measure(options.folder / name, versions[name]) for name in LIBRARIES if name in versions]
    print("\n".join(table(found)))
    if missing := [name for name in LIBRARIES if name not in versions]:
        print(f"not there: {', '.join(missing)}")
    known = yaml.safe_load(FIGURES.read_text(encoding="utf-8")) if FIGURES.is_file() else []
    changes = list(changed(known, found))
    print("\n".join(changes) if changes else "nothing has changed")
    if options.update:
        kept = [item for item in known if item["library"] in missing]
        ordered = sorted([*kept, *found], key=lambda item: str(item["library"]))
        FIGURES.write_text(yaml.safe_dump(ordered, sort_keys=False, width=120), encoding="utf-8")
    return 1 if changes and not options.update else 0


def measure(library: Path, version: str) -> Item:
    """The figures of one library: its lines, and its findings by rule, advice on its own."""
    command = [sys.executable, "-m", "reprolint", "check", "--isolated", "--no-cache", "--profile", "portable"]
    done = subprocess.run(
        [*command, "--output-format", "json", str(library)], capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    told = json.loads(done.stdout)
    lines = sum(path.read_bytes().count(b"\n") for path in library.rglob("*.py"))
    counts = {kind: Counter(item["name"] for item in told if (item["severity"] == "advice") is (kind == "advice"))
              for kind in ("findings", "advice")}  # fmt: skip
    sums = {kind: dict(sorted(count.items())) for kind, count in counts.items()}
    return {"library": library.name, "version": version, "lines": lines, **sums}


def table(found: Sequence[Item]) -> Iterator[str]:
    """A line for each library, then one for each rule: how many, and how many in 1,000 lines."""
    lines = sum(item["lines"] for item in found)
    yield f"{'library':22} {'version':10} {'lines':>9} {'findings':>9} {'/1,000':>7} {'advice':>7} {'/1,000':>7}"
    for item in found:
        yield _row(f"{item['library']:22} {item['version']:10} {item['lines']:>9,}", item["lines"], _sums([item]))
    yield _row(f"{'all':33} {lines:>9,}", lines, _sums(found)) + "\n"
    for rule in sorted({rule for item in found for kind in ("findings", "advice") for rule in item[kind]}):
        yield _row(f"{rule:43}", lines, _sums(found, rule))


def _sums(found: Sequence[Item], rule: str = "") -> tuple[int, int]:
    """Findings and advice, of one rule or of all."""
    loud, quiet = (
        sum(number for item in found for name, number in item[kind].items() if rule in ("", name))
        for kind in ("findings", "advice")
    )
    return loud, quiet


def _row(head: str, lines: int, sums: tuple[int, int]) -> str:
    loud, quiet = sums
    rates = [1000 * number / max(lines, 1) for number in sums]
    return f"{head} {loud:>9} {rates[0]:>7.3f} {quiet:>7} {rates[1]:>7.3f}"


def changed(known: Sequence[Item], found: Sequence[Item]) -> Iterator[str]:
    """What differs from the figures that were written down, one line each."""
    before = {item["library"]: item for item in known}
    for item in found:
        name, old = item["library"], before.get(item["library"])
        if old is None:
            yield f"{name}: new"
            continue
        if (item["version"], item["lines"]) != (old["version"], old["lines"]):
            yield f"{name}: was {old['version']} with {old['lines']} lines"
        for kind in ("findings", "advice"):
            yield from _differences(f"{name} {kind}", old[kind], item[kind])


def _differences(head: str, old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[str]:
    for rule in sorted(old.keys() | new.keys()):
        was, now = old.get(rule, 0), new.get(rule, 0)
        if was != now:
            yield f"{head} {rule}: {was} -> {now} ({now - was:+})"


if __name__ == "__main__":
    sys.exit(main())
