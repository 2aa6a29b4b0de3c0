"""The names of modules by which an API can be imported, and the one that knowledge uses."""

from __future__ import annotations

from collections.abc import Mapping


def canonical(path: str, aliases: Mapping[str, str]) -> str:
    """A dotted name with its longest known prefix replaced."""
    end = len(path)
    while end > 0:
        known = aliases.get(path[:end])
        if known is not None:
            return known + path[end:]
        end = path.rfind(".", 0, end)
    return path


def closed(aliases: Mapping[str, str]) -> Mapping[str, str]:
    """The aliases, and what each is called once the module it lies in has been replaced: names are followed step by
    step, so `torch.nn.modules.module` is met as `torch.nn.module`."""
    result = dict(aliases)
    for prefix, name in aliases.items():
        parent, _, tail = prefix.rpartition(".")
        result.setdefault(f"{canonical(parent, aliases)}.{tail}" if parent else prefix, name)
    return result
