"""Run a function right after a module has been imported for the first time."""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Sequence
from typing import Any, Callable

Callback = Callable[[Any], None]


class _Finder:
    """Finds one module with the finders that follow, and wraps the execution of its body."""

    # Not a subclass of `importlib.abc.MetaPathFinder`: with it comes `pathlib`, before its listings are probed.

    def __init__(self, name: str, callback: Callback) -> None:
        self._name = name
        self._callback = callback

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                self._wrap(spec.loader)
                return spec
        return None

    def _wrap(self, loader: Any) -> None:
        execute = getattr(loader, "exec_module", None)
        if execute is None:
            return

        def exec_module(module: Any) -> None:
            execute(module)
            if self in sys.meta_path:
                sys.meta_path.remove(self)
            self._callback(module)

        # The loader object belongs to this one module: an attribute on it keeps `module.__loader__` what users expect.
        loader.exec_module = exec_module


def after(name: str, callback: Callback) -> None:
    """Call `callback(module)` once `name` is imported: now if it is already, else when its body has run."""
    if name in sys.modules:
        callback(sys.modules[name])
    else:
        sys.meta_path.insert(0, _Finder(name, callback))
