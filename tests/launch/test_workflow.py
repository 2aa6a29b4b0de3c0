"""Workflows, pipelines and compose files."""

from __future__ import annotations

import pytest

from reprolint.core.place import Span

from .started import launched, line, lines, only, values

PATH = ".github/workflows/train.yml"
WORKFLOW = """
    name: train
    on: [push]
    env:
      PYTHONHASHSEED: 0
      TOKEN: ${{ secrets.TOKEN }}
    jobs:
      train:
        runs-on: ubuntu-latest
        env:
          CUBLAS_WORKSPACE_CONFIG: ":4096:8"
        defaults:
          run:
            working-directory: src
        strategy:
          matrix:
            seed: [0, 1]
        steps:
          - uses: actions/checkout@v4
          - run: echo "OMP_NUM_THREADS=1" >> $GITHUB_ENV
          - name: Train
            env:
              PYTHONHASHSEED: "1"
            run: |
              pip install -e .
              export A=b

              python train.py --seed ${{ matrix.seed }} \\
                --é x
          - run: python -m pytest
            working-directory: tests
          - if: failure()
            run: python report.py
          - shell: python
            run: import x
          - run: >
              python
              folded.py
"""


def test_a_workflow() -> None:
    launch = launched(WORKFLOW, PATH)
    _, train, tests, report, folded = launch.commands
    common = {"TOKEN": "?", "CUBLAS_WORKSPACE_CONFIG": ":4096:8", "OMP_NUM_THREADS": "1"}
    assert line(train) == "train.py --seed ? --é x"
    assert values(train.environment) == {"PYTHONHASHSEED": "1", **common, "A": "b"}
    assert (train.folder, train.place) == ("../../src", Span(27, 11, 28, 18))
    assert (line(tests), tests.folder) == ("-m pytest", "../../tests")
    assert values(tests.environment) == {"PYTHONHASHSEED": "0", **common}
    assert (line(report), report.certain) == ("report.py", False)
    assert line(folded) == "folded.py"
    assert values(launch.environment) == {"PYTHONHASHSEED": "0", "TOKEN": "?"}
    assert launch.environment[0].place == Span(4, 3, 4, 20)


def test_without_a_working_directory_it_is_the_root() -> None:
    command = only("jobs: {a: {steps: [{run: python x.py}]}}", PATH)
    assert (command.folder, command.script, command.place) == ("../..", "x.py", Span(1, 26, 1, 37))
    command = only("jobs: {a: {steps: [{run: 'cd a; python $GITHUB_WORKSPACE/x.py'}]}}", PATH)
    assert (command.folder, command.script) == ("../../a", "../x.py")


def test_a_variable_for_later_steps() -> None:
    text = """
    jobs:
      a:
        steps:
          - run: python a.py
          - run: |
              echo "A=b" >> "$GITHUB_ENV"
              { echo C=d; echo E=$1; } >> $GITHUB_ENV
              echo F=g
              python b.py
          - if: always()
            run: echo H=i >> $GITHUB_ENV
          - run: python c.py
      other:
        steps:
          - run: python d.py
    """
    assert [values(item.environment) for item in launched(text, PATH).commands] == [
        {}, {}, {"A": "b", "C": "d", "E": "?", "H": "maybe i"}, {},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "a: b",
        "jobs:",
        "jobs: [a]",
        "jobs: {a: b}",
        "jobs: {a: {steps: x}}",
        "jobs: {a: {steps: [x]}}",
        "jobs: {a: {steps: [{run: [python x.py]}]}}",
        "jobs: {a: {steps: [{run: }]}}",
        "jobs: {a: {steps: [{name: python x.py}]}}",
        "jobs: {a: {steps: [{shell: pwsh, run: python x.py}]}}",
        "# jobs: {a: {steps: [{run: python x.py}]}}",
        "a: [",
        "a: *b",
        "&a [*a]",
        "\t",
        "--- a\n--- b",
        "a: !!python/object:x {}",
    ],
)
def test_nothing_is_started(text: str) -> None:
    for path in (PATH, "compose.yml", ".gitlab-ci.yml"):
        assert launched(text, path).commands == ()


def test_nesting_and_aliases_are_bounded() -> None:
    assert lines("[" * 100_000, PATH) == []
    assert lines("- " * 50_000, PATH) == []
    many = (
        "s: &s\n" + "- run: python x.py\n" * 100 + "jobs:\n" + "".join(f" a{i}: {{steps: *s}}\n" for i in range(1000))
    )
    assert set(lines(many, PATH)) == {"x.py"}


PIPELINE = """
variables:
  A: b
  C:
    value: d
    description: a letter
.hidden:
  script: python hidden.py
default:
  before_script:
    - export E=f
train:
  variables: {A: $X}
  script:
    - cd src
    - python x.py --seed 1
sometimes:
  script: python y.py
  rules: [{if: $X}]
"""


def test_a_pipeline() -> None:
    train, sometimes = launched(PIPELINE, ".gitlab-ci.yml").commands
    assert (line(train), train.folder, train.place) == ("x.py --seed 1", "src", Span(15, 7, 15, 27))
    assert values(train.environment) == {"A": "?", "C": "d", "E": "f"}
    assert (line(sometimes), sometimes.certain) == ("y.py", False)


COMPOSE = """
    x-common: &common
      PYTHONHASHSEED: 0
    services:
      train:
        image: x
        working_dir: /app
        volumes:
          - .:/app
          - data:/data
        environment:
          <<: *common
          CUBLAS_WORKSPACE_CONFIG: ":4096:8"
          SEED: ${SEED:-1}
          OUTSIDE:
        command: python train.py --seed "$SEED" --lr ${LR:-0.1}
      serve:
        environment:
          - A=b
          - OUTSIDE
        entrypoint: ["bash", "-c"]
        command: ["cd /x && python serve.py $$A"]
      arguments:
        command: ["--seed", "1"]
      database:
        image: postgres
"""


def test_a_compose_file() -> None:
    train, serve = launched(COMPOSE, "docker-compose.yml").commands
    assert (line(train), train.folder) == ("train.py --seed ? --lr 0.1", "")
    assert values(train.environment) == {
        "PYTHONHASHSEED": "0", "CUBLAS_WORKSPACE_CONFIG": ":4096:8", "SEED": "1", "OUTSIDE": "maybe ?",
    }  # fmt: skip
    assert train.place == Span(15, 14, 15, 60)
    assert (line(serve), serve.folder) == ("serve.py b", "?")
    assert values(serve.environment) == {"A": "b", "OUTSIDE": "maybe ?"}
