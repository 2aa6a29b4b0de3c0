"""Comparison, classification, commands and reports, on values alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reprolint.replay.cause import find_cause
from reprolint.replay.command import isolating_flag, mask, place
from reprolint.replay.compare import compare
from reprolint.replay.trace import Event, Site, Trace, read_file
from reprolint.replay.variation import Pair, Settings, change_seeds, ignore_switch, only, run_to_run


def event(kind: str, name: str, hash: str = "h", step: int = 0, **fields: Any) -> Event:
    return Event(step, kind, name, hash, 1.0, (Site("/home/me/train.py", 3, "main"),), fields)


def trace(*events: Event) -> Trace:
    return Trace(events, ())


def draw(name: str, count: int = 1, seeded: bool = True) -> Event:
    return event("draw", name, "", function="random.random", count=count, seeded=seeded)


def test_equal_traces_have_no_difference() -> None:
    assert compare(trace(event("loss", "loss")), trace(event("loss", "loss"))) is None


def test_structure_is_aligned_before_values_are_compared() -> None:
    found = compare(
        trace(draw("python"), event("loss", "loss", "a")),
        trace(draw("python"), draw("numpy"), event("loss", "loss", "b")),
    )
    assert found is not None
    assert [(item.event.kind, item.structural) for item in found.differences] == [("draw", True), ("loss", False)]


def test_the_first_step_that_differs_is_reported() -> None:
    ours = trace(*(event("loss", "loss", "same", step) for step in range(3)))
    theirs = trace(event("loss", "loss", "same", 0), event("loss", "loss", "other", 1), event("loss", "loss", "x", 2))
    found = compare(ours, theirs)
    assert found is not None and found.step == 1
    assert compare(ours, theirs, steps=1) is None


def test_shorter_run_is_a_structural_difference() -> None:
    ours, theirs = trace(event("loss", "loss", step=0), event("loss", "loss", step=1)), trace(event("loss", "loss"))
    found = compare(ours, theirs)
    assert found is not None and found.step == 1
    assert find_cause(ours, theirs, found).cause == "structure"


def test_operation_with_equal_inputs_is_atomics_and_with_unequal_ones_is_not() -> None:
    def op(inputs: str, hash: str) -> Event:
        return event("op", "index_add", hash, inputs=inputs, jittered=True, cause="atomics")

    ours, theirs = trace(op("i", "a"), event("loss", "loss", "x")), trace(op("i", "b"), event("loss", "loss", "y"))
    found = compare(ours, theirs)
    assert found is not None and find_cause(ours, theirs, found).cause == "atomics"
    theirs = trace(op("j", "b"), event("loss", "loss", "y"))
    found = compare(ours, theirs)
    assert found is not None
    finding = find_cause(ours, theirs, found)
    assert (finding.cause, finding.sure) == ("unknown", False)


def test_seeded_stream_in_another_state_is_not_called_unseeded() -> None:
    fields: dict[str, Any] = {"function": "random.seed", "entropy": False, "clock": False, "drawn-before": False}
    seed = Event(0, "seed", "python", "h", None, (), fields)
    ours, theirs = trace(seed, event("rng-state", "python", "a")), trace(seed, event("rng-state", "python", "b"))
    found = compare(ours, theirs)
    assert found is not None and not find_cause(ours, theirs, found).sure


def test_a_seed_is_the_time_only_if_both_are() -> None:
    """The hash of a name, reduced to 32 bits, now and then looks like the time in microseconds."""

    def seeded(value: str, clock: bool) -> Trace:
        fields: dict[str, Any] = {"function": "random.seed", "entropy": False, "clock": clock, "drawn-before": False}
        return trace(event("seed", "python", value, **fields))

    def cause(*, first: bool) -> str:
        ours, theirs = seeded("a", clock=first), seeded("b", clock=True)
        found = compare(ours, theirs)
        assert found is not None
        return find_cause(ours, theirs, found).cause

    assert (cause(first=True), cause(first=False)) == ("time", "unseeded-stream")


def test_a_line_cut_off_by_a_kill_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "process-0.jsonl"
    path.write_text('{"kind": "header", "meta": true}\n{"step": 0, "kind": "loss", "name": "loss"}\n{"step": 1, "ki')
    read = read_file(path)
    assert (len(read.events), len(read.meta), read.end) == (1, 1, None)


def test_variations_change_one_thing() -> None:
    control = Settings(steps=3, hash_seed=1, atomics=5)
    both = run_to_run(control, 3, ("atomics", "hash-seed"))
    assert (both.experiment.hash_seed, both.experiment.atomics) == (3, 7)
    assert only("atomics", control).experiment == Settings(steps=3, hash_seed=1, atomics=6)
    assert only("hash-seed", control).experiment == Settings(steps=3, hash_seed=2, atomics=5)
    fixed = Settings(steps=3, hash_seed=None)
    assert run_to_run(fixed, 2, ("atomics", "hash-seed")) == Pair(fixed, fixed)
    assert change_seeds(Pair(control, control)).experiment.seed_nonce
    assert ignore_switch(Pair(control, control)).experiment.ignore_switch


@pytest.mark.parametrize(
    ("arguments", "flag"),
    [
        (["-I", "x.py"], "I"),
        (["-uE", "x.py"], "E"),
        (["-Wignore", "-S", "x.py"], "S"),
        (["-X", "dev", "x.py", "-I"], None),
        (["-m", "pkg", "-S"], None),
        (["-c", "pass", "-E"], None),
        (["x.py", "-S"], None),
        (["-OO", "-B", "x.py"], None),
    ],
)
def test_isolating_flags_are_the_interpreters_own(arguments: list[str], flag: str | None) -> None:
    assert isolating_flag(arguments) == flag


def test_secrets_are_masked_and_look_alikes_are_not() -> None:
    command = [
        "t.py",
        "--tokenizer",
        "bert",
        "--max-tokens=5",
        "--api_key",
        "abc",
        "--hf-token=abc",
        "https://u:p@host/x",
    ]
    assert mask(command) == (
        *("t.py", "--tokenizer", "bert", "--max-tokens=5", "--api_key", "***", "--hf-token=***", "https***host/x"),
    )


def test_paths_move_with_the_copy(tmp_path: Path) -> None:
    root, copy = tmp_path / "root", Path("/copy")
    (root / "sub").mkdir(parents=True)
    (tmp_path / "data").mkdir()
    command = ["/bin/sh", f"{root}/sub/t.py", f"--config={root}/c.yaml", "../../data", "../c.yaml", "plain"]
    assert place(command, root / "sub", root, copy) == (
        *("/bin/sh", "/copy/sub/t.py", "--config=/copy/c.yaml", str(tmp_path / "data"), "../c.yaml", "plain"),
    )
