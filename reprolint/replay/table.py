"""The table of virtual CUDA's operations, taken from the knowledge base."""

from __future__ import annotations

from collections.abc import Iterable

from reprolint.catalog.knowledge import Knowledge
from reprolint.replay.plan import VirtualOperation


def virtual_operations(knowledge: Iterable[Knowledge]) -> tuple[VirtualOperation, ...]:
    """Every operation for which knowledge says how replay imitates it; what several say of one kernel stands once."""
    files = tuple(knowledge)
    attributes = {switch.name: switch.attributes for file in files for switch in file.switches}
    return tuple(
        dict.fromkeys(
            VirtualOperation(
                name=virtual.aten[0].partition(".")[0],
                aten=virtual.aten,
                strategy=virtual.strategy,
                switch="silent" if operation.switch == "warns" else operation.switch,
                kind=operation.varies.kind,
                alert=operation.alert,
                warns=virtual.warns,
                operand=virtual.operand,
                base=virtual.base,
                outputs=virtual.outputs,
                combine=virtual.combine,
                when=virtual.when,
                library=file.library,
                versions=operation.versions,
                settled_by=tuple(path for name in operation.settled_by for path in attributes.get(name, ())),
            )
            for file in files
            for operation in file.operations
            for virtual in operation.virtual
        )
    )
