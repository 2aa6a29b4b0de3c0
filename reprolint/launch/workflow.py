"""Workflows of GitHub and pipelines of GitLab: steps that are shell scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reprolint.launch.document import compose, elements, get, items, passage, place, text
from reprolint.launch.folder import enter
from reprolint.launch.passage import Passage, Source
from reprolint.launch.record import Launch, Setting
from reprolint.launch.recorder import Recorder
from reprolint.launch.scanner import pattern
from reprolint.launch.shell import Shell
from reprolint.launch.state import HERE, MOST, SEVERAL, State, Variable, known

if TYPE_CHECKING:
    from yaml import Node

_EXPRESSION = r"\$\{\{(?:[^{}\n]|\{[^{}\n]*\})*\}\}"
_TOP = "../.."  # the root of the repository, from the folder of workflows
_SHELLS = ("", "bash", "sh", "zsh")


def read_workflow(file: Source) -> Launch:
    """What a workflow of GitHub says. https://docs.github.com/en/actions/reference/workflow-syntax"""
    root = compose(file)
    recorder = Recorder()
    steps = 0
    outer = _environment(file, get(root, "env"))
    for _, job in items(get(root, "jobs")):
        environment = [*outer, *_environment(file, get(job, "container", "env")), *_environment(file, get(job, "env"))]
        for step in elements(get(job, "steps")):
            steps += 1
            if steps > MOST:
                break
            with recorder.under(get(job, "if") is None and get(step, "if") is None):
                environment += _step(file, root, job, step, environment, recorder)
    return Launch(tuple(recorder.commands), tuple({item.name: item for item in outer}.values()))


def _step(
    file: Source, root: Node | None, job: Node, step: Node, before: Sequence[Setting], recorder: Recorder
) -> list[Setting]:
    """Walk over one step; what it sets for those after it."""
    script = get(step, "run")
    levels = ((step, ()), (job, ("defaults", "run")), (root, ("defaults", "run")))
    shells = [text(get(node, *path, "shell")) for node, path in levels]
    folders = [text(get(node, *path, "working-directory")) for node, path in levels]
    shell = next((item for item in shells if item), "")
    folder = next((item for item in folders if item), "")
    if script is None or (shell.split() or [""])[0] not in _SHELLS:
        return []
    state = State(folder=enter(_TOP, _unknown(folder)) if folder else _TOP)
    state.settings([*before, *_environment(file, get(step, "env"))])
    span = place(file, script)
    state.variables["GITHUB_WORKSPACE"] = Variable(f"{HERE}/{_TOP}", 0, True, span)
    recorder.later = []
    Shell(_masked(passage(file, script)), state, recorder).run()
    return recorder.later


def _environment(file: Source, node: Node | None) -> list[Setting]:
    found = []
    for key, value in items(node):
        written = text(value)
        told = None if written is None or not known(_unknown(written)) else written
        found.append(Setting(str(key.value), told, place(file, key, value), True))
    return found


def _unknown(written: str) -> str:
    return pattern(_EXPRESSION).sub(SEVERAL, written)


def _masked(script: Passage) -> Passage:
    """A script whose `${{ ... }}` are not known."""
    result = Passage(script.source)
    done = 0
    for match in pattern(_EXPRESSION).finditer(script.text):
        script.part(done, match.start(), result)
        result.put(SEVERAL, script.offset(match.start()), script.offset(match.end() - 1) + 1)
        done = match.end()
    script.part(done, script.length, result)
    return result


def read_pipeline(file: Source) -> Launch:
    """What a pipeline of GitLab says. https://docs.gitlab.com/ci/yaml/"""
    root = compose(file)
    recorder = Recorder()
    outer = _variables(file, get(root, "variables"))
    for name, job in items(root):
        if get(job, "script") is None or str(name.value).startswith("."):
            continue
        state = State()
        state.settings([*outer, *_variables(file, get(job, "variables"))])
        script = Passage(file)
        before = get(job, "before_script") or get(root, "before_script") or get(root, "default", "before_script")
        for line in (*_lines(before), *_lines(get(job, "script"))):
            part = passage(file, line)
            part.part(0, part.length, script)
            script.put("\n", line.end_mark.index, line.end_mark.index)
        with recorder.under(all(get(job, key) is None for key in ("rules", "only", "when"))):
            Shell(script, state, recorder).run()
    return Launch(tuple(recorder.commands), tuple(outer))


def _lines(node: Node | None) -> list[Node]:
    lines = [node] if node is not None and text(node) is not None else elements(node)
    return [line for line in lines[:MOST] if text(line) is not None]


def _variables(file: Source, node: Node | None) -> list[Setting]:
    """Variables of a pipeline, whose values may be mappings with a description."""
    found = []
    for key, value in items(node):
        written = text(value) if text(value) is not None else text(get(value, "value"))
        told = None if written is None or "$" in written else written
        found.append(Setting(str(key.value), told, place(file, key, value), True))
    return found
