"""How the balancer divides the traffic, moment by moment."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

import numpy as np
from numpy.typing import NDArray

from ..model.run import Run
from .series import ready_at

Shares = NDArray[np.float64]


def division(run: Run) -> tuple[Shares, Shares]:
    """When the division changes (s), and from then on the shares of each version and of nobody.

    The balancer learns of every change `endpoint_lag` late, so this is what it does, not what was ordered.
    """
    starts = np.array([seen.start for _, seen in run.steps])
    lives = [time for i in run.instances for span in i.served for time in span if time is not None]
    spans = [_leaving(run, version) for version in run.scenario.versions]
    marks = np.unique(np.concatenate([[0.0], starts, lives, *map(np.ravel, spans)]))
    ready = np.stack([ready_at(run, version, marks) for version in run.scenario.versions], axis=1)
    leaving = np.stack([np.subtract(*(t.searchsorted(marks, "right") for t in times)) for times in spans], 1)
    step = np.maximum(0, starts.searchsorted(marks, "right") - 1)
    rows = [(1.0, *[0.0] * len(run.scenario.versions))]
    rows += [
        _shares(run.steps[s][0].traffic, first, last, run.scenario.versions)
        for s, first, last in zip(step, ready, leaving, strict=True)
    ]
    return np.concatenate([[0.0], marks + run.scenario.platform.endpoint_lag]), np.array(rows)


def _leaving(run: Run, version: str) -> Shares:
    """Since when, and until when, instances were told to stop and listened still; each row is sorted."""
    platform = run.scenario.platform
    hook = min(platform.pre_stop, platform.termination_grace_period)
    mine = (i for i in run.instances if i.version == version and i.served and i.served[-1][1] == i.draining)
    spans = [(i.draining, min(i.draining + hook, i.stopped or inf)) for i in mine if i.draining is not None]
    return np.sort(np.array(spans).reshape(-1, 2), axis=0).T


def _shares(
    traffic: Mapping[str, float] | None, ready: Shares, leaving: Shares, versions: tuple[str, ...]
) -> tuple[float, ...]:
    if traffic is None:
        counts = ready if ready.any() else leaving
        total = counts.sum()
        return (*(counts / total), 0.0) if total else (*(0.0 * counts), 1.0)
    there = ready + leaving
    served = [traffic.get(v, 0) / 100 if count else 0.0 for v, count in zip(versions, there, strict=True)]
    return (*served, max(0.0, 1 - sum(served)))
