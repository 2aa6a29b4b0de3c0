"""Compose files: services with an environment and a command."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from reprolint.launch import document
from reprolint.launch.document import elements, get, items, place, text
from reprolint.launch.folder import Mounts, enter
from reprolint.launch.interpolation import interpolate
from reprolint.launch.passage import Source, whole
from reprolint.launch.record import Launch, Setting
from reprolint.launch.recorder import Recorder
from reprolint.launch.shell import Shell
from reprolint.launch.start import Field
from reprolint.launch.state import LONGEST, MOST, State, known
from reprolint.launch.tree import Simple

if TYPE_CHECKING:
    from yaml import Node

# https://docs.docker.com/reference/compose-file/services/


def read_compose(file: Source) -> Launch:
    """What a compose file says. Each service has an environment of its own, so the file as a whole has none."""
    recorder = Recorder()
    for _, service in items(get(document.compose(file), "services")):
        shown = get(service, "command") or get(service, "entrypoint")
        if shown is None:
            continue
        entry, command = _words(get(service, "entrypoint")), _words(get(service, "command"))
        if not entry and command and command[0].startswith("-"):
            continue  # arguments of an entry point that only the image knows
        start, end = shown.start_mark.index, shown.end_mark.index
        span = place(file, shown)
        recorder.mounts = _mounts(service)
        folder = text(get(service, "working_dir"))
        state = State(folder=enter("?", _value(folder)) if folder else "?")
        state.settings(_environment(file, get(service, "environment")))
        fields = [Field(word, start, end) for word in (*entry, *command)]
        shell = Shell(whole(file), state, recorder)
        with recorder.under(get(service, "profiles") is None):
            shell.execute(fields, Simple((), (), (), start, end), span)
    return Launch(tuple(recorder.commands))


def _value(written: str) -> str:
    return interpolate(written, lambda name: None)


def _words(node: Node | None) -> list[str]:
    """The words of a command, a list or a text that is split as a shell does."""
    written = text(node)
    if written is None:
        return [_value(text(item) or "") for item in elements(node)[:MOST]]
    try:
        return [_value(word) for word in shlex.split(written[:LONGEST])]
    except ValueError:
        return []


def _environment(file: Source, node: Node | None) -> list[Setting]:
    """A mapping, or a list of `NAME=value`; a name alone is taken from outside."""
    found = []
    for key, value in items(node):
        written = text(value)
        told = _value(written) if written else "\0"
        found.append(Setting(str(key.value), told if known(told) else None, place(file, key, value), bool(written)))
    for item in elements(node)[:MOST]:
        name, equals, written = (text(item) or "").partition("=")
        told = _value(written) if equals else "\0"
        found.append(Setting(name, told if known(told) else None, place(file, item), bool(equals)))
    return [item for item in found if item.name]


def _mounts(service: Node) -> Mounts:
    """Folders of the project that are shown in the container."""
    found = []
    for item in elements(get(service, "volumes"))[:MOST]:
        source, _, target = (text(item) or "").partition(":")
        source = text(get(item, "source")) or source
        target = text(get(item, "target")) or target.partition(":")[0]
        if source.startswith(".") and target.startswith("/"):
            found.append((target, enter("", source)))
    return tuple(found)
