"""Measure which operations vary between executions on a device, and what torch.use_deterministic_algorithms does.

    python tests/gpu/operations.py --out fixtures/measurements/FILE.json --date 2026-01-31

Writes JSON to FILE and the same as YAML beside it. Needs torch and nothing else. The cases run in a child process
that is started again when a case breaks it; results are written after every case.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import queue
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import torch

sys.path.append(str(Path(__file__).resolve().parent.parent))

from gpu.cases import CASES, Case
from gpu.measure import Load, header, measure

Row = dict[str, Any]


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    parser.add_argument("--only", action="append", default=[], help="an operation, or operation/case (repeatable)")
    parser.add_argument("--runs", type=int, default=60, help="executions of a case under one setting")
    parser.add_argument("--seconds", type=float, default=1.0, help="time for a case under one setting")
    parser.add_argument("--patience", type=float, default=60, help="time after which a case is ended")
    parser.add_argument("--limit", type=float, default=330, help="time for everything; the cases left are marked")
    parser.add_argument("--date", default="", help="written into the data")
    parser.add_argument("--list", action="store_true", help="print the cases and end")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def selected(only: list[str]) -> list[Case]:
    """The cases named, or all."""
    cases = [case for case in CASES if not only or case.operation in only or case.key in only]
    if not cases:
        raise SystemExit(f"no case is called {', '.join(only)}")
    return cases


def environment(device: str) -> Row:
    """What the results depend on."""
    found: Row = {
        "torch": torch.__version__,
        "python": platform.python_version(),
        "device": platform.processor() or platform.machine(),
        "cublas_workspace_config": os.environ.get("CUBLAS_WORKSPACE_CONFIG", ""),
    }
    if device == "cpu":
        return {**found, "threads": torch.get_num_threads()}
    return {
        **found,
        "device": torch.cuda.get_device_name(),
        "capability": ".".join(map(str, torch.cuda.get_device_capability())),
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
    }


def say(event: Row) -> None:
    """Send one event to the parent."""
    print(json.dumps(event), flush=True)


def is_broken(device: str) -> bool:
    """Whether the device no longer works in this process."""
    try:
        torch.ones(8, device=device).sum().item()
    except RuntimeError:
        return True
    return False


def child(options: argparse.Namespace) -> int:
    """Measure the cases named on standard input, one event a line; 3 when the device broke."""
    keys = json.load(sys.stdin)
    by_key = {case.key: case for case in CASES}
    warnings.simplefilter("ignore")
    torch.set_warn_always(True)
    say({"environment": environment(options.device)})
    load = Load(options.device)
    for key in keys:
        say({"start": key})
        row = measure(by_key[key], options.device, options.runs, options.seconds, load)
        say({"key": key, "row": row})
        if "error" in row and is_broken(options.device):
            return 3
        if options.device == "cuda":
            torch.cuda.empty_cache()
    return 0


class Worker:
    """A child process and its events."""

    def __init__(self, options: argparse.Namespace, keys: list[str]) -> None:
        command = [sys.executable, str(Path(__file__).resolve()), "--child", "--device", options.device]
        command += ["--runs", str(options.runs), "--seconds", str(options.seconds)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.events: queue.Queue[Row | None] = queue.Queue()
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(keys))
        self.process.stdin.close()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        """Queue the events until the output ends, then None."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict):
                self.events.put(event)
        self.events.put(None)

    def stop(self) -> int:
        """End the process and return its status."""
        self.process.kill()
        return self.process.wait()


