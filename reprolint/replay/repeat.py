"""One operation launched many times on the same inputs: how many results it has, and how far apart they are."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reprolint.replay.command import Problem
from reprolint.replay.plan import Device, VirtualOperation
from reprolint.replay.report import EXIT_CODES, Verdict
from reprolint.replay.trace import Trace, read_trace
from reprolint.replay.variation import Settings

_WORKER = Path(__file__).parent / "worker"
_TAIL = 12


@dataclass(frozen=True, slots=True)
class Launches:
    """What to launch: a dotted name, and the function of a file that makes its arguments.

    `python` is the interpreter whose libraries are used (default: the first `python` on the path).
    """

    operation: str
    inputs: str
    directory: Path
    runs: int = 100
    device: Device = "auto"
    operations: tuple[VirtualOperation, ...] = ()
    python: str = ""
    timeout: float = 600.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Results of one phase, `forward` or `gradient`: how many different ones, the largest distance from the first."""

    phase: str
    distinct: int
    ulp: int
    absolute: float


@dataclass(frozen=True, slots=True)
class RepeatReport:
    """What the launches gave with the deterministic switch off and on; `raises` is what it said instead."""

    plan: Launches
    device: str
    simulated: bool
    verdict: Verdict
    reason: str
    off: tuple[Spread, ...] = ()
    on: tuple[Spread, ...] = ()
    raises: str = ""
    problem: Problem | None = None

    @property
    def exit_code(self) -> int:
        """0 one result, 1 several, 2 could not be run, 3 not proved."""
        return EXIT_CODES[self.verdict]

    def to_json(self) -> dict[str, Any]:
        """The object of `--output-format json`."""
        return {
            "operation": self.plan.operation,
            "inputs": self.plan.inputs,
            "device": self.device,
            "simulated": self.simulated,
            "runs": self.plan.runs,
            "verdict": self.verdict,
            "reason": self.reason,
            "off": [asdict(spread) for spread in self.off],
            "on": [asdict(spread) for spread in self.on],
            "raises": self.raises or None,
        }


def repeat(plan: Launches) -> RepeatReport:
    """Launch the operation in a process of its own; never raises for what the operation does."""
    file, _, maker = plan.inputs.rpartition(":")
    problem = _check(plan, file, maker)
    if problem is not None:
        return _failed(plan, problem)
    with tempfile.TemporaryDirectory(prefix="reprolint-repeat-") as base:
        folder = Path(os.path.realpath(base))
        wanted = {"operation": plan.operation, "file": str(plan.directory / file), "maker": maker, "runs": plan.runs}
        (folder / "plan.json").write_text(json.dumps(wanted), encoding="utf-8")
        problem = _start(plan, folder)
        trace, result = read_trace(folder), folder / "result.json"
        if problem is None and trace is not None and result.exists():
            return _report(plan, trace, json.loads(result.read_text(encoding="utf-8")))
        return _failed(plan, problem or Problem("the process left no result", "see that the operation runs by itself"))


def _check(plan: Launches, file: str, maker: str) -> Problem | None:
    if not file or not maker.isidentifier():
        return Problem(f"`{plan.inputs}` names no function of a file", "write --inputs FILE:FUNCTION")
    if not (plan.directory / file).is_file():
        return Problem(f"`{file}` does not exist in {plan.directory}", "check the path of --inputs")
    return None


