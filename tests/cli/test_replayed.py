"""`check --verify` without `--fix`: each finding with what a replay shows of it."""

from __future__ import annotations

import json
import shlex
import sys

import pytest
from tests_support import Project, Result

PYTHON = shlex.quote(sys.executable)

# Without torch: what such a script prints is compared.
SCRIPT = """\
import os
import random
import sys

import numpy

from helper import pick


def evaluate():
    return numpy.random.rand(3)


def count():
    return [name for name in {"a", "b", "c"}]


if __name__ == "__main__":
    names = count()
    if "--evaluate" in sys.argv:
        evaluate()
    print(pick(), len(names))
"""
HELPER = """\
import random


def pick():
    return random.random()
"""
SEEDED = SCRIPT.replace("    names = count()\n", "    random.seed(3)\n    names = count()\n")


def verify(project: Project, command: str, *arguments: str) -> Result:
    """Lint and replay; the diagnostics are JSON on standard output, the replay is on standard error."""
    return project.run(
        "check",
        "--isolated",
        "--output-format",
        "json",
        "--steps",
        "2",
        *arguments,
        "--verify",
        f"{PYTHON} {command}",
        ".",
    )


def shown(result: Result) -> dict[tuple[str, str, int], tuple[str, str]]:
    """State and reason of each diagnostic, by rule and place."""
    return {
        (item["name"], item["filename"], item["location"]["row"]): (item["replay"]["state"], item["replay"]["reason"])
        for item in json.loads(result.out)
    }


def test_the_stream_that_varies_is_confirmed_and_a_branch_never_taken_is_not_reached(project: Project) -> None:
    pytest.importorskip("numpy")
    project.write({"train.py": SCRIPT, "helper.py": HELPER})
    result = verify(project, "train.py")
    found = shown(result)
    assert result.code == 1, result.err
    reason = "the runs differ at helper.py:5, which belongs to it: unseeded-stream (python) at step 0"
    assert found["unseeded-stream", "train.py", 22] == ("confirmed", reason)
    state, reason = found["unseeded-stream", "train.py", 11]
    assert state == "not-reached"
    assert "its line was not run in a run without steps of" in reason
    state, reason = found["set-order", "train.py", 15]
    assert (state, "for another reason (unseeded-stream, python)" in reason) == ("reached", True)
    assert "verify: diverged at step 0 (unseeded-stream); 1 confirmed by replay, 1 not reached, 1 reached" in result.err


def test_what_was_run_and_did_not_vary_is_reached(project: Project) -> None:
    project.write({"train.py": SEEDED, "helper.py": HELPER})
    found = shown(verify(project, "train.py"))
    reason = "its line was run, and 2 runs agree in a run without steps"
    assert found["set-order", "train.py", 15] == ("reached", reason)


def test_a_divergence_that_no_finding_explains_is_a_diagnostic_of_its_own(project: Project) -> None:
    project.write({"train.py": SCRIPT, "helper.py": HELPER})
    result = verify(project, "train.py", "--select", "set-order")
    (own,) = [item for item in json.loads(result.out) if item["name"] == "unexplained-divergence"]
    assert (own["code"], own["filename"], own["location"]["row"]) == ("RPL907", "helper.py", 5)
    assert (own["severity"], own["replay"]["state"], result.code) == ("error", "confirmed", 1)
    assert [item["filename"] for item in own["related"]] == ["train.py"]
    assert "cause: unseeded-stream (python)" in own["message"]


def test_a_command_that_fails_says_nothing_about_findings(project: Project) -> None:
    project.write(
        {"train.py": SCRIPT.replace("print(", "raise SystemExit('no data')\n    print("), "helper.py": HELPER}
    )
    result = verify(project, "train.py")
    assert result.code == 2
    assert {state for state, _ in shown(result).values()} == {"unknown"}
    assert "no data" in result.err
    assert "verify: the command could not be replayed, so the findings stand as linting left them." in result.err


POOL = """\
import multiprocessing
import random

from helper import pick


def work(number):
    return number + 0 * pick()


if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(work, [1]))
"""


def test_lines_that_only_a_spawned_process_runs_are_reached(project: Project) -> None:
    project.write({"train.py": POOL, "helper.py": HELPER})
    states = {key: state for key, (state, _) in shown(verify(project, "train.py")).items()}
    assert states == {("unseeded-stream", "train.py", 8): "reached"}


def test_text_shows_the_mark(project: Project) -> None:
    project.write({"train.py": SCRIPT, "helper.py": HELPER})
    command = f"{PYTHON} train.py"
    text = project.run("check", "--isolated", "--output-format", "concise", "--verify", command, ".").out
    assert "(unseeded-stream) [confirmed by replay]\n" in text
    text = project.run("check", "--isolated", "--verify", command, ".").out
    assert "= not reached: its line was not run" in text


def test_replay_by_itself_reports_its_divergence_as_sarif(project: Project) -> None:
    project.write({"train.py": SCRIPT, "helper.py": HELPER})
    result = project.run("replay", "--output-format", "sarif", "--", sys.executable, "train.py")
    (run,) = json.loads(result.out)["runs"]
    (found,) = run["results"]
    assert (result.code, found["ruleId"], found["level"]) == (1, "RPL101", "error")
    place = found["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("helper.py", 5)
