"""Replay: run a training twice from fresh processes, compare every step bit by bit, and name the first difference."""

from reprolint.replay.plan import Plan, VirtualOperation
from reprolint.replay.report import Control, Divergence, PropertyVerdict, Report
from reprolint.replay.session import run

__all__ = ["Control", "Divergence", "Plan", "PropertyVerdict", "Report", "VirtualOperation", "run"]
