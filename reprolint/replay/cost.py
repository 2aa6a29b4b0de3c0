"""What a step costs after a change, as a ratio of what it cost before: from the step times that two replays left."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from reprolint.replay.report import Report
from reprolint.replay.trace import Trace, read_trace

# The first step warms up; fewer than this many others say nothing.
_LEAST = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of a step before and after (medians of `steps` steps), and how far runs of the same code are apart.

    Probes are part of both; a ratio within `noise` is none.
    """

    before: float
    after: float
    noise: float
    steps: int

    @property
    def ratio(self) -> float:
        """How many times as long a step takes."""
        return self.after / self.before

    @property
    def is_told(self) -> bool:
        """Whether the ratio is more than what equal runs differ by."""
        return max(self.ratio, 1 / self.ratio) > self.noise


def cost(before: Report, after: Report) -> Cost | str:
    """The cost, or why there is no figure."""
    if before.simulated or after.simulated:
        return "virtual CUDA has other costs than a GPU"
    ours, theirs = _runs(before), _runs(after)
    steps = min((len(times) for times in (*ours, *theirs)), default=0)
    if steps < _LEAST:
        return f"at least {_LEAST + 2} steps of two runs are needed"
    middle = [[median(times) for times in runs] for runs in (ours, theirs)]
    noise = max(max(medians) / min(medians) for medians in middle)
    before_all, after_all = ([time for times in runs for time in times] for runs in (ours, theirs))
    return Cost(median(before_all), median(after_all), noise, steps)


def _runs(report: Report) -> list[list[float]]:
    traces = [read_trace(report.traces / f"run-{number}") for number in range(1, report.runs + 1)]
    return [_times(trace) for trace in traces if trace is not None]


def _times(trace: Trace) -> list[float]:
    """Seconds between the ends of consecutive steps."""
    ends = {line["step"]: float(line["at"]) for line in trace.meta if line["kind"] == "time"}
    return [ends[step + 1] - ends[step] for step in sorted(ends) if step + 1 in ends and step + 1 < trace.steps]
