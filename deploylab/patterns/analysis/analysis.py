"""Judge a version by what was seen of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...model.errors import KnobError
from ...model.knob import check_knobs, knob, known_fields, turned
from ...model.knob_shapes import count_knob, share_knob, time_knob
from ...model.over_time import nearest_ranks
from ...model.rollout import Observation, Verdict
from .analysis_run import VERDICTS, Phase, evaluate_result
from .judges import Judge, Threshold
from .measuring import AnalysisRun


@known_fields
@dataclass(frozen=True, repr=False)
class Analysis:
    """Is this version good enough to go on? A limit is broken by strictly more, never by reaching it.

    Without an `interval` it measures once, at the end of the time it is given. With one it measures again
    and again; it ends at once when more measurements failed, were inconclusive or could not be made than the
    limits allow. A count and limits of failed or inconclusive ones need an interval: a single measurement
    that failed would be within them.

    Source: Argo Rollouts, AnalysisTemplate and AnalysisRun: Successful, Failed or Inconclusive.
    """

    max_error_rate: float = share_knob(0.01, "share of failed requests that is still good", (0, 0.2, 0.005))
    max_latency_p99: float = time_knob(
        1.0, "99 % of answers must come within", (0.05, 5, 0.05), most=3600, above=0
    )
    min_requests: int = count_knob(
        50, "requests needed for a verdict", (1, 1_000_000), (1, 2000, 1), unit="requests"
    )
    min_availability: float = share_knob(
        0.0,
        "share of all requests of the service that must get a good answer, 0 asks for nothing",
        (0, 1, 0.001),
    )
    margin: float = knob(
        0.0, "how far beyond a limit is inconclusive before it is failed, as a share of the limit", minimum=0,
        maximum=100, slider=(0, 3, 0.1),
    )  # fmt: skip
    interval: float = time_knob(0.0, "time between two measurements, 0 measures once", (0, 60, 1))
    initial_delay: float = time_knob(0.0, "time before anything is measured", (0, 120, 5))
    count: int = count_knob(
        0, "measurements after which it ends, 0 for as many as there is time for", (0, 10_000), (0, 60, 1)
    )
    failure_limit: int = count_knob(
        0, "failed measurements that are still good, -1 for any number", (-1, 10_000), (-1, 20, 1)
    )
    inconclusive_limit: int = count_knob(
        0, "inconclusive measurements that are still good", (0, 10_000), (0, 20, 1)
    )
    consecutive_error_limit: int = count_knob(
        4, "measurements in a row that may be impossible", (0, 10_000), (0, 20, 1)
    )
    consecutive_success_limit: int = count_knob(
        0, "good measurements in a row that are enough, 0 for no such number", (0, 10_000), (0, 20, 1)
    )
    judge: Judge = Threshold()

    def __post_init__(self) -> None:
        check_knobs(self)
        if isinstance(self.judge, type) or not callable(self.judge):
            judges = "Threshold(), FixedSample(), Sequential() or MannWhitney()"
            raise KnobError("Analysis", "judge", self.judge, f"is no judge; use {judges}, with brackets")
        once = {"count": (0, 1), "failure_limit": (0,), "inconclusive_limit": (0,)}
        for name, allowed in once.items() if not self.interval else ():
            if (value := getattr(self, name)) not in allowed:
                problem = "needs an interval, for without one there is a single measurement"
                raise KnobError("Analysis", name, value, f"{problem}; use for example interval=10")

    def __call__(self, seen: Observation, version: str, baseline: str | None = None) -> Verdict:
        """The verdict on `version` after what was `seen`, in one measurement.

        >>> from deploylab.model.rollout import Observation
        >>> seen = Observation(0, 60, {}, {"v2": 100}, {"v2": 2}, {"v2": np.zeros(98, np.int64)})
        >>> Analysis(max_error_rate=0.02)(seen, "v2").value, Analysis(max_error_rate=0.01)(seen, "v2").value
        ('Successful', 'Failed')
        """
        worst = max(self.measurement([seen], version, baseline).values(), key=list(Phase).index)
        return Verdict.INCONCLUSIVE if worst is Phase.ERROR else VERDICTS[worst]

    def begin(self, version: str, baseline: str | None = None) -> AnalysisRun:
        """An analysis of `version` over time, beside `baseline` if the judge compares the two."""
        return AnalysisRun(self, version, baseline)

    def measurement(
        self, seen: Sequence[Observation], version: str, baseline: str | None = None
    ) -> Mapping[str, Phase]:
        """What the last of these observations says by each metric; without a request none can be measured."""
        if not seen[-1].requests.get(version, 0):
            return dict.fromkeys(self.metrics, Phase.ERROR)
        said = self.judge(self, seen, version, baseline)
        if set(said) != set(self.metrics) or not all(isinstance(phase, Phase) for phase in said.values()):
            problem = f"said {said!r}; a judge gives a Phase for each of {', '.join(self.metrics)}"
            raise KnobError("Analysis", "judge", self.judge, problem)
        return said

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of what is measured."""
        return ("error rate", "latency", *(("availability",) if self.min_availability else ()))

    def against_limits(self, seen: Observation, version: str) -> Mapping[str, Phase]:
        """Each metric against its own limit; too few requests are inconclusive."""
        if seen.requests[version] < self.min_requests:
            return dict.fromkeys(self.metrics, Phase.INCONCLUSIVE)
        phases = {
            "error rate": self._at_most(self.max_error_rate, seen.error_rate(version)),
            "latency": self._latency(seen.latencies[version]),
            "availability": self._at_least(self.min_availability, _availability(seen)),
        }
        return {name: phases[name] for name in self.metrics}

    def _latency(self, answers: NDArray[np.int64]) -> Phase:
        """Where nobody was answered there is no latency to measure, and that is no good one."""
        if not len(answers):
            return Phase.ERROR
        (p99,) = nearest_ranks(answers, 99)
        return self._at_most(self.max_latency_p99, p99)

    def _at_most(self, limit: float, value: float) -> Phase:
        worst = round(limit * (1 + self.margin), 12)  # or 3 x 0.1 would be more than 0.3
        return evaluate_result(value, lambda v: v <= limit, (lambda v: v > worst) if self.margin else None)

    def _at_least(self, limit: float, value: float) -> Phase:
        worst = round(1 - (1 - limit) * (1 + self.margin), 12)
        return evaluate_result(value, lambda v: v >= limit, (lambda v: v < worst) if self.margin else None)

    def __repr__(self) -> str:
        """Only the knobs that were turned: the name of a run is made of it."""
        return f"Analysis({', '.join(turned(self))})"


def check_analysis(owner: object, *names: str) -> None:
    """Refuse anything but an `Analysis` in these fields, where a strategy is made and not in its middle.

    >>> from deploylab import Canary
    >>> Canary(analysis=0.01)
    Traceback (most recent call last):
    deploylab.model.errors.KnobError: Canary.analysis: 0.01 is no Analysis; use for example \
Analysis(max_error_rate=0.01)
    """
    for name in names:
        value = getattr(owner, name)
        if not isinstance(value, Analysis):
            problem = "is no Analysis; use for example Analysis(max_error_rate=0.01)"
            raise KnobError(type(owner).__name__, name, value, problem)


def _availability(seen: Observation) -> float:
    """Good answers over all requests of the service, those included that met no instance.

    A version that only got copies answered nobody.
    """
    serving = [name for name, asked in seen.requests.items() if asked > seen.copies.get(name, 0)]
    asked = sum(seen.requests[name] for name in serving) + seen.refused
    good = sum(seen.requests[name] - seen.errors.get(name, 0) for name in serving)
    return good / asked if asked else 1.0
