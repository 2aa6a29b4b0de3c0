"""Version ranges of knowledge (`>=1.7,<2.10`) against the version a project locks."""

from __future__ import annotations

import operator
import re

_OPERATORS = {">=": operator.ge, "<=": operator.le, "<": operator.lt, ">": operator.gt, "==": operator.eq}


def needed(ranges: str, version: str) -> bool | None:
    """Whether a version lies in the ranges; None when the project locks none."""
    if not ranges:
        return True
    if not version:
        return None
    have = _numbers(version)
    for part in ranges.split(","):
        match = re.fullmatch(r"\s*(>=|<=|==|<|>)\s*([\d.]+)\s*", part)
        if match is not None and not _OPERATORS[match[1]](have, _numbers(match[2])):
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:3]]
    return tuple(numbers + [0] * (3 - len(numbers)))
