"""The state of an analysis after its measurements so far.

Source: Argo Rollouts, analysis/analysis.go, utils/analysis/helpers.go and utils/evaluate/evaluate.go; the
functions have their names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from ...model.rollout import Verdict

if TYPE_CHECKING:
    from .analysis import Analysis

T = TypeVar("T")
NO_LIMIT = -1  # of failures: then only the successes in a row decide


class Phase(Enum):
    """The state of a measurement, of a metric, or of the whole run; from the best to the worst."""

    SUCCESSFUL = "Successful"
    RUNNING = "Running"
    PENDING = "Pending"
    INCONCLUSIVE = "Inconclusive"
    ERROR = "Error"  # it could not be measured, which is not the same as a bad measurement
    FAILED = "Failed"

    @property
    def completed(self) -> bool:
        """Whether it will not change any more."""
        return self not in (Phase.RUNNING, Phase.PENDING)


# A rollout is aborted by an error as by a failure.
VERDICTS = {
    Phase.SUCCESSFUL: Verdict.SUCCESSFUL,
    Phase.INCONCLUSIVE: Verdict.INCONCLUSIVE,
    Phase.ERROR: Verdict.FAILED,
    Phase.FAILED: Verdict.FAILED,
}


@dataclass(frozen=True)
class MetricResult:
    """The measurements of one metric so far; an error is none, so `count` leaves it out."""

    successful: int = 0
    failed: int = 0
    inconclusive: int = 0
    error: int = 0
    count: int = 0
    consecutive_error: int = 0
    consecutive_success: int = 0
    last: Phase | None = None  # None before the first measurement

    def plus(self, phase: Phase) -> MetricResult:
        """The counts after one more measurement that ended like this."""
        name, error = phase.name.lower(), phase is Phase.ERROR
        return replace(
            self,
            **{name: getattr(self, name) + 1},
            count=self.count + (not error),
            consecutive_error=self.consecutive_error + 1 if error else 0,
            consecutive_success=self.consecutive_success + 1 if phase is Phase.SUCCESSFUL else 0,
            last=phase,
        )


def evaluate_result(
    result: T, success: Callable[[T], bool] | None = None, failure: Callable[[T], bool] | None = None
) -> Phase:
    """What one measured value says, by a condition of success, one of failure, or both.

    With one of them the other is its opposite; with both, a value that fulfils neither is inconclusive, and
    failure is stronger. A condition that cannot be evaluated is an error.

    >>> [evaluate_result(x, lambda rate: rate <= 1, lambda rate: rate > 5).value for x in (1, 3, 6)]
    ['Successful', 'Inconclusive', 'Failed']
    """
    try:
        succeeds = None if success is None else bool(success(result))
        fails = None if failure is None else bool(failure(result))
    except Exception:  # whatever a condition may raise
        return Phase.ERROR
    if fails or (fails is None and succeeds is False):
        return Phase.FAILED
    return Phase.INCONCLUSIVE if succeeds is False else Phase.SUCCESSFUL


def assess_metric_status(analysis: Analysis, result: MetricResult, terminating: bool = False) -> Phase:
    """The state of a metric after its measurements so far; a limit is exceeded by strictly more.

    `terminating`: no further measurement will come.

    >>> from deploylab import Analysis
    >>> two = MetricResult(failed=2, count=2, last=Phase.FAILED)
    >>> [assess_metric_status(Analysis(interval=60, failure_limit=n), two).value for n in (1, 2)]
    ['Failed', 'Running']
    """
    if result.last is None:
        return Phase.SUCCESSFUL if terminating else Phase.PENDING
    if not result.last.completed:
        return Phase.RUNNING
    if analysis.failure_limit != NO_LIMIT and result.failed > analysis.failure_limit:
        return Phase.FAILED
    if result.inconclusive > analysis.inconclusive_limit:
        return Phase.INCONCLUSIVE
    if result.consecutive_error > analysis.consecutive_error_limit:
        return Phase.ERROR
    in_a_row = analysis.consecutive_success_limit
    if in_a_row and result.consecutive_success >= in_a_row:
        return Phase.SUCCESSFUL
    wanted = effective_count(analysis)
    if wanted and result.count >= wanted:
        if not in_a_row:
            return Phase.SUCCESSFUL
        return Phase.FAILED if analysis.failure_limit == NO_LIMIT else Phase.INCONCLUSIVE
    return Phase.SUCCESSFUL if terminating else Phase.RUNNING


def effective_count(analysis: Analysis) -> int:
    """How many measurements are wanted: one if there is no interval; 0 for as many as there will be."""
    return analysis.count or (0 if analysis.interval else 1)


def assess_run_status(
    analysis: Analysis, results: Mapping[str, MetricResult], terminating: bool = False
) -> Phase:
    """The state of the whole run, that of its worst metric; it ends once one of them has not succeeded."""
    phases = [assess_metric_status(analysis, result, terminating) for result in results.values()]
    if not terminating and any(p.completed and p is not Phase.SUCCESSFUL for p in phases):
        return assess_run_status(analysis, results, terminating=True)
    if all(phase.completed for phase in phases):
        return max(phases, key=list(Phase).index)
    return Phase.RUNNING
