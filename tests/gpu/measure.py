"""How one case is measured: executed many times with the switch off, on, and only warning."""

from __future__ import annotations

import hashlib
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

from gpu.cases import Case
from gpu.inputs import SEED, Inputs, Run

ODD = 0x5851F42D4C957F2D
WORDS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


def bits(tensor: Any) -> Any:
    """The bytes of a tensor as integers, so that NaN and signed zeros compare too."""
    tensor = tensor.detach()
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor)
    return tensor.contiguous().view(WORDS[tensor.element_size()])


def same(first: list[Any], second: list[Any]) -> bool:
    """Whether two results have the same bytes."""
    return all(a.shape == b.shape and torch.equal(bits(a), bits(b)) for a, b in zip(first, second, strict=True))


def fingerprint(result: list[Any]) -> tuple[int, ...]:
    """Two integer sums of the bytes of each tensor, one of them weighted by the place."""
    sums: list[int] = []
    for tensor in result:
        words = bits(tensor).flatten().to(torch.int64)
        places = torch.arange(1, 2 * words.numel(), 2, device=words.device) * ODD
        sums += [int(words.sum()), int((words * (places ^ (places >> 17))).sum())]
    return tuple(sums)


def digest(result: list[Any]) -> str:
    """A name for a result, to compare it with that of another process."""
    return hashlib.blake2b(repr(fingerprint(result)).encode(), digest_size=8).hexdigest()


def ordered(tensor: Any) -> Any:
    """Floats as integers in the same order, whose differences count the floats in between."""
    words = bits(tensor).to(torch.int64)
    lowest = -(2 ** (8 * tensor.element_size() - 1))
    return torch.where(words < 0, lowest - words, words)


def distance(first: list[Any], second: list[Any]) -> tuple[float, int]:
    """The largest absolute difference, and the largest in units of the last place (floats only)."""
    absolute, ulp = 0.0, 0
    for a, b in zip(first, second, strict=True):
        if a.shape != b.shape or not a.numel():
            continue
        gap = (a.detach().double() - b.detach().double()).abs().nan_to_num(0.0, 0.0, 0.0)
        absolute = max(absolute, float(gap.max()))
        if a.is_floating_point():
            ulp = max(ulp, int((ordered(a).double() - ordered(b).double()).abs().max()))
    return absolute, ulp


class Load:
    """Other work for the device, on a stream of its own, to disturb the order in which blocks run.

    Make one for the whole process: were its memory freed while its kernels run, they would write into that of a case.
    """

    def __init__(self, device: str) -> None:
        self.on = device.startswith("cuda")
        if self.on:
            self.stream = torch.cuda.Stream()
            self.data = torch.ones(32 * 2**20, device=device)
            torch.cuda.synchronize()

    def start(self, amount: int) -> None:
        """Start `amount` kernels and do not wait for them."""
        if not self.on:
            return
        with torch.cuda.stream(self.stream):
            for _ in range(amount):
                self.data.mul_(1.0)


@dataclass
class Tally:
    """What the executions of a case under one setting gave."""

    runs: int = 0
    alone: set[tuple[int, ...]] = field(default_factory=set)
    loaded: set[tuple[int, ...]] = field(default_factory=set)
    max_abs: float = 0.0
    max_ulp: int = 0
    first: list[Any] = field(default_factory=list)

    @property
    def distinct(self) -> int:
        """How many different results there were."""
        return len(self.alone | self.loaded)


def tally(run: Run, runs: int, seconds: float, load: Load) -> Tally:
    """Execute `run` again and again, every second time beside other work."""
    result = Tally(first=run())
    known = fingerprint(result.first)
    end = time.monotonic() + seconds
    result.alone.add(known)
    result.runs = 1
    while result.runs < runs and (result.runs < 2 or time.monotonic() < end):
        busy = result.runs % 2 == 1
        if busy:
            load.start(4 + 7 * result.runs % 13)
        note(result, run(), known, busy)
        result.runs += 1
    return result


def note(result: Tally, again: list[Any], known: tuple[int, ...], busy: bool) -> None:
    """Compare one more execution with the first."""
    seen = result.loaded if busy else result.alone
    if same(result.first, again):
        seen.add(known)
        return
    seen.add(fingerprint(again))
    absolute, ulp = distance(result.first, again)
    result.max_abs, result.max_ulp = max(result.max_abs, absolute), max(result.max_ulp, ulp)


@contextmanager
def switch(warn_only: bool) -> Iterator[None]:
    """torch.use_deterministic_algorithms for the executions inside."""
    torch.use_deterministic_algorithms(True, warn_only=warn_only)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(False)


def switched(run: Run, warn_only: bool = False) -> Run:
    """`run` with the switch on; the comparison of its results is not under the switch."""

    def inside() -> list[Any]:
        with switch(warn_only):
            return run()

    return inside


def is_fault(error: BaseException) -> bool:
    """Whether the device or its memory failed, rather than the switch objected."""
    text = str(error)
    return isinstance(error, torch.OutOfMemoryError) or "CUDA error" in text or "CUBLAS_STATUS" in text


def brief(error: BaseException | Warning | str) -> str:
    """The first line of a message, without its advice."""
    lines = str(error).strip().splitlines()
    return lines[0].split(". You can")[0][:300] if lines else type(error).__name__


def strict(run: Run, runs: int, seconds: float, load: Load, off: Tally) -> dict[str, Any]:
    """What the strict switch does to a case."""
    try:
        on = tally(switched(run), runs, seconds, load)
    except RuntimeError as error:
        if is_fault(error):
            raise
        return {"switch_on": "raises", "message": brief(error)}
    outcome = "deterministic" if on.distinct == 1 else "varies"
    return {
        "switch_on": outcome,
        "on_runs": on.runs,
        "on_distinct": on.distinct,
        "on_max_ulp": on.max_ulp,
        "on_equals_off": same(off.first, on.first),
    }


def warned(run: Run, runs: int, seconds: float, load: Load) -> dict[str, Any]:
    """What the switch does to a case when it only warns."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            on = tally(switched(run, warn_only=True), runs, seconds, load)
        except RuntimeError as error:
            if is_fault(error):
                raise
            return {"warned": False, "error": brief(error)}
    said = [str(item.message) for item in caught if "determinis" in str(item.message).lower()]
    row: dict[str, Any] = {"warned": bool(said), "runs": on.runs, "distinct": on.distinct}
    return {**row, "message": brief(said[0])} if said else row


def header(case: Case) -> dict[str, Any]:
    """What identifies a case in the data."""
    return {
        "operation": case.operation,
        "case": case.name,
        "about": case.about,
        "phase": case.phase,
        "dtype": case.dtype,
        "control": case.control,
    }


def measure(case: Case, device: str, runs: int, seconds: float, load: Load) -> dict[str, Any]:
    """One row of the data: one case under the three settings, `seconds` at most for each."""
    start = time.monotonic()
    row = header(case)
    try:
        torch.manual_seed(SEED)
        run = case.build(Inputs(device))
        off = tally(run, runs, seconds, load)
        row |= {"runs": off.runs, "distinct_off": off.distinct, "distinct_alone": len(off.alone)}
        row |= {"max_abs": off.max_abs, "max_ulp": off.max_ulp, "digest": digest(off.first)}
        row |= strict(run, runs, seconds, load, off)
        row["warn_only"] = warned(run, runs, seconds, load)
        if device.startswith("cuda"):
            torch.cuda.synchronize()
    except Exception as error:  # a case that cannot run must not end the others
        row["error"] = f"{type(error).__name__}: {brief(error)}"
    row["seconds"] = round(time.monotonic() - start, 2)
    return row
