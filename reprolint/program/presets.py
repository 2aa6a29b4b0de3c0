"""The default of a setting that a file puts into an object of configuration: `_C.CUDNN.BENCHMARK = True`.

Such an object is made by a library (yacs, easydict), so that nothing else is known of it; files on the command line may
overrule what is found here, which is therefore asked for switches only.
"""

from __future__ import annotations

import re

from reprolint.core.value import Const, Ref, Value
from reprolint.program.resolve import Resolver

DEEPEST = 8
_COPIES = re.compile(r"\.(clone|copy|defrost|freeze)\(\)")


def preset(value: Value, module: str, resolver: Resolver, depth: int = 0) -> Const | None:
    """The one constant that a setting has by default; None when reading finds none or several."""
    if not isinstance(value, Ref) or depth > DEEPEST:
        return None
    path, home = _COPIES.sub("", value.path), value.module or module
    if path.startswith("@"):
        name, tail = path[: (end := path.find("."))], path[end:]
        given = resolver.sources.given((home, name)) if end > 0 else None
        options = [(option, tail, home) for option in given.values] if given is not None else []
        return _one(options, resolver, depth)
    path = path.removeprefix(":")
    if "()" in path:
        return _made(path, home, resolver, depth)
    if not value.path.startswith(":"):
        located = _located(path, home, resolver)
        return _local(*located, resolver, depth) if located is not None else None
    return _local(path, home, resolver, depth)


def _local(path: str, home: str, resolver: Resolver, depth: int) -> Const | None:
    """A setting by the name that the file `home` has for its object."""
    names = resolver.names(home)
    root, _, tail = path.partition(".")
    found = names.get(path)
    if isinstance(found, Const) and tail:
        return found
    return _one([(names[root], f".{tail}", home)], resolver, depth) if root in names and tail else None


def _made(path: str, home: str, resolver: Resolver, depth: int) -> Const | None:
    """A setting of what a call gives: a function of the project, or the class of the object that this file fills."""
    maker, _, tail = path.partition("()")
    found = resolver.follow(f":{maker}", home) or resolver.follow(maker, home)
    results = [(item, resolver.functions[item.module, item.name]) for item in found if item.kind == "function"]
    if results:
        return _one([(value, tail, item.module) for item, known in results for value in known.returns], resolver, depth)
    names = resolver.names(home)
    roots = [name for name, value in names.items() if value in (Ref(f"{maker}()"), Ref(f":{maker}()"))]
    settings = {names[name] for root in roots if (name := root + tail) in names}
    known = settings.pop() if len(settings) == 1 else None
    return known if isinstance(known, Const) else None


def _located(path: str, home: str, resolver: Resolver) -> tuple[str, str] | None:
    """What is left of an imported path behind the file it leads to, and that file."""
    parts = path.split(".")
    for end in range(len(parts) - 1, 0, -1):
        prefix = ".".join(parts[:end])
        module = resolver.modules.locate(prefix if prefix.strip(".") else prefix + ".", home) if prefix else None
        if module is not None:
            return ".".join(parts[end:]), module
    return None


def _one(options: list[tuple[Value, str, str]], resolver: Resolver, depth: int) -> Const | None:
    """What all the values agree on, each with what is taken from it and the file it is written in."""
    found = {
        preset(Ref(value.path + tail, value.module), home, resolver, depth + 1) if isinstance(value, Ref) else None
        for value, tail, home in options
    }
    return found.pop() if len(found) == 1 else None
