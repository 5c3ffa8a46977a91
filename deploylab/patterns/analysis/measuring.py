"""An analysis on its way: it measures again and again what is seen, until its limits or the time decide."""

from __future__ import annotations

from dataclasses import replace
from math import isinf
from typing import TYPE_CHECKING

from ...model.rollout import Observation, Step, Verdict
from ..heed import Steps, Watch
from .analysis_run import VERDICTS, MetricResult, Phase, assess_run_status

if TYPE_CHECKING:
    from .analysis import Analysis


class AnalysisRun:
    """One analysis of one version, from its first measurement to its verdict; `Analysis.begin` makes it."""

    def __init__(self, analysis: Analysis, version: str, baseline: str | None = None) -> None:
        self.analysis, self.version, self.baseline = analysis, version, baseline
        self.results = {name: MetricResult() for name in analysis.metrics}
        self._seen: list[Observation] = []
        self._delay = analysis.initial_delay
        self._over = False

    @property
    def phase(self) -> Phase:
        """The state of the run in the words of Argo Rollouts.

        A metric that was never measured is inconclusive in the end; Argo Rollouts would call it successful.
        """
        phase = assess_run_status(self.analysis, self.results, self._over)
        measured = all(result.count for result in self.results.values())
        return phase if measured or phase is not Phase.SUCCESSFUL else Phase.INCONCLUSIVE

    @property
    def verdict(self) -> Verdict | None:
        """What it says of the version; None while it is running."""
        return VERDICTS.get(self.phase)

    @property
    def reason(self) -> str:
        """The metrics that did not always succeed, in words: `error rate failed 2 of 3 times`."""
        words = []
        for name, r in self.results.items():
            bad = {"failed": r.failed, "was inconclusive": r.inconclusive, "could not be measured": r.error}
            total = r.count + r.error
            often = "once" if total == 1 else "{} of {} times"
            words += [f"{name} {what} {often.format(n, total)}" for what, n in bad.items() if n]
        return ", ".join(words)

    def measure(self, seen: Observation) -> Verdict | None:
        """Take one measurement of what was `seen`; the verdict if that decided it."""
        self._seen.append(seen)
        for name, phase in self.analysis.measurement(self._seen, self.version, self.baseline).items():
            self.results[name] = self.results[name].plus(phase)
        return self.verdict

    def watch(self, step: Step) -> Steps:
        """Yield `step` in slices of the interval and measure each, until its hold is over.

        The verdict, a missed deadline or an order that the step heeds end it earlier; it returns the last
        observation. What is seen during the initial delay is not measured. A slice takes what is left of the
        hold when another interval does not fit, and an endless hold is one slice. A later `watch` goes on
        with the same run; where its limits have decided already, the step is held without measuring.
        """
        self._over = False
        decided = self.verdict is not None
        rest, end = step.hold, None
        while True:
            delay = 0.0 if decided else min(self._delay, rest)
            part = rest if decided else delay or self._slice(rest)
            seen = yield replace(step, hold=part)
            if seen.deadline_exceeded or (step.heeds and seen.orders):
                return seen
            if delay:
                self._delay -= delay
            elif not decided:
                self.measure(seen)
            end = seen.end - part + step.hold if end is None else end
            last = part == rest
            rest = round(end - seen.end, 9)  # waiting for an instance that went down is a part of the hold
            if last or rest <= 0:
                self._over = True
                return seen
            if self.verdict is not None:
                return seen

    def _slice(self, rest: float) -> float:
        interval = self.analysis.interval
        return rest if not interval or isinf(rest) or rest < 2 * interval else interval


def measured(watch: Watch, run: AnalysisRun) -> Watch:
    """Watch in this way, and let an analysis in the background measure what is seen, until it has failed."""

    def watched(step: Step) -> Steps:
        flow = watch(step)
        wanted = next(flow)
        while True:
            seen = yield wanted
            if run.measure(seen) is Verdict.FAILED:
                return seen
            try:
                wanted = flow.send(seen)
            except StopIteration as stop:
                last: Observation = stop.value
                return last

    return watched
