"""One more script for a project, written by going through what its modules define: it calls the same helpers with other
arguments and hands them classes and functions of its own."""

from __future__ import annotations

import ast
import random

from reprolint.program.graph import imports
from reprolint.program.modules import imported_files, index

from .projects import Files, facts, tables

ARGUMENTS = (
    "None",
    "5",
    "own_step",
    "Own()",
    "[Own(), own_step]",
    "Own",
    "{'own': Own}",
    "'own'",
    "lambda *a: random.random()",
)
HEAD = """import random

import numpy as np
import torch

"""
OWN = """

class Own{bases}:
    def __init__(self, *args, **options):
        self.level = np.random.rand()

    def __call__(self, *args):
        return torch.rand(2)

    def forward(self, x):
        return x + torch.rand(2)

    def before(self, *args):
        random.random()

    on_fit_start = on_batch = on_epoch_end = run_epoch = before


def own_step(*args, **options):
    return np.random.rand() + random.random()


def main():
"""


def shared(files: Files) -> dict[str, list[ast.stmt]]:
    """The modules that others import, by the absolute name that a script at the root gives them, and what they define.

    Only those: a file that nobody imports is an entry until somebody does.
    """
    modules = index([facts(path, text) for path, text in files.items()], tables()[1].libraries)
    used = {other for path in files for step in imports(modules.facts[path])
            for other in imported_files(step, path, modules) if other != path}  # fmt: skip
    result = {}
    for path in sorted(used):
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if modules.locate(name, "second.py") == path and all(part.isidentifier() for part in name.split(".")):
            result[name] = ast.parse(files[path]).body
    return result


def second_entry(files: Files, chance: random.Random) -> str:
    """A script that uses what the files share."""
    lines, calls, bases = [HEAD], [], []
    for number, (name, body) in enumerate(shared(files).items()):
        alias = f"shared{number}"
        lines.append(f"import {name} as {alias}\n")
        for node in body:
            if isinstance(node, ast.FunctionDef):
                count = len(node.args.args)
                given = [chance.choice(ARGUMENTS) for _ in range(chance.randint(0, count))]
                named = [f"{item.arg}={chance.choice(ARGUMENTS)}" for item in node.args.args[len(given) :]]
                calls.append(f"{alias}.{node.name}({', '.join((*given, *named[: chance.randint(0, 9)]))})")
            elif isinstance(node, ast.ClassDef):
                bases.append(f"{alias}.{node.name}")
                calls.append(f"{alias}.{node.name}({chance.choice(ARGUMENTS)})")
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and len(node.targets) == 1:
                target = f"{alias}.{ast.unparse(node.targets[0])}"
                calls.append(f"{target}['own'] = {chance.choice(ARGUMENTS)}")
                calls.append(f"{target}['own'](3)")
    chance.shuffle(calls)
    own = OWN.replace("{bases}", f"({chance.choice(bases)})" if bases and chance.random() < 0.7 else "")
    inner = "".join(f"    {line}\n" for line in (*calls, "own_step()", "Own()()"))
    return "".join(lines) + own + inner + "\n\nif __name__ == '__main__':\n    main()\n"
