"""A run as curves over time: what the three lanes below the stage show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..model.record import SECOND, AccessLog, joined
from ..model.run import Run
from .ranks import nearest_ranks_by_group

BINS = 240
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """Curves of a run, one value a bin of `width` seconds; the first of two axes is that of the versions.

    `edges` (bins + 1) in s; `ready` and `wanted` (versions, bins) instances at the end of each bin;
    `failures` a second; `p99` (versions, bins) in s, NaN without answers; `hurt` users and `spent`
    error budget so far.
    """

    edges: Numbers
    ready: Numbers
    wanted: Numbers
    failures: Numbers
    p99: Numbers
    hurt: NDArray[np.int64]
    spent: Numbers

    @property
    def width(self) -> float:
        """Seconds a bin."""
        return float(self.edges[1] - self.edges[0])


@lru_cache(maxsize=2)  # a run and its ghost: whoever turns a knob again keeps the ghost
def series(run: Run) -> Series:
    """The curves of a run over all of its time; what is still open at its end is counted at its end."""
    edges = np.linspace(0, run.end, BINS + 1)
    bad = run.log.rows(run.log.failed)
    hurt, _ = first_failures(known_at(run, bad), bad.user)
    bins = _bins(run, run.log.time + run.log.latency, BINS - 1)
    failed = np.bincount(bins[run.log.failed], minlength=BINS)
    allowed = (1 - run.scenario.slo.availability) * run.requests
    spent = failed.cumsum() / allowed if allowed else np.where(failed.cumsum() > 0, np.inf, 0.0)
    return Series(
        edges=edges,
        ready=np.stack([ready_at(run, version, edges[1:]) for version in run.scenario.versions]),
        wanted=np.stack([_wanted(run, version, edges[1:]) for version in run.scenario.versions]),
        failures=failed.astype(np.float64) * (BINS / run.end),
        p99=_p99(run, bins),
        hurt=hurt.searchsorted(edges[1:], "right"),
        spent=spent,
    )


def _bins(run: Run, times: NDArray[np.int64], last: int) -> NDArray[np.int64]:
    """In which bin each of these times (ns) is; what comes later is in the `last` one."""
    bins: NDArray[np.int64] = np.minimum(times * (BINS / (run.end * SECOND)), last).astype(np.int64)
    return bins


def known_at(run: Run, log: AccessLog) -> Numbers:
    """When each client knew the fate of the request (s), at the latest at the end of the run."""
    return np.minimum((log.time + log.latency) / SECOND, run.end)


def first_failures(known: Numbers, user: NDArray[np.uint32]) -> tuple[Numbers, NDArray[np.uint32]]:
    """When each user who was hurt was hurt first (s), in order, and who it was, from all failures."""
    order = known.argsort(kind="stable")
    _, first = np.unique(user[order], return_index=True)
    rows = order[np.sort(first)]
    return known[rows], user[rows]


def ready_at(run: Run, version: str, times: Numbers) -> Numbers:
    """How many instances of a version are ready, and not told to stop, at each of these times (s)."""
    served = [span for i in run.instances if i.version == version for span in i.served]
    came = np.sort([up for up, _ in served])
    went = np.sort([down for _, down in served if down is not None])
    return (came.searchsorted(times, "right") - went.searchsorted(times, "right")).astype(np.float64)


def waiting(run: Run) -> NDArray[np.uint16]:
    """Requests that wait at each instance at the end of each bin, instance after instance; one is served."""
    log, rows = joined(run.log, run.mirrored), len(run.instances) + 1
    came, went = _bins(run, log.time, BINS), _bins(run, log.time + log.latency, BINS)
    stay = np.flatnonzero(came != went)  # the others wait at the end of no bin
    row = (log.instance[stay].astype(np.int64) + 1) * (BINS + 1)  # the first row is of those that met none
    size = rows * (BINS + 1)
    change = np.bincount(row + came[stay], minlength=size) - np.bincount(row + went[stay], minlength=size)
    inside = change.reshape(rows, BINS + 1).cumsum(axis=1)[1:, :BINS]
    queue: NDArray[np.uint16] = np.clip(inside - 1, 0, 65_535).astype(np.uint16).ravel()
    return queue


def _wanted(run: Run, version: str, times: Numbers) -> Numbers:
    starts = np.array([seen.start for _, seen in run.steps])
    counts = np.array([step.replicas.get(version, 0) for step, _ in run.steps], np.float64)
    return counts[np.maximum(0, starts.searchsorted(times, "right") - 1)]


def _p99(run: Run, bins: NDArray[np.int64]) -> Numbers:
    """The 99th percentile by version and bin."""
    log, groups = run.log, len(run.scenario.versions) * BINS
    answered = log.answered & (log.version >= 0)
    group = np.where(answered, log.version.astype(np.int64) * BINS + bins, groups)
    return nearest_ranks_by_group(log.latency, group, groups, 99).reshape(-1, BINS) / SECOND