def _start(plan: Launches, folder: Path) -> Problem | None:
    """Run the worker's script under the probes of virtual CUDA; every launch adds in another order."""
    settings = Settings(steps=0, hash_seed=None, atomics=1, algorithm=1)
    if plan.device == "cpu":
        settings = Settings(steps=0, hash_seed=None)
    config = {"traces": str(folder), "roots": [str(plan.directory)], "device": plan.device, **asdict(settings)}
    config["operations"] = [operation.to_json() for operation in plan.operations]
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    python = plan.python or shutil.which("python") or sys.executable
    command = [python, str(_WORKER / "repeat.py"), str(folder / "plan.json"), str(folder / "result.json")]
    environment = _environment(plan, folder)
    with (folder / "stderr.txt").open("wb") as err:
        try:
            process = subprocess.Popen(
                command,
                cwd=plan.directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=err,
                start_new_session=True,
            )
        except OSError as error:
            return Problem(f"`{python}` could not be started: {error}", "name an interpreter after `--`")
        try:
            code = process.wait(plan.timeout)
        except subprocess.TimeoutExpired:
            return Problem(f"the launches did not end within {plan.timeout:g} s", "give --timeout, or fewer --runs")
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if code:
        lines = (folder / "stderr.txt").read_text(encoding="utf-8", errors="replace").splitlines()
        said = "\n".join(lines[-_TAIL:])
        return Problem(f"the process failed with exit code {code}", "its last words are above", said)
    return None


def _environment(plan: Launches, folder: Path) -> dict[str, str]:
    environment = dict(os.environ)
    environment.pop("REPROLINT_REPLAY_PARENT", None)
    paths = [str(_WORKER / "path"), *filter(None, [environment.get("PYTHONPATH")])]
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    environment["REPROLINT_REPLAY"] = str(folder / "config.json")
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    environment.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    if plan.device in ("cpu", "cuda-virtual"):
        environment["CUDA_VISIBLE_DEVICES"] = ""
    return environment


def _report(plan: Launches, trace: Trace, result: Mapping[str, Any]) -> RepeatReport:
    if "problem" in result:
        return _failed(plan, Problem(result["problem"], "mend the operation's name or its inputs"))
    device = trace.first("device")
    name = str(device["name"]) if device is not None else plan.device
    off, on = _spreads(result["off"]), _spreads(result["on"])
    imitated = any(event.kind == "op" for event in trace.events)
    simulated = name == "cuda-virtual"
    verdict: Verdict = "diverged" if any(spread.distinct > 1 for spread in off) else "reproduced"
    reason = f"{plan.runs} launches, results of {', '.join(f'{spread.phase}: {spread.distinct}' for spread in off)}"
    if verdict == "reproduced" and simulated and not imitated:
        verdict, reason = (
            "not-proved",
            "virtual CUDA imitates no operation that was called: equal results prove nothing",
        )
    return RepeatReport(plan, name, simulated, verdict, reason, off, on, result["on"].get("raises", ""))


def _spreads(rows: Mapping[str, Any]) -> tuple[Spread, ...]:
    return tuple(Spread(phase, **row) for phase, row in rows.items() if phase != "raises")


def _failed(plan: Launches, problem: Problem) -> RepeatReport:
    return RepeatReport(plan, plan.device, False, "failed", problem.message, problem=problem)


def render(report: RepeatReport) -> str:
    """The report for a terminal."""
    plan = report.plan
    label = f"{report.device}{', simulated' if report.simulated else ''}"
    lines = [f"replay: {report.verdict.replace('-', ' ')}  ({plan.operation}, {plan.runs} launches, {label})"]
    problem = report.problem
    if problem is not None:
        lines += [*(f"  | {line}" for line in problem.tail.splitlines()), f"  {problem.message}", f"  {problem.remedy}"]
        return "\n".join(lines) + "\n"
    lines += [_line(f"{spread.phase}, switch off", spread) for spread in report.off]
    if report.raises:
        lines.append(f"  {'switch on':22} raises: {report.raises}")
    lines += [_line(f"{spread.phase}, switch on", spread) for spread in report.on]
    lines += [] if report.verdict != "not-proved" else [f"  {report.reason}"]
    return "\n".join(lines) + "\n"


def _line(label: str, spread: Spread) -> str:
    if spread.distinct == 1:
        return f"  {label:22} 1 result"
    far = f"{spread.ulp:,} ULP" if spread.ulp else "integers"
    return f"  {label:22} {spread.distinct} results, up to {far} apart (largest difference {spread.absolute:.3g})"