class Session:
    """The whole measurement: what is left to do, what is known, and where it is written."""

    def __init__(self, options: argparse.Namespace, cases: list[Case]) -> None:
        self.options = options
        self.cases = {case.key: case for case in cases}
        self.rows: dict[str, Row] = {}
        self.environment: Row = {}
        self.end = time.monotonic() + options.limit

    def left(self) -> list[str]:
        """The cases without a row."""
        return [key for key in self.cases if key not in self.rows]

    def run(self) -> None:
        """Start children until every case has a row or the time is up; two without a case end it too."""
        idle = 0
        while self.left() and time.monotonic() < self.end and idle < 2:
            before = len(self.rows)
            self.attend(Worker(self.options, self.left()))
            idle = idle + 1 if len(self.rows) == before else 0
        reason = "the time is up" if time.monotonic() >= self.end else "the process cannot be started"
        for key in self.left():
            self.fail(key, f"not run: {reason}")
        self.write()

    def attend(self, worker: Worker) -> None:
        """Take the events of a child until it ends, hangs, or the time is up."""
        current = ""
        while True:
            wait = min(self.options.patience, self.end - time.monotonic())
            try:
                event = worker.events.get(timeout=max(wait, 0.1))
            except queue.Empty:
                worker.stop()
                if current:
                    self.fail(current, f"ended after {wait:.0f} s")
                return
            if event is None:
                break
            self.environment = event.get("environment", self.environment)
            current = event.get("start", "")
            if "row" in event:
                self.accept(event["key"], event["row"])
        status = worker.stop()
        if current:
            self.fail(current, f"the process ended with status {status}")

    def accept(self, key: str, row: Row) -> None:
        """Keep a row, write everything, and show it."""
        self.rows[key] = row
        self.write()
        print(f"{len(self.rows):3}/{len(self.cases)} {key:50} {summary(row)}", flush=True)

    def fail(self, key: str, error: str) -> None:
        """Keep a row for a case that gave none."""
        self.accept(key, {**header(self.cases[key]), "error": error})

    def data(self) -> Row:
        """Everything, in the order of the table."""
        options = self.options
        setting = {"date": options.date, "runs": options.runs, "seconds": options.seconds, "device": options.device}
        rows = [self.rows[key] for key in self.cases if key in self.rows]
        return {"setting": setting, "environment": self.environment, "cases": rows}

    def write(self) -> None:
        """Write the file, and the same as YAML beside it."""
        out = self.options.out
        if out is not None:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(as_json(self.data()), encoding="utf-8")
            out.with_suffix(".yaml").write_text(as_yaml(self.data()), encoding="utf-8")


def summary(row: Row) -> str:
    """One line on a case."""
    if "error" in row:
        return f"ERROR {row['error']}"
    quiet = row["warn_only"]
    return (
        f"{row['distinct_off']:3} of {row['runs']:3} (alone {row['distinct_alone']}) ulp {row['max_ulp']:.3g}"
        f" | {row['switch_on']} {row.get('message', '')[:70]}"
        f" | warn {'yes' if quiet['warned'] else 'no'} {quiet.get('distinct', '')} | {row['seconds']} s"
    )


def as_json(data: Row) -> str:
    """JSON with one case a line."""
    rows = ",\n".join("  " + json.dumps(row) for row in data["cases"])
    head = ",\n".join(f'"{key}": {json.dumps(data[key])}' for key in ("setting", "environment"))
    return f'{{{head},\n"cases": [\n{rows}\n]}}\n'


def as_yaml(data: Row) -> str:
    """YAML with one case a line, which JSON in a list is."""
    lines = [f"{key}: {json.dumps(data[key])}" for key in ("setting", "environment")]
    return "\n".join([*lines, "cases:", *(f"- {json.dumps(row)}" for row in data["cases"])]) + "\n"


def main(argv: list[str] | None = None) -> int:
    """Run as a child, list the cases, or measure."""
    options = arguments(argv)
    if options.child:
        return child(options)
    cases = selected(options.only)
    if options.list:
        print("\n".join(f"{case.key:50} {case.about}" for case in cases))
        return 0
    start = time.monotonic()
    session = Session(options, cases)
    session.run()
    failed = sum("error" in row for row in session.rows.values())
    print(f"{len(cases)} cases, {failed} without a result, {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
