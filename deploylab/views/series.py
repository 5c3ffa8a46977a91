"""A run as curves over time: what the three lanes below the stage show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model.record import SECOND, AccessLog, joined
from ..model.run import Run

BINS = 240
LATENCY_BITS = 42  # a latency fits in these bits of a sort key: 73 minutes in ns
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


def series(run: Run) -> Series:
    """The curves of a run over all of its time; what is still open at its end is counted at its end."""
    edges = np.linspace(0, run.end, BINS + 1)
    known = known_at(run, run.log)
    bins = np.minimum((known * (BINS / run.end)).astype(np.int64), BINS - 1)
    failed = np.bincount(bins[run.log.failed], minlength=BINS)
    allowed = (1 - run.scenario.slo.availability) * run.requests
    spent = failed.cumsum() / allowed if allowed else np.where(failed.cumsum() > 0, np.inf, 0.0)
    return Series(
        edges=edges,
        ready=np.stack([ready_at(run, version, edges[1:]) for version in run.scenario.versions]),
        wanted=np.stack([_wanted(run, version, edges[1:]) for version in run.scenario.versions]),
        failures=failed.astype(np.float64) * (BINS / run.end),
        p99=_p99(run, bins),
        hurt=np.searchsorted(np.sort(first_failures(run.log, known)), edges[1:], side="right"),
        spent=spent,
    )


def known_at(run: Run, log: AccessLog) -> Numbers:
    """When each client knew the fate of the request (s), at the latest at the end of the run."""
    return np.minimum((log.time + log.latency) / SECOND, run.end)


def first_failures(log: AccessLog, known: Numbers) -> Numbers:
    """When each user who was hurt was hurt first (s)."""
    when = known[log.failed]
    order = when.argsort(kind="stable")
    _, first = np.unique(log.user[log.failed][order], return_index=True)
    return when[order][first]


def ready_at(run: Run, version: str, times: Numbers) -> Numbers:
    """How many instances of a version are ready, and not told to stop, at each of these times (s)."""
    served = [span for i in run.instances if i.version == version for span in i.served]
    came = np.sort([up for up, _ in served])
    went = np.sort([down for _, down in served if down is not None])
    return (came.searchsorted(times, "right") - went.searchsorted(times, "right")).astype(np.float64)


def waiting(run: Run) -> NDArray[np.uint16]:
    """Requests that wait at each instance at the end of each bin, instance after instance; one is served."""
    log, n = joined(run.log, run.mirrored), len(run.instances)
    met = log.instance >= 0
    width = run.end * SECOND / BINS
    row = log.instance[met].astype(np.int64) * (BINS + 1)
    came = np.minimum(log.time[met] / width, BINS).astype(np.int64)
    went = np.minimum((log.time[met] + log.latency[met]) / width, BINS).astype(np.int64)
    change = np.bincount(row + came, minlength=n * (BINS + 1)) - np.bincount(
        row + went, minlength=n * (BINS + 1)
    )
    inside = change.reshape(n, BINS + 1).cumsum(axis=1)[:, :BINS]
    queue: NDArray[np.uint16] = np.clip(inside - 1, 0, 65_535).astype(np.uint16).ravel()
    return queue


def _wanted(run: Run, version: str, times: Numbers) -> Numbers:
    starts = np.array([seen.start for _, seen in run.steps])
    counts = np.array([step.replicas.get(version, 0) for step, _ in run.steps], np.float64)
    return counts[np.maximum(0, starts.searchsorted(times, "right") - 1)]


def _p99(run: Run, bins: NDArray[np.int64]) -> Numbers:
    """The 99th percentile by version and bin: one sort, with version and bin in the high bits of the key."""
    log, n = run.log, len(run.scenario.versions)
    good = log.answered & (log.version >= 0)
    group = log.version[good].astype(np.int64) * BINS + bins[good]
    keys = np.sort((group << LATENCY_BITS) | log.latency[good])
    count = np.bincount(group, minlength=n * BINS)
    last = count.cumsum() - count + np.ceil(0.99 * count).astype(np.int64) - 1
    p99 = np.full(n * BINS, np.nan)
    p99[count > 0] = (keys[last[count > 0]] & ((1 << LATENCY_BITS) - 1)) / SECOND
    return p99.reshape(n, BINS)
