"""How often the tool is right, and how much it finds, against what people read in the source before it ran.

    python -m tests.accuracy FOLDER [-v [--all-halves]]

FOLDER holds clones named `owner+name` at the commits that fixtures/corpus/labels.yaml names; nothing is fetched.
fixtures/corpus/README.md says how the labels were made and what counts. Prints one table for each half.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

LABELS = Path(__file__).parents[1] / "fixtures" / "corpus" / "labels.yaml"
NEAR = 2
# Their findings speak of a stream of an entry: the entry's truth judges them where no label stands near.
STREAM_RULES = frozenset(
    {"entropy-seed", "late-seeding", "maybe-unseeded-stream", "seed-disabled", "seed-not-covering", "unseeded-stream"}
)
# A place may be labelled with one of these and reported as another: one cause, and the tool decides who owns it.
KIN = (
    STREAM_RULES | {"missing-random-state", "split-without-seed"},
    frozenset({"cudnn-benchmark-on", "switch-conflict", "switch-undone"}),
    frozenset({"deterministic-algorithms-off", "deterministic-warn-only", "trainer-not-deterministic"}),
    frozenset({"cublas-workspace", "hash-seed-in-process", "switch-too-late"}),
    frozenset({"loader-worker-seeding", "loader-without-generator", "stream-shared-with-workers"}),
    frozenset({"nondeterministic-op", "deterministic-algorithms-off"}),
    frozenset({"missing-random-state", "unseeded-generator"}),
)
# Said once an entry: the label stands at its set-up, the finding at what needs it.
ONCE = STREAM_RULES | {"deterministic-algorithms-off", "tf-determinism-off", "trainer-not-deterministic"}
WORDS = {"hazard": "right", "arguable": "arguable", "safe": "wrong"}
Item = dict[str, Any]


@dataclass
class Score:
    """What was counted for one rule in one half: verdicts on warnings and errors, verdicts on advice, hazards."""

    told: Counter[str] = field(default_factory=Counter)
    advised: Counter[str] = field(default_factory=Counter)
    known: int = 0
    found: int = 0


@dataclass
class Report:
    """All scores by half and rule, and the lines that explain them."""

    scores: dict[tuple[str, str], Score] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def score(self, half: str, rule: str) -> Score:
        """The score of a rule in a half."""
        return self.scores.setdefault((half, rule), Score())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run over all repositories that are there."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-v", "--verbose", action="store_true", help="every finding that is not right, every miss")
    parser.add_argument("--all-halves", action="store_true", help="with -v: of the untouched half, too (to judge)")
    options = parser.parse_args(arguments)
    report, missing = Report(), []
    rules = frozenset(item["name"] for item in json.loads(_run(Path(), "rule", "--all", "--output-format", "json")))
    for record in yaml.safe_load(LABELS.read_text(encoding="utf-8")):
        clone = options.folder / record["repository"].replace("/", "+")
        if clone.is_dir():
            _judge(record, clone, rules, report)
        else:
            missing.append(record["repository"])
    for half in ("untouched", "tuned"):
        print("\n".join(_table(half, report)), end="\n\n")
    if options.verbose:
        print("\n".join(line for line in report.lines if options.all_halves or not line.startswith("untouched ")))
    if missing:
        print(f"not there: {', '.join(missing)}")
    return 0


def _run(folder: Path, *arguments: str) -> str:
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "reprolint", *arguments]
        if arguments[0] in ("check", "graph"):
            command += ["--cache-dir", cache, "."]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def _judge(record: Item, clone: Path, rules: frozenset[str], report: Report) -> None:
    found: list[Item] = json.loads(_run(clone, "check", "--profile", "portable", "--output-format", "json"))
    graph = json.loads(_run(clone, "graph", "--format", "json"))["entries"]
    half, name = record["half"], record["repository"]
    streams = {item["file"]: item["streams"] for item in record["entries"]}
    for item in found:
        rule = item["name"]
        word, why = _verdict(item, record, streams)
        score = report.score(half, rule)
        (score.advised if item["severity"] == "advice" else score.told)[word] += 1
        if word != "right":
            place = f"{item['filename']}:{item['location']['row']}"
            report.lines.append(f"{half} {word:9} {name} {place} [{rule}] {item['message']} -- {why}")
    for label in record["labels"]:
        if label["verdict"] == "hazard" and label["rule"] in rules:
            score = report.score(half, label["rule"])
            score.known += 1
            if any(_speaks_of(item, label) for item in found):
                score.found += 1
            else:
                report.lines.append(
                    f"{half} missed    {name} {label['file']}:{label['line']} [{label['rule']}] -- {label['why']}"
                )
    _streams(record, graph, report)


def _streams(record: Item, graph: list[Item], report: Report) -> None:
    """Compare the verdict on every stream of every entry that was read."""
    told = {item["filename"]: {stream["name"]: _word(stream) for stream in item["streams"]} for item in graph}
    score = report.score(record["half"], "(streams of entries)")
    for entry in record["entries"]:
        said = told.get(entry["file"], {})
        for stream in ("python", "numpy", "torch", "tensorflow"):
            truth = entry["streams"].get(stream, "seeded")
            word = said.get("keras" if stream == "tensorflow" and "keras" in said else stream, "seeded")
            exposed, claimed = truth not in ("seeded", "unused"), word not in ("seeded", "unused")
            if claimed:
                score.told["right" if exposed else "wrong"] += 1
            if exposed:
                score.known += 1
                score.found += claimed
            if claimed is not exposed:
                place = f"{record['repository']} {entry['file']} {stream}"
                report.lines.append(
                    f"{record['half']} stream    {place}: read {truth}, told {word} -- {entry.get('why', '')}"
                )


def _word(stream: Item) -> str:
    """What the tool says of a stream; that something is drawn or seeded is not yet a finding."""
    owners = [rule for rule in ("late-seeding", "seed-disabled", "entropy-seed") if rule in stream["rules"]]
    return owners[0] if owners else str(stream["verdict"])


def _verdict(item: Item, record: Item, streams: dict[str, Any]) -> tuple[str, str]:
    """Whether a finding is right: by a label near it, by the truth of its stream, by what was judged afterwards."""
    for judged in record.get("judged", ()):
        if judged["rule"] == item["name"] and _near(item, judged):
            return judged["verdict"], judged["why"]
    labels = [label for label in record["labels"] if _speaks_of(item, label)]
    for label in sorted(labels, key=lambda label: (label["rule"] != item["name"], list(WORDS).index(label["verdict"]))):
        return WORDS[label["verdict"]], label["why"]
    truth = streams.get(str(item.get("entry", "")).partition(":")[0])
    if item["name"] in STREAM_RULES and truth is not None:
        named = [word for stream, word in truth.items() if f"`{stream}`" in item["message"]]
        if named:
            return ("right" if any(word != "seeded" for word in named) else "wrong"), f"read as {named}"
    return "unjudged", ""


def _speaks_of(item: Item, label: Item) -> bool:
    kin = item["name"] == label["rule"] or any({item["name"], label["rule"]} <= family for family in KIN)
    if kin and label["rule"] in ONCE and item["name"] in ONCE and label["verdict"] != "safe":
        entry = str(item["entry"]).partition(":")[0]
        return label["file"] in (item["filename"], entry, *(other["filename"] for other in item["related"]))
    return kin and _near(item, label)


def _near(item: Item, label: Item) -> bool:
    begin, end = item["location"]["row"], item["end_location"]["row"]
    places = [(item["filename"], begin, end)]
    places += [(other["filename"], other["location"]["row"], other["location"]["row"]) for other in item["related"]]
    return any(
        name == label["file"] and first - NEAR <= label["line"] <= last + NEAR for name, first, last in places
    )  # fmt: skip


def interval(hits: int, total: int) -> str:
    """A share with its 95 % interval (Wilson 1927)."""
    if not total:
        return "-"
    z, share = 1.96, hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return f"{100 * share:.0f} % [{100 * (middle - half):.0f}, {100 * (middle + half):.0f}]"


def _table(half: str, report: Report) -> Iterator[str]:
    words = ("right", "arguable", "wrong", "unjudged")
    head = "".join(f"{word:>9}" for word in words)
    yield f"{half:30}{head} {'precision':>18} {'advice':>14}  {'known':>5} {'found':>5} {'recall':>18}"
    rows = sorted((rule, score) for (of, rule), score in report.scores.items() if of == half)
    places = [score for rule, score in rows if not rule.startswith("(")]
    for rule, score in [*rows, ("all rules", _sum(places))]:
        told = "".join(f"{score.told[word]:>9}" for word in words)
        precise = interval(score.told["right"], score.told["right"] + score.told["wrong"])
        share = interval(score.found, score.known)
        advised = "/".join(str(score.advised[word]) for word in words)
        yield f"{rule:30}{told} {precise:>18} {advised:>14}  {score.known:>5} {score.found:>5} {share:>18}"


def _sum(scores: Iterable[Score]) -> Score:
    total = Score()
    for score in scores:
        total.told.update(score.told)
        total.advised.update(score.advised)
        total.known += score.known
        total.found += score.found
    return total


if __name__ == "__main__":
    sys.exit(main())
