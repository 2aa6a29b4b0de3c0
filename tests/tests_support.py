"""A project in a temporary folder, and the command line run on it as users run it: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import reprolint

LISTING = 'import os\n\nnames = list(os.listdir("data"))\nnumbers = {name: at for at, name in enumerate(names)}\n'
FIXED = LISTING.replace("list(os", "sorted(os")
DRAW = "import random\n\nprint(random.random())\n"


@dataclass(frozen=True)
class Result:
    """What a command did."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Project:
    """A folder with files, and a cache of its own beside it."""

    root: Path
    cache: Path

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files."""
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def run(
        self, *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, stdin: bytes = b""
    ) -> Result:
        """Run `reprolint` and wait for it."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "reprolint", *arguments],
            cwd=cwd or self.root,
            env=self.environment(env),
            input=stdin,
            capture_output=True,
            check=False,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of the command: ours, a private cache, and the package under test in front."""
        package = Path(reprolint.__file__).resolve().parent.parent
        plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
        return {**plain, "PYTHONPATH": str(package), "REPROLINT_CACHE_DIR": str(self.cache), **(extra or {})}


def make_project(folder: Path) -> Project:
    """An empty project in a temporary folder."""
    root = folder / "project"
    root.mkdir()
    return Project(root, folder / "cache")
