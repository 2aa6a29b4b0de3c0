"""The language server as an editor meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .client import ROOT, Client, Json, after

pytest.importorskip("pygls")

Write = Callable[[str, str], None]
TRAIN = """\
import random

from utils import prepare

prepare(0)
print(random.random())
"""
SEEDS = "import random\n\n\ndef prepare(seed):\n    random.seed(seed)\n"
DIGITS = (ROOT / "fixtures" / "projects" / "digits" / "train.py").read_text(encoding="utf-8")
IDLE = "def prepare(seed):\n    pass\n"
SORTED = "import os\n\nnames = sorted(os.listdir('data'))\nprint(names[0])\n"
LISTING = "import os\n\nnames = os.listdir('data')\nprint(names[0])\n"


def codes(diagnostics: list[Json]) -> list[str]:
    return [item["code"] for item in diagnostics]


def test_unsaved_text_is_checked(client: Client) -> None:
    client.start(folder=client.folder)
    found = client.open("new.py", LISTING)
    assert codes(found) == ["RPL401"]
    assert found[0]["source"] == "reprolint"
    assert found[0]["codeDescription"]["href"].startswith("https://")
    assert found[0]["data"]["rule"] == "unsorted-file-listing"
    assert client.replace("new.py", SORTED) == []
    assert client.stop() == 0


def test_unsaved_seeding_in_another_file_silences_and_closing_brings_back(client: Client, write: Write) -> None:
    write("train.py", TRAIN)
    write("utils.py", IDLE)
    client.start(folder=client.folder)
    assert codes(client.open("train.py")) == ["RPL101"]
    client.open("utils.py")
    client.change("utils.py", {"text": SEEDS})
    client.becomes("train.py")
    client.send("textDocument/didClose", {"textDocument": {"uri": client.uri("utils.py")}})
    client.becomes("train.py", "RPL101")


def test_the_chain_leads_into_the_other_file(client: Client, write: Write) -> None:
    write("train.py", "import data\n\nif __name__ == '__main__':\n    data.sample()\n")
    write("data.py", "import random\n\n\ndef sample():\n    return random.random()\n")
    client.start(folder=client.folder)
    (found,) = client.open("train.py")
    chain = [(item["location"]["uri"], item["location"]["range"]["start"]) for item in found["relatedInformation"]]
    assert (client.uri("data.py"), {"line": 4, "character": 11}) in chain


def test_a_saved_change_on_disk_is_seen(client: Client, write: Write) -> None:
    write("train.py", TRAIN)
    write("utils.py", IDLE)
    client.start(folder=client.folder)
    assert codes(client.open("train.py")) == ["RPL101"]
    write("utils.py", SEEDS)
    changes = [{"uri": client.uri("utils.py"), "type": 2}]
    client.send("workspace/didChangeWatchedFiles", {"changes": changes})
    client.becomes("train.py")


def test_quick_fix(client: Client) -> None:
    client.start(folder=client.folder)
    (found,) = client.open("list.py", LISTING)
    actions = {item["title"]: item for item in client.actions("list.py", found)}
    fix = next(item for title, item in actions.items() if not title.startswith("Disable"))
    assert client.applied(fix["edit"]) == {"list.py": SORTED}
    assert fix["isPreferred"] == (not fix["title"].endswith(" (unsafe)"))
    assert fix["diagnostics"] == [found]


def test_fixes_of_two_problems_in_one_place_have_different_titles(client: Client) -> None:
    client.start(folder=client.folder)
    draws = "def draw():\n    return random.random() + np.random.rand()\n"
    text = f"import random\nimport numpy as np\n\n\n{draws}\n\ndraw()\n"
    found = client.open("two.py", text)
    assert codes(found) == ["RPL101", "RPL101"]
    titles = [item["title"] for item in client.actions("two.py", found[0])]
    assert len(set(titles)) == len(titles)
    assert [title for title in titles if "(unsafe)" in title]


def test_disable_comment_silences_and_extends_the_one_that_is_there(client: Client) -> None:
    client.start(folder=client.folder)
    text = "import random\n\nprint(random.random())  # reprolint: ignore[set-order]\nprint('''\n''', {1, 2})\n"
    found = next(item for item in client.open("main.py", text) if item["code"] == "RPL101")
    actions = client.actions("main.py", found)
    action = next(item for item in actions if item["title"] == "Disable unseeded-stream for this line")
    changed = client.applied(action["edit"])["main.py"]
    assert "# reprolint: ignore[set-order, unseeded-stream]" in changed
    assert "RPL101" not in codes(client.replace("main.py", changed))


def test_disable_comment_is_never_put_into_a_string(client: Client) -> None:
    client.start(folder=client.folder)
    kernel = "__global__ void add(float *out) { atomicAdd(&out[0], 1.0f); }"
    (found,) = client.open("kernel.py", f'SOURCE = """\n{kernel}\n"""\n')
    (action,) = client.actions("kernel.py", found)
    changed = client.applied(action["edit"])["kernel.py"]
    assert changed.endswith('"""  # reprolint: ignore[float-atomics-in-cuda-source]\n')
    assert client.replace("kernel.py", changed) == []


