"""From the bytes of a configuration file to what it says."""

from __future__ import annotations

import re

from reprolint.document.defaults import defaults
from reprolint.document.interpolation import Resolver
from reprolint.document.record import Document
from reprolint.document.tree import Node, leaves, lists

SUFFIXES = (".yaml", ".yml", ".json", ".toml")
MOST_BYTES = 1_000_000

# Hydra looks for its header in so many characters.
HEADER = 512


def read(path: str, data: bytes) -> Document:
    """What a file says. `path` is relative to the project root and its suffix tells the notation.

    References (`${a.b}`) are followed inside the file. A file that cannot be read is a document with a problem.
    """
    try:
        if len(data) > MOST_BYTES:
            raise ValueError(f"is larger than {MOST_BYTES:,} bytes")
        text = data.decode("utf-8-sig")
        root = _tree(path, text)
        if root is None:
            return Document(path, (), package=_package(path, text))
        resolver = Resolver(root)
        items = tuple(resolver.item(keys, leaf) for keys, leaf in leaves(root))
        return Document(path, items, defaults(root), _package(path, text), lists=tuple(lists(root)))
    except UnicodeDecodeError:
        return Document(path, (), problem="is not encoded in UTF-8")
    except RecursionError:
        return Document(path, (), problem="is nested too deep")
    except ValueError as error:
        return Document(path, (), problem=" ".join(str(error).split()))


def _tree(path: str, text: str) -> Node | None:
    if path.endswith(".json"):
        from reprolint.document import jsontree

        return jsontree.grow(text, path)
    if path.endswith(".toml"):
        from reprolint.document import tomltree

        return tomltree.grow(text, path)
    if path.endswith(SUFFIXES):
        from reprolint.document import yamltree

        return yamltree.grow(text, path)
    raise ValueError(f"is none of {', '.join(SUFFIXES)}")


def _package(path: str, text: str) -> str | None:
    """The package of Hydra's header: comment lines `# @key value` before anything else, plain comments included."""
    package = None
    for line in text[:HEADER].splitlines() if path.endswith((".yaml", ".yml")) else ():
        if not line.strip():
            continue
        found = re.match(r"\s*#\s*@(\S+)\s+(\S+)\s*$", line)
        if found is None:
            break
        if found.group(1) == "package":
            package = found.group(2)
    return package
