"""Environments: requirements files, conda's environment files, container files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reprolint.core.version import series
from reprolint.pins.source import included
from reprolint.pins.statement import Statement, conda, normal, place, requirement, requirements

_OPTION = re.compile(r"\s+(?:--|-[a-zA-Z]\b).*")


def listed(name: str, files: Mapping[str, str], seen: frozenset[str] = frozenset()) -> Iterator[Statement]:
    """What a requirements file asks for, with all that it includes."""
    text = files.get(name, "")
    row, pending = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        pending, row = (pending + line, row) if pending else (line, number)
        if pending.endswith("\\"):
            pending = pending[:-1] + " "
            continue
        item = _OPTION.sub("", re.sub(r"(^|\s)#.*$", "", pending)).strip()
        pending = ""
        if item and not item.startswith("-") and (found := requirement(item, f"{name}:{row}")) is not None:
            yield found
    for other in included(name, text):
        if other not in seen and other != name:
            yield from listed(other, files, seen | {name})


def environment(name: str, text: str) -> Iterator[Statement]:
    """The dependencies of an environment file of conda, those of its nested pip list among them."""
    import yaml

    content: Any = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    dependencies = content.get("dependencies") if isinstance(content, dict) else None
    for item in dependencies if isinstance(dependencies, list) else ():
        if isinstance(item, str) and (found := conda(item, place(name, text, item))) is not None:
            yield found
        elif isinstance(item, dict):
            yield from requirements(item.get("pip"), name, text)


def container(name: str, text: str) -> Iterator[Statement]:
    """The images a container file starts from, under the name of the image, and what it installs with pip."""
    for match in re.finditer(r"^\s*FROM\s+(?:--\S+\s+)*(\S+?):v?(\d+(?:\.\d+)*)", text, re.MULTILINE | re.IGNORECASE):
        image = match[1].removeprefix("docker.io/").removeprefix("library/")
        yield Statement(normal(image), series(match[2]), place(name, text, match[0].strip()), doubtful=True)
    joined = text.replace("\\\n", " \f")
    for match in re.finditer(r"\bpip3?\s+install\b([^\n;&|]*)", joined):
        for word in re.finditer(r"[\"']?([A-Za-z][\w.-]*(?:\[[\w,-]+\])?[<>=!~][^\s\"']+)", match[1]):
            before = joined[: match.start(1) + word.start()]
            row = before.count("\n") + before.count("\f") + 1
            if (found := requirement(word[1], f"{name}:{row}")) is not None:
                yield found
