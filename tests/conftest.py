"""Options of the test suite, and its folder on the path, so that helpers are found in every import mode."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update` rewrites the `fixed` blocks of `fixtures/rules/`."""
    parser.addoption("--update", action="store_true", help="rewrite the fixed blocks of fixtures/rules/")
