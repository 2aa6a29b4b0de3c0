"""One replay from plan to report: runs, comparison, cause, controls."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from reprolint.replay.cause import find_cause
from reprolint.replay.command import Problem, check_command, mask
from reprolint.replay.compare import StepDifference, compare
from reprolint.replay.control import control_atomics, control_seeds, join
from reprolint.replay.diagnosis import Diagnosis, diagnose
from reprolint.replay.launch import Launcher, Run
from reprolint.replay.outcome import describe, first_line
from reprolint.replay.plan import Plan
from reprolint.replay.report import Control, Divergence, PropertyVerdict, Report, Verdict, source_line
from reprolint.replay.trace import FINAL, VALUES, Trace
from reprolint.replay.variation import VARIATIONS, Settings, only, run_to_run
from reprolint.replay.workspace import WorkspaceError, find_root, open_workspace

Progress = Callable[[str], None]
T = TypeVar("T")

# What virtual CUDA varies.
_VIRTUAL = ("atomics", "algorithm")


def run(plan: Plan, progress: Progress | None = None) -> Report:
    """Replay `plan.command`; never raises for what the command does, that is in the report.

    `progress` is told the name of each run before it starts.
    """
    plan = located(plan)
    assert plan.root is not None and plan.traces is not None
    root, traces = plan.root, plan.traces
    done = _launched(plan, lambda launcher: _Session(plan, root, launcher, progress or _ignore).report())
    return _failed(plan, root, traces, done) if isinstance(done, Problem) else done


def run_once(plan: Plan, name: str) -> Run | Problem:
    """The first run of a replay by itself, with its trace under `name`."""
    return _launched(located(plan), lambda launcher: launcher.run(name, _settings(plan)[0]))


def located(plan: Plan) -> Plan:
    """The plan with all its folders settled."""
    directory = plan.directory.resolve()
    root = (plan.root or find_root(directory)).resolve()
    return replace(plan, directory=directory, root=root, traces=(plan.traces or _new_folder(root)).resolve())


def _launched(plan: Plan, work: Callable[[Launcher], T]) -> T | Problem:
    """What `work` makes of a launcher for the plan, or why there can be none."""
    assert plan.root is not None and plan.traces is not None
    problem = check_command(plan.command, plan.directory)
    if problem is not None:
        return problem
    try:
        taken = _prepare(plan.traces, plan.root)
        if taken is not None:
            return taken
        with open_workspace(plan.root, plan.link, plan.traces) as workspace:
            return work(Launcher(plan, workspace, plan.traces))
    except WorkspaceError as error:
        return error.problem
    except OSError as error:
        if isinstance(error, FileExistsError) and plan.traces.is_dir():
            # Another replay that has begun since.
            return _taken(plan.traces)
        remedy = "check that the project can be read and that the trace folder can be written"
        return Problem(str(error), remedy)


@dataclass(frozen=True, slots=True)
class _Session:
    plan: Plan
    root: Path
    launcher: Launcher
    progress: Progress

    def report(self) -> Report:
        settings, free = _settings(self.plan)
        runs: list[Run] = []
        for number in range(1, max(2, self.plan.runs) + 1):
            latest = self.start(f"run-{number}", run_to_run(settings, number, free).experiment)
            runs.append(latest)
            if latest.problem is not None or latest.trace is None:
                return self._failed(runs)
            if number == 1 and not _simulated(latest.trace):
                free = tuple(name for name in free if name not in _VIRTUAL)
            found = compare(_trace(runs[0]), latest.trace)
            if found is not None:
                return self._diverged(runs, found, free)
        return self._agreed(runs, free)

    def start(self, name: str, settings: Settings) -> Run:
        """Run the command once."""
        self.progress(name)
        return self.launcher.run(name, settings)

    def _failed(self, runs: list[Run]) -> Report:
        problem = runs[-1].problem
        assert problem is not None
        if len(runs) > 1:
            problem = replace(problem, message=f"run {len(runs)}: {problem.message}; run 1 did not fail")
        traces = self.launcher.traces
        trace = runs[-1].trace
        device = trace.first("device") if trace is not None else None
        report = _failed(self.plan, self.root, traces, problem)
        simulated = trace is not None and _simulated(trace)
        return replace(report, runs=len(runs), device=device["name"] if device else report.device, simulated=simulated)

    def _diverged(self, runs: list[Run], found: StepDifference, free: tuple[str, ...]) -> Report:
        first, last = _trace(runs[0]), _trace(runs[-1])
        finding = find_cause(first, last, found)
        diagnosis: Diagnosis = diagnose(runs[0], finding, found, free, self.start)
        reason = f"run 1 and run {len(runs)} differ at step {found.step}"
        verdict = PropertyVerdict("run-to-run", _varied(free), "diverged", reason)
        return replace(
            self._report(runs, "diverged", (verdict, *diagnosis.verdicts), free),
            divergence=self._sourced(diagnosis.divergence(len(runs))),
            notes=(*diagnosis.notes, *self._lines(diagnosis, len(runs)), *self._notes(first, free)),
        )

    def _sourced(self, found: Divergence) -> Divergence:
        site = found.site
        return found if site is None else replace(found, source=source_line(self.root / site.filename, site.row))

    def _lines(self, diagnosis: Diagnosis, run: int) -> list[str]:
        if diagnosis.finding.difference.event.kind not in ("output", "rng-state"):
            return []
        line = first_line(self.launcher.traces / "run-1", self.launcher.traces / f"run-{run}")
        return [line] if line else []

    def _agreed(self, runs: list[Run], free: tuple[str, ...]) -> Report:
        trace = _trace(runs[0])
        compared = f"every event of {_steps(runs)} steps"
        if not trace.steps and not any(event.kind in VALUES - FINAL for event in trace.events):
            compared = describe(trace)
        if not compared:
            reason = "the runs left nothing to compare: no step, no random number, nothing printed, no file written"
            verdict = PropertyVerdict("run-to-run", _varied(free), "not-comparable", reason)
            return self._report(runs, "not-comparable", (verdict,), free)
        controls: list[Control] = []
        verdicts: list[PropertyVerdict] = []
        seeds = control_seeds(runs[0], self.start)
        controls += [seeds] if seeds is not None else []
        if _simulated(trace) and set(_VIRTUAL) & set(self.plan.vary):
            atomics = control_atomics(runs[0], self.start)
            controls += [atomics.control] if atomics.control is not None else []
            verdicts.append(atomics.verdict)
        control = join(controls)
        overall: Verdict = "reproduced" if control is not None and control.varied else "not-proved"
        reason = f"{len(runs)} runs agree in {compared}"
        if overall == "not-proved":
            reason += ", but no control varied, so the agreement proves nothing"
        verdicts.insert(0, PropertyVerdict("run-to-run", _varied(free), overall, reason))
        return replace(self._report(runs, overall, tuple(verdicts), free), control=control)

    def _report(
        self, runs: list[Run], verdict: Verdict, verdicts: tuple[PropertyVerdict, ...], free: tuple[str, ...]
    ) -> Report:
        trace = _trace(runs[0])
        device = trace.first("device")
        return Report(
            command=mask(self.plan.command),
            device=device["name"] if device else "cpu",
            simulated=_simulated(trace),
            runs=len(runs),
            steps=_steps(runs),
            verdict=verdict,
            verdicts=verdicts,
            divergence=None,
            control=None,
            notes=self._notes(trace, free),
            traces=self.launcher.traces,
            root=self.root,
        )

    def _notes(self, trace: Trace, free: tuple[str, ...]) -> tuple[str, ...]:
        held = [name for name in VARIATIONS if name not in (*free, *_VIRTUAL)]
        notes = [f"held equal in all runs: {', '.join(['machine', *held])}"]
        if "PYTHONHASHSEED" in os.environ:
            notes.append("PYTHONHASHSEED comes from your environment and was not varied")
        if trace.first("device", "cuda-virtual") and not _simulated(trace):
            notes.append("the script never used a CUDA device, so virtual CUDA had nothing to vary")
        if trace.has_note("compiled") and _simulated(trace):
            notes.append("torch.compile runs eagerly under virtual CUDA; compiled kernels were not compared")
        if any(event.hash == "unreadable" for event in trace.events):
            notes.append("some values have no content that could be hashed; they were not compared")
        if trace.has_note("old-torch"):
            notes.append("steps need torch 2.0 or later; this torch has no optimizer hooks")
        if trace.steps == 0:
            notes.append("no step was made: the runs were compared by the state they end in, standard error left out")
        elif trace.steps < self.plan.steps:
            notes.append(f"the command ended after {trace.steps} of {self.plan.steps} steps")
        training = trace.first("training")
        if training and training["processes"] > 1:
            notes.append(f"{training['processes']} processes train; only the first was compared")
        if trace.end is None:
            notes.append("the command left without its exit handlers; what came after its last step was not seen")
        return tuple(notes)


def _settings(plan: Plan) -> tuple[Settings, tuple[str, ...]]:
    """Settings of the first run, and the names of the variations that are free to differ in the others."""
    virtual = plan.device in ("auto", "cuda-virtual")
    fixed = os.environ.get("PYTHONHASHSEED", "random") != "random"
    settings = Settings(
        steps=plan.steps,
        hash_seed=None if fixed else 1,
        atomics=1 if virtual and "atomics" in plan.vary else None,
        algorithm=1 if virtual and "algorithm" in plan.vary else None,
        uninitialised=1 if "uninitialised" in plan.vary else None,
    )
    names = (name for name in VARIATIONS if name in plan.vary)
    return settings, tuple(name for name in names if only(name, settings).experiment != settings)


def _varied(free: tuple[str, ...]) -> str:
    return ", ".join(free) or "nothing"


def _simulated(trace: Trace) -> bool:
    return trace.has_note("cuda-requested")


def _steps(runs: list[Run]) -> int:
    return min(_trace(run).steps for run in runs)


def _trace(run: Run) -> Trace:
    assert run.trace is not None
    return run.trace


def _failed(plan: Plan, root: Path, traces: Path, problem: Problem) -> Report:
    return Report(
        command=mask(plan.command),
        device=plan.device,
        simulated=False,
        runs=0,
        steps=0,
        verdict="failed",
        verdicts=(PropertyVerdict("run-to-run", "nothing", "failed", problem.message),),
        divergence=None,
        control=None,
        notes=(problem.message, problem.remedy),
        traces=traces,
        root=root,
        problem=problem,
    )


def _new_folder(root: Path) -> Path:
    # Another replay of the project may start in the same second.
    stamp = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    base = root / ".reprolint_cache" / "replay"
    return next(path for n in range(10_000) if not (path := base / (f"{stamp}-{n}" if n else stamp)).exists())


def _prepare(traces: Path, root: Path) -> Problem | None:
    """Make the folder, unless another replay is in it: what it left may be somebody's proof."""
    traces.mkdir(parents=True, exist_ok=True)
    cache = root / ".reprolint_cache"
    if traces.is_relative_to(cache) and not (cache / ".gitignore").exists():
        (cache / ".gitignore").write_text("*\n", encoding="utf-8")
    return _taken(traces) if any((traces / "run-1").glob("*")) else None


def _taken(traces: Path) -> Problem:
    return Problem(
        f"{traces} holds the traces of another replay, which are not overwritten",
        "name another folder with --traces, remove this one, or leave --traces out: each replay then gets a new one",
    )


def _ignore(name: str) -> None:
    """Progress nobody wants."""
