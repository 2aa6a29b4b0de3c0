"""Every file can be read: by name, within bounds, whatever its bytes are."""

from __future__ import annotations

import shlex
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reprolint.launch.read import LARGEST, kind, read
from reprolint.launch.record import Launch

PATHS = (
    "run.sh", "Dockerfile", "Makefile", ".github/workflows/a.yml", ".gitlab-ci.yml", "compose.yml", ".env",
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("run.sh", "shell"),
        ("scripts/train.slurm", "shell"),
        ("a.b/job.sbatch", "shell"),
        ("x.bash", "shell"),
        ("x.zsh", "shell"),
        ("x.job", "shell"),
        ("Dockerfile", "container"),
        ("docker/Dockerfile.gpu", "container"),
        ("gpu.dockerfile", "container"),
        ("Containerfile", "container"),
        ("Makefile", "make"),
        ("GNUmakefile", "make"),
        ("rules.mk", "make"),
        (".github/workflows/test.yml", "workflow"),
        ("sub/.github/workflows/test.yaml", "workflow"),
        (".gitlab-ci.yml", "workflow"),
        (".env", "dotenv"),
        ("a/.env.local", "dotenv"),
        ("docker-compose.yml", "compose"),
        ("docker-compose.gpu.yaml", "compose"),
        ("compose.yaml", "compose"),
        ("train.py", ""),
        ("sh", ""),
        ("config.yml", ""),
        (".github/dependabot.yml", ""),
        (".github/workflows/readme.md", ""),
        ("environment.yml", ""),
        ("Makefile.am", ""),
        ("env", ""),
        ("", ""),
    ],
)
def test_kind(path: str, expected: str) -> None:
    assert kind(path) == expected


def test_a_file_that_is_none_says_nothing() -> None:
    assert read("train.py", b"export A=b") == Launch()
    assert read("run.sh", b"python x.py\n" + b"#" * LARGEST) == Launch()


_SIGNS = st.sampled_from(
    [
        *"'\"`$(){}[]<>|&;\\\n\t #=:,-*~!", "$(", "${", "$((", "<<A", "A=b ", "export ", "if ", "then ", "fi\n",
        "for x in ", "do ", "done\n", "case ", "esac\n", "python x.py", "f() ", "eval ", "bash -c ", "RUN ", "FROM x\n",
        "ENV ", "CMD ", "jobs:\n", "  run: ", "- ", "\x00", "\x01", "\x02", "é", "all:\n\t", "define ", "ifeq ",
        "endif\n", "&a ", "*a ",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=80) | st.lists(_SIGNS, max_size=40).map(lambda parts: "".join(parts).encode()))
def test_nothing_raises(data: bytes) -> None:
    for path in PATHS:
        launch = read(path, data)
        rows = data.count(b"\n") + 1
        places = [item.place for item in launch.commands] + [item.place for item in launch.environment]
        assert all(1 <= place.row <= place.end_row <= rows for place in places)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "part",
    [
        "'", '"', "`", "(", ")", "{", "[", "$(", "${A:-", "$((", "<<A ", "\\\n", "A[ ", "if a; then ", "f() ", "cd a\n",
        "for a in b; do\n", "export A=$A$A\n", "A=(${A[@]} ${A[@]})\n", "env ", "python x.py\n", "a | ", "${{", "- ",
        "*", "$(A)", "FROM a\nRUN <<A\n", "RUN a \\\n", "A='",
    ],
)  # fmt: skip
def test_hostile_files_take_little_time(path: str, part: str) -> None:
    text = part * (60_000 // len(part))
    start = time.process_time()
    read(path, text.encode())
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    "text",
    [
        "A='eval $A; eval $A'; eval $A",
        "f() { g; g; }; g() { h; h; }; h() { f; f; python x.py; }; f",
        "".join(f"f{i}() {{ f{i + 1}; f{i + 1}; }}\n" for i in range(60)) + "f0",
        "for a in b; do " * 30 + "export A=1; python x.py; " + "done; " * 30,
        "".join(f"export A{i}={i}\npython x{i}.py\n" for i in range(3000)),
    ],
)
def test_what_grows_is_bounded(text: str) -> None:
    start = time.process_time()
    assert len(read("run.sh", text.encode()).commands) <= 1000
    assert time.process_time() - start < 5


_words = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00\x01\x02\r"), max_size=12), max_size=6)


@settings(max_examples=150, deadline=None)
@given(_words)
def test_quoted_words_survive(words: list[str]) -> None:
    (command,) = read("run.sh", f"python x.py {shlex.join(words)}".encode()).commands
    assert command.arguments == tuple(words)


@settings(max_examples=100, deadline=None)
@given(_words)
def test_quoted_values_survive(words: list[str]) -> None:
    text = "\n".join(f"export A{index}={shlex.quote(word)}" for index, word in enumerate(words))
    found = {item.name: item.value for item in read("run.sh", text.encode()).environment}
    assert found == {f"A{index}": word for index, word in enumerate(words)}
