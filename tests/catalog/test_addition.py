"""Rules and knowledge of a project are looked at before they run: what would do nothing, or crash, is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from reprolint.catalog.addition import Text, check_knowledge, check_rule
from reprolint.catalog.build import CatalogError, build
from reprolint.catalog.knowledge import Knowledge
from reprolint.catalog.load import Catalog, load, rules_folder
from reprolint.catalog.schema import Rule
from reprolint.project import Extension

SEEDING = """library: lab
seedings:
- api: [lab.fix]
  streams: [python, torch]
  versions: '>=1.2'
  reference: the lab's handbook
"""
RULES = rules_folder()
GENERATOR = RULES / "streams" / "unseeded-generator.yaml"
LATE = RULES / "streams" / "late-seeding.yaml"


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return load([RULES])


def extended(folder: Path, rules: dict[str, str], knowledge: dict[str, str]) -> Catalog:
    """The shipped rules with files of a project, in its folders `lint` and `know`."""
    for name, text in {**rules, **knowledge}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    paths = [tuple(folder / name for name in names) for names in (rules, knowledge)]
    return load([RULES], Extension(folder, *paths))


def test_what_is_shipped_would_be_accepted(shipped: Catalog) -> None:
    rules = {rule.name: rule for rule in shipped.rules}
    for rule in shipped.rules:
        path = RULES / rule.topic / f"{rule.name}.yaml"
        check_rule(rule, Text(path.name, path.read_text(encoding="utf-8")), rules)
    for path in sorted((RULES / "knowledge").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        check_knowledge(build(Knowledge, text, path.name), Text(path.name, text), shipped.knowledge, rules)


def test_files_of_a_project_add_to_the_shipped_ones(shipped: Catalog, tmp_path: Path) -> None:
    text = (
        GENERATOR.read_text(encoding="utf-8").replace("unseeded-generator", "lab-generator").replace("RPL104", "LAB1")
    )
    both = extended(tmp_path, {"lint/lab-generator.yaml": text}, {"know/lab.yaml": SEEDING})
    assert len(both.knowledge) == len(shipped.knowledge) + 1
    assert {rule.name for rule in both.rules} - {rule.name for rule in shipped.rules} == {"lab-generator"}
    assert [rule.topic for rule in both.rules if rule.code == "LAB1"] == ["lint"]


def test_a_rule_of_the_same_name_replaces_the_shipped_one(shipped: Catalog, tmp_path: Path) -> None:
    text = LATE.read_text(encoding="utf-8").replace("severity: warning", "severity: error")
    both = extended(tmp_path, {"lint/late-seeding.yaml": text}, {})
    assert len(both.rules) == len(shipped.rules)
    assert [rule.severity for rule in both.rules if rule.name == "late-seeding"] == ["error"]


@pytest.mark.parametrize(
    ("old", "new", "row", "message"),
    [
        ("code: RPL104", "code: lab1", 2, "the code `lab1` is not capital letters and a number, such as LAB001"),
        ("[entropy]", "[entrpy]", 12, "there is no state `entrpy`; did you mean `entropy`?"),
        (", state: [entropy]", "", 12, "name the states in which the rule speaks; known: constant, entropy"),
        ("`{callee}`", "`{calee}`", 13, "the message has no `{calee}` to show; did you mean `callee`?"),
        ("add-seed-argument", "add-seed-argumnt", 14, "there is no verb `add-seed-argumnt`; did you mean `add-seed-a"),
        ("match: {effect: generator, state: [entropy]}", "check: ours", 12, "the check `ours` is none of reprolint"),
        ("match: {effect: generator, state: [entropy]}", "check: late-seeding", 12, "a rule of your own says `match`"),
        ("proof:", "yields-to: [late-seedng]\nproof:", 15, "there is no rule `late-seedng`; did you mean `late-seedi"),
    ],
)
def test_a_rule_that_could_not_run_is_told(
    old: str, new: str, row: int, message: str, shipped: Catalog
) -> None:  # fmt: skip
    text = GENERATOR.read_text(encoding="utf-8").replace("unseeded-generator", "lab-generator").replace(old, new, 1)
    rules = {rule.name: rule for rule in shipped.rules}
    with pytest.raises(CatalogError) as caught:
        check_rule(build(Rule, text, "lint/lab-generator.yaml"), Text("lint/lab-generator.yaml", text), rules)
    assert str(caught.value).startswith(f"lint/lab-generator.yaml:{row}: ")
    assert message in str(caught.value)


def test_a_replaced_rule_shows_what_its_check_finds(shipped: Catalog) -> None:
    text = LATE.read_text(encoding="utf-8").replace("{streams}", "{stream}")
    rules = {rule.name: rule for rule in shipped.rules}
    with pytest.raises(CatalogError, match=r"no `\{stream\}` to show; did you mean `streams`\?"):
        check_rule(build(Rule, text, "late-seeding.yaml"), Text("late-seeding.yaml", text), rules)


@pytest.mark.parametrize(
    ("old", "new", "row", "message"),
    [
        ("[python, torch]", "[pythn, torch]", 4, "there is no stream `pythn`; did you mean `python`?"),
        ("lab.fix", "fix_all", 3, "`fix_all` is not how it is imported; write the dotted name, `package.fix_all`"),
        ("'>=1.2'", "'>=one'", 5, "`>=one` is neither a version"),
        ("library: lab\n", "library: lab\nseeders: ['fix_(']\n", 2, "`fix_(` is no regular expression: "),
        ("  versions:", "  switches: {cudnn-benchmrk: false}\n  versions:", 5, "no switch `cudnn-benchmrk`; did you"),
        ("seedings:", "draws:\n- {api: [lab.x], stream: torch, reference: x, rule: none-such}\nseedings:", 3,
         "there is no rule `none-such`"),
    ],
)  # fmt: skip
def test_knowledge_that_would_do_nothing_is_told(
    old: str, new: str, row: int, message: str, shipped: Catalog
) -> None:  # fmt: skip
    text = SEEDING.replace(old, new, 1)
    names = [rule.name for rule in shipped.rules]
    with pytest.raises(CatalogError) as caught:
        check_knowledge(build(Knowledge, text, "lab.yaml"), Text("lab.yaml", text), shipped.knowledge, names)
    assert str(caught.value).startswith(f"lab.yaml:{row}: ")
    assert message in str(caught.value)


def test_a_code_is_given_once(tmp_path: Path) -> None:
    text = GENERATOR.read_text(encoding="utf-8").replace("unseeded-generator", "lab-generator")
    with pytest.raises(CatalogError, match=r"lint/lab-generator.yaml: .* code RPL104 of .* \(_?rules/streams/unseeded"):
        extended(tmp_path, {"lint/lab-generator.yaml": text}, {})


def test_knowledge_among_rules_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"lint/lab.yaml: is knowledge; name it under `extend-knowledge`"):
        extended(tmp_path, {"lint/lab.yaml": SEEDING}, {})
