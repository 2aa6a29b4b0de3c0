"""What rules/knowledge/sklearn.yaml says of seeds, against the signatures of the installed scikit-learn.

    python -m tests.sklearn_table

Prints a unified diff from the file to the signatures: names that are gone or new, another place of the seed, another
default of an argument that a condition asks for. The conditions themselves are kept by hand in the file, and so is
LEFT_OUT below: what takes a seed but needs no finding. An empty diff means that nothing is left to do.
"""

from __future__ import annotations

import difflib
import inspect
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from reprolint.catalog.build import build
from reprolint.catalog.knowledge import Knowledge
from reprolint.catalog.stream import Draw
from reprolint.core.value import Scalar

TABLE = Path(__file__).parents[1] / "rules" / "knowledge" / "sklearn.yaml"
SEED = "random_state"
# Functions of modules that `all_functions` does not list, and splitters, which are no estimators.
MODULES = ("sklearn.datasets", "sklearn.model_selection", "sklearn.utils", "sklearn.utils.extmath")
LEFT_OUT = {
    "has a fixed seed by default": (
        "sklearn.cluster.estimate_bandwidth", "sklearn.datasets.fetch_20newsgroups",
        "sklearn.datasets.fetch_olivetti_faces", "sklearn.datasets.load_files",
        "sklearn.decomposition.FactorAnalysis", "sklearn.linear_model.Perceptron",
        "sklearn.model_selection.permutation_test_score",
    ),
    "draws for one solver only, whose result does not depend on it": ("sklearn.decomposition.SparsePCA",),
    "draws above a size only": (
        "sklearn.preprocessing.KBinsDiscretizer", "sklearn.preprocessing.QuantileTransformer",
        "sklearn.preprocessing.quantile_transform",
    ),
    "draws when `cv` is a fraction only, which no condition can say": (
        "sklearn.model_selection.TunedThresholdClassifierCV",
    ),
    "is a base class": ("sklearn.model_selection.BaseShuffleSplit",),
}  # fmt: skip
# Defaults that stand for another one while an argument is on its way out.
MARKS = frozenset({"'deprecated'", "'warn'"})


def recorded() -> str:
    """The version that the file was checked with."""
    found = re.search(r"scikit-learn (\d+(?:\.\d+)+)", TABLE.read_text(encoding="utf-8"))
    return found.group(1) if found else ""


def diff() -> list[str]:
    """The lines of a unified diff; empty when file and signatures agree."""
    draws = build(Knowledge, TABLE.read_text(encoding="utf-8"), TABLE.name).draws
    asked = {api: sorted({item.argument for draw in _of(api, draws) for item in draw.when}) for api in _names(draws)}
    known = public()
    left = {name for names in LEFT_OUT.values() for name in names}
    wanted = sorted(_line(api, _written(api, draws), asked[api]) for api in asked)
    actual = sorted(_line(api, _signed(known[api], _written(api, draws)), asked.get(api, [])) for api in known)
    wanted += sorted(f"left out: {name}" for name in left)
    actual = [f"left out: {line.split()[0]}" if line.split()[0] in left else line for line in actual]
    actual.sort(key=lambda line: (line.startswith("left out"), line))
    return list(difflib.unified_diff(wanted, actual, TABLE.name, "signatures", lineterm="", n=0))


def public() -> dict[str, Callable[..., Any]]:
    """Everything public that takes a seed, by the name people import."""
    from sklearn.utils import discovery

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [item for _, item in (*discovery.all_estimators(), *discovery.all_functions())]
        found += [item for name in MODULES for item in _members(name)]
    named = {_name(item): item for item in found if SEED in _parameters(item)}
    return {name: item for name, item in named.items() if name}


def _members(module: str) -> Iterator[Callable[..., Any]]:
    __import__(module)
    for name, item in sorted(vars(sys.modules[module]).items()):
        if not name.startswith("_") and callable(item) and getattr(item, "__module__", "").startswith("sklearn."):
            yield item


def _name(item: Callable[..., Any]) -> str:
    """The shortest public module that has it; empty for what is not public."""
    parts = item.__module__.split(".")
    while parts:
        module = sys.modules.get(".".join(parts))
        if not any(part.startswith("_") for part in parts) and getattr(module, item.__name__, None) is item:
            outer = sys.modules.get(".".join(parts[:-1]))
            if len(parts) <= 2 or getattr(outer, item.__name__, None) is not item:
                return f"{'.'.join(parts)}.{item.__name__}"
        parts.pop()
    return ""


def _parameters(item: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(item).parameters)
    except (TypeError, ValueError):
        return {}


def _signed(item: Callable[..., Any], written: dict[str, str]) -> dict[str, str]:
    """What a signature says: the place of the seed, and every default; `written` where that only marks a change."""
    parameters = list(_parameters(item).values())
    place = next(number for number, known in enumerate(parameters) if known.name == SEED)
    plain = parameters[place].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    result = {known.name: _text(known.default) for known in parameters}
    result |= {name: written[name] for name in result.keys() & written.keys() if result[name] in MARKS}
    return result | {SEED: str(place) if plain else "keyword"}


def _written(api: str, draws: Iterable[Draw]) -> dict[str, str]:
    """The same as the file says it."""
    result: dict[str, str] = {}
    for draw in _of(api, draws):
        position = draw.own.position if draw.own is not None else None
        result[SEED] = "keyword" if position is None else str(position)
        result.update((item.argument, _text(item.default)) for item in draw.when)
    return result


def _line(api: str, said: dict[str, str], asked: Iterable[str]) -> str:
    return " ".join([api, f"seed={said[SEED]}", *(f"{name}={said.get(name, 'absent')}" for name in asked)])


def _text(value: Scalar | object) -> str:
    return repr(value) if isinstance(value, (str, int, float, bool)) or value is None else "required"


def _names(draws: Iterable[Draw]) -> list[str]:
    return sorted({api for draw in draws for api in draw.api})


def _of(api: str, draws: Iterable[Draw]) -> list[Draw]:
    return [draw for draw in draws if api in draw.api]


def main() -> int:
    """Print the diff; 1 when there is any."""
    lines = diff()
    print("\n".join(lines) or "the file says what the signatures say")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
