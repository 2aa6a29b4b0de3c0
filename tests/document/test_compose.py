"""Hydra's composition: which files, in which order, at which package."""

from __future__ import annotations

import pytest

from reprolint.core.place import FILE_START
from reprolint.document import Document, alone, compose

from .support import composed, document, item, said, values

TRAIN = """\
defaults:
  - _self_
  - model: resnet
  - optional local: default
  - experiment: null
  - override hydra/job_logging: colorlog
seed: null
lr: ${model.lr}
"""


def test_a_value_is_followed_to_the_file_it_stands_in() -> None:
    found = composed("train", train=TRAIN, model__resnet="depth: 50\nlr: 0.1\n")
    assert values(found) == {"seed": None, "lr": 0.1, "model.depth": 50, "model.lr": 0.1}
    assert found.problems == ()
    seed = item(found, "seed")
    assert (seed.path, seed.span.row) == ("conf/train.yaml", 7)
    assert item(found, "lr").path == "conf/model/resnet.yaml"
    assert found.get(("nothing",)) is None
    assert found.lacks(("nothing",)) and not found.lacks(("model",)) and not found.lacks(("seed",))


@pytest.mark.parametrize(
    ("entries", "seed"),
    [
        ("[model: a]", "train"),
        ("[model: a, _self_]", "train"),
        ("[_self_, model: a]", "a"),
        ("[_self_, model: a, other]", "other"),
        ("[other, model: a]", "train"),
        ("[]", "train"),
    ],
)
def test_the_later_file_wins_and_the_one_that_lists_comes_last(entries: str, seed: str) -> None:
    found = composed(
        "train",
        train=f"defaults: {entries}\nseed: train",
        model__a="# @package _global_\nseed: a",
        other="seed: other",
    )
    assert values(found) == {"seed": seed}


@pytest.mark.parametrize(
    ("entry", "header", "path"),
    [
        ("db/engine: a", "", "db.engine.x"),
        ("db/engine/a", "", "db.engine.x"),
        ("/db/engine: a", "", "db.engine.x"),
        ("db/engine: a", "# @package _global_", "x"),
        ("db/engine: a", "# @package foo.bar", "foo.bar.x"),
        ("db/engine: a", "# @package _group_", "db.engine.x"),
        ("db/engine@foo: a", "", "foo.x"),
        ("db/engine@foo: a", "# @package _global_", "foo.x"),
        ("db/engine@_global_: a", "", "x"),
        ("db/engine@_here_: a", "", "x"),
        ("db/engine@foo._group_: a", "", "foo.db.engine.x"),
        ("db/engine@foo: [a]", "", "foo.x"),
        ("optional db/engine: a", "", "db.engine.x"),
    ],
)
def test_the_package_is_what_the_list_says_else_the_header_else_the_group(entry: str, header: str, path: str) -> None:
    found = composed("train", train=f"defaults:\n  - {entry}\n", db__engine__a=f"{header}\nx: 1\n")
    assert (values(found), found.problems) == ({path: 1}, ())


def test_groups_are_relative_to_the_file_that_lists_them() -> None:
    found = composed(
        "train",
        train="defaults: [db: a]",
        db__a="defaults: [engine: fast, /model: b, engine@spare: slow]\nx: 1",
        db__engine__fast="speed: 2",
        db__engine__slow="speed: 1",
        model__b="depth: 3",
    )
    assert values(found) == {"db.engine.speed": 2, "db.model.depth": 3, "db.spare.speed": 1, "db.x": 1}


def test_an_override_replaces_the_choice_of_any_file() -> None:
    found = composed(
        "train",
        train="defaults: [model: a, experiment: big]",
        experiment__big="# @package _global_\ndefaults: [override /model: b]\nseed: 3",
        model__a="depth: 1",
        model__b="depth: 2",
    )
    assert (values(found), found.problems) == ({"model.depth": 2, "seed": 3}, ())


def test_an_option_may_be_made_of_other_options() -> None:
    found = composed(
        "train",
        train="defaults: [tuned: '${model}_${data}', model: a, data: c]",
        tuned__a_c="# @package _global_\nlr: 5",
        model__a="",
        data__c="{}",
    )
    assert (values(found), found.problems) == ({"lr": 5, "model": "{}", "data": "{}"}, ())


def test_mappings_are_merged_and_the_rest_is_replaced() -> None:
    found = composed(
        "train",
        train="defaults: [base, _self_]\na: {y: 3}\nlist: [9]\ngiven: ???\nnone: {z: 1}\nplain: 2\ncut: null",
        base="a: {x: 1, y: 2}\nlist: [1, 2]\ngiven: 5\nnone: null\nplain: {q: 1}\ncut: {r: 1}",
    )
    want = {"a.x": 1, "a.y": 3, "list.0": 9, "given": 5, "none.z": 1, "plain": 2, "cut": None}
    assert (values(found), found.problems) == (want, ())


def test_references_lead_through_the_whole_configuration() -> None:
    found = composed(
        "train",
        train="defaults: [model: a]\nseed: 7\nshape: ${model.shape}",
        model__a="seed: ${seed}\ninner: {same: '${..seed}'}\nshape: {width: 2}",
    )
    assert {path: said(item(found, path).value) for path in ("model.seed", "model.inner.same", "shape.width")} == {
        "model.seed": 7,
        "model.inner.same": 7,
        "shape.width": 2,
    }
    assert item(found, "model.inner.same").path == "conf/train.yaml"


