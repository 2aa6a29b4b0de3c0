"""What a replay is asked to do: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from reprolint.catalog.argument import Condition
from reprolint.replay.variation import chosen

Device = Literal["auto", "cpu", "cuda", "cuda-virtual"]


Strategy = Literal["permute", "split", "write", "scan", "tie", "positions", "alignments", "alert"]


@dataclass(frozen=True, slots=True)
class VirtualOperation:
    """How virtual CUDA treats one operation, as knowledge says that CUDA does.

    `aten` are schema names (`index_add`, in-place variants included, or one overload, `scatter.src`). `strategy`:

    - `permute`: index and contribution are listed in another order;
    - `split`: f(part) + f(rest), for an operation linear in `operand`; `base` names an argument the result starts from,
      `outputs` the results that vary (all where none is named);
    - `write`: values written to flat places, added where the call accumulates, else the last one stays;
    - `scan`: blocks are scanned by themselves and joined by the function `combine`;
    - `tie`: another of the equal elements is chosen;
    - `positions`: a loss is summed over its positions in another order;
    - `alignments`: the gradient of a label that repeats is summed over its alignments in another order;
    - `alert`: the result never varies, only the switch objects.

    `switch` says what the deterministic switch does: `deterministic` (`warns`: only the strict one; what is said where
    it only warns), `raises` (with `alert` as the name in the message) or `silent`; `settled_by` are attributes
    (`torch.backends.cudnn.deterministic`) that settle it by themselves. `kind` is how knowledge says that it varies.
    `when` are conditions of arguments, `versions` those of `library`.
    """

    name: str
    aten: tuple[str, ...]
    strategy: Strategy
    switch: Literal["deterministic", "raises", "silent"]
    kind: str = "atomic-sum"
    alert: str = ""
    warns: str = ""
    operand: str = ""
    base: str = ""
    outputs: tuple[int, ...] = ()
    combine: str = ""
    when: tuple[Condition, ...] = ()
    library: str = ""
    versions: str = ""
    settled_by: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The object the worker reads."""
        return {**asdict(self), "cause": "algorithm" if self.kind == "algorithm" else "atomics"}


@dataclass(frozen=True, slots=True)
class Plan:
    """One replay. `steps` counts training iterations (0: run to the end); `timeout` is in seconds, for each run.

    `vary` names what may differ between the runs (`variation.VARIATIONS`). `root` is the tree that is copied for each
    run (default: the repository or project around `directory`); names in `link` below it are not copied but linked.
    `traces` is where traces are kept (default: a new folder below `.reprolint_cache/replay` of the root). `lines` are
    those to watch, by file below the root: `worker/lines.py` writes down which of them were run.
    """

    command: tuple[str, ...]
    directory: Path = field(default_factory=Path.cwd)
    root: Path | None = None
    steps: int = 10
    runs: int = 2
    device: Device = "auto"
    operations: tuple[VirtualOperation, ...] = ()
    vary: tuple[str, ...] = chosen("deterministic")
    traces: Path | None = None
    timeout: float = 600.0
    link: tuple[str, ...] = ()
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
