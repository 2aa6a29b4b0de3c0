"""Comments that silence findings."""

from __future__ import annotations

import json

import pytest
from tests_support import Project

CODE = 'import os\n\nif True:\n    names = list(os.listdir("data")){comment}\n    print(names[0])\n'


def names(project: Project, text: str, *arguments: str) -> list[str]:
    """The rules that fire on a text."""
    project.write({"a.py": text})
    return [item["name"] for item in json.loads(project.run("--output-format", "json", *arguments).out)]


@pytest.mark.parametrize(
    "comment",
    [
        "  # reprolint: ignore[unsorted-file-listing] order plays no part",
        "  # reprolint: ignore[RPL401]",
        "  # reprolint: ignore[RPL4]",
        "  # noqa",
        "  # noqa: RPL401",
        "  # noqa: E501, RPL401",
        "\n    # reprolint: file-ignore[unsorted-file-listing]",
    ],
)
def test_silenced(project: Project, comment: str) -> None:
    assert names(project, CODE.format(comment=comment)) == []


@pytest.mark.parametrize("comment", ["  # noqa: E501", "  # noqa: RPL101", "  # a word", "\n    # noqa"])
def test_not_silenced(project: Project, comment: str) -> None:
    assert names(project, CODE.format(comment=comment)) == ["unsorted-file-listing"]


def test_comment_on_the_first_or_last_line_of_a_statement(project: Project) -> None:
    text = "import os\n\nx = list({comment}\n    os.listdir(\n        'data'\n    )\n)\nprint(x[0])\n"
    assert names(project, text.format(comment="  # noqa: RPL401")) == []
    text = "import os\n\nx = os.listdir(\n    'data'\n)  # noqa: RPL401\nprint(x[0])\n"
    assert names(project, text) == []


def test_comment_without_effect(project: Project) -> None:
    text = "x = 1  # reprolint: ignore[unsorted-file-listing] no reason\n"
    assert names(project, text) == ["unused-ignore"]
    assert project.run().code == 0
    assert names(project, text, "--select", "unseeded-stream,unused-ignore") == []
    assert names(project, "x = 1  # noqa: RPL401\n") == []


@pytest.mark.parametrize("inside", ["unsorted-file-listin", ""])
def test_comment_that_names_no_rule(project: Project, inside: str) -> None:
    text = f"x = 1  # reprolint: ignore[{inside}]\n"
    assert names(project, text) == ["unknown-ignore"]
    assert project.run().code == 1


SET = 'words = list({{"a", "b"}}){comment}\nprint(words[0])\n'


def test_a_former_code_or_name_goes_on_working(project: Project) -> None:
    """RPL402 became RPL501: whoever wrote it meant the same rule."""
    assert names(project, SET.format(comment="  # noqa: RPL402")) == []
    text = SET.format(comment="  # reprolint: ignore[RPL402] only printed")
    assert names(project, text) == ["unknown-ignore"]
    result = project.run("--output-format", "concise")
    assert result.code == 0
    assert "RPL905 [advice] the rule `RPL402` is now called `RPL501`" in result.out
    assert names(project, "x = 1  # reprolint: ignore[RPL402]\n") == ["unused-ignore"]
    assert names(project, "x = 1  # reprolint: ignore[invalid-ignore]\n") == ["unused-ignore"]


@pytest.mark.parametrize(
    ("arguments", "config", "found"),
    [
        (("--select", "RPL402"), "", ["set-order"]),
        (("--ignore", "RPL402"), "", []),
        ((), 'select = ["RPL402"]', ["set-order"]),
        ((), 'extend-select = ["RPL402"]\nignore = ["RPL5"]', ["set-order"]),
        ((), 'per-file-ignores = {"*.py" = ["RPL402"]}', []),
    ],
)
def test_a_former_code_selects_with_a_warning(
    project: Project, arguments: tuple[str, ...], config: str, found: list[str]
) -> None:
    project.write({"reprolint.toml": config, "a.py": SET.format(comment="")})
    result = project.run("--output-format", "json", *arguments)
    assert [item["name"] for item in json.loads(result.out)] == found
    assert result.err == "warning: the rule `RPL402` is now called `RPL501`\n"
    assert project.run("--no-cache", "--quiet", *arguments).err == ""


def test_the_page_of_a_former_code(project: Project) -> None:
    result = project.run("rule", "RPL402")
    assert result.out.startswith("# set-order (RPL501)\n")
    assert "Formerly RPL402." in result.out
    assert project.run("rule", "io-error").out.startswith("# unreadable-file (RPL902)\n")


def test_per_file_ignores(project: Project) -> None:
    project.write({"reprolint.toml": 'per-file-ignores = {"tools/**" = ["RPL4"], "!tools/**" = ["RPL1"]}\n'})
    project.write({"tools/a.py": CODE.format(comment=""), "b.py": CODE.format(comment="")})
    found = json.loads(project.run("--output-format", "json").out)
    assert [item["filename"] for item in found] == ["b.py"]
