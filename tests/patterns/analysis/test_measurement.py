"""One measurement against its limits."""

from __future__ import annotations

import numpy as np
import pytest

from deploylab.model.rollout import Observation, Verdict
from deploylab.patterns.analysis import Analysis


def seen(requests: int, errors: int, latency: float = 0.01) -> Observation:
    times = np.full(requests - errors, round(latency * 1e9), np.int64)
    return Observation(0, 60, {}, {"v2": requests}, {"v2": errors}, {"v2": times})


@pytest.mark.parametrize(
    ("observation", "verdict"),
    [
        (seen(49, 49), Verdict.INCONCLUSIVE),
        (seen(50, 0), Verdict.SUCCESSFUL),
        (seen(100, 1), Verdict.SUCCESSFUL),
        (seen(100, 2), Verdict.FAILED),
        (seen(100, 0, latency=1), Verdict.SUCCESSFUL),
        (seen(100, 0, latency=1.001), Verdict.FAILED),
        (seen(60, 60), Verdict.FAILED),
    ],
)
def test_a_limit_is_broken_by_strictly_more(observation: Observation, verdict: Verdict) -> None:
    assert Analysis(max_error_rate=0.01, max_latency_p99=1)(observation, "v2") is verdict
    assert Analysis()(observation, "v1") is Verdict.INCONCLUSIVE
