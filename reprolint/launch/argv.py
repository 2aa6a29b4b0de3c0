"""What a command line starts, through all the launchers that stand before it."""

from __future__ import annotations

from collections.abc import Sequence

from reprolint.launch.launchers import LAUNCHERS, MODULES, OTHERS, Launcher
from reprolint.launch.option import Options
from reprolint.launch.scanner import pattern
from reprolint.launch.start import MARKS, Field, Start
from reprolint.launch.state import SEVERAL, known

_SHELLS = frozenset({"bash", "dash", "ksh", "sh", "zsh"})


def start(words: Sequence[Field], tasks: str = "") -> Start | None:
    """Read a command line; `tasks` is the number of processes of a job, which `srun` starts unless it says another."""
    found = Start()
    while words:
        text = words[0].text
        name = text.rpartition("/")[2]
        if _is_python(name):
            rest = _python(words[1:], found)
        elif launcher := _launcher(name, words):
            used = 1 if (name,) in LAUNCHERS else 2
            rest = _launch(launcher, words[used:], found, tasks if name == "srun" else launcher.default)
        elif name in _SHELLS:
            return _shell(words[1:], found)
        elif not text.strip(MARKS):
            rest = _unknown(words[1:], found)
        else:
            return _last(words, found)
        if rest is None:
            return found if found.script or found.module else None
        words = rest
    return None


def _is_python(name: str) -> bool:
    return pattern(rf"i?(?:python|pypy)[0-9.{MARKS}]*").fullmatch(name) is not None


def _unknown(words: Sequence[Field], found: Start) -> Sequence[Field] | None:
    """Read the words after `$PYTHON` or `$LAUNCHER`, of which only Python can be told from anything else."""
    if not words:
        return None
    text = words[0].text
    if text.startswith("-"):
        rest = _python(words, found)
        found.script = found.script if found.script.endswith(".py") else ""
        return rest
    name = text.rpartition("/")[2]
    found.processes.append("?")  # it may be a launcher
    told = text.endswith(".py") or not text.strip(MARKS) or _is_python(name) or _launcher(name, words) is not None
    return words if told else None


def _last(words: Sequence[Field], found: Start) -> Start | None:
    text, name = words[0].text, words[0].text.rpartition("/")[2]
    found.arguments = words[1:]
    if name.endswith(".py") and " " not in name:
        found.script = text
    elif (
        known(name) and name not in OTHERS and pattern(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?<!\.sh)(?<!\.pl)").fullmatch(name)
    ):
        found.program = name
    else:
        return None
    return found


def _launcher(name: str, words: Sequence[Field]) -> Launcher | None:
    one = LAUNCHERS.get((name,))
    return one or (LAUNCHERS.get((name, words[1].text)) if len(words) > 1 else None)


def _shell(words: Sequence[Field], found: Start) -> Start | None:
    for index, word in enumerate(words):
        if not word.text.startswith(("-", "+")):
            break
        if "c" in word.text[1:] and not word.text.startswith("--"):
            found.shell = words[index + 1] if index + 1 < len(words) else None
            found.arguments = words[index + 3 :]
            return found if found.shell else None
    return None


def _python(words: Sequence[Field], found: Start) -> Sequence[Field] | None:
    """Read the words after `python`; the rest where these are a launcher, None at the end."""
    index = 0
    while index < len(words):
        text = words[index].text
        index += 1
        if not text.startswith("-"):
            if text.strip(MARKS) or SEVERAL not in text:
                return _script(words[index - 1 :], found)
            continue  # options that are not known
        if text in ("-", "--") or text.startswith("--"):
            index += text == "--check-hash-based-pycs"
            if text == "-":
                return None
            continue
        letters = text[1:]
        option = next((letter for letter in letters if letter in "cmWX"), "")
        before, _, attached = letters.partition(option) if option else (letters, "", "")
        found.isolated = found.isolated or "E" in before or "I" in before
        if option == "c":
            return None
        if option == "m":
            module = [Field(attached, words[index - 1].start, words[index - 1].end)] if attached else []
            return _module([*module, *words[index:]], found)
        if option and not attached:
            index += 1
    return None


def _script(words: Sequence[Field], found: Start) -> Sequence[Field] | None:
    text = words[0].text
    if _launcher(text.rpartition("/")[2], words):
        return words  # `python $(which torchrun) train.py`
    if text.endswith(".py") or not set(MARKS) & set(text):
        found.script, found.arguments = text, words[1:]
    return None


def _module(words: Sequence[Field], found: Start) -> Sequence[Field] | None:
    if not words or not known(words[0].text):
        return None
    name = words[0].text
    if launcher := MODULES.get(name):
        run = launcher is MODULES["coverage"]  # `python -m coverage run`
        return _launch(launcher, words[1 + run :], found, launcher.default)
    if (name, words[1].text if len(words) > 1 else "") in LAUNCHERS or (name,) in LAUNCHERS:
        return words
    found.module, found.arguments = name, words[1:]
    return None


def _launch(launcher: Launcher, words: Sequence[Field], found: Start, default: str) -> Sequence[Field] | None:
    """Read the options of a launcher; the rest is the command, or None where that is a script and now known."""
    options = Options(launcher, found)
    index = options.read(words)
    if index is None:
        return None
    found.processes.append(options.count(default))
    if launcher.inherits != "yes" and not options.kept and found.inherits == "yes":
        found.inherits = launcher.inherits
    found.contained = found.contained or launcher.inherits == "no"
    rest = words[index + launcher.operands :]
    if options.is_module:
        return _module(rest, found)
    if launcher.starts == "script" and not options.is_plain and rest:
        return _script(rest, found)
    return rest
