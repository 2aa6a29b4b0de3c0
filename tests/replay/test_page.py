"""The report as a page: complete, well-formed, and without anything from elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from reprolint.replay.page import render_page
from reprolint.replay.page.markup import escape, tag
from reprolint.replay.page.plot import distances, thin
from reprolint.replay.page.series import Point, Series, quantities
from reprolint.replay.page.timeline import timeline
from reprolint.replay.trace import Event, Trace

from .conftest import Replay, needs_torch

_VOID = {"meta", "!doctype"}


class Reader(HTMLParser):
    """Fails where tags are not closed in order; collects texts and what could load something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "onload", "onerror", "onclick"}
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(page: str) -> str:
    reader = Reader(page)
    assert not reader.tags & {"script", "link", "img", "iframe", "object", "form", "b"}
    assert "http:" not in page and "https:" not in page and "url(" not in page and "@import" not in page
    return "".join(reader.texts)


def event(step: int, name: str, hash: str, norm: float | None = None, kind: str = "value", **fields: Any) -> Event:
    return Event(step, kind, name, hash, norm, (), fields)


def test_what_comes_from_outside_is_escaped() -> None:
    assert escape('<b>&"\x1b[0m') == "&lt;b&gt;&amp;&quot;\N{REPLACEMENT CHARACTER}[0m"
    assert tag("p", "<", tag("i", "x"), class_='"') == '<p class="&quot;">&lt;<i>x</i></p>'


def test_distances_are_relative_and_equality_is_of_bits() -> None:
    ours = Trace((event(0, "x", "a", 1.0), event(1, "x", "b", 2.0), event(2, "x", "c", 1.0), event(3, "x", "d")), ())
    theirs = Trace((event(0, "x", "a", 1.0), event(1, "x", "B", 4.0), event(2, "x", "C", 1.0)), ())
    (series,) = quantities(ours, theirs)
    assert series.name == "value x"
    assert [(point.equal, point.distance) for point in series.points] == [
        *((True, 0.0), (False, 0.5), (False, 0.0), (False, None)),
    ]
    assert series.first is not None and series.first.step == 1
    read(f"<svg>{distances(series, 4)}</svg>")


def test_long_runs_are_thinned_to_their_worst() -> None:
    points = tuple(Point(step, step != 5000, 1e-9 if step == 5000 else 0.0, "", 1.0, 1.0) for step in range(100_000))
    shown = list(thin(points, 100_000))
    assert len(shown) <= 200 and [point.step for point in shown if not point.equal] == [5000]
    assert len(distances(Series("loss", points), 100_000)) < 60_000
    states = tuple(event(step, "torch", "s", kind="rng-state") for step in range(2000))
    assert len(timeline(Trace(states, ()), Trace(states, ()), 2000, None)) < 60_000


def test_a_page_of_a_hostile_training(replay: Replay, project: Path) -> None:
    (project / "<b>evil&.py").write_text(
        "import random, reprolint, sys\n"
        "random.seed(1)\n"
        "for step in range(4):\n"
        "    reprolint.step(**{'<script>alert(1)</script>': random.random(), 'order': list({'a', 'b', 'c', 'd'})})\n"
    )
    report = replay("<b>evil&.py", "</title><script>alert(2)</script>", "--token", "hunter2", steps=3)
    text = read(render_page(report))
    assert "hash-order" in text and "alert(1)" in text and "</title><script>alert(2)</script>" in text
    assert "value order first differs at step 0" in text
    assert "varied: by itself it makes the runs differ" in text
    assert "hunter2" not in text
    for heading in ("What was proved", "Streams and switches", "What the runs could differ in", "Where they ran"):
        assert heading in text


def test_a_page_of_runs_that_agree(replay: Replay) -> None:
    text = read(render_page(replay("named_steps.py", "seeded", steps=4)))
    assert "Equal to the bit in every step: value loss, value weights" in text
    assert "negative control, every seed changed: the comparison saw the difference" in text


@pytest.mark.parametrize(
    ("script", "words"),
    [("crash.py", "KeyError: 'learning_rate'"), ("missing.py", "does not exist"), ("nothing.py", "output stdout")],
)
def test_pages_of_what_could_not_be_compared(replay: Replay, script: str, words: str) -> None:
    assert words in read(render_page(replay(script)))


@needs_torch
@pytest.mark.slow
def test_a_page_of_a_training(replay: Replay) -> None:
    text = read(render_page(replay("pooling.py", "--seed", "1", steps=4)))
    assert "atomics in index_add" in text and "pooled = zero.index_add(0, groups, rows)" in text
    assert "cudnn benchmark" in text and "torch (library)" in text
