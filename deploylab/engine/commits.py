"""All chance of a pipeline, drawn before it starts: two pipelines meet the very same commits and defects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import NDArray

from ..model.chance import stream
from ..model.delivery_log import NEVER
from ..model.dora import DAY, HOUR
from ..model.pipeline import STAGES, Pipeline
from ..model.record import SECOND, Times

MINUTE = 60.0
Numbers = NDArray[np.float64]
STREAM = 9  # of the spawn keys of a seed; others belong to the requests


@dataclass(frozen=True)
class Luck:
    """What will happen to each commit, one row a commit.

    `time`, `size` and `found` are those of the record's `Commits`. In ns: `work`, (2, stages, commits), how
    long each stage is busy with it, and with its repaired successor; `fix`, the repair by its author;
    `notice`, from being live until its defect is noticed; `approval`, of a release that begins with it.
    """

    time: Times
    size: Times
    found: NDArray[np.int8]
    work: Times
    fix: Times
    notice: Times
    approval: Times


def draw(pipeline: Pipeline) -> Luck:
    """Draw the commits of all days; a longer delivery only extends a shorter one.

    >>> few, many = draw(Pipeline(days=10)), draw(Pipeline(days=20, batch_size=9))
    >>> n = len(few.time)
    >>> bool((many.time[:n] == few.time).all() and (many.found[:n] == few.found).all())
    True
    """
    p = pipeline
    mean = p.rate * p.days
    gaps, exponential, uniform = _raw(p.seed, int(mean + 10 * mean**0.5 + 20))
    time = (gaps * (DAY * SECOND / p.rate)).astype(np.int64).cumsum()
    n = int(time.searchsorted(round(p.days * DAY * SECOND)))
    size = np.maximum(1, np.ceil(exponential[:n, 0] * p.size)).astype(np.int64)
    return Luck(
        time=time[:n],
        size=size,
        found=_found(p, size, uniform[:n]),
        work=_work(p, exponential[:n, 4:], uniform[:n, 6:]),
        fix=_ns(exponential[:n, 1] * p.fix, HOUR),
        notice=_notice(p, exponential[:n, 2], uniform[:n, 1]),
        approval=_ns(exponential[:n, 3] * p.deploy.approval, HOUR),
    )


def _found(p: Pipeline, size: Times, uniform: Numbers) -> NDArray[np.int8]:
    """The first stage that finds the defect of each commit."""
    defect = uniform[:, 0] < 1 - (1 - p.defect_chance) ** (size / 100)
    catches = [stage.catches for stage in p.stages.values()]
    caught = np.column_stack([uniform[:, 2 : 2 + len(STAGES)] < catches, np.ones(len(size), np.bool_)])
    found: NDArray[np.int8] = np.where(defect, caught.argmax(axis=1), NEVER).astype(np.int8)
    return found


def _work(p: Pipeline, exponential: Numbers, uniform: Numbers) -> Times:
    """Work of each stage on each commit, first pass and repaired, as often as it takes a flaky stage."""
    rows = []
    for number, stage in enumerate(list(p.stages.values()) * 2):
        once = stage.duration * (1 - stage.variation + stage.variation * exponential[:, number])
        again = np.log1p(-uniform[:, number]) / log(stage.flakiness) if stage.flakiness else 0.0
        rows.append(_ns(once * (1 + np.floor(again)), MINUTE))
    return np.stack(rows).reshape(2, len(STAGES), -1)


def _notice(p: Pipeline, exponential: Numbers, uniform: Numbers) -> Times:
    seen = uniform < p.monitor.catches
    return _ns(exponential * np.where(seen, p.monitor.detection * MINUTE, p.monitor.report * HOUR), 1.0)


def _ns(times: Numbers, unit: float) -> Times:
    return (times * (unit * SECOND)).astype(np.int64)


@lru_cache(maxsize=4)
def _raw(seed: int, n: int) -> tuple[Numbers, Numbers, Numbers]:
    """Gaps, exponential and uniform numbers of n commits: each from a stream of its own."""
    gaps, times, others = (stream(seed, STREAM, number) for number in range(3))
    stages = 2 * len(STAGES)
    columns = (
        gaps.standard_exponential(n),
        times.standard_exponential((n, 4 + stages)),
        others.random((n, 6 + stages)),
    )
    for column in columns:
        column.flags.writeable = False
    return columns
