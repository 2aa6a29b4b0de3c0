"""Fixtures of the command line tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests_support import Project, make_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    return make_project(tmp_path)
