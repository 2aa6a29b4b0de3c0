"""Container files: stages, their environment, and what runs in them."""

from __future__ import annotations

import pytest

from reprolint.core.place import Span

from .started import launched, lines, only, values

NVIDIA = """
    # syntax=docker/dockerfile:1
    ARG FROM_IMAGE_NAME=nvcr.io/nvidia/pytorch:23.05-py3
    FROM ${FROM_IMAGE_NAME}

    # Determinism
    ENV CUBLAS_WORKSPACE_CONFIG=:4096:8 \\
        # a comment between the lines
        PYTHONHASHSEED="0"
    ENV OMP_NUM_THREADS 2

    ADD requirements.txt .
    RUN pip install --no-cache-dir -r requirements.txt

    WORKDIR /workspace/unet
    COPY . .
    CMD ["python", "main.py", "--seed", "1"]
"""


def test_a_container_of_a_training() -> None:
    launch = launched(NVIDIA, "Dockerfile")
    settings = {"CUBLAS_WORKSPACE_CONFIG": ":4096:8", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "2"}
    assert values(launch.environment) == settings
    assert lines(NVIDIA, "Dockerfile") == ["!pip install --no-cache-dir -r requirements.txt", "main.py --seed 1"]
    command = launch.commands[-1]
    assert (values(command.environment), command.folder, command.place) == (settings, "", Span(16, 5, 16, 41))
    assert [item.place for item in launch.environment] == [Span(6, 5, 6, 36), Span(8, 5, 8, 23), Span(9, 5, 9, 22)]


@pytest.mark.parametrize(
    ("instructions", "environment"),
    [
        ("ENV A=b", {"A": "b"}),
        ("ENV A b c", {"A": "b c"}),
        ("ENV A=\"b c\" B=d\\ e C='$f'", {"A": "b c", "B": "d e", "C": "$f"}),
        ("ENV A=b\nENV A=c", {"A": "c"}),
        ("ENV A=b\nENV C=${A}x$A", {"A": "b", "C": "bxb"}),
        ("ENV A=b\nENV A=c C=$A", {"A": "c", "C": "b"}),
        ("ENV PATH=/opt/bin:$PATH", {"PATH": "?"}),
        ("ENV A=${X:-b} B=${X:+c}", {"A": "b", "B": ""}),
        ("ARG X=b\nENV A=$X", {"A": "b"}),
        ("ARG X\nENV A=$X", {"A": "?"}),
        ("ARG SEED\nENV A=$SEED", {"A": "3"}),
        ("RUN export A=b", {}),
        ("ARG A=b", {}),
        ("# ENV A=b", {}),
        ("RUN echo \\\n  ENV A=b", {}),
        ("RUN <<END\nENV A=b\nEND", {}),
        ("env A=b", {"A": "b"}),
        ("ENV", {}),
        ("ENV =", {}),
    ],
)
def test_environment_of_a_stage(instructions: str, environment: dict[str, str]) -> None:
    assert values(launched(f"ARG SEED=3\nFROM x\n{instructions}\n", "Dockerfile").environment) == environment


@pytest.mark.parametrize(
    ("instructions", "expected"),
    [
        ("CMD python x.py --seed 1", ["x.py --seed 1"]),
        ('CMD ["python", "x.py", "$A"]', ["x.py $A"]),
        ('ENTRYPOINT ["python"]\nCMD ["x.py", "a"]', ["x.py a"]),
        ('ENTRYPOINT ["python", "x.py"]', ["x.py"]),
        ('ENTRYPOINT ["bash", "-c"]\nCMD ["python x.py"]', ["x.py"]),
        ('ENTRYPOINT ["conda", "run", "-n", "a", "python", "x.py"]', ["x.py"]),
        ('ENTRYPOINT python x.py\nCMD ["a"]', ["x.py"]),
        ("CMD python a.py\nCMD python b.py", ["b.py"]),
        ("CMD python a.py\nENTRYPOINT python b.py", ["b.py"]),
        ("RUN python x.py", ["x.py"]),
        ('RUN ["python", "x.py"]', ["x.py"]),
        ("RUN --mount=type=cache,target=/root python x.py", ["x.py"]),
        ("RUN cd a && \\\n\n    # comment\n    python x.py \\\n --seed 1", ["x.py --seed 1"]),
        ("RUN <<END\npython x.py\npython y.py\nEND\nCMD python z.py", ["x.py", "y.py", "z.py"]),
        ("RUN <<END bash\npython x.py\nEND", []),
        ("RUN python - <<END\nimport x\nEND\nCMD python z.py", ["z.py"]),
        ("COPY <<END /x.sh\npython x.py\nEND", []),
        ("HEALTHCHECK CMD python x.py", []),
        ("# RUN python x.py", []),
        ('CMD ["python", ', []),
        ("CMD [1, 2]", []),
        ("CMD []", []),
        ("CMD", []),
    ],
)
def test_what_runs(instructions: str, expected: list[str]) -> None:
    assert [item for item in lines(f"FROM x\n{instructions}", "Dockerfile") if not item.startswith("!")] == expected


def test_a_run_has_the_environment_and_its_own_exports() -> None:
    command = only("FROM x\nENV A=b\nARG C=d\nRUN export E=f && python x.py\n", "Dockerfile")
    assert values(command.environment) == {"A": "b", "C": "d", "E": "f"}
    command = only("FROM x\nENV A=b\nARG C=d\nCMD E=f python x.py\n", "Dockerfile")
    assert values(command.environment) == {"A": "b", "E": "f"}


def test_a_stage_starts_with_what_its_base_has() -> None:
    text = """
    FROM python:3.11 AS base
    ENV A=b
    CMD python a.py
    FROM base AS train
    ENV C=d
    CMD python b.py
    FROM python:3.11
    ENV E=f
    """
    assert lines(text, "Dockerfile") == ["maybe a.py", "maybe b.py"]
    assert [values(item.environment) for item in launched(text, "Dockerfile").commands] == [
        {"A": "b"},
        {"A": "b", "C": "d"},
    ]
    assert values(launched(text, "Dockerfile").environment) == {"E": "f"}


@pytest.mark.parametrize(
    ("instructions", "folder", "script"),
    [
        ("CMD python x.py", "?", "x.py"),
        ("WORKDIR /app\nCMD python x.py", "?", "x.py"),
        ("WORKDIR /app\nCOPY . .\nCMD python x.py", "", "x.py"),
        ("COPY . /app\nWORKDIR /app/src\nCMD python x.py", "src", "x.py"),
        ("WORKDIR /app\nCOPY src/ ./\nCMD python x.py", "src", "x.py"),
        ("COPY --chown=me src /app/\nCMD python /app/x.py", "?", "src/x.py"),
        ("WORKDIR /app\nCOPY tools/x.py ./\nCMD python x.py", "?", "x.py"),
        ("COPY . /app\nCMD cd /app && python x.py", "", "x.py"),
        ("COPY . /app\nWORKDIR /\nCMD python app/x.py", "?", "app/x.py"),
        ("COPY --from=build /x /app\nWORKDIR /app\nCMD python x.py", "?", "x.py"),
        ('COPY ["a", "/app/"]\nWORKDIR /app\nCMD python x.py', "a", "x.py"),
    ],
)
def test_folder(instructions: str, folder: str, script: str) -> None:
    command = only(f"FROM x\n{instructions}", "Dockerfile")
    assert (command.folder, command.script) == (folder, script)


def test_another_sign_may_continue_lines() -> None:
    assert lines("# escape=`\nFROM x\nCMD python `\n  x.py a", "Dockerfile") == ["x.py a"]
