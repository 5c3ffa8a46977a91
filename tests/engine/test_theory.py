"""Long runs of the queues against queueing theory: M/M/1, M/D/1 and M/M/c, means and p99 of the waits.

A z-score is how many standard errors the simulation is from the theory. The standard error comes from many
independent queues side by side, each one from empty, its beginning left out.
"""

from __future__ import annotations

from math import factorial, log

import numpy as np
import pytest
from numpy.typing import NDArray

from deploylab.engine.workers import queues

SERVICE = 1_000_000  # ns
QUEUES = 40  # independent ones, for the standard error
LOADS = {
    0.5: 20_000,
    0.8: 40_000,
    0.95: 120_000,
}  # requests at each queue; a fuller queue forgets more slowly
MOST_Z = 4.0


def waits(load: float, workers: int, constant: bool, seed: int) -> NDArray[np.float64]:
    """How long requests wait before service, in mean services, one row a queue, from the settled part."""
    chance = np.random.Generator(np.random.PCG64(seed))
    n, rows = LOADS[load], []
    for _ in range(QUEUES):
        gaps = chance.standard_exponential(n) * (SERVICE / load / workers)
        arrival = gaps.astype(np.int64).cumsum()
        shares = np.ones(n) if constant else chance.standard_exponential(n)
        work = (shares * SERVICE).astype(np.int64)
        one = queues(workers)
        done = one.serve(arrival, work, np.zeros(n, np.uint16))
        rows.append(((done - work - arrival) / SERVICE)[n // 4 :])
    return np.array(rows)


def erlang_c(load: float, workers: int) -> float:
    """The chance that a request has to wait at M/M/c."""
    offered = load * workers
    full = offered**workers / factorial(workers) / (1 - load)
    return full / (sum(offered**k / factorial(k) for k in range(workers)) + full)


def z_score(samples: NDArray[np.float64], theory: float) -> float:
    return float((samples.mean() - theory) / (samples.std(ddof=1) / len(samples) ** 0.5))


def assert_close(name: str, samples: NDArray[np.float64], theory: float) -> None:
    z = z_score(samples, theory)
    assert abs(z) < MOST_Z, f"{name}: {samples.mean():.4f} services, theory says {theory:.4f}, z = {z:+.2f}"


@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("workers", [1, 2, 8])
def test_waits_of_m_m_c_are_what_theory_says(load: float, workers: int) -> None:
    """The wait is 0, or exponential with mean 1 / (c * (1 - load)), with the chance of Erlang's formula C."""
    chance = erlang_c(load, workers)
    settled = waits(load, workers, constant=False, seed=1_000 * workers + round(100 * load))
    assert_close("mean wait", settled.mean(axis=1), chance / (workers * (1 - load)))
    p99 = max(0.0, log(chance / 0.01) / (workers * (1 - load)))
    above = (settled > p99).mean(axis=1)
    assert_close("share of waits above the p99 of theory", above, min(chance, 0.01))


@pytest.mark.parametrize("load", LOADS)
def test_waits_of_m_d_1_are_half_as_long(load: float) -> None:
    """Pollaczek and Khinchine: load / (2 * (1 - load)) services."""
    settled = waits(load, 1, constant=True, seed=round(100 * load))
    assert_close("mean wait", settled.mean(axis=1), load / (2 * (1 - load)))
