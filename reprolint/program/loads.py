"""Which data loaders load, and in which process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reprolint.program.context import Context
from reprolint.program.state import Use


@dataclass(frozen=True, slots=True)
class Loads:
    """The loaders of one entry: for each class or function they load by, whether all of them use workers, and the
    streams that they seed there."""

    known: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, uses: Iterable[Use], context: Context) -> Loads:
        """Collect the loaders among the uses of an entry."""
        seeded: dict[str, frozenset[str]] = {}
        for use in (item for item in uses if item.kind == "loads"):
            entries = context.effects.loaders.get(use.api, ())
            streams = frozenset(name for entry in entries for name in entry.reseeds)
            streams = streams if use.subject == "worker" else frozenset()
            for key in (use.cell.removeprefix("loads:"), ""):
                seeded[key] = seeded.get(key, streams) & streams
        return cls(seeded)

    def seeds(self, use: Use) -> bool:
        """Whether a use surely happens in workers whose stream the loader seeds; a dataset that no loader is seen to
        take is loaded by any of them."""
        return bool(use.loaded) and use.cell in self.known.get(use.loaded, self.known.get("", frozenset()))
