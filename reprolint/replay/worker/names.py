"""Names of parameters and buffers: the path in the module that owns them, never an address."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any


class Names:
    """Remembers the outermost modules of a run, in the order of their first call."""

    def __init__(self, torch: Any) -> None:
        self._torch = torch
        self._roots: weakref.WeakKeyDictionary[Any, None] = weakref.WeakKeyDictionary()
        self._searched = False

    def seen(self, module: Any) -> None:
        """An outermost call of `module`; modules without state (losses) have nothing to name."""
        if module in self._roots:
            return
        if next(module.parameters(), None) is not None or next(module.buffers(), None) is not None:
            self._roots[module] = None

    def parameters(self, optimizer: Any) -> list[tuple[str, Any]]:
        """(name, tensor) of everything the optimizer holds, in its own order."""
        owned = [
            (f"group{number}.{place}", parameter)
            for number, group in enumerate(optimizer.param_groups)
            for place, parameter in enumerate(group["params"])
        ]
        known = self._known()
        if not self._searched and any(id(parameter) not in known for _, parameter in owned):
            self._search({id(parameter) for _, parameter in owned})
            known = self._known()
        return [(known.get(id(parameter), name), parameter) for name, parameter in owned]

    def leaves(self, roots: list[Any]) -> list[tuple[str, Any]]:
        """(name, tensor) of everything to which a backward pass from `roots` gives a gradient, in order."""
        known = self._known()
        found: list[tuple[str, Any]] = []
        waiting, seen = [root.grad_fn for root in roots], set()
        while waiting:
            node = waiting.pop()
            if node is None or node in seen:
                continue
            seen.add(node)
            if hasattr(node, "variable"):
                found.append((known.get(id(node.variable), f"leaf{len(found)}"), node.variable))
            waiting += [before for before, _ in reversed(node.next_functions)]
        return found

    def all_parameters(self) -> Iterator[tuple[str, Any]]:
        """(name, parameter) of every outermost module seen."""
        for label, module in self._labelled():
            for name, parameter in module.named_parameters():
                yield f"{label}.{_clean(name)}", parameter

    def buffers(self) -> Iterator[tuple[str, Any]]:
        """(name, buffer) of every outermost module seen."""
        for label, module in self._labelled():
            for name, buffer in module.named_buffers():
                yield f"{label}.{_clean(name)}", buffer

    def _known(self) -> dict[int, str]:
        known: dict[int, str] = {}
        for name, parameter in self.all_parameters():
            known.setdefault(id(parameter), name)
        return known

    def _labelled(self) -> list[tuple[str, Any]]:
        labelled: list[tuple[str, Any]] = []
        counts: dict[str, int] = {}
        for module in list(self._roots):
            inner = getattr(module, "_orig_mod", module)  # torch.compile wraps the user's module
            label = type(inner).__name__
            counts[label] = counts.get(label, 0) + 1
            labelled.append((label if counts[label] == 1 else f"{label}#{counts[label]}", inner))
        return labelled

    def _search(self, wanted: set[int]) -> None:
        """Find modules that are never called as a whole (`model.loss(x)`): once, since it walks the whole heap."""
        self._searched = True
        modules = [found for found in gc.get_objects() if isinstance(found, self._torch.nn.Module)]
        inner = {id(child) for module in modules for child in module.modules() if child is not module}
        for module in modules:
            if id(module) not in inner and any(id(parameter) in wanted for parameter in module.parameters()):
                self._roots[module] = None


def _clean(name: str) -> str:
    return name.replace("_orig_mod.", "")
