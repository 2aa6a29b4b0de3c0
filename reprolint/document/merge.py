"""How OmegaConf joins configurations: mappings by key, everything else whole, the later one wins.

https://omegaconf.readthedocs.io/en/2.3_branch/usage.html#omegaconf-merge
"""

from __future__ import annotations

from copy import deepcopy

from reprolint.core.value import Unknown
from reprolint.document.interpolation import Resolver
from reprolint.document.record import Keys
from reprolint.document.tree import MISSING, Branch, Budget, Leaf, Node


class Merger:
    """One configuration that others are merged into."""

    def __init__(self, root: Branch) -> None:
        self.root = root
        self.problems: list[str] = []
        self._budget = Budget()

    def merge(self, package: Keys, node: Branch) -> None:
        """Put a configuration at a package, over what is there."""
        for key in reversed(package):
            node = Branch(node.span, False, node.path, {key: node})
        self._join((), self.root, node)

    def blur(self, package: Keys, why: Unknown) -> None:
        """Forget the values of a package: something that was not read may have set them."""
        branch, node = self.root, None
        for key in package:
            node = branch.children.get(key)
            if not isinstance(node, Branch):
                break
            branch = node
        else:
            _forget(branch, why)
            return
        if isinstance(node, Leaf):
            branch.children[key] = Leaf(why, node.span, node.path)

    def _join(self, keys: Keys, into: Branch, other: Branch) -> None:
        if into.is_list != other.is_list:
            self.problems.append(f"{other.path}: `{'.'.join(keys)}` is a list in one file and a mapping in another")
        if into.is_list or other.is_list:
            into.is_list, into.span, into.path, into.children = other.is_list, other.span, other.path, other.children
            return
        for key, node in other.children.items():
            place = (*keys, key)
            self._budget.spend()
            before = into.children.get(key)
            if before is not None and isinstance(node, Leaf) and node.written == MISSING:
                # What must be given later does not undo what is given.
                continue
            if isinstance(before, Leaf) and before.written and isinstance(node, Branch):
                # What a reference stands for is copied, and changed in the copy.
                before = deepcopy(Resolver(self.root).container(place, before))
                if before is not None:
                    into.children[key] = before
            if isinstance(before, Branch) and isinstance(node, Branch):
                self._join(place, before, node)
            else:
                into.children[key] = node


def _forget(node: Node, why: Unknown) -> None:
    pending = [node]
    while pending:
        branch = pending.pop()
        if isinstance(branch, Branch):
            for key, child in branch.children.items():
                if isinstance(child, Leaf):
                    branch.children[key] = Leaf(why, child.span, child.path)
                else:
                    pending.append(child)