@pytest.mark.parametrize("resolves", [False, True])
def test_fix_all_applies_safe_fixes_only(client: Client, resolves: bool) -> None:
    support = {"codeAction": {"resolveSupport": {"properties": ["edit"]}}} if resolves else {}
    client.start(folder=client.folder, textDocument=support)
    rest = "\nimport random\nprint(random.random())\n"
    text = LISTING + rest
    found = client.open("list.py", text)
    (action,) = client.actions("list.py", found[0], "source.fixAll")
    if resolves:
        assert "edit" not in action
        action = client.request("codeAction/resolve", action)
    assert action["kind"] == "source.fixAll.reprolint"
    assert client.applied(action["edit"]) == {"list.py": SORTED + rest}


def test_edits_carry_the_version_for_clients_that_want_it(client: Client) -> None:
    client.start(folder=client.folder, workspace={"workspaceEdit": {"documentChanges": True}})
    client.open("list.py", "")
    (found,) = client.replace("list.py", LISTING)
    action = client.actions("list.py", found)[0]
    (change,) = action["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": client.uri("list.py"), "version": 2}


@pytest.mark.parametrize(
    ("offered", "encoding", "column"),
    [((), "utf-16", 23), (("utf-32", "utf-16"), "utf-32", 20), (("utf-8",), "utf-8", 30), (("utf-7",), "utf-16", 23)],
)
def test_columns_are_counted_as_agreed(client: Client, offered: tuple[str, ...], encoding: str, column: int) -> None:
    assert client.start(offered, folder=client.folder)["positionEncoding"] == encoding
    (found,) = client.open("wide.py", "import os\nfirst = '😀é😀😀'; x = os.listdir('ü')[0]\n")
    assert found["range"]["start"] == {"line": 1, "character": column}


def test_incremental_changes_after_wide_characters_and_form_feeds(client: Client) -> None:
    client.start(folder=client.folder)
    text = "import os\n\x0c\nfirst = '😀\u2028'; names = os.listdir('ü')\r\nprint(names[0])\n"
    (found,) = client.open("wide.py", text)
    assert found["range"]["start"] == {"line": 2, "character": 23}
    at = {"line": 2, "character": 23}
    behind = {"line": 2, "character": 45}
    edits = [
        {"range": {"start": at, "end": at}, "text": "sorted("},
        {"range": {"start": behind, "end": behind}, "text": ")"},
    ]
    client.change("wide.py", *edits)
    assert client.diagnostics("wide.py") == []


def test_quick_fix_after_wide_characters(client: Client) -> None:
    client.start(folder=client.folder)
    text = "import os\nfirst = '😀'; names = os.listdir('ü')\nprint(names[0])\n"
    (found,) = client.open("wide.py", text)
    action = next(item for item in client.actions("wide.py", found) if "Disable" not in item["title"])
    assert client.applied(action["edit"]) == {"wide.py": text.replace("os.listdir('ü')", "sorted(os.listdir('ü'))")}


def test_syntax_error_keeps_what_is_known(client: Client, write: Write) -> None:
    write("train.py", TRAIN)
    write("utils.py", SEEDS)
    client.start(folder=client.folder)
    assert client.open("train.py") == []
    client.open("utils.py")
    client.change("utils.py", {"text": SEEDS + "\ndef broken(:\n"})
    assert codes(client.diagnostics("utils.py")) == ["RPL901"]
    assert client.latest[client.uri("train.py")] == []
    drawing = TRAIN.replace("prepare(0)\n", "")
    assert codes(client.replace("train.py", drawing)) == ["RPL101"]
    shifted = client.replace("train.py", "x = (\n" + drawing)
    assert sorted(codes(shifted)) == ["RPL101", "RPL901"]
    moved = next(item for item in shifted if item["code"] == "RPL101")
    assert moved["range"]["start"]["line"] == 5
    assert codes(client.replace("train.py", drawing)) == ["RPL101"]


def test_hover_explains_a_problem_and_a_comment(client: Client) -> None:
    client.start(folder=client.folder)
    text = LISTING + "print(1)  # reprolint: ignore[set-order]\n"
    found = next(item for item in client.open("list.py", text) if item["code"] == "RPL401")
    document = {"uri": client.uri("list.py")}
    hover = client.request("textDocument/hover", {"textDocument": document, "position": found["range"]["start"]})
    assert hover["contents"]["kind"] == "markdown"
    assert "# unsorted-file-listing (RPL401)" in hover["contents"]["value"]
    assert "## Why is this bad?" in hover["contents"]["value"]
    at = {"line": 4, "character": 35}
    hover = client.request("textDocument/hover", {"textDocument": document, "position": at})
    assert "# set-order (RPL501)" in hover["contents"]["value"]
    nowhere = {"textDocument": document, "position": {"line": 1, "character": 0}}
    assert client.request("textDocument/hover", nowhere) is None


