"""A server for each test, with a project folder of its own."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .client import Client


@pytest.fixture
def client(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path / "project"
    folder.mkdir()
    running = Client(folder, tmp_path_factory.getbasetemp() / "reprolint-cache")  # shared: reading all rules takes time
    yield running
    running.kill()


@pytest.fixture
def write(client: Client) -> Callable[[str, str], None]:
    def put(name: str, text: str) -> None:
        path = client.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")

    return put
