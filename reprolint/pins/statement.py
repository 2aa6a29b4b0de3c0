"""What one line of a project says of a distribution, and the ways in which tools write versions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from reprolint.core.version import series

# What nearly every line looks like; loading a library for it would cost more than all the rest.
_CONDITION = r"(?:===|[<>=!~]=|[<>])\s*[\w.!+*-]+"
_PLAIN = re.compile(
    rf"([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[\w\s,.-]*\])?\s*({_CONDITION}(?:\s*,\s*{_CONDITION})*)?"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A distribution, the range of its versions (empty: any), and the file and row that says so.

    doubtful: it holds only under a condition, such as an environment marker, or as one of several alternatives
    extra: only an extra, a group or a feature of the project needs it
    """

    name: str
    text: str
    place: str
    doubtful: bool = False
    extra: bool = False


def normal(name: str) -> str:
    """The name of a distribution as the package index compares it."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def place(filename: str, text: str, part: str) -> str:
    """The file and the row in which a part of its text stands, where it stands there as it is."""
    offset = text.find(part)
    return f"{filename}:{text.count(chr(10), 0, offset) + 1}" if offset >= 0 else filename


def requirement(text: str, where: str) -> Statement | None:
    """A requirement as pip takes it (`torch>=2.3; python_version > "3.9"`, a wheel); None for what is none."""
    if text.endswith(".whl") and "@" not in text:
        return _wheel(text, where)
    head, separator, _ = text.partition(";")
    plain = _PLAIN.fullmatch(head.strip())
    if plain is not None:
        return Statement(normal(plain[1]), re.sub(r"\s", "", plain[2] or ""), where, bool(separator))
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        known = Requirement(text)
    except InvalidRequirement:
        return None
    wheel = _wheel(known.url, where) if known.url else None
    written = re.search(r"(?:===|[<>=!~]=|[<>])[^;]*", text) if known.specifier else None
    version = wheel.text if wheel is not None else re.sub(r"[\s()]", "", written[0]) if written else ""
    return Statement(normal(known.name), version.rstrip(","), where, known.marker is not None)


def requirements(listed: object, where: str, text: str) -> Iterable[Statement]:
    """The requirements of a list of strings in a file; whatever else stands there is passed over."""
    for item in listed if isinstance(listed, list | tuple) else ():
        if isinstance(item, str) and (found := requirement(item.strip(), place(where, text, item))) is not None:
            yield found


def _wheel(address: str, where: str) -> Statement | None:
    """The version in the name of a wheel."""
    name = address.split("#")[0].replace("%2B", "+").rpartition("/")[2]
    parts = name.removesuffix(".whl").split("-")
    return Statement(normal(parts[0]), parts[1], where) if name.endswith(".whl") and len(parts) >= 5 else None


def conda(text: str, where: str) -> Statement | None:
    """A match specification of conda: `conda-forge::pytorch=2.1=*cuda*`, `numpy >=1.26,<2`."""
    match = re.match(r"\s*(?:[^\s:]+::)?([\w.-]+)\s*(?:\[.*?version=['\"]?([^'\"\]]+).*\]|(.*))$", text)
    if match is None:
        return None
    version = re.sub(r"\s*,\s*", ",", (match[2] or match[3] or "").strip())
    alternatives = (_conda(part.strip()) for part in version.split("|"))
    return Statement(normal(match[1]), " || ".join(part for part in alternatives if part), where)


def _conda(text: str) -> str:
    if text.startswith("=="):
        return text.split()[0].rpartition("=")[0] if text.count("=") > 2 else text.split()[0]
    if text.startswith("=") or text[:1].isdigit():
        version = text.lstrip("=").partition("=")[0].split()[0].rstrip(".")
        return f"=={version}" if version.endswith("*") else series(version)
    return text.split()[0] if text and text != "*" else ""


def poetry(text: str) -> str:
    """A constraint of Poetry (`^2.1`, `~2.1`, `2.1.*`, `>=2 <3`) in the words of everyone else."""
    return " || ".join(",".join(_poetry(part)) for part in re.split(r"\s*\|\|?\s*", text.strip()))


def _poetry(text: str) -> Iterable[str]:
    for part in re.split(r"\s*,\s*|(?<=[\w*])\s+(?=[<>=!~^])", text.strip()):
        sign = part[:1] if part[:2] != "~=" else ""
        if sign in ("^", "~"):
            version = part[1:].strip()
            numbers = [int(number) for number in re.findall(r"\d+", re.match(r"v?[\d.]*", version)[0])]  # type: ignore[index]
            yield f">={version}"
            yield f"<{'.'.join(str(number) for number in _next(numbers, sign))}"
        elif part not in ("", "*"):
            yield part if not part[0].isdigit() else f"=={part}"


def _next(numbers: list[int], sign: str) -> list[int]:
    """The first version that a caret or a tilde leaves out."""
    if sign == "~":
        last = min(1, len(numbers) - 1)
    else:
        last = next((index for index, number in enumerate(numbers) if number), len(numbers) - 1)
    return [*numbers[:last], numbers[last] + 1]
