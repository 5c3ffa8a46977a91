"""Judge a version by what was seen of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from ..model.knob import check_knobs, knob, known_fields
from ..model.record import SECOND
from ..model.rollout import Observation, Verdict


@known_fields
@dataclass(frozen=True)
class Analysis:
    """Is this version good enough to go on? A limit is broken by strictly more, never by reaching it.

    Source: Argo Rollouts, AnalysisRun: Successful, Failed or Inconclusive.
    """

    max_error_rate: float = knob(
        0.01, "share of failed requests that is still good", minimum=0, maximum=1, slider=(0, 0.2, 0.005)
    )
    max_latency_p99: float = knob(
        1.0, "99 % of answers must come within", unit="s", above=0, maximum=3600, slider=(0.05, 5, 0.05)
    )
    min_requests: int = knob(
        50, "requests needed for a verdict", unit="requests", minimum=1, maximum=1_000_000, whole=True,
        slider=(1, 2000, 1),
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_knobs(self)

    def __call__(self, seen: Observation, version: str) -> Verdict:
        """The verdict on `version` after what was `seen`.

        >>> from deploylab.model.rollout import Observation
        >>> seen = Observation(0, 60, {}, {"v2": 100}, {"v2": 2}, {"v2": np.zeros(98, np.int64)})
        >>> Analysis(max_error_rate=0.02)(seen, "v2").value, Analysis(max_error_rate=0.01)(seen, "v2").value
        ('Successful', 'Failed')
        """
        if seen.requests.get(version, 0) < self.min_requests:
            return Verdict.INCONCLUSIVE
        if seen.error_rate(version) > self.max_error_rate:
            return Verdict.FAILED
        return Verdict.FAILED if _p99(seen, version) > self.max_latency_p99 else Verdict.SUCCESSFUL


def _p99(seen: Observation, version: str) -> float:
    times = np.sort(seen.latencies[version])
    return float(times[ceil(99 * len(times) / 100) - 1]) / SECOND if len(times) else 0.0
