"""From a first difference to one cause and one line: by further runs where the traces leave it open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from reprolint.replay.cause import RULES, Finding
from reprolint.replay.compare import Difference, StepDifference, compare
from reprolint.replay.launch import Run
from reprolint.replay.report import Divergence, PropertyVerdict
from reprolint.replay.trace import VALUES, Event, Site
from reprolint.replay.variation import VARIATIONS, Pair, Settings, only, run_to_run

# Lines that are freed one by one; more would take too long for what a person can look through.
_LINES = 8

Start = Callable[[str, Settings], Run]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The finding after all runs, what they proved on the way, and remarks."""

    finding: Finding
    found: StepDifference
    verdicts: tuple[PropertyVerdict, ...]
    notes: tuple[str, ...]

    def divergence(self, run: int) -> Divergence:
        """The divergence of the first run and `run`."""
        finding = self.finding
        event = finding.difference.event
        ours, theirs = finding.difference.control, finding.difference.experiment
        return Divergence(
            step=self.found.step,
            kind=event.kind,
            name=event.name,
            cause=finding.cause,
            operation=event.name if event.kind == "op" else None,
            stream=finding.stream,
            rule=RULES.get(finding.cause),
            chain=finding.chain,
            hashes=(_hash(ours), _hash(theirs)),
            norms=(ours.norm if ours else None, theirs.norm if theirs else None),
            run=run,
            others=finding.others,
        )


def diagnose(first: Run, finding: Finding, found: StepDifference, free: tuple[str, ...], start: Start) -> Diagnosis:
    """Settle the cause; `free` are the variations that differed between the runs, `start` makes another run."""
    bench = _Bench(first, _until(first, found), found, free, start)
    notes = [*_remarks(finding, found)]
    verdicts: tuple[PropertyVerdict, ...] = ()
    if finding.cause in ("atomics", "algorithm"):
        verdicts = bench.without_atomics()
    elif not finding.sure:
        finding, verdicts, remark = bench.isolate(finding)
        notes += [remark] if remark else []
    if finding.stream == "torch" and not finding.chain:
        finding = replace(finding, chain=bench.torch_line())
    return Diagnosis(finding, found, verdicts, tuple(notes))


@dataclass(frozen=True, slots=True)
class _Bench:
    first: Run
    settings: Settings
    found: StepDifference
    free: tuple[str, ...]
    start: Start

    def without_atomics(self) -> tuple[PropertyVerdict, ...]:
        """Vary everything else: if the runs agree now, the order of additions was all."""
        rest = tuple(name for name in self.free if VARIATIONS[name].cause not in ("atomics", "algorithm"))
        differs = self._compare("held-atomics", run_to_run(self.settings, 2, rest)) is not None
        varied = ", ".join(rest) or "nothing"
        if differs:
            reason = "the runs differ with the order of additions held still, too: there is a second cause"
            return (PropertyVerdict("run-to-run", varied, "diverged", reason),)
        reason = "with the order of additions held still the runs agree up to this step"
        return (PropertyVerdict("run-to-run", varied, "reproduced", reason),)

    def isolate(self, finding: Finding) -> tuple[Finding, tuple[PropertyVerdict, ...], str]:
        """Hold everything still, then free one variation at a time."""
        if self._returns(finding, "held-all", Pair(self.settings, self.settings)):
            reason = "the runs differ although nothing was varied: the program itself brings the difference"
            return finding, (PropertyVerdict("run-to-run", "nothing", "diverged", reason),), ""
        verdicts = [PropertyVerdict("run-to-run", "nothing", "reproduced", "equal settings give equal runs")]
        for name in self.free:
            if self._returns(finding, f"only-{name}", only(name, self.settings)):
                verdicts.append(PropertyVerdict("run-to-run", name, "diverged", "the only thing that differed"))
                kind = VARIATIONS[name]
                chain = self.line(finding, name) if kind.where else finding.chain
                return replace(finding, cause=kind.cause, chain=chain, sure=True), tuple(verdicts), ""
        return replace(finding, cause="unknown"), tuple(verdicts), "the difference did not show again in further runs"

    def line(self, finding: Finding, name: str) -> tuple[Site, ...]:
        """The line at which the variation matters: each that it touched is freed by itself, up to a limit."""
        assert self.first.trace is not None
        touched = [event for event in self.first.trace.events if event.kind == name and event.step <= self.found.step]
        chains = {event.chain[-1].place: event.chain for event in touched if event.chain}
        if len(chains) > 1:
            for place in list(chains)[:_LINES]:
                settings = replace(only(name, self.settings).experiment, sites=(place,))
                if self._returns(finding, f"only-{name}-{place.replace('/', '-')}", Pair(self.settings, settings)):
                    return chains[place]
        return next(iter(chains.values())) if len(chains) == 1 else finding.chain

    def torch_line(self) -> tuple[Site, ...]:
        """The first draw from torch's stream before it was seeded, seen by a probe that is too slow for every run."""
        run = self.start("lines", replace(self.settings, level="operation"))
        if run.trace is None:
            return ()
        draws = [event for event in run.trace.events if event.kind == "draw" and event.name == "torch" and event.chain]
        unseeded = [event for event in draws if not event.fields["seeded"]]
        return (unseeded or draws)[0].chain if draws else ()

    def _returns(self, finding: Finding, name: str, pair: Pair) -> bool:
        """Whether the very event of the finding differs again; others of its step may have another cause."""
        found = self._compare(name, pair)
        if found is None:
            return False
        wanted = finding.difference
        return any(
            item.control is wanted.control if wanted.control is not None else item.event.key == wanted.event.key
            for item in found.differences
        )

    def _compare(self, name: str, pair: Pair) -> StepDifference | None:
        run = self.start(name, pair.experiment)
        if run.problem is not None or run.trace is None or self.first.trace is None:
            return self.found
        return compare(self.first.trace, run.trace, self.found.step + 1)


def _until(first: Run, found: StepDifference) -> Settings:
    """Settings that run just past the divergent step; what happens after the last step needs the whole run."""
    steps = first.trace.steps if first.trace else 0
    return replace(first.settings, steps=found.step + 1) if found.step < steps else first.settings


def _remarks(finding: Finding, found: StepDifference) -> list[str]:
    remarks = []
    if finding.others:
        remarks.append(f"also unseeded: {', '.join(finding.others)}")
    if finding.difference.event.kind not in VALUES:
        value = next((item for item in found.differences if item.event.kind in VALUES and not item.structural), None)
        if value is not None:
            remarks.append(f"first value that differs: {_value(value)}")
    elif (loss := _loss(found)) is not None and finding.difference.event.kind != "loss":
        remarks.append(f"same step: {_value(loss)}")
    return remarks


def _loss(found: StepDifference) -> Difference | None:
    return next((item for item in found.differences if item.event.kind == "loss" and not item.structural), None)


def _value(difference: Difference) -> str:
    ours, theirs = difference.control, difference.experiment
    assert ours is not None and theirs is not None
    label = ours.kind if ours.kind == ours.name else f"{ours.kind} {ours.name}"
    if ours.fields.get("value"):
        return f"{label} {ours.fields['value']} against {theirs.fields['value']}"
    return label if ours.norm is None else f"{label}, norm {ours.norm} against {theirs.norm}"


def _hash(event: Event | None) -> str | None:
    if event is None:
        return None
    return f"count {event.fields['count']}" if event.kind == "draw" else event.hash
