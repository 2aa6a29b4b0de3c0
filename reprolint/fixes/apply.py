"""Applies fixes to the bytes of files."""

from __future__ import annotations

import ast
import difflib
import io
import itertools
import os
import re
import stat
import tempfile
import tokenize
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reprolint.core.edit import Edit, Fix, Safety
from reprolint.fixes.text import NEWLINE

PARSED = (".py", ".pyi", ".pyw")


class NotWritten(Exception):
    """A file that was left as it was, and why."""


class NotApplicable(Exception):
    """Edits that do not fit the text of a file."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What one round of fixing gives: new bytes by file, the fixes in them, those in which a file would not parse."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    fixes: tuple[Fix, ...] = ()
    dropped: tuple[Fix, ...] = ()


def apply(fixes: Iterable[Fix | None], read: Callable[[str], bytes], *, unsafe: bool = False) -> Applied:
    """Apply as many fixes as fit together, each whole or not at all; lint again and repeat until nothing is applied.

    A fix whose result is no Python any more is dropped and takes nothing else with it.
    """
    chosen = choose(fixes, unsafe=unsafe)
    dropped: list[Fix] = []
    kept, files = chosen, _result(chosen, chosen, read)
    if files is None:  # which ones are to blame is only asked when there is somebody to blame
        kept, files = (), {}
        for fix in chosen:
            result = _result((*kept, fix), (fix,), read)
            if result is None:
                dropped.append(fix)
            else:
                kept, files = (*kept, fix), {**files, **result}
    changed = {name: data for name, data in sorted(files.items()) if data != read(name)}
    return Applied(changed, kept, tuple(dropped))


def _result(
    fixes: Sequence[Fix], of: Sequence[Fix], read: Callable[[str], bytes]
) -> dict[str, bytes] | None:  # fmt: skip
    """The files that some of the fixes touch after all of them; None when one cannot be rewritten or parsed."""
    edits: dict[str, list[Edit]] = {edit.filename: [] for fix in of for edit in fix.edits}
    for edit in (edit for fix in fixes for edit in fix.edits if edit.filename in edits):
        edits[edit.filename].append(edit)
    try:
        files = {name: rewrite(read(name), items) for name, items in edits.items()}
    except (NotApplicable, OSError, KeyError):
        return None
    return files if all(parses(name, data) for name, data in files.items()) else None


def choose(fixes: Iterable[Fix | None], *, unsafe: bool = False) -> tuple[Fix, ...]:
    """The fixes to apply in one round, in the given order: safe ones, unsafe ones when asked for, none that overlap."""
    allowed: tuple[Safety, ...] = ("safe", "unsafe") if unsafe else ("safe",)
    chosen: list[Fix] = []
    taken: list[Edit] = []
    for fix in fixes:
        if fix is None or not fix.edits or fix.safety not in allowed:
            continue
        if not any(overlap(edit, other) for edit in fix.edits for other in taken):
            chosen.append(fix)
            taken += fix.edits
    return tuple(chosen)


def overlap(one: Edit, other: Edit) -> bool:
    """Whether two edits touch the same text; two insertions at one position do."""
    if one.filename != other.filename:
        return False
    start, end = (one.span.row, one.span.column), (one.span.end_row, one.span.end_column)
    start_other, end_other = (other.span.row, other.span.column), (other.span.end_row, other.span.end_column)
    return start == start_other or (start < end_other and start_other < end)


def rewrite(data: bytes, edits: Sequence[Edit]) -> bytes:
    """The bytes of a file after edits, in its own encoding; raises `NotApplicable` when they do not fit."""
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise NotApplicable(str(error)) from error
    starts = [0, *(match.end() for match in NEWLINE.finditer(text))]
    ranges = sorted(
        (_offset(starts, text, edit.span.row, edit.span.column), _offset(starts, text, *_end(edit)), edit.content)
        for edit in edits
    )
    for (_, end, _), (start, _, _) in itertools.pairwise(ranges):
        if start < end:
            raise NotApplicable("edits overlap")
    parts, last = [], 0
    for start, end, content in ranges:
        parts += [text[last:start], content]
        last = end
    try:
        return "".join([*parts, text[last:]]).encode(encoding)
    except UnicodeEncodeError as error:
        raise NotApplicable(str(error)) from error


def changes(edits: Sequence[Edit], read: Callable[[str], bytes]) -> bool:
    """Whether edits make any difference to the files they are for; raises `NotApplicable` when they do not fit."""
    names = sorted({edit.filename for edit in edits})
    return any(rewrite(read(name), [edit for edit in edits if edit.filename == name]) != read(name) for name in names)


def _end(edit: Edit) -> tuple[int, int]:
    return edit.span.end_row, edit.span.end_column


def _offset(starts: Sequence[int], text: str, row: int, column: int) -> int:
    if not 1 <= row <= len(starts):
        raise NotApplicable(f"there is no line {row}")
    offset = starts[row - 1] + column - 1
    limit = starts[row] if row < len(starts) else len(text)
    if not starts[row - 1] <= offset <= limit:
        raise NotApplicable(f"line {row} has no column {column}")
    return offset


def _encoding(data: bytes) -> str:
    """The encoding a file declares; `utf-8-sig` takes the byte order mark off and puts it back."""
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except (SyntaxError, LookupError) as error:
        raise NotApplicable(str(error)) from error


def parses(filename: str, data: bytes) -> bool:
    """Whether a file still is what its name says."""
    if not filename.endswith(PARSED):
        return True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def difference(filename: str, old: bytes, new: bytes) -> str:
    """The change as a unified diff that `git apply` and `patch` accept."""
    before, after = (_shown(data) for data in (old, new))
    lines: list[str] = []
    for line in difflib.unified_diff(before, after, f"a/{filename}", f"b/{filename}"):
        lines.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(lines)


def _shown(data: bytes) -> list[str]:
    """The lines of a file as a diff shows them, each with the newline it has."""
    try:
        text = data.decode(_encoding(data).removesuffix("-sig"))
    except (NotApplicable, UnicodeDecodeError):
        text = data.decode("latin-1")
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def write(path: Path, data: bytes, expected: bytes) -> None:
    """Replace the content of a file at once, so that it is either old or new whatever happens; its mode is kept, a
    link is followed. Raises `NotWritten` when its bytes are no longer `expected`, or when the system refuses.
    """
    real = Path(os.path.realpath(path))
    temporary: str | None = None
    try:
        mode = stat.S_IMODE(real.stat().st_mode)
        if not os.access(real, os.W_OK):
            raise NotWritten(f"{path}: is read-only, left as it was")
        handle, temporary = tempfile.mkstemp(prefix=f".{real.name}.", suffix=".tmp", dir=real.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        if real.read_bytes() != expected:
            raise NotWritten(f"{path}: was changed by someone else meanwhile, left as it was")
        os.replace(temporary, real)
        temporary = None
    except OSError as error:
        raise NotWritten(f"{path}: cannot be written, left as it was: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