def test_a_file_outside_every_folder(client: Client, tmp_path: Path) -> None:
    client.start(folder=client.folder)
    client.folder = tmp_path / "elsewhere"
    client.folder.mkdir()
    assert codes(client.open("list.py", LISTING)) == ["RPL401"]
    assert client.stop() == 0


def test_no_folder_at_all(client: Client) -> None:
    client.start()
    assert codes(client.open("list.py", LISTING)) == ["RPL401"]


def test_excluded_files_are_left_alone(client: Client, write: Write) -> None:
    write(".venv/lib/list.py", LISTING)
    client.start(folder=client.folder)
    assert client.open(".venv/lib/list.py") == []


def test_a_broken_configuration_is_shown_and_mending_it_helps(client: Client, write: Write) -> None:
    write("reprolint.toml", 'select = ["no-such-rule"]\n')
    client.start(folder=client.folder)
    assert client.open("list.py", LISTING) == []
    shown = [item["params"]["message"] for item in client.seen if item.get("method") == "window/showMessage"]
    assert len(shown) == 1 and "no-such-rule" in shown[0]
    write("reprolint.toml", 'select = ["unsorted-file-listing"]\n')
    client.send("textDocument/didSave", {"textDocument": {"uri": client.uri("list.py")}})
    assert codes(client.diagnostics("list.py")) == ["RPL401"]
    write("reprolint.toml", "select = 3\n")
    client.send("textDocument/didSave", {"textDocument": {"uri": client.uri("list.py")}})
    assert codes(client.diagnostics("list.py")) == ["RPL401"]


def test_knowledge_of_the_project_is_taken_in_when_it_changes(client: Client, write: Write) -> None:
    seeding = "library: ourlab\nseedings:\n- {api: [ourlab.fix], streams: [python], reference: the handbook}\n"
    write("reprolint.toml", 'extend-knowledge = ["ourlab.yaml"]\n')
    write("ourlab.yaml", "library: ourlab\n")
    client.start(folder=client.folder, workspace={"didChangeWatchedFiles": {"dynamicRegistration": True}})
    asked = client.until(lambda message: message.get("method") == "client/registerCapability")
    assert "**/*.{yaml,yml}" in json.dumps(asked["params"])
    client.send("", None, id=asked["id"])
    client.open("train.py", "import random\n\nimport ourlab\n\nourlab.fix(3)\nprint(random.random())\n")
    client.becomes("train.py", "RPL101")

    def change(text: str) -> None:
        write("ourlab.yaml", text)
        changes = [{"uri": client.uri("ourlab.yaml"), "type": 2}]
        client.send("workspace/didChangeWatchedFiles", {"changes": changes})

    change(seeding)
    client.becomes("train.py")
    change(seeding.replace("api", "apu"))
    shown = client.until(lambda message: message.get("method") == "window/showMessage")
    assert "ourlab.yaml:3: unknown key `apu`" in shown["params"]["message"]
    change("library: ourlab\n")
    client.becomes("train.py", "RPL101")


def test_severities_and_tags(client: Client) -> None:
    client.start(folder=client.folder)
    text = "x = 1  # reprolint: ignore[set-order]\ny = (\n"
    assert [item["severity"] for item in client.open("a.py", text)] == [1]
    (found,) = client.replace("a.py", "x = 1  # reprolint: ignore[set-order]\n")
    assert (found["code"], found["severity"], found["tags"]) == ("RPL904", 3, [1])


def test_files_are_watched_when_the_client_can(client: Client) -> None:
    client.start(folder=client.folder, workspace={"didChangeWatchedFiles": {"dynamicRegistration": True}})
    asked = client.until(lambda message: message.get("method") == "client/registerCapability")
    assert "pyproject.toml" in json.dumps(asked["params"])
    client.send("", None, id=asked["id"])
    assert codes(client.open("list.py", LISTING)) == ["RPL401"]


def test_shutdown_does_not_wait_for_what_is_being_analysed(client: Client, write: Write) -> None:
    for number in range(200):
        write(f"part{number}.py", DIGITS)
    client.start(folder=client.folder)
    item = {"uri": client.uri("part0.py"), "languageId": "python", "version": 1, "text": DIGITS}
    client.send("textDocument/didOpen", {"textDocument": item})
    assert client.stop() == 0


def test_exit_without_shutdown_is_an_error(client: Client) -> None:
    client.start(folder=client.folder)
    client.send("exit", None)
    assert client.process.wait(timeout=60) == 1


def test_nothing_but_messages_on_standard_output(client: Client) -> None:
    client.start(folder=client.folder)
    client.open("list.py", LISTING)
    client.request("shutdown", None)
    client.send("exit", None)
    assert client.process.stdout is not None
    assert client.process.stdout.read() == b""
    assert client.process.wait(timeout=60) == 0


def test_edits_in_utf16() -> None:
    edit = {"range": {"start": {"line": 0, "character": 3}, "end": {"line": 0, "character": 3}}, "newText": "!"}
    assert after("😀a\n", [edit]) == "😀a!\n"
