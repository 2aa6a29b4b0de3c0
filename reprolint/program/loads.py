"""Which data loaders load, and in which process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from reprolint.program.context import Context
from reprolint.program.state import Use

ANYWHERE = "*"  # what any loader may load by: a transform that is given to a data set of a library


@dataclass(frozen=True, slots=True)
class Loads:
    """The loaders of one entry: for each class or function they load by, whether all of them use workers, the streams
    that they seed there, and the stream that the seeds come from. Of transforms only those loaders count as loading
    in the main process that surely do."""

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
            maybe = streams if use.subject != "main" else frozenset()
            streams = streams if use.subject == "worker" else frozenset()
            for key, found in ((use.cell.removeprefix("loads:"), streams), ("", streams), (ANYWHERE, maybe)):
                seeded[key] = seeded.get(key, found) & found
                origins[key] = entries[-1].stream if entries else ""
        return cls(seeded, origins)

    def seeds(self, use: Use) -> bool:
        """Whether a use surely happens in workers whose stream the loader seeds; a dataset that no loader is seen to
        take is loaded by any of them."""
        return bool(use.loaded) and use.cell in self.known.get(use.loaded, self.known.get("", frozenset()))

    def placed(self, use: Use) -> Use:
        """A use as it happens where no loader loads: a transform is called by the program itself."""
        return use if self.known or use.loaded != ANYWHERE else replace(use, loaded="")

    def carried(self, use: Use) -> Use:
        """Such a use: what it draws follows from the stream that the loader takes its seeds from."""
        return replace(use, kind="carried", subject=self.origins.get(use.loaded, self.origins.get("", "")))
