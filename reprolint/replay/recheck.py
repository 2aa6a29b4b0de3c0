"""Hold a new run of a command against its certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reprolint.replay.certificate import Certificate, CertificateError, fingerprints, surroundings
from reprolint.replay.command import MASK, Problem, mask
from reprolint.replay.plan import Plan, VirtualOperation
from reprolint.replay.report import EXIT_CODES, Verdict
from reprolint.replay.session import located, run_once
from reprolint.replay.trace import Trace
from reprolint.replay.workspace import find_root

# Switches of which a note is enough: their number follows the machine.
_NOTED = ("threads",)


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a check. `step` and `kinds` say where the run left the certificate, if it did."""

    verdict: Verdict
    reason: str
    steps: int
    step: int | None
    kinds: tuple[str, ...]
    notes: tuple[str, ...]
    traces: Path
    problem: Problem | None = None

    @property
    def exit_code(self) -> int:
        """As of a replay."""
        return EXIT_CODES[self.verdict]

    def to_json(self) -> dict[str, Any]:
        """The object of `--output-format json`."""
        return {
            "verdict": self.verdict,
            "reason": self.reason,
            "steps": self.steps,
            "step": self.step,
            "kinds": list(self.kinds),
            "notes": list(self.notes),
            "traces": str(self.traces),
        }


def make_plan(
    certificate: Certificate,
    command: Sequence[str],
    directory: Path,
    operations: tuple[VirtualOperation, ...],
    timeout: float,
) -> Plan:
    """The plan that the certificate was made by, for `command` (or its own); raises CertificateError if they differ."""
    stored = tuple(certificate.data["command"])
    if not command:
        if any(MASK in argument for argument in stored):
            raise CertificateError("the certificate keeps no secrets: give the command again, after `--`")
        command = stored
    elif mask(command)[1:] != stored[1:]:
        # The interpreter may lie elsewhere; all else is the training that was certified.
        raise CertificateError(f"the certificate is one of `{' '.join(stored)}`, not of `{' '.join(mask(command))}`")
    plan = certificate.data["plan"]
    root = find_root(directory.resolve())
    return Plan(
        command=tuple(command),
        directory=root / certificate.data["directory"],
        root=root,
        steps=plan["steps"],
        device=plan["device"],
        operations=operations,
        vary=tuple(plan["vary"]),
        timeout=timeout,
        link=tuple(plan["link"]),
    )


def recheck(certificate: Certificate, plan: Plan) -> Checked:
    """Run the command once more and compare it with what is certified."""
    plan = located(plan)
    assert plan.traces is not None
    run = run_once(plan, "run-1")
    problem = run if isinstance(run, Problem) else run.problem
    if isinstance(run, Problem) or problem is not None or run.trace is None:
        assert problem is not None
        return Checked("failed", problem.message, 0, None, (), (problem.remedy,), plan.traces, problem)
    return _judge(certificate, run.trace, plan.traces)


def _judge(certificate: Certificate, trace: Trace, traces: Path) -> Checked:
    now = surroundings(trace, traces / "run-1")
    ours, theirs = certificate.steps, fingerprints(trace)
    step = next((number for number in sorted({*ours, *theirs}) if ours.get(number) != theirs.get(number)), None)
    kinds = () if step is None else _kinds(ours.get(step, {}), theirs.get(step, {}))
    foreign = _foreign(certificate.data, now)
    turned = _differences(certificate.data["switches"], now["switches"], but=_NOTED)
    verdict: Verdict
    if foreign:
        also = "all hashes agree even so" if step is None else f"hashes differ from step {step} on"
        verdict, reason = "not-comparable", f"the certificate was made elsewhere: {'; '.join(foreign)} ({also})"
    elif step is not None and step not in theirs:
        verdict, reason = "diverged", f"the run has no step {step}, which is certified"
    elif step is not None and step not in ours:
        verdict, reason = "diverged", f"the run has a step {step}, which is not certified"
    elif step is not None:
        same = sorted(set(theirs[step]) - set(kinds))
        agree = f"; {', '.join(same)} agree" if same else ""
        verdict, reason = "diverged", f"step {step} is not as certified: {', '.join(kinds)} differ{agree}"
    elif turned:
        verdict, reason = "diverged", f"the switches are not as certified: {'; '.join(turned)}"
    else:
        verdict, reason = "reproduced", f"every hash of {trace.steps} steps is as certified"
    notes = (*_notes(certificate.data, now), *_loss(certificate, trace, step))
    return Checked(verdict, reason, trace.steps, step, kinds, notes, traces)


def _foreign(certified: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Differences after which other bits are nobody's fault: device and versions of libraries."""
    found = []
    if certified["device"] != now["device"]:
        found.append(f"device {certified['device']}, now {now['device']}")
    found += _differences(certified["hardware"], now["hardware"])
    return found + _differences(certified["libraries"], now["libraries"])


def _notes(certified: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    found = _differences(certified["system"], now["system"])
    found += [item for item in _differences(certified["switches"], now["switches"]) if item.split()[0] in _NOTED]
    found += _differences(certified["environment"], now["environment"])
    return [f"unlike the certificate: {item}" for item in found]


def _differences(
    ours: Mapping[str, Any] | None, theirs: Mapping[str, Any] | None, but: Sequence[str] = ()
) -> list[str]:
    ours, theirs = ours or {}, theirs or {}
    names = [name for name in sorted({*ours, *theirs}) if name not in but and ours.get(name) != theirs.get(name)]
    return [f"{name} {_shown(ours.get(name))}, now {_shown(theirs.get(name))}" for name in names]


def _shown(value: Any) -> str:
    if value is None:
        return "not set"
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


def _kinds(ours: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(kind for kind in sorted({*ours, *theirs}) if ours.get(kind) != theirs.get(kind))


def _loss(certificate: Certificate, trace: Trace, step: int | None) -> list[str]:
    certified: list[str] = next((item["loss"] for item in certificate.data["steps"] if item["step"] == step), [])
    now = [event.fields.get("value") for event in trace.at(step or 0) if event.kind == "loss"]
    if step is None or not certified or not now or certified[0] == now[0]:
        return []
    return [f"loss of step {step}: {certified[0]} certified, {now[0]} now"]


def render(checked: Checked, certificate: Certificate) -> str:
    """The result for a terminal."""
    simulated = ", simulated" if certificate.data["simulated"] else ""
    steps = f"{checked.steps} step{'' if checked.steps == 1 else 's'}"
    lines = [f"certify: {checked.verdict.replace('-', ' ')}  ({steps}, {certificate.data['device']}{simulated})"]
    lines += [f"  $ {' '.join(certificate.data['command'])}", "", f"  {checked.reason}"]
    if checked.problem is not None:
        lines += [f"  | {line}" for line in checked.problem.tail.splitlines()]
        lines.append(f"  help: {checked.problem.remedy}")
    lines += [f"  note: {note}" for note in checked.notes if checked.problem is None]
    return "\n".join([*lines, f"  traces: {checked.traces}", ""])
