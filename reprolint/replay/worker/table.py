"""Which entry of the launcher's table is meant by one call of an operation."""

from __future__ import annotations

import re
import sys
from typing import Any

Entry = dict[str, Any]

# A scan of one block is in order; a block holds about this many numbers.
_BLOCK = 2048


class Table:
    """The entries by the names of operations, as far as they hold for the versions of the libraries at hand."""

    def __init__(self, entries: list[Entry]) -> None:
        self._named: dict[str, list[Entry]] = {}
        self._known: dict[Any, list[Entry]] = {}
        for entry in entries:
            for name in entry["aten"]:
                self._named.setdefault(name.rpartition("::")[2], []).append(entry)

    def entry(self, func: Any) -> list[Entry]:
        """Those of an operation, whatever its arguments are."""
        found = self._known.get(func)
        if found is None:
            name = func._schema.name.rpartition("::")[2]
            # The table may name an overload, or the operation of which the in-place variant is another form.
            names = (f"{name}.{func._schema.overload_name}", name, name.rstrip("_"))
            named = next((self._named[known] for known in names if known in self._named), [])
            found = self._known[func] = [entry for entry in named if _is_valid(entry)]
        return found


def fits(entry: Entry, bound: dict[str, Any]) -> bool:
    """Whether a call fulfils the conditions of an entry."""
    return all(_holds(condition, bound) for condition in entry["when"])


def _holds(condition: dict[str, Any], bound: dict[str, Any]) -> bool:
    value = bound.get(condition["argument"])
    if value is None and condition["default"] != "<required>":
        value = condition["default"]
    if condition["given"] is not None and condition["given"] is not (value is not None):
        return False
    if condition["one_of"] and value not in condition["one_of"]:
        return False
    if value in condition["none_of"]:
        return False
    return not condition["kind"] or bool(_KINDS[condition["kind"]](value))


def _is_line(value: Any) -> bool:
    """Whether a tensor is one long line: several of them are scanned one by one, each in order."""
    return bool(_BLOCK < value.numel() == max(value.shape))


_KINDS: dict[str, Any] = {
    "floating": lambda value: value.is_floating_point() or value.is_complex(),
    "line": _is_line,
    "sparse": lambda value: "sparse" in str(value.layout),
}


def _is_valid(entry: Entry) -> bool:
    library = sys.modules.get(entry["library"])
    version = _numbers(getattr(library, "__version__", ""))
    return not entry["versions"] or all(_admits(part, version) for part in entry["versions"].split(","))


def _admits(condition: str, version: tuple[int, ...]) -> bool:
    found = re.match(r"(>=|<)([\d.]+)$", condition.strip())
    if found is None:
        raise ValueError(f"{condition!r} is no range of versions that the probes can read")
    limit = _numbers(found[2])
    return version >= limit if found[1] == ">=" else version < limit


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d+(\.\d+)*", version)
    numbers = [int(number) for number in found[0].split(".")] if found else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
