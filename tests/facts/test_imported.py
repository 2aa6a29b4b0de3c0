"""Names of modules that are put together."""

from __future__ import annotations

import ast

import pytest

from reprolint.core.value import OPAQUE, Const, Derived, Ref, Value
from reprolint.facts.imported import module


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'models.gan'", "models.gan"),
        ("'models'", "models"),
        ("'models.' + name", "models.**"),
        ("'models.' + name + '_model'", "models.**"),
        ("'models.%s' % name", "models.**"),
        ("'models.{}'.format(name)", "models.**"),
        ("f'models.{name}.train'", "models.**.train"),
        ("'.'.join(['pkg', name, other])", "pkg.**.**"),
        ("f'.{name}'", ".**"),
    ],
)
def test_parts_that_are_computed_may_be_any(text: str, expected: str) -> None:
    assert module(ast.parse(text, mode="eval").body, OPAQUE, None) == Ref(expected)


@pytest.mark.parametrize("text", ["name", "name + '.train'", "f'{name}.train'", "'a b.c'", "'net_' + name", "3"])
def test_a_package_that_is_computed_is_not_followed(text: str) -> None:
    assert module(ast.parse(text, mode="eval").body, OPAQUE, None) == OPAQUE


def test_a_name_bound_before_and_a_package() -> None:
    node = ast.parse("filename", mode="eval").body
    bound: Value = Derived((Const("models."), Ref("@find/name"), Const("_model")))
    assert module(node, bound, None) == Ref("models.**")
    assert module(ast.parse("'.' + name", mode="eval").body, OPAQUE, Const("models")) == Ref("models.**")
