"""Version ranges of knowledge (`>=1.7,<2.10`) against the versions a project allows."""

from __future__ import annotations

from reprolint.core.version import needed

__all__ = ["needed"]
