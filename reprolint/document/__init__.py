"""What the configuration files of a project say, and where: YAML, JSON, TOML, and Hydra's composition of them.

Bytes in, values with places out. Nothing here opens a file, and nothing of the user's is imported or run.
"""

from __future__ import annotations

from reprolint.document.compose import alone, compose
from reprolint.document.read import read
from reprolint.document.record import Composed, Default, Document, Item

__all__ = ["Composed", "Default", "Document", "Item", "alone", "compose", "read"]
