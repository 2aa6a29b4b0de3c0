"""Ranges of versions: which releases a text such as `>=2.3,<2.6` admits, and how two ranges relate.

A release is its epoch and its numbers; local parts do not count, and a pre-release stands just before its release, a
post-release just after it. `2.4.1` is that release alone, `==2.4.*` a series, a comma joins conditions that all hold,
`||` alternatives; an empty text, `*` or `any` admits everything. A pinned pre- or post-release counts as its release.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

Cut = tuple[tuple[float, ...], int]
"""A place between releases: just before (0) or just after (1) the one that is named."""

_START: Cut = ((), 0)
_END: Cut = ((float("inf"),), 1)
# What knowledge and lock files say needs no library to be read.
_PLAIN = re.compile(r"(>=|<=|>|<|==|)\s*(\d+(?:\.\d+)*)")


class VersionError(ValueError):
    """A text that is neither a version nor a range of versions."""


@dataclass(frozen=True, slots=True)
class Range:
    """The releases between pairs of cuts, in order, apart from each other."""

    spans: tuple[tuple[Cut, Cut], ...]

    def __and__(self, other: Range) -> Range:
        pairs = ((max(a, c), min(b, d)) for a, b in self.spans for c, d in other.spans)
        return _range(pairs)

    def __or__(self, other: Range) -> Range:
        return _range((*self.spans, *other.spans))

    def __invert__(self) -> Range:
        cuts = [_START, *(cut for span in self.spans for cut in span), _END]
        return _range(zip(cuts[::2], cuts[1::2], strict=True))

    def __le__(self, other: Range) -> bool:
        return self & other == self

    def __str__(self) -> str:
        return "" if self == ANY else " || ".join(_written(*span) for span in self.spans) or "<0"

    @property
    def last(self) -> Cut:
        """Where it ends."""
        return self.spans[-1][1] if self.spans else _START


def _range(spans: Iterable[tuple[Cut, Cut]]) -> Range:
    merged: list[tuple[Cut, Cut]] = []
    for low, high in sorted(span for span in spans if span[0] < span[1]):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return Range(tuple(merged))


ANY = Range(((_START, _END),))
NONE = Range(())


@cache
def parse(text: str) -> Range:
    """Read a version or a range; raise `VersionError` for anything else."""
    result = NONE
    for part in text.split("||"):
        part = part.strip()
        result |= ANY if part in ("", "*", "any") else _conditions(part)
    return result


def needed(ranges: str, version: str) -> bool | None:
    """Whether the versions a project allows all lie in the ranges; None when only some do, or it does not say."""
    if not ranges:
        return True
    wanted, allowed = parse(ranges), parse(version)
    if allowed == NONE:
        return None
    return True if allowed <= wanted else (False if allowed & wanted == NONE else None)


def newest(ranges: str, version: str) -> Cut:
    """Where the releases end that the ranges and what a project allows have in common."""
    return (parse(ranges) & parse(version)).last


def apart(one: str, other: str) -> bool:
    """Whether no release lies in both ranges."""
    return parse(one) & parse(other) == NONE


def together(ranges: Iterable[str]) -> str:
    """The text of what any of the ranges admits."""
    result = NONE
    for text in ranges:
        result |= parse(text)
    return str(result)


def series(text: str) -> str:
    """What a person means who writes `2.4`: any release of that series. A range stays as it is."""
    return f"=={text.strip()}.*" if re.fullmatch(r"\s*\d+(\.\d+)*\s*", text) else text.strip()


def _conditions(text: str) -> Range:
    plain = [_PLAIN.fullmatch(part.strip()) for part in text.split(",")]
    result = ANY
    if all(plain):
        for match in plain:
            assert match is not None
            release = _release(0, [int(number) for number in match[2].split(".")])
            result &= _between(match[1] or "==", (release, 0), (release, 1))
        return result
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    if re.match(r"\s*v?\d", text):
        return _conditions(f"=={text}")
    try:
        for item in SpecifierSet(text):
            if item.operator == "===":
                Version(item.version)  # anything may stand there; only a version tells us something
            result &= _condition(item.operator.replace("===", "=="), item.version)
    except (InvalidSpecifier, InvalidVersion):
        raise VersionError(f"`{text}` is neither a version (2.4) nor a range (>=2.3,<2.6)") from None
    return result


def _condition(operator: str, text: str) -> Range:
    """One condition, as the packaging standard has it."""
    from packaging.version import Version

    version = Version(text.removesuffix(".*"))
    numbers, epoch = list(version.release), version.epoch
    release = _release(epoch, numbers)
    below, above = (release, int(version.is_postrelease)), (release, int(not version.is_prerelease))
    if operator == "~=":
        return _between(">=", below, above) & _prefix(epoch, numbers[:-1])
    if text.endswith(".*"):
        same = _prefix(epoch, numbers)
        return same if operator == "==" else ~same
    if version.is_prerelease or version.is_postrelease:
        if operator == "==":
            return Range((((release, 0), (release, 1)),))
        if operator == "!=":
            return ANY
    return _between(operator, below, above)


def _between(operator: str, below: Cut, above: Cut) -> Range:
    if operator == "!=":
        return ~_range([(below, above)])
    low = {">=": below, ">": above, "==": below}.get(operator, _START)
    high = {"<=": above, "<": below, "==": above}.get(operator, _END)
    return _range([(low, high)])


def _prefix(epoch: int, numbers: list[int]) -> Range:
    last = _release(epoch, [*numbers[:-1], numbers[-1] + 1])
    return _range([((_release(epoch, numbers), 0), (last, 0))])


def _release(epoch: int, numbers: list[int]) -> tuple[float, ...]:
    """The numbers without zeros at the end: 2.0 is 2."""
    result = [epoch, *numbers]
    while result and result[-1] == 0:
        result.pop()
    return tuple(result)


def _written(low: Cut, high: Cut) -> str:
    """A span as a person would write it."""
    if low[0] == high[0]:
        return _text(low[0])
    parts = [f"{'>' if low[1] else '>='}{_text(low[0])}"] if low != _START else []
    parts += [f"{'<=' if high[1] else '<'}{_text(high[0])}"] if high != _END else []
    return ",".join(parts)


def _text(release: tuple[float, ...]) -> str:
    epoch, numbers = (int(release[0]) if release else 0), [str(number) for number in release[1:]]
    numbers += ["0"] * (2 - len(numbers))
    return (f"{epoch}!" if epoch else "") + ".".join(numbers)
