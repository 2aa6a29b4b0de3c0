"""What `reprolint graph` shows: the judgement of the checks, in the order in which things happen."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import pytest
from tests_support import Project

FILES = {
    ".git/HEAD": "",
    "train.py": """\
import argparse
import random

import torch

import data
import helpers


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    if args.seed is not None:
        torch.manual_seed(args.seed)
    data.load()
    random.seed(args.seed)
    helpers.shuffle([1])
    net = torch.nn.Linear(1, 1)
    torch.backends.cudnn.benchmark = True
    net(torch.zeros(1)).backward()
    torch.backends.cudnn.benchmark = False


if __name__ == "__main__":
    main()
""",
    "data.py": "import numpy\n\nnumpy.random.seed(42)\n\n\ndef load():\n    numpy.random.rand(3)\n",
    "helpers.py": "import random\n\n\ndef shuffle(items):\n    random.shuffle(items)\n",
}
TEXT = """\
train.py  `__main__` guard, trains, 3 files
  numpy   seeded    1 draw
    seed   numpy.random.seed  42  train.py:6 -> data.py:3 <module>
    draw   numpy.random.rand      train.py:16 main -> data.py:7 load
  python  entropy   1 draw, seeded with a value that differs in every run  [seed-disabled]
    seed   random.seed     option seed (default None), which is entropy  train.py:17 main
    draw   random.shuffle    train.py:18 main -> helpers.py:5 shuffle
  torch   unseeded  1 draw, nothing seeds it  [seed-disabled]
    draw   torch.nn.Linear  hidden  train.py:19 main
    not run: torch.manual_seed  train.py:15 main  only if `args.seed is not None`, which is not so by default
  switches
    cudnn-benchmark  False  train.py:22 main
                            before that True: train.py:20 main
"""
MAYBE = """\
import torch

from config import options

if options.strict:
    torch.manual_seed(3)
torch.rand(1)
"""


def told(project: Project, *arguments: str) -> dict[str, Any]:
    """The JSON of the graph."""
    result = project.run("graph", "--format", "json", *arguments)
    assert (result.code, result.err) == (0, "")
    found: dict[str, Any] = json.loads(result.out)
    return found


def streams(project: Project, *arguments: str) -> dict[str, dict[str, Any]]:
    """The streams of the only entry, by name."""
    (entry,) = told(project, *arguments)["entries"]
    return {item["name"]: item for item in entry["streams"]}


def shape(stream: dict[str, Any]) -> list[tuple[str, str, int]]:
    """The events of a stream in short."""
    return [(item["kind"], item["filename"], item["location"]["row"]) for item in stream["events"]]


def test_text_is_for_people(project: Project) -> None:
    project.write(FILES)
    result = project.run("graph")
    assert (result.code, result.err) == (0, "")
    assert result.out == TEXT


def test_verdicts_and_conditions(project: Project) -> None:
    project.write({"maybe.py": MAYBE, "unknown.py": "import torch\nimport lab\n\nlab.set_seed(1)\ntorch.rand(1)\n"})
    found = {item["name"]: item["streams"][0] for item in told(project, "--stream", "torch")["entries"]}
    assert [(item["verdict"], item["rules"]) for item in found.values()] == [("maybe", ["maybe-unseeded-stream"])] * 2
    assert found["maybe.py"]["reason"] == "only if `options.strict`"
    assert "only `lab.set_seed` may seed it" in found["unknown.py"]["reason"]
    seeding, draw = found["unknown.py"]["events"]
    assert (seeding["certain"], draw["state"], draw["start"]) == (False, "maybe", True)
    assert draw["seeded-by"][0]["location"]["row"] == 4
    assert "seed?  lab.set_seed" in project.run("graph", "unknown.py").out


def test_seedings_that_do_not_run_are_told_with_the_reason(project: Project) -> None:
    project.write({
        **FILES,
        "seeds.py": "import torch\n\n\ndef fix():\n    torch.manual_seed(1)\n",
        "train.py": "import seeds\n" + FILES["train.py"],
    })  # fmt: skip
    missed = streams(project)["torch"]["not-run"]
    assert [(item["filename"], item["location"]["row"], item["reason"]) for item in missed] == [
        ("seeds.py", 5, "no entry is seen to call `fix`"),
        ("train.py", 16, "only if `args.seed is not None`, which is not so by default"),
    ]


def test_late_seeding_is_marked(project: Project) -> None:
    project.write({"a.py": "import random\n\nrandom.random()\nrandom.seed(1)\nrandom.random()\n"})
    stream = streams(project)["python"]
    assert shape(stream) == [("draw", "a.py", 3), ("seeding", "a.py", 4), ("draw", "a.py", 5)]
    assert (stream["verdict"], stream["rules"]) == ("unseeded", ["late-seeding"])
    assert [item.get("late", item.get("state")) for item in stream["events"]] == ["unseeded", True, "seeded"]
    assert "1, TOO LATE" in project.run("graph").out


def test_events_stand_in_the_order_in_which_they_happen(project: Project) -> None:
    """An imported file before what follows the import, whatever the names and rows of the files are."""
    project.write({
        "z_main.py": "import random\nimport b_mod\nrandom.seed(9)\nb_mod.late()\n\n\ndef last():\n    random.random()\n"
                     "\n\nlast()\n",
        "b_mod.py": "import random\nimport a_mod\nrandom.seed(2)\n\n\ndef late():\n    random.seed(\n"
                    "        random.randrange(9)\n    )\n",
        "a_mod.py": "\n" * 30 + "import random\nrandom.seed(1)\n",
    })  # fmt: skip
    assert shape(streams(project)["python"]) == [
        ("seeding", "a_mod.py", 32),
        ("seeding", "b_mod.py", 3),
        ("seeding", "z_main.py", 3),
        ("draw", "b_mod.py", 8),
        ("seeding", "b_mod.py", 7),
        ("draw", "z_main.py", 8),
    ]


def test_what_a_framework_calls_comes_last(project: Project) -> None:
    text = """\
