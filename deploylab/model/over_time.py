"""The figures of a run, bin by bin: when it hurt, and how fast the error budget burnt."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .errors import KnobError
from .knob import Knob, is_number
from .record import SECOND
from .table import Table

if TYPE_CHECKING:
    from .run import Run

BINS = Knob("bins", minimum=1, maximum=100_000, whole=True)
PERCENTS = (50, 95, 99)
SAMPLE = 1_000  # values looked at to guess where a percentile lies


def nearest_ranks(latencies: NDArray[np.int64], *percents: float) -> tuple[float, ...]:
    """The latencies (s) within which so many percent of these (ns) lie; each is one of them, never a mean.

    >>> nearest_ranks(np.array([300, 100, 200]) * 1_000_000, 50, 99)
    (0.2, 0.3)
    """
    if not len(latencies):
        return (float("nan"),) * len(percents)
    # Exact, for 0.55 * 100 is above 55 in floats.
    ranks = [ceil(Fraction(str(percent)) * len(latencies) / 100) for percent in percents]
    return tuple(_at_place(latencies, max(0, rank - 1)) / SECOND for rank in ranks)


def _at_place(values: NDArray[np.int64], place: int) -> int:
    """The value at this place in ascending order, looked for among those that a sample says are near it.

    Near is within four standard deviations; if the place is not there nonetheless, all values are looked at.

    >>> _at_place(np.arange(10_000)[::-1], 9_900)
    9900
    """
    sample = np.sort(values[:: len(values) // SAMPLE + 1])
    share = place / len(values)
    guess, error = share * len(sample), 4 * sqrt(len(sample) * share * (1 - share)) + 1
    low = sample[max(0, int(guess - error))]
    high = sample[min(len(sample) - 1, int(guess + error) + 1)]
    left_out = int(np.count_nonzero(values < low))
    near = values[(values >= low) & (values <= high)]
    if not left_out <= place < left_out + len(near):
        near, left_out = values, 0
    return int(np.partition(near, place - left_out)[place - left_out])


def different(people: NDArray[np.uint32]) -> int:
    """How many different people these are: they tick themselves off, which is faster than sorting them.

    >>> different(np.array([7, 3, 7], np.uint32))
    2
    """
    if not len(people):
        return 0
    here = np.zeros(int(people.max()) + 1, np.bool_)
    here[people] = True
    return int(here.sum())


def budget_spent(failures: int, requests: int, promise: float) -> float:
    """Failures over those that a promised availability allows; 1 spends the budget exactly.

    >>> round(budget_spent(3, 1_000, promise=0.999), 3)
    3.0
    """
    allowed = (1 - promise) * requests
    return failures / allowed if allowed else float("inf") if failures else 0.0


def burn_rate(run: Run, start: float, stop: float) -> float:
    """How fast the error budget burns between these seconds; see `Run.burn_rate`."""
    if not is_number(start) or not is_number(stop) or not 0 <= start < stop:
        allowed = "is no stretch of time; use seconds with 0 <= start < end, for example 30, 60"
        raise KnobError("Run", "burn_rate", (start, stop), allowed)
    log, moments = run.window, [round(start * SECOND), round(stop * SECOND)]
    part = log.rows(slice(*log.time.searchsorted(moments).tolist()))
    return budget_spent(int(part.failed.sum()), len(part), run.scenario.slo.availability)


def over_time(run: Run, bins: int, version: str | None) -> Table:
    """The window cut into `bins` of equal length; each request counts where it arrived."""
    if not BINS.allows(bins):
        raise KnobError("Run.over_time", "bins", bins, f"is not allowed; use {BINS.bounds()}, for example 60")
    log = run.requests_of(version)
    end = round(run.scenario.duration * SECOND)
    edges = [end * number // bins for number in range(bins + 1)]
    cuts = log.time.searchsorted(edges).tolist()
    parts = [log.rows(slice(lo, hi)) for lo, hi in pairwise(cuts)]
    requests, failures = [len(part) for part in parts], [int(part.failed.sum()) for part in parts]
    promise = run.scenario.slo.availability
    burnt = [budget_spent(f, n, promise) for f, n in zip(failures, requests, strict=True)]
    columns: dict[str, NDArray[Any]] = {
        "start": np.array(edges[:-1]) / SECOND,
        "requests": np.array(requests),
        "failures": np.array(failures),
        "availability": 1 - np.array(failures) / np.maximum(1, requests),
        "burn_rate": np.array(burnt, np.float64),
    }
    ranked = np.array([nearest_ranks(part.answers, *PERCENTS) for part in parts], np.float64)
    for column, percent in enumerate(PERCENTS):
        columns[f"latency_p{percent}"] = np.ascontiguousarray(ranked[:, column])
    return Table(columns, varied=("start",))