def test_a_file_that_is_not_there_may_set_what_came_before_it() -> None:
    """It may be a class in the ConfigStore, or lie in a folder of `hydra.searchpath`."""
    found = composed("train", train="defaults: [first, db: mysql]\nseed: 1\ndb: {port: 3}", first="db: {user: a}")
    why = "? `db/mysql` may set it, and was not read"
    assert values(found) == {"db.user": why, "seed": 1, "db.port": 3}
    assert found.problems == ("conf/db/mysql.yaml: is not among the files of the project",)


def test_a_file_that_is_not_there_may_have_any_key() -> None:
    """Its header may send it elsewhere, but not past a package in the list."""
    found = composed("train", train="defaults: [db: mysql]\nseed: 1")
    assert not found.lacks(("db", "password")) and not found.lacks(("trainer",))
    found = composed("train", train="defaults: [db@db: mysql]\nseed: 1")
    assert not found.lacks(("db", "password")) and found.lacks(("trainer",))


def test_an_option_that_must_be_given_leaves_the_packages_of_all_options_open() -> None:
    found = composed(
        "train",
        train="defaults: [_self_, model: '???']\nseed: 1\nmodel: {depth: 1}",
        model__a="lr: 1",
        model__b="# @package optim\nlr: 1",
    )
    assert found.problems == ("`model` must be given on the command line",)
    assert said(item(found, "seed").value) == 1
    assert str(said(item(found, "model.depth").value)).startswith("? the option of `model`")
    assert not found.lacks(("optim", "lr")) and found.lacks(("data",))


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ("[_self_, a, _self_]", "conf/train.yaml: `_self_` stands twice in the defaults list"),
        ("[override model: a, a]", "conf/train.yaml: `override model` stands before `a`"),
        ("[a, override model: a]", "`override model` overrides nothing"),
        ("[model: a, model: b]", "`model` is both `b` and `a`"),
        ("[model: a, model: a]", "`model` is chosen more than once"),
        ("[5]", "conf/train.yaml: an entry is text or a group with its option"),
        ("[{model: 5}]", "conf/train.yaml: the option of `model` is neither text nor a list"),
        ("[{model: [a, 5]}]", "conf/train.yaml: the options of `model` are not all text"),
        ("[{model: a, data: b}]", "conf/train.yaml: an entry has one group"),
        ("[_self_@x]", "conf/train.yaml: `_self_` takes no package"),
        ("[model: '${unheard}']", "conf/train.yaml: `${unheard}` in the defaults list is not followed"),
        ("{model: a}", "conf/train.yaml: `defaults` is not a list"),
        ("[wrong]", "conf/wrong.yaml: undefined alias `b` in line 1"),
        ("[mixed, _self_]", "conf/train.yaml: `seeds` is a list in one file and a mapping in another"),
        ("[circle]", "conf/circle.yaml: its defaults list has no end"),
        ("[text]", "conf/text.yaml: is neither a mapping nor a list"),
    ],
)
def test_what_hydra_refuses_is_a_problem(entries: str, problem: str) -> None:
    found = composed(
        "train",
        train=f"defaults: {entries}\nseeds: {{x: 1}}",
        a="x: 1",
        model__a="x: 1",
        model__b="x: 1",
        wrong="a: *b",
        mixed="seeds: [1]",
        circle="defaults: [circle]",
        text="words",
    )
    assert problem in found.problems


def test_a_configuration_that_is_not_there_tells_nothing() -> None:
    found = compose({}, "conf", "train")
    assert (dict(found.items), found.open) == ({}, ((),))
    assert not found.lacks(("seed",))


def test_names_and_folders_are_taken_as_they_are_written() -> None:
    text = document("seed: 1")
    for path, folder, name in [
        ("train.yaml", "", "train"),
        ("conf/train.yaml", "conf/", "train.yaml"),
        ("conf/train.yaml", "src/../conf", "train"),
    ]:
        assert values(compose({path: text}, folder, name)) == {"seed": 1}


def test_hydras_own_settings_are_not_in_the_configuration() -> None:
    found = composed("train", train="defaults: [hydra: mine]\nhydra: {job: {chdir: true}}\nseed: 1", hydra__mine="x: 1")
    assert (values(found), found.problems) == ({"seed": 1}, ())


def test_a_document_is_a_configuration_of_its_own() -> None:
    found = alone(document("seed: 1\nmodel: !new:Net {}\nempty: {}\ndefaults: [a]"))
    assert said(item(found, "seed").value) == 1
    assert found.lacks(("lr",)) and found.lacks(("seed", "x")) and found.lacks(("empty", "x"))
    assert not found.lacks(("model", "depth"))
    assert not alone(Document("a.yaml", (), problem="is broken")).lacks(("seed",))


def test_the_defaults_list_of_a_document_is_told_apart() -> None:
    found = document("defaults: [a, optional /b@c: [d, e], override f: null]")
    told = [(entry.group, entry.value, entry.package, entry.optional, entry.override) for entry in found.defaults]
    assert told == [("", "a", None, False, False), ("/b", ("d", "e"), "c", True, False), ("f", None, None, False, True)]
    assert all(entry.span != FILE_START for entry in found.defaults)
    assert document("# @package foo\n\nx: 1").package == "foo"
    assert document("# a comment\n# @package foo\nx: 1").package is None
