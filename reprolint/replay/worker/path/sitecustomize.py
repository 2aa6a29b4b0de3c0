"""Start the probes, then hand over to the `sitecustomize` this folder hides, if there is one.

This folder stands first in PYTHONPATH of a replayed command; nothing happens unless REPROLINT_REPLAY is set.
"""

from __future__ import annotations

import importlib.util
import os
import sys


def _load_worker() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    package = os.path.dirname(here)
    # A private name: the user's environment may hold another version of this package, or none.
    spec = importlib.util.spec_from_file_location(
        "_reprolint_worker", os.path.join(package, "__init__.py"), submodule_search_locations=[package]
    )
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    sys.modules["_reprolint_worker"] = module
    spec.loader.exec_module(module)
    module.arm(os.environ["REPROLINT_REPLAY"])


def _chain() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    rest = [entry for entry in sys.path if os.path.abspath(entry) != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", rest)
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


if os.environ.get("REPROLINT_REPLAY"):
    _load_worker()
_chain()
