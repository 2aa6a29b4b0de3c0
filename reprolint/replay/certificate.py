"""The certificate of a reproduced training: a file to keep, against which later runs are held."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reprolint import __version__
from reprolint.replay.plan import Plan
from reprolint.replay.report import Report
from reprolint.replay.trace import EXPLANATIONS, Trace, read_trace

FORMAT = 1
# Draws carry line numbers, which change when a comment is added; the random states say the same.
_LEFT_OUT = EXPLANATIONS | {"draw"}


class CertificateError(Exception):
    """The file is no certificate, or no longer the one that was written."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it is in its file; `data` has been checked against its checksum."""

    data: Mapping[str, Any]

    @property
    def steps(self) -> dict[int, dict[str, str]]:
        """For each step the hashes by kind of event."""
        return {step["step"]: step["parts"] for step in self.data["steps"]}


def certify(report: Report, plan: Plan) -> Certificate:
    """The certificate of a replay that was reproduced, made from the trace of its first run."""
    trace = read_trace(report.traces / "run-1")
    assert trace is not None
    data = {
        "certificate": FORMAT,
        "reprolint": __version__,
        "command": list(report.command),
        "directory": plan.directory.resolve().relative_to(report.root).as_posix(),
        "plan": {
            "steps": plan.steps,
            "runs": plan.runs,
            "device": plan.device,
            "vary": list(plan.vary),
            "link": list(plan.link),
        },
        "simulated": report.simulated,
        **surroundings(trace, report.traces / "run-1"),
        "verdict": report.verdict,
        "verdicts": report.to_json()["verdicts"],
        "control": report.to_json()["control"],
        "notes": list(report.notes),
        "steps": [
            {"step": number, "hash": _hash(parts), "loss": _losses(trace, number), "parts": parts}
            for number, parts in fingerprints(trace).items()
        ],
    }
    return Certificate({**data, "checksum": _hash(data)})


def surroundings(trace: Trace, folder: Path) -> dict[str, Any]:
    """Device, versions, environment and switches of the run with its trace in `folder`, as certificates name them."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    device = trace.first("device")
    libraries = [line for line in trace.meta if line["kind"] == "library"]
    return {
        "device": device["name"] if device else "cpu",
        "hardware": _fields(trace, "hardware"),
        "system": {name: (trace.first("header") or {}).get(name) for name in ("platform", "machine", "python")},
        "libraries": {line["name"]: line["version"] for line in libraries},
        "environment": manifest["environment"],
        "switches": _fields(trace, "switches"),
    }


def fingerprints(trace: Trace) -> dict[int, dict[str, str]]:
    """For each step one hash for each kind of event in it."""
    found: dict[int, dict[str, Any]] = {}
    for event in trace.events:
        if event.kind not in _LEFT_OUT:
            digest = found.setdefault(event.step, {}).setdefault(event.kind, hashlib.sha256())
            digest.update(f"{event.name}\0{event.fields.get('when', '')}\0{event.hash}\n".encode())
    return {
        step: {kind: digest.hexdigest()[:32] for kind, digest in sorted(kinds.items())}
        for step, kinds in sorted(found.items())
    }


def write(certificate: Certificate) -> str:
    """The text of the file."""
    return json.dumps(certificate.data, indent=1) + "\n"


def read(path: Path) -> Certificate:
    """Read a certificate; raises CertificateError when it is none or was changed."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CertificateError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CertificateError(f"{path} is not JSON: {error}") from error
    if not isinstance(data, dict) or "certificate" not in data:
        raise CertificateError(f"{path} is no certificate of reprolint")
    if data["certificate"] != FORMAT:
        raise CertificateError(f"{path} has format {data['certificate']}, and this version reads format {FORMAT}")
    rest = {name: value for name, value in data.items() if name != "checksum"}
    if _hash(rest) != data.get("checksum"):
        raise CertificateError(f"{path} was changed after it was written: its checksum does not fit")
    for step in data["steps"]:
        if _hash(step["parts"]) != step["hash"]:
            raise CertificateError(f"{path} was changed after it was written: step {step['step']} does not fit itself")
    return Certificate(data)


def _hash(data: Any) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _losses(trace: Trace, step: int) -> list[str]:
    return [event.fields["value"] for event in trace.at(step) if event.kind == "loss" and event.fields.get("value")]


def _fields(trace: Trace, kind: str) -> dict[str, Any] | None:
    line = trace.first(kind)
    return {name: value for name, value in line.items() if name not in ("kind", "step")} if line else None
