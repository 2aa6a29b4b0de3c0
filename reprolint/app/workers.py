"""Reads files and extracts their facts, in several processes when there is enough to do."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reprolint.cache import Row, digest
from reprolint.catalog.vocabulary import Vocabulary
from reprolint.core.source import Source
from reprolint.discover import File
from reprolint.facts.codec import Codec
from reprolint.facts.read import read
from reprolint.facts.record import Facts

# Below this a second process costs more than it saves.
ENOUGH = 1_000_000
_MOST = 8
_PER_FILE = 2000


@dataclass(frozen=True, slots=True)
class Extracted:
    """The facts of one file with the stat and digest of the bytes they are from.

    `text` is the encoded form when it was asked for. Without facts, `problem` says why: `io` or `crash`.
    """

    name: str
    row: Row | None = None
    facts: Facts | None = None
    text: str | None = None
    problem: str = ""
    message: str = ""


def extract(files: Sequence[File], vocabulary: Vocabulary, *, jobs: int, encoded: bool) -> Iterator[Extracted]:
    """Extract the facts of files; the results come in no particular order."""
    codec = Codec(Facts)
    workers = min(jobs or _cores(), _MOST, len(files))
    if workers < 2 or not hasattr(os, "fork") or sum(file.size for file in files) < ENOUGH:
        for file in files:
            yield _extract(file, vocabulary, codec if encoded else None)
        return
    shares = _shares(files, workers)
    for share, data in zip(shares, _run(shares, vocabulary, codec), strict=True):
        received = {item.name: item for item in _received(data, codec)}
        for file in share:
            if file.name in received and received[file.name].problem != "unsendable":
                yield received[file.name]
            elif file.name in received:
                yield _extract(file, vocabulary, None)
            else:
                yield Extracted(
                    file.name, problem="io", message="reading it ended the worker process; try it with -j 1"
                )


def _extract(file: File, vocabulary: Vocabulary, codec: Codec[Facts] | None) -> Extracted:
    seen = time.time_ns()
    try:
        with open(file.path, "rb") as stream:
            info = os.fstat(stream.fileno())
            data = stream.read()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return Extracted(file.name, problem="io", message=f"{reason}; make it readable or exclude it")
    row = Row(info.st_size, info.st_mtime_ns, info.st_ino, digest(data), seen)
    try:
        facts = read(Source(file.name, data), row.digest, vocabulary)
    except Exception as error:  # our bug must not hide what is in the other files
        return Extracted(file.name, row, problem="crash", message=f"{type(error).__name__}: {error}")
    try:
        text = codec.encode(facts) if codec is not None else None
    except (ValueError, RecursionError):
        text = None  # a value JSON cannot hold; the file is read again next time
    return Extracted(file.name, row, facts, text)


def _shares(files: Sequence[File], workers: int) -> list[list[File]]:
    """Largest files first, each to whoever has least to do."""
    shares: list[list[File]] = [[] for _ in range(workers)]
    loads = [0] * workers
    for file in sorted(files, key=lambda item: (-item.size, item.name)):
        least = loads.index(min(loads))
        shares[least].append(file)
        loads[least] += file.size + _PER_FILE
    return shares


def _run(shares: Sequence[Sequence[File]], vocabulary: Vocabulary, codec: Codec[Facts]) -> list[bytearray]:
    """Fork a worker for each share and collect what they write; forking saves sending the vocabulary."""
    sys.stdout.flush()
    sys.stderr.flush()
    children: dict[int, int] = {}
    received: dict[int, bytearray] = {}
    try:
        with _uninterrupted():  # Python loses what is raised in its own steps after a fork
            for share in shares:
                source, sink = os.pipe()
                pid = os.fork()
                if pid == 0:
                    for inherited in (source, *received):
                        os.close(inherited)  # else a worker outlives the parent, waiting for a sibling to read its pipe
                    _work(share, vocabulary, codec, sink)
                os.close(sink)
                children[source] = pid
                received[source] = bytearray()
        _collect(children, received)
    except BaseException:  # an interrupt: nobody is left behind
        for pid in children.values():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        raise
    return list(received.values())


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold back an interrupt until the end of the block."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _collect(children: Mapping[int, int], received: Mapping[int, bytearray]) -> None:
    """Read the pipes of all workers, by file descriptor, until the last one has ended."""
    poller = select.poll()
    for source in children:
        poller.register(source, select.POLLIN | select.POLLHUP)
    waiting = set(children)
    while waiting:
        for source, _ in poller.poll():
            block = os.read(source, 1 << 20)
            received[source].extend(block)
            if not block:
                poller.unregister(source)
                waiting.discard(source)
                os.close(source)
                os.waitpid(children[source], 0)


def _work(share: Iterable[File], vocabulary: Vocabulary, codec: Codec[Facts], sink: int) -> None:
    """The whole life of a worker; it must never return into the caller's code."""
    try:
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # it ends at once and says nothing; the parent says it
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        with os.fdopen(sink, "wb", buffering=1 << 20) as out:
            for file in share:
                item = _extract(file, vocabulary, codec)
                row = item.row
                head = [item.name, item.problem, item.message]
                stat = None if row is None else [row.size, row.mtime, row.inode, row.digest, row.seen]
                if item.facts is not None and item.text is None:
                    head[1] = "unsendable"
                out.write(json.dumps([head, stat]).encode() + b"\n" + (item.text or "").encode() + b"\n")
        os._exit(0)
    except BaseException:
        os._exit(1)


def _received(data: bytearray, codec: Codec[Facts]) -> Iterator[Extracted]:
    lines = bytes(data).split(b"\n")
    for head, text in zip(lines[:-1:2], lines[1:-1:2], strict=False):
        (name, problem, message), stat = json.loads(head)
        row = None if stat is None else Row(*stat)
        decoded = text.decode()
        facts = codec.decode(decoded) if decoded else None
        yield Extracted(name, row, facts, decoded or None, problem, message)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
