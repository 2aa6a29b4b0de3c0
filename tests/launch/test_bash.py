"""What is read agrees with what a real shell does, on scripts that nobody has written."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reprolint.launch.read import read

BASH = shutil.which("bash")
NAMES = ("A", "B", "C", "D")
# Prints what it was given, one JSON text a line, so that nothing needs to be quoted.
STUB = """#!{bash}
text() {{ local s=${{1//\\\\/\\\\\\\\}}; s=${{s//\\"/\\\\\\"}}; printf '"%s"' "${{s//$'\\n'/\\\\n}}"; }}
printf '{{"arguments": ['
sep=
for word; do printf "$sep"; text "$word"; sep=', '; done
printf '], "environment": {{'
sep=
for name in A B C D; do
  if [ -n "${{!name+x}}" ]; then printf "$sep"; text "$name"; printf ': '; text "${{!name}}"; sep=', '; fi
done
printf '}}}}\\n'
"""

_names = st.sampled_from(NAMES)
_plain = st.text("ab1 =:#-", min_size=1, max_size=5)
_bare = st.text("ab1=:-.", min_size=1, max_size=4)
_parts = st.one_of(
    _bare,
    _plain.map(lambda text: f"'{text}'"),
    _plain.map(lambda text: f'"{text}"'),
    _names.map(lambda name: f"${name}"),
    _names.map(lambda name: f'"${{{name}}}x"'),
    st.tuples(_names, _bare).map(lambda pair: f"${{{pair[0]}:-{pair[1]}}}"),
    st.tuples(_names, _plain).map(lambda pair: f'"${{{pair[0]}-{pair[1]}}}"'),
    st.tuples(_names, _bare).map(lambda pair: f"${{{pair[0]}:+{pair[1]}}}"),
    _names.map(lambda name: f'"$(echo "${{{name}-}}")"'),
    st.sampled_from(["\\ ", "\\$A", '"\\$B"', '"a\\\nb"', "$'a\\tb'", "''", '""', "\\'", '"\\\\"', "`echo c`"]),
)
_values = st.lists(_parts, max_size=3).map("".join)
_words = st.lists(_parts, min_size=1, max_size=3).map("".join)
_pairs = st.tuples(_names, _values).map("=".join)
_python = st.lists(_words, max_size=3).map(lambda words: " ".join(["python x.py", *words]))
_lines = st.one_of(
    _pairs,
    _pairs.map(lambda pair: f"export {pair}"),
    st.tuples(_names, _bare).map("+=".join),
    st.tuples(_names, _values).map(lambda pair: f": ${{{pair[0]}:={pair[1]}}}"),
    _names.map(lambda name: f"export {name}"),
    _names.map(lambda name: f"export -n {name}"),
    _names.map(lambda name: f"unset {name}"),
    _python,
    st.tuples(_pairs, _python).map(" ".join),
    st.tuples(_names, _bare, _python).map(lambda item: f"env {item[0]}={item[1]} {item[2]}"),
    st.tuples(_names, _python).map(lambda pair: f"env -u {pair[0]} {pair[1]}"),
    _pairs.map(lambda pair: f"(export {pair})"),
    _pairs.map(lambda pair: f"{pair} true"),
    st.tuples(_pairs, _python).map(lambda pair: f'f() {{ local {pair[0]}; export {pair[0]}; {pair[1]} "$@"; }}; f q'),
    st.tuples(_names, _python).map(lambda pair: f"if true; then export {pair[0]}=t; else {pair[1]}; fi"),
    st.tuples(_names, _python).map(lambda pair: f"for {pair[0]} in v; do {pair[1]}; done"),
    st.lists(_words, max_size=3).map(lambda words: f'set -- {" ".join(words)}; python x.py "$@" $# $1'),
    st.lists(_words, max_size=3).map(lambda words: f'L=({" ".join(words)}); python x.py "${{L[@]}}" ${{L[*]}}'),
    st.sampled_from(["set -a", "set +a", "cat <<E >/dev/null\nexport A=z\nE", "# export A=z", "true && export D=1; :"]),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bin")
    (path / "python").write_text(STUB.format(bash=BASH), encoding="utf-8")
    (path / "python").chmod(0o755)
    return path


@pytest.mark.skipif(BASH is None, reason="no bash")
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=st.lists(_lines, min_size=1, max_size=7).map("\n".join))
def test_agreement(script: str, folder: Path) -> None:
    assert BASH is not None
    environment = {"PATH": f"{folder}:/usr/bin:/bin"}
    done = subprocess.run(
        [BASH, "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=20
    )
    started = [json.loads(line, strict=False) for line in done.stdout.splitlines()]
    commands = read("run.sh", script.encode()).commands
    seen = []
    for command in commands:
        found = {item.name: item.value for item in command.environment if item.name in NAMES}
        assert command.certain
        assert command.script == "x.py"
        seen.append((list(command.arguments), found))
    # The same command is noted once, and what the file cannot tell is left open.
    ran = [(item["arguments"][1:], item["environment"]) for item in started]
    assert len(seen) <= len(ran)
    rest = iter(ran)
    for arguments, found in seen:
        assert any(_fits(arguments, found, *real) for real in rest), (arguments, found, ran)
    assert all(any(_fits(arguments, found, *real) for arguments, found in seen) for real in ran), (seen, ran)


def _fits(arguments: list[str], found: dict[str, str | None], real: list[str], environment: dict[str, str]) -> bool:
    """Whether what was read is what happened, where it is told."""
    if found.keys() != environment.keys():
        return False
    if any(value is not None and value != environment[name] for name, value in found.items()):
        return False
    return "?" in arguments or arguments == real
