"""Container files: stages with their environment, and what runs in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from reprolint.launch.folder import Mounts, enter
from reprolint.launch.interpolation import interpolate
from reprolint.launch.passage import Passage, Source
from reprolint.launch.record import Launch, Setting
from reprolint.launch.recorder import MOST_COMMANDS, Recorder
from reprolint.launch.scanner import pattern
from reprolint.launch.shell import Shell
from reprolint.launch.start import Field
from reprolint.launch.state import MOST, UNKNOWN, State, known
from reprolint.launch.tree import Simple

# https://docs.docker.com/reference/dockerfile/
_WORD = r"""(?:\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*'|[^\s\\"'])+|["'\\]"""


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage has so far; a stage that is built on it starts with the same."""

    settings: dict[str, Setting]
    arguments: dict[str, Setting]
    defaults: dict[str, Setting]  # of arguments, from before the first stage
    folder: str = "?"
    mounts: Mounts = ()
    entry: Passage | None = None
    command: Passage | None = None


def read_container(file: Source) -> Launch:
    """What a container file says; the environment is that of its last stage."""
    recorder = Recorder()
    stages: list[Stage] = []
    names: dict[str, int] = {}
    stage = Stage({}, {}, {})
    for keyword, passage in _instructions(file):
        if keyword == "FROM" and len(stages) < MOST:
            words = passage.text.lower().split()
            base = names.get(words[0]) if words else None
            defaults = stage.defaults if stages else stage.arguments
            stage = stages[base] if base is not None else Stage({}, {}, defaults)
            if len(words) >= 3 and words[-2] == "as":
                names[words[-1]] = len(stages)
            stages.append(stage)
            continue
        stage = _step(stage, keyword, passage, recorder)
        if stages:
            stages[-1] = stage
    for index, one in enumerate(stages):
        with recorder.under(index == len(stages) - 1):
            _start(one, recorder)
    return Launch(tuple(recorder.commands), tuple(stage.settings.values()))


def _instructions(file: Source) -> Iterator[tuple[str, Passage]]:
    """Each instruction: its keyword, and the rest of it without the signs that continue lines."""
    text = file.text
    directive = pattern(r"(?:[ \t]*#[^\n]*\n)*?[ \t]*#[ \t]*escape[ \t]*=[ \t]*`").match(text[:1000])
    escape = "`" if directive else "\\"
    at = 0
    passage = Passage(file)
    keyword = ""
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        first, at = at, end + 1
        start = first
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not keyword:
            match = pattern(r"[ \t]*([A-Za-z]+)[ \t]*").match(line)
            if match is None:
                continue
            keyword = match[1].upper()
            start += match.end()
        kept = line.rstrip()
        if kept.endswith(escape):
            passage.copy(start, first + len(kept) - 1)
            continue
        passage.copy(start, end)
        if keyword in ("RUN", "COPY", "ADD"):
            for delimiter in pattern(r"<<-?[\"']?([A-Za-z_][A-Za-z0-9_]*)").findall(passage.text):
                at = _document(passage, at, delimiter)
        yield keyword, passage
        passage, keyword = Passage(file), ""
    if keyword:
        yield keyword, passage


def _document(passage: Passage, at: int, delimiter: str) -> int:
    """Append the body of a here-document, with its last line; where the next line begins."""
    text = passage.source.text
    passage.put("\n", at, at)
    start = at
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line, at = text[at:end].strip(), end + 1
        if line == delimiter:
            break
    passage.copy(start, min(at, len(text)))
    return at


def _step(stage: Stage, keyword: str, passage: Passage, recorder: Recorder) -> Stage:
    """The stage after an instruction."""
    text = passage.text.strip()
    if keyword == "ENV" and len(stage.settings) < MOST:
        return replace(stage, settings=_set(stage.settings, _pairs(passage, stage)))
    if keyword == "ARG" and len(stage.arguments) < MOST:
        given = (stage.defaults[name] for name in text.split() if name in stage.defaults)
        arguments = _set(_set(stage.arguments, given), _pairs(passage, stage))
        return replace(stage, arguments=arguments)
    if keyword == "WORKDIR":
        return replace(stage, folder=enter(stage.folder, _value(text, stage)))
    if keyword in ("COPY", "ADD") and len(stage.mounts) < MOST:
        return replace(stage, mounts=(*stage.mounts, *_copied(text, stage)))
    if keyword == "ENTRYPOINT":
        return replace(stage, entry=passage, command=None)
    if keyword == "CMD":
        return replace(stage, command=passage)
    if keyword == "RUN":
        _run(stage, passage, recorder)
    return stage


def _set(before: dict[str, Setting], items: Iterator[Setting]) -> dict[str, Setting]:
    result = dict(before)
    for item in items:
        result.pop(item.name, None)
        result[item.name] = item
    return result


def _pairs(passage: Passage, stage: Stage) -> Iterator[Setting]:
    """`A=b C="d e"`, and the old `A b`; a variable stands for its value before the instruction."""
    words = [(match[0], match.start(), match.end()) for match in pattern(_WORD).finditer(passage.text)]
    if words and "=" not in words[0][0]:
        name, start, at = words[0]
        rest = passage.text[at:].strip()
        words = [(f"{name}={rest}", start, len(passage.text.rstrip()))] if rest else []
    for text, start, end in words:
        name, equals, raw = text.partition("=")
        if equals and pattern(r"[A-Za-z_][A-Za-z0-9_.]*").fullmatch(name):
            value = _value(raw, stage)
            yield Setting(name, value if known(value) else None, passage.span(start, end), True)


def _value(raw: str, stage: Stage) -> str:
    """The value of a text with quotes and references."""

    def lookup(name: str) -> str | None:
        item = stage.settings.get(name) or stage.arguments.get(name)
        return None if item is None else UNKNOWN if item.value is None else item.value

    parts = []
    for match in pattern(r"""\\([\s\S])|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|[^\\'"]+|["'\\]""").finditer(raw):
        escaped, single, double = match.groups()
        if escaped is not None:
            parts.append(escaped)
        elif single is not None:
            parts.append(single)
        elif double is not None:
            parts.append(interpolate(pattern(r'\\(["\\])').sub(r"\1", double), lookup))
        else:
            parts.append(interpolate(match[0], lookup))
    return "".join(parts)


def _copied(text: str, stage: Stage) -> Iterator[tuple[str, str]]:
    """Which folders and files of the project stand where, after `COPY . /app`."""
    words = text.split("\n")[0].split()
    if any(word.startswith("--from") for word in words):
        return
    operands = [_value(word, stage) for word in words if not word.startswith("--")]
    if text.startswith("["):
        operands = _exec(text) or []
    for source in operands[:-1]:
        target = enter(stage.folder, operands[-1])
        name = source.rstrip("/").rpartition("/")[2]
        is_file = "." in name.strip(".")
        if is_file and (operands[-1].endswith(("/", ".")) or len(operands) > 2):
            target = f"{target.rstrip('/')}/{name}"
        folder = enter("", source.lstrip("/"))
        if target.startswith("/") and folder != "?" and "*" not in folder:
            yield target, folder


def _exec(text: str) -> list[str] | None:
    """The words of the exec form, a list in JSON."""
    try:
        words = json.loads(text) if text.startswith("[") else None
    except (ValueError, RecursionError):
        return None
    return words if isinstance(words, list) and all(isinstance(word, str) for word in words) else None


def _shell(stage: Stage, passage: Passage, recorder: Recorder, arguments: bool) -> Shell:
    recorder.mounts = stage.mounts
    state = State(folder=stage.folder)
    if arguments:
        state.settings(stage.arguments.values())
    state.settings(stage.settings.values())
    return Shell(passage, state, recorder)


def _run(stage: Stage, passage: Passage, recorder: Recorder) -> None:
    options = pattern(r"\s*(?:--[a-z]+=\S+\s+)*").match(passage.text)
    start = options.end() if options else 0
    only = pattern(r"<<-?[\"']?[A-Za-z_][A-Za-z0-9_]*[\"']?[ \t]*\n").match(passage.text, start)
    script = Passage(passage.source)
    first = only.end() if only else start
    last = passage.text.rstrip("\n").rfind("\n") if only else passage.length
    passage.part(first, max(first, last), script)
    words = _exec(script.text.strip())
    if words is None:
        _shell(stage, script, recorder, True).run()
    else:
        _execute(stage, script, words, recorder)


def _execute(stage: Stage, passage: Passage, words: list[str], recorder: Recorder) -> None:
    end = len(passage.text.rstrip())
    fields = [Field(word, 0, end) for word in words[:MOST_COMMANDS]]
    _shell(stage, passage, recorder, False).execute(fields, Simple((), (), (), 0, end), passage.span(0, end))


def _start(stage: Stage, recorder: Recorder) -> None:
    """What a container starts: the entry point with the command as its arguments."""
    entry = _exec(stage.entry.text.strip()) if stage.entry else []
    command = _exec(stage.command.text.strip()) if stage.command else []
    if stage.entry and entry is None:
        _shell(stage, stage.entry, recorder, False).run()
    elif stage.command and command is None and not entry:
        _shell(stage, stage.command, recorder, False).run()
    elif passage := stage.entry or stage.command:
        shown = stage.command if stage.command and not stage.entry else passage
        last = ["/bin/sh", "-c", stage.command.text] if stage.command and command is None else command or []
        _execute(stage, shown, [*(entry or []), *last], recorder)
