"""Operations whose result can vary, as knowledge speaks of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reprolint.catalog.argument import Condition


@dataclass(frozen=True, slots=True)
class Varies:
    """How a result differs between runs; `when` says in words under which circumstances, `rare` that few calls meet
    them, and a call does not tell."""

    kind: Literal["atomic-sum", "last-writer", "algorithm", "tie", "uninitialised", "none"]
    when: str
    rare: bool = False


@dataclass(frozen=True, slots=True)
class Virtual:
    """How replay imitates the operation on a machine without a GPU; `aten` names are those the CPU dispatches.

    `strategy`: see `reprolint.replay.plan.VirtualOperation`, as for the keys from `operand` on. `when` limits it to
    calls whose arguments, by their names there, fulfil all conditions; `kind` may be `floating`, `line` or `sparse`.
    """

    aten: tuple[str, ...]
    strategy: Literal["permute", "split", "write", "scan", "tie", "positions", "alignments", "alert"]
    when: tuple[Condition, ...] = ()
    operand: str = ""
    base: str = ""
    outputs: tuple[int, ...] = ()
    combine: str = ""
    warns: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation whose result can vary on a device, and what the deterministic switch does to it.

    `when` are the conditions under which it varies at all. `phase` is where: in the forward result or in the gradient.
    `alert` is the name in the error that the strict switch raises. `instead` is a replacement in words. `versions` is
    the range of the library in which all this holds. `settled_by` names further switches that make it deterministic.
    `unless`: it does not vary where one of these surely holds; positions are those of the function of that name, of
    which a method's receiver is the first argument. `builds`: the call makes a model that runs it later, as that of a
    class does. `unfaithful` says why replay cannot imitate it without a GPU.
    """

    name: str
    api: tuple[str, ...]
    device: tuple[Literal["cpu", "cuda", "mps", "xpu"], ...]
    varies: Varies
    switch: Literal["deterministic", "raises", "warns", "silent"]
    reference: str
    phase: Literal["forward", "backward"] = "forward"
    when: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    alert: str = ""
    instead: str = ""
    versions: str = ""
    aten: tuple[str, ...] = ()
    settled_by: tuple[str, ...] = ()
    builds: bool = False
    virtual: tuple[Virtual, ...] = ()
    unfaithful: str = ""

    def is_layer(self, api: str) -> bool:
        """Whether a call of an API builds what runs the operation later."""
        return self.builds or api.rpartition(".")[2][:1].isupper()
