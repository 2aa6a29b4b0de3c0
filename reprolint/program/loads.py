"""Which data loaders load, and in which process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from reprolint.program.context import Context
from reprolint.program.state import Use


@dataclass(frozen=True, slots=True)
class Loads:
    """The loaders of one entry: for each class or function they load by, whether all of them use workers, the streams
    that they seed there, and the stream that the seeds come from."""

    known: Mapping[str, frozenset[str]]
    origins: Mapping[str, str]

    @classmethod
    def of(cls, uses: Iterable[Use], context: Context) -> Loads:
        """Collect the loaders among the uses of an entry."""
        seeded: dict[str, frozenset[str]] = {}
        origins: dict[str, str] = {}
        for use in (item for item in uses if item.kind == "loads"):
            entries = context.effects.loaders.get(use.api, ())
            streams = frozenset(name for entry in entries for name in entry.reseeds)
            streams = streams if use.subject == "worker" else frozenset()
            for key in (use.cell.removeprefix("loads:"), ""):
                seeded[key] = seeded.get(key, streams) & streams
                origins[key] = entries[-1].stream if entries else ""
        return cls(seeded, origins)

    def seeds(self, use: Use) -> bool:
        """Whether a use surely happens in workers whose stream the loader seeds; a dataset that no loader is seen to
        take is loaded by any of them."""
        return bool(use.loaded) and use.cell in self.known.get(use.loaded, self.known.get("", frozenset()))

    def carried(self, use: Use) -> Use:
        """Such a use: what it draws follows from the stream that the loader takes its seeds from."""
        return replace(use, kind="carried", subject=self.origins.get(use.loaded, self.origins.get("", "")))
