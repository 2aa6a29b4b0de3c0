"""Judges real repairs: the version before one is flagged at the place, the version after it is not.

    python -m tests.repairs FOLDER

FOLDER holds repositories named `owner+name`, bare or not, with the commits that fixtures/repairs/repairs.yaml names;
nothing is fetched. Both versions are taken out of the history into a temporary folder and linted there. Exits with 1
when a repair that is not marked `open` is not seen.
"""

from __future__ import annotations

import argparse
import difflib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

RECORDS = Path(__file__).parents[1] / "fixtures" / "repairs" / "repairs.yaml"
# What the tool may read; weights, pictures and tables are left where they are.
NAMES = {"Dockerfile", "Makefile", "Pipfile", ".env"}
SUFFIXES = {".py", ".ipynb", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".json", ".sh", ".txt", ".lock", ".cu", ".mk"}
LARGEST = 500_000

Item = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run over all repairs whose repository is there."""
    parser = argparse.ArgumentParser(prog="python -m tests.repairs", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", metavar="PART", help="repairs whose repository contains this")
    options = parser.parse_args(arguments)
    count: Counter[str] = Counter()
    for record in yaml.safe_load(RECORDS.read_text(encoding="utf-8")):
        if options.only not in record["repository"]:
            continue
        clone = options.folder / record["repository"].replace("/", "+")
        word = judge(record, clone) if clone.is_dir() else "not there"
        count[word] += 1
        count["unexplained"] += word.startswith("not ") and word != "not there" and "open" not in record
        place = f"{record['file']}:{record['line']}"
        print(f"{word:18} {record['rule']:22} {record['repository']:40} {record['commit'][:9]} {place}", flush=True)
    print(", ".join(f"{word}: {number}" for word, number in sorted(count.items())))
    return 1 if count["unexplained"] else 0


def judge(record: Item, clone: Path) -> str:
    """One word for a repair: `seen`, or what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "before"), Path(folder, "after")
        take_out(clone, record["parent"], before)
        take_out(clone, record["commit"], after)
        old, new = (found(root / record.get("project", ""), record) for root in (before, after))
        rows = moved(before / record["file"], after / record["file"], record["line"])
    here = [item for item in old if item["location"]["row"] == record["line"]]
    if not here:
        return "not flagged"
    left = [item for item in new if item["location"]["row"] in rows and item["message"] == here[0]["message"]]
    return "not silent after" if left or len(new) >= len(old) else "seen"


def take_out(clone: Path, commit: str, folder: Path) -> None:
    """Write the files of a commit that the tool may read; objects that the clone lacks are left out."""
    wanted = []
    for line in git(clone, "ls-tree", "-r", "-l", "-z", commit).decode().split("\0")[:-1]:
        about, name = line.split("\t", 1)
        mode, kind, identifier, size = about.split()
        readable = Path(name).name in NAMES or Path(name).suffix in SUFFIXES
        if kind == "blob" and mode != "120000" and readable and size.isdigit() and int(size) <= LARGEST:
            wanted.append((identifier, folder / name))
    answers = git(clone, "cat-file", "--batch", given="".join(f"{identifier}\n" for identifier, _ in wanted).encode())
    start = 0
    for _, path in wanted:
        head, start = answers[start : answers.index(b"\n", start)].split(), answers.index(b"\n", start) + 1
        if head[-1] == b"missing":
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(answers[start : start + int(head[2])])
        start += int(head[2]) + 1


def git(clone: Path, *arguments: str, given: bytes | None = None) -> bytes:
    """What git prints."""
    return subprocess.run(["git", "-C", clone, *arguments], input=given, capture_output=True, check=True).stdout


def found(root: Path, record: Item) -> list[Item]:
    """The findings of the rule in the file of a repair."""
    options = ["--isolated", "--profile", "portable", "--output-format", "json"]
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "reprolint", "check", *options, "--cache-dir", cache, "."]
        answer = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    name = str(Path(record["file"]).relative_to(record.get("project", "")))
    return [item for item in json.loads(answer.stdout) if item["filename"] == name and item["name"] == record["rule"]]


def moved(before: Path, after: Path, line: int) -> range:
    """Where a line stands after a change: one row, or those that took its place."""
    if not after.exists():
        return range(0)
    old, new = (path.read_text(encoding="utf-8", errors="replace").splitlines() for path in (before, after))
    for tag, first, last, start, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if first < line <= last:
            return (
                range(start + line - first, start + line - first + 1) if tag == "equal" else range(start + 1, end + 1)
            )
    return range(0)


if __name__ == "__main__":
    sys.exit(main())
