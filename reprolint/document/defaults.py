"""The entries of Hydra's defaults list: https://hydra.cc/docs/1.3/advanced/defaults_list/."""

from __future__ import annotations

from dataclasses import replace

from reprolint.core.value import Const
from reprolint.document.record import Default
from reprolint.document.tree import Branch, Leaf, Node

DEFAULTS = "defaults"


def defaults(root: Node) -> tuple[Default, ...]:
    """The defaults list at the top of a document; nothing if there is none, which is the case for most files."""
    listed = root.children.get(DEFAULTS) if isinstance(root, Branch) and not root.is_list else None
    if not isinstance(listed, Branch) or not listed.is_list:
        return ()
    return tuple(_default(node) for node in listed.children.values())


def _default(node: Node) -> Default:
    if isinstance(node, Branch):
        pairs = [*node.children.items()]
        if node.is_list or len(pairs) != 1:
            return Default("", None, node.span, problem="an entry has one group")
        return _group(*pairs[0])
    text = _text(node)
    if text is None:
        return Default("", None, node.span, problem="an entry is text or a group with its option")
    path, package = _packaged(text)
    problem = "`_self_` takes no package" if path == "_self_" and package is not None else ""
    return Default("", path, node.span, package, problem=problem)


def _group(key: str, node: Node) -> Default:
    words, package = _packaged(key)
    *keywords, group = words.split(" ")
    flags = set()
    for word in keywords:
        if word not in ("optional", "override"):
            break
        flags.add(word)
    default = Default(group, None, node.span, package, "optional" in flags, "override" in flags)
    if not group:
        return replace(default, problem="a group has a name")
    if isinstance(node, Leaf):
        value = _text(node)
        if value is None and node.value != Const(None):
            return replace(default, problem=f"the option of `{group}` is neither text nor a list")
        return replace(default, value=value)
    options = [_text(option) if isinstance(option, Leaf) else None for option in node.children.values()]
    texts = tuple(option for option in options if option is not None)
    if not node.is_list or len(texts) != len(options):
        return replace(default, problem=f"the options of `{group}` are not all text")
    return replace(default, value=texts)


def _packaged(text: str) -> tuple[str, str | None]:
    """A name and the package after `@`; what follows `:` was once a package to rename to."""
    name, at, package = text.partition("@")
    return name, package.partition(":")[0] if at else None


def _text(leaf: Leaf) -> str | None:
    if leaf.written:
        return leaf.written
    return leaf.value.value if isinstance(leaf.value, Const) and isinstance(leaf.value.value, str) else None
