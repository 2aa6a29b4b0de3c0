"""What a replay is asked to do: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from reprolint.replay.variation import chosen

Device = Literal["auto", "cpu", "cuda", "cuda-virtual"]
Argument = bool | int | str


@dataclass(frozen=True, slots=True)
class VirtualOperation:
    """How virtual CUDA treats one operation, as knowledge says that CUDA does.

    `aten` are schema names (`index_add`, in-place variants included, or one overload, `scatter.src`). `strategy` is
    `permute` (index and contribution are listed in another order) or `split` (f(part) + f(rest), for an operation
    linear in `operand`). `switch` says what the deterministic switch does: `deterministic`, `raises` (with `alert` as
    the name in the message) or `silent`; `settled_by` are attributes (`torch.backends.cudnn.deterministic`) that
    settle it by themselves. `cause` is what a divergence in it is called. `base` names an argument the result starts
    from; `when` limits the entry to calls with these argument values.
    """

    name: str
    aten: tuple[str, ...]
    strategy: Literal["permute", "split"]
    switch: Literal["deterministic", "raises", "silent"]
    alert: str = ""
    operand: str = ""
    base: str = ""
    when: tuple[tuple[str, Argument], ...] = ()
    settled_by: tuple[str, ...] = ()
    cause: Literal["atomics", "algorithm"] = "atomics"

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> VirtualOperation:
        """Read one object of the table; raises ValueError for an unknown strategy or switch, KeyError for a gap."""
        if data["strategy"] not in ("permute", "split"):
            raise ValueError(f"{data['name']}: unknown strategy {data['strategy']!r}")
        if data["switch"] not in ("deterministic", "raises", "silent"):
            raise ValueError(f"{data['name']}: unknown switch {data['switch']!r}")
        return cls(
            name=data["name"],
            aten=tuple(data["aten"]),
            strategy=data["strategy"],
            switch=data["switch"],
            alert=data.get("alert", ""),
            operand=data.get("operand", ""),
            base=data.get("base", ""),
            when=tuple(sorted(dict(data.get("when", {})).items())),
            settled_by=tuple(data.get("settled_by", ())),
            cause=data.get("cause", "atomics"),
        )

    def to_json(self) -> dict[str, Any]:
        """The object the worker reads."""
        return {
            "name": self.name,
            "aten": list(self.aten),
            "strategy": self.strategy,
            "switch": self.switch,
            "alert": self.alert,
            "operand": self.operand,
            "base": self.base,
            "when": dict(self.when),
            "settled_by": list(self.settled_by),
            "cause": self.cause,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """One replay. `steps` counts training iterations (0: run to the end); `timeout` is in seconds, for each run.

    `vary` names what may differ between the runs (`variation.VARIATIONS`). `root` is the tree that is copied for each
    run (default: the repository or project around `directory`); names in `link` below it are not copied but linked.
    `traces` is where traces are kept (default: a new folder below `.reprolint_cache/replay` of the root).
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
