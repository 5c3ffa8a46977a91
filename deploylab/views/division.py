"""How the balancer divides the traffic, moment by moment."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..model.run import Run
from .series import ready_at


def division(run: Run) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When the division changes (s), and from then on the shares of each version and of nobody.

    The balancer learns of every change `endpoint_lag` late, so this is what it does, not what was ordered.
    """
    starts = np.array([seen.start for _, seen in run.steps])
    lives = [time for i in run.instances for span in i.served for time in span if time is not None]
    marks = np.unique([0.0, *starts, *lives])
    ready = np.stack([ready_at(run, version, marks) for version in run.scenario.versions], axis=1)
    step = np.maximum(0, starts.searchsorted(marks, "right") - 1)
    rows = [(1.0, *[0.0] * len(run.scenario.versions))]
    rows += [
        _shares(run.steps[s][0].traffic, counts, run.scenario.versions)
        for s, counts in zip(step, ready, strict=True)
    ]
    return np.concatenate([[0.0], marks + run.scenario.platform.endpoint_lag]), np.array(rows)


def _shares(
    traffic: Mapping[str, float] | None, ready: NDArray[np.float64], versions: tuple[str, ...]
) -> tuple[float, ...]:
    if traffic is None:
        total = ready.sum()
        return (*(ready / total), 0.0) if total else (*(0.0 * ready), 1.0)
    served = [traffic.get(v, 0) / 100 if count else 0.0 for v, count in zip(versions, ready, strict=True)]
    return (*served, max(0.0, 1 - sum(served)))
