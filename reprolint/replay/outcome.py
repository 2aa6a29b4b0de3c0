"""The state that a run without steps ends in: what it printed and which files it wrote, as events of its trace."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from reprolint.replay.drain import Printed, neutral
from reprolint.replay.trace import Trace

FILE = "outcome.jsonl"
_UNTOUCHED = "untouched"
_NAMED = 4


def write_outcome(folder: Path, printed: Printed, tree: Path, root: Path, places: Sequence[str]) -> None:
    """Add to the trace in `folder` what the run printed and what it left in `tree`, its copy of `root`."""
    events: list[dict[str, object]] = []
    if printed.size:
        output = {"kind": "output", "name": "stdout", "hash": printed.hash, "lines": printed.lines}
        events.append({"step": 0, **output, "clock": printed.clock})
    events += [
        {"step": 0, "kind": "file", "name": name, "hash": digest} for name, digest in _written(tree, root, places)
    ]
    (folder / FILE).write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")


def describe(trace: Trace) -> str:
    """What there was to compare, or an empty string."""
    parts = []
    states = [event.name for event in trace.events if event.kind == "rng-state" and event.hash != _UNTOUCHED]
    if states:
        parts.append(f"final random states ({', '.join(dict.fromkeys(states))})")
    for event in trace.events:
        if event.kind == "output":
            lines = f"{event.fields['lines']} line{'' if event.fields['lines'] == 1 else 's'}"
            parts.append(f"standard output ({lines}{', but for times' if event.fields['clock'] else ''})")
    files = [event.name for event in trace.events if event.kind == "file"]
    if files:
        more = f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
        parts.append(f"{len(files)} file{'' if len(files) == 1 else 's'} written ({', '.join(files[:_NAMED])}{more})")
    return ", ".join(parts)


def first_line(control: Path, experiment: Path) -> str:
    """The first printed line in which two runs differ, given the folders of their traces; empty if it was not kept."""
    texts = [_lines(folder) for folder in (control, experiment)]
    for row, lines in enumerate(itertools.zip_longest(*texts, fillvalue=b""), start=1):
        ours, theirs = (neutral(line, ())[0] for line in lines)
        if ours != theirs:
            shown = [line[:120].decode("utf-8", "replace").strip() for line in lines]
            return f"standard output differs first in line {row}: `{shown[0]}` against `{shown[1]}`"
    return ""


def _lines(folder: Path) -> list[bytes]:
    tree = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["tree"]
    return (folder / "stdout.txt").read_bytes().replace(tree.encode(), b"").splitlines()


def _written(tree: Path, root: Path, places: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(path, hash) of the files below `tree` that are not as the copy was made; links are left alone."""
    for folder, folders, names in os.walk(tree):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            relative = path.relative_to(tree)
            if path.is_file() and not path.is_symlink() and not _as_copied(path, root / relative):
                yield relative.as_posix(), _hash(path, places)


def _as_copied(path: Path, original: Path) -> bool:
    try:
        before = original.stat()
    except OSError:
        return False
    now = path.stat()
    return (now.st_size, now.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def _hash(path: Path, places: Sequence[str]) -> str:
    """Content without the places that differ from replay to replay; of a large file they stay."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(2**26):
            for place in places:
                chunk = chunk.replace(place.encode(), b"")
            digest.update(chunk)
    return digest.hexdigest()[:32]