import torch


class Net(torch.nn.Module):
    def forward(self, x):
        return x + torch.rand(1)


net = Net()
torch.manual_seed(0)
torch.randn(1)
"""
    project.write({"a.py": text})
    stream = streams(project)["torch"]
    assert shape(stream) == [("seeding", "a.py", 10), ("draw", "a.py", 11), ("draw", "a.py", 6)]
    assert [item["later"] for item in stream["events"][1:]] == [False, True]


def test_layers_of_a_program_that_does_not_train_are_not_reported(project: Project) -> None:
    project.write({"a.py": "import torch\n\ntorch.nn.Linear(1, 1)\n"})
    stream = streams(project)["torch"]
    assert (stream["verdict"], stream["rules"]) == ("unseeded", [])
    assert "nothing is trained" in stream["silent"]


def test_long_streams_are_cut_and_counted(project: Project) -> None:
    layers = "".join(f"torch.nn.Linear({number}, 1)\n" for number in range(30))
    project.write({"a.py": f"import torch\n\ntorch.manual_seed(1)\n{layers}torch.rand(1).backward()\n"})
    short, long = project.run("graph", "--stream", "torch").out, project.run("graph", "--stream", "torch", "-v").out
    assert len(short.splitlines()) <= 13
    assert "torch  seeded  31 draws" in short
    assert "and 28 more draws" in short
    assert len(long.splitlines()) > len(short.splitlines())
    assert streams(project, "--stream", "torch")["torch"]["draws"] == 31


def test_variables_and_switches(project: Project) -> None:
    text = """\
import os

import torch

