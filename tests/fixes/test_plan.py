"""One plan over all findings."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reprolint.checks.run import run_rules
from reprolint.core.diagnostic import Finding
from reprolint.core.place import Place, Span
from reprolint.fixes.plan import plan
from reprolint.fixes.project import Project
from reprolint.fixes.verbs import sort

from .conftest import knowledge, linked, planned

LISTING = b"import os\n\nprint([name for name in os.listdir('.')])\n"
SPAN = Span(3, 25, 3, 40)


def _listing(filename: str) -> Finding:
    return Finding("unsorted-file-listing", Place(filename, SPAN), remedy={"callee": "os.listdir"})


def test_fixes_run_parallel_to_findings() -> None:
    unfixable = Finding("nondeterministic-op", Place("main.py", SPAN))
    pairs = planned({"main.py": LISTING}, findings=[unfixable, _listing("main.py")])
    assert [fix is not None for _, fix in pairs] == [False, True]
    assert pairs[1][1] is not None and pairs[1][1].title == "Sort the entries"


def test_a_verb_that_crashes_costs_one_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(sort, "fix", crash)
    assert planned({"main.py": LISTING}, findings=[_listing("main.py")])[0][1] is None


@pytest.mark.parametrize("data", [b"print(\n", b"# coding: nonsense\n", b"\xff\xfe", b""])
def test_a_file_that_does_not_parse_costs_its_fixes(data: bytes) -> None:
    pairs = planned({"main.py": LISTING, "bad.py": data}, findings=[_listing("bad.py"), _listing("main.py")])
    assert [fix is not None for _, fix in pairs] == [False, True]


def test_a_file_is_read_once() -> None:
    catalog = knowledge()[0]
    files = {"main.py": b"import random\nimport numpy as np\nprint(random.random(), np.random.rand())\n"}
    program = linked(files)
    reads: list[str] = []

    def read(name: str) -> bytes:
        reads.append(name)
        return files[name]

    findings = run_rules(catalog.rules, program)
    assert all(plan(findings, catalog, program, read))
    assert reads == ["main.py"]


def test_a_file_that_failed_is_not_tried_again() -> None:
    reads: list[str] = []

    def read(name: str) -> bytes:
        reads.append(name)
        return b"print("

    project = Project(read, linked({}), knowledge()[0])
    for _ in range(2):
        with pytest.raises(Exception, match=r".*"):
            project.tree("a.py")
    assert reads == ["a.py"]


def test_nothing_to_fix_loads_no_parser() -> None:
    script = (
        "import sys\nfrom reprolint.fixes.apply import apply\nfrom reprolint.fixes.plan import plan\n"
        "assert not any(name.startswith('libcst') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
