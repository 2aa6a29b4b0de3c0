"""A rule or knowledge file that does not fit the schema is refused with file, line, cause and the nearest valid key."""

from __future__ import annotations

from pathlib import Path

import pytest

from reprolint.catalog.build import CatalogError, build
from reprolint.catalog.knowledge import Knowledge
from reprolint.catalog.load import load, rules_folder
from reprolint.catalog.schema import Rule

STREAM = """library: lab
streams:
- name: lab
  title: the generator of the lab
  seed: lab.seed({seed})
  needs: import lab
  reference: the lab's handbook
"""


def test_a_fitting_file_is_read() -> None:
    assert build(Knowledge, STREAM, "lab.yaml").streams[0].seed == "lab.seed({seed})"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  title:", "  titel:", r"lab.yaml:4: unknown key `titel`; did you mean `title`?"),
        ("  needs: import lab\n", "", r"lab.yaml:3: the key `needs` is missing"),
        ("  name: lab", "  name: 3", r"lab.yaml:3: expected text, found `3` (put it in quotes)"),
        ("- name: lab", "- name: lab\n  name: again", r"lab.yaml:4: the key `name` stands twice"),
        ("library: lab\n", "streams: []\nstreams: []\n", r"lab.yaml:2: the key `streams` stands twice"),
        ("library: lab", "library: [lab]", r"lab.yaml:1: expected a single value"),
        ("library: lab", "library: lab: lab", r"lab.yaml:1: mapping values are not allowed"),
    ],
)
def test_what_does_not_fit_is_told(old: str, new: str, message: str) -> None:
    text = STREAM.replace("- name: lab", "-\n  name: lab") if old == "  name: lab" else STREAM
    with pytest.raises(CatalogError) as caught:
        build(Knowledge, text.replace(old, new, 1), "lab.yaml")
    shown = str(caught.value)
    expected = message.replace("lab.yaml:3: expected", "lab.yaml:4: expected")
    assert shown.startswith(expected), shown


def test_a_choice_names_what_is_near() -> None:
    text = (rules_folder() / "streams" / "late-seeding.yaml").read_text(encoding="utf-8")
    with pytest.raises(CatalogError, match=r"`warnning` is not allowed here; did you mean `warning`\?"):
        build(Rule, text.replace("severity: warning", "severity: warnning"), "late-seeding.yaml")


def test_a_rule_is_named_as_its_file(tmp_path: Path) -> None:
    (tmp_path / "streams").mkdir()
    text = (rules_folder() / "streams" / "late-seeding.yaml").read_text(encoding="utf-8")
    (tmp_path / "streams" / "seeding-late.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError, match="named `late-seeding` but its file `seeding-late`"):
        load([tmp_path])


def test_a_former_code_is_not_given_to_another_rule(tmp_path: Path) -> None:
    (tmp_path / "streams").mkdir()
    text = (rules_folder() / "streams" / "late-seeding.yaml").read_text(encoding="utf-8")
    text = text.replace("name: late-seeding", "name: ours").replace("code: RPL103", "code: RPL402")
    (tmp_path / "streams" / "ours.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError, match=r"ours\.yaml: `RPL402` is what set-order was once called"):
        load([rules_folder(), tmp_path])