os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"
torch.use_deterministic_algorithms(True)
torch.zeros(2).index_add_(0, torch.tensor([0, 0, 1]), torch.rand(3))
"""
    project.write({"a.py": text})
    (entry,) = told(project)["entries"]
    found = {item["name"]: item for item in entry["switches"]}
    assert found["CUBLAS_WORKSPACE_CONFIG"]["values"] == ["':4096:8'"]
    assert found["CUBLAS_WORKSPACE_CONFIG"]["settings"][0]["late"] is True
    assert found["deterministic-algorithms"]["values"] == ["True"]
    assert found["deterministic-algorithms"]["operations"] == 1
    assert found["deterministic-algorithms"]["default"] == "False"


def test_entries_can_be_chosen_and_named(project: Project) -> None:
    project.write({**FILES, "other.py": "import random\n\nrandom.random()\n"})
    assert [item["name"] for item in told(project)["entries"]] == ["other.py", "train.py"]
    assert [item["name"] for item in told(project, "--entry", "train.py")["entries"]] == ["train.py"]
    assert [item["name"] for item in told(project, "helpers.py")["entries"]] == ["train.py"]
    (named,) = told(project, "--entry", "data.py:load")["entries"]
    assert (named["name"], named["kind"]) == ("data.py:load", "configured")
    assert [event["route"][-1]["function"] for event in named["streams"][0]["events"]] == ["", "load"]


def test_mistakes_are_told_with_what_there_is(project: Project) -> None:
    project.write(FILES)
    results = [
        project.run("graph", *arguments)
        for arguments in (
            ("--stream", "troch"), ("--entry", "nowhere.py"), ("--entry", "data.py:lood"), ("nowhere",),
            ("--format", "xml"),
        )
    ]  # fmt: skip
    assert [(result.code, result.out) for result in results] == [(2, "")] * 5
    assert "did you mean `torch`?" in results[0].err
    assert "entries: train.py" in results[1].err
    assert "no function `lood`" in results[2].err


def test_a_library_is_told_so(project: Project) -> None:
    project.write({"lib/__init__.py": "", "lib/a.py": "import random\n\n\ndef f():\n    return random.random()\n"})
    result = project.run("graph")
    assert result.code == 0
    assert "library" in result.out and "--entry" in result.out
    assert told(project)["note"] in result.out
    assert project.run("graph", "--format", "dot").out.count("subgraph") == 0


def test_a_broken_file_is_one_line_on_standard_error(project: Project) -> None:
    project.write({**FILES, "broken.py": "def f(:\n"})
    result = project.run("graph")
    assert result.code == 0
    assert len(result.err.splitlines()) == 1
    assert "broken.py:1: cannot be read as Python" in result.err


@pytest.mark.parametrize("form", ["text", "json", "dot"])
def test_the_same_bytes_whatever_surrounds_it(project: Project, form: str) -> None:
    project.write({**FILES, "sub/maybe.py": MAYBE, "sub/draw.py": "import random\n\nrandom.random()\n"})
    root = project.root
    outputs = set()
    for number, (seed, cwd) in enumerate(itertools.product("01", (root, root / "sub", root.parent))):
        given = [str(root / "train.py"), str(root / "sub")]
        arguments = ["graph", "--format", form, *(given if number % 2 else reversed(given))]
        outputs.add(project.run(*arguments, cwd=cwd, env={"PYTHONHASHSEED": seed}).out)
        outputs.add(project.run(*arguments, "--no-cache", cwd=cwd, env={"PYTHONHASHSEED": seed}).out)
    assert len(outputs) == 1
    assert outputs.pop()


TOKEN = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|->|[A-Za-z_][A-Za-z_0-9]*|\d+|[{}\[\];=,]')
IDENTIFIER = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|\d+', re.DOTALL)


def check_dot(text: str) -> tuple[set[str], list[tuple[str, str]]]:
    """Parse the part of the DOT language that is used; returns the nodes and the edges."""
    tokens: list[str] = []
    place = 0
    while place < len(text):
        match = TOKEN.match(text, place)
        assert match is not None, text[place : place + 60]
        tokens += [match[0]] if match[0].strip() else []
        place = match.end()
    nodes: set[str] = set()
    edges: list[tuple[str, str]] = []
    assert tokens[:3] == ["digraph", "reprolint", "{"]
    assert _block(tokens, 3, nodes, edges) == len(tokens)
    return nodes, edges


def _block(tokens: list[str], at: int, nodes: set[str], edges: list[tuple[str, str]]) -> int:
    while tokens[at] != "}":
        if tokens[at] == "subgraph":
            assert tokens[at + 2] == "{"
            at = _block(tokens, at + 3, nodes, edges)
            continue
        assert IDENTIFIER.fullmatch(tokens[at])
        name, at = tokens[at], at + 1
        if tokens[at] == "=":
            at += 2
        elif tokens[at] == "->":
            edges.append((name, tokens[at + 1]))
            at += 2
        elif name != "node":
            nodes.add(name)
        if tokens[at] == "[":
            at = tokens.index("]", at) + 1
        assert tokens[at] == ";"
        at += 1
    return at + 1


def test_dot_is_valid_and_coloured(project: Project) -> None:
    odd = 'import random\n\nrandom.seed("a\\"]; }\\\\\\n")\nrandom.random()\n'
    project.write({**FILES, "odd name\"'.py": odd, "maybe.py": MAYBE})
    text = project.run("graph", "--format", "dot").out
    nodes, edges = check_dot(text)
    assert edges and {end for edge in edges for end in edge} <= nodes
    assert text.count("subgraph cluster_") == 3
    for line in text.splitlines():
        assert "palegreen" in line or "seed" not in line or "->" in line or "unseeded" in line or "seeded," in line
    assert re.search(r"torch\.nn\.Linear.*fillcolor=tomato", text)
    assert re.search(r"torch\.rand\\n.*fillcolor=orange", text)
