"""What tools and people read."""

from __future__ import annotations

import itertools
import json

import pytest
from tests_support import DRAW, FIXED, LISTING, Project

KEYS = [
    "code", "name", "topic", "profile", "severity", "confidence", "message", "filename", "location", "end_location",
    "cell", "entry", "related", "fix", "proof", "url", "replay",
]  # fmt: skip
FILES = {
    ".git/HEAD": "",
    "data.py": "import random\n\n\ndef pick():\n    return random.random()\n",
    "train.py": "from data import pick\n\nwords = list({'a', 'b'})\nprint(words)\n\n\ndef main():\n    pick()\n\n\n"
    "if __name__ == '__main__':\n    main()\n",
    "other/listing.py": LISTING,
    "other/broken.py": "def f(:\n",
}


def test_json_has_the_promised_keys_in_order(project: Project) -> None:
    project.write(FILES)
    found = json.loads(project.run("--output-format", "json").out)
    assert found
    for item in found:
        assert list(item) == KEYS
        assert list(item["location"]) == ["row", "column"]
        if item["fix"] is not None:
            assert list(item["fix"]) == ["title", "safety", "reason", "edits"]
    order = [(item["filename"], item["location"]["row"], item["location"]["column"], item["code"]) for item in found]
    assert order == sorted(order)


def test_json_is_byte_identical_whatever_surrounds_it(project: Project) -> None:
    project.write(FILES)
    root = project.root
    outputs = set()
    for number, (seed, cwd, jobs) in enumerate(itertools.product("01", (root, root / "other", root.parent), "12")):
        given = [str(root / "train.py"), str(root / "other")]
        arguments = ["--output-format", "json", "-j", jobs, *(given if number % 2 else reversed(given))]
        outputs.add(project.run(*arguments, cwd=cwd, env={"PYTHONHASHSEED": seed}).out)
        outputs.add(project.run("--no-cache", *arguments, cwd=cwd, env={"PYTHONHASHSEED": seed}).out)
    assert len(outputs) == 1
    assert {item["filename"] for item in json.loads(outputs.pop())} == {
        "train.py", "other/listing.py", "other/broken.py",
    }  # fmt: skip


def test_a_draw_in_another_file_is_followed_from_the_entry(project: Project) -> None:
    project.write(FILES)
    found = json.loads(project.run("--output-format", "json", "--select", "unseeded-stream", "train.py").out)
    assert [(item["filename"], item["entry"]) for item in found] == [("train.py", "train.py")]
    assert [item["filename"] for item in found[0]["related"]][-1] == "data.py"


def test_finding_is_shown_where_a_related_place_is_given(project: Project) -> None:
    project.write(FILES)
    found = json.loads(project.run("--output-format", "json", "--select", "unseeded-stream", "data.py").out)
    assert [item["filename"] for item in found] == ["train.py"]


def test_absolute_paths(project: Project) -> None:
    project.write(FILES)
    found = json.loads(project.run("--output-format", "json", "--absolute-paths").out)
    assert {item["filename"].removeprefix(str(project.root)) for item in found} >= {"/train.py", "/other/listing.py"}


def test_full_format_shows_source_and_fix(project: Project) -> None:
    project.write({"train.py": LISTING})
    result = project.run()
    assert '3 | names = list(os.listdir("data"))\n  |              ^^^^^^^^^^^^^^^^^^\n' in result.out
    assert "3 | + names = " in result.out
    assert "\x1b[" not in result.out


@pytest.mark.parametrize(
    ("arguments", "env", "colored"),
    [
        (("--color", "always"), {}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours(project: Project, arguments: tuple[str, ...], env: dict[str, str], colored: bool) -> None:
    project.write({"train.py": LISTING})
    assert ("\x1b[" in project.run(*arguments, env=env).out) is colored


def test_statistics_and_quiet(project: Project) -> None:
    project.write({"a.py": LISTING, "b.py": LISTING + DRAW})
    result = project.run("-q", "--statistics")
    assert result.out == "2  RPL401  [*] unsorted-file-listing\n1  RPL101  [*] unseeded-stream\n"


def test_verbs(project: Project) -> None:
    assert project.run("--version").out.startswith("reprolint 0.")
    assert project.run("version").out == project.run("--version").out
    assert "usage: reprolint" in project.run("--help").out
    assert "usage: reprolint check" in project.run("check", "--help").out
    page = project.run("rule", "RPL101")
    assert page.out == project.run("rule", "unseeded-stream").out
    assert "# unseeded-stream (RPL101)" in page.out
    assert len(json.loads(project.run("rule", "--all", "--output-format", "json").out)) > 10
    markdown = project.run("rule", "RPL101", "--output-format", "markdown", "--color", "always")
    assert markdown.out == page.out
    pages = project.run("rule", "--all", "--output-format", "markdown").out
    assert page.out in pages and pages.count("\n## What it does\n") > 10
    missing = project.run("rule", "unseeded-strem")
    assert (missing.code, "did you mean `unseeded-stream`?" in missing.err) == (2, True)


def test_config_verb(project: Project) -> None:
    project.write({"pyproject.toml": '[tool.reprolint]\nprofile = "seeded"\n', "requirements.txt": "torch==2.9.1\n"})
    values = json.loads(project.run("config").out)
    assert (values["profile"], values["versions"]["torch"]) == ("seeded", "2.9.1 (requirements.txt:1)")
    assert values["versions"]["numpy"] == "any"
    assert json.loads(project.run("config", "profile").out) == {"profile": "seeded"}
    assert "did you mean `profile`?" in project.run("config", "profil").err


def test_clean(project: Project) -> None:
    project.write({"train.py": LISTING})
    project.run()
    assert list(project.cache.rglob("*.db"))
    assert project.run("clean").code == 0
    assert not list(project.cache.rglob("*.db"))


def test_standard_input(project: Project) -> None:
    project.write({"data.py": FILES["data.py"], "train.py": "print(1)\n"})
    text = FILES["train.py"].encode()
    result = project.run("--output-format", "concise", "--stdin-filename", "train.py", "-", stdin=text)
    assert "train.py:8:5: RPL101" in result.out
    fixed = project.run("--fix", "--stdin-filename", "new.py", "-", stdin=LISTING.encode())
    assert (fixed.code, fixed.out) == (0, FIXED)
