"""The queues against queueing theory: M/M/c and M/D/1, the mean and the 99th percentile of the waits.

A z-score is how many standard errors the simulation is from the theory; two of three are below 1. The
standard error comes from many independent queues side by side, each one from empty, its beginning left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from math import factorial, log

import numpy as np
from numpy.typing import NDArray

from deploylab.engine.workers import queues

SERVICE = 1_000_000  # ns
QUEUES = 40  # independent ones, for the standard error
LOADS = {0.5: 20_000, 0.8: 40_000, 0.95: 120_000}  # requests a queue; a fuller one forgets more slowly
WORKERS = (1, 2, 8)


@dataclass(frozen=True)
class Check:
    """What theory says of a queue, what the simulation says (in services), and how far apart they are."""

    queue: str
    load: float
    figure: str
    theory: float
    measured: float
    z: float


def table() -> Iterator[str]:
    yield from (
        "## The queues and the theory",
        "",
        f"{QUEUES} independent queues each, in mean services; z is the difference in standard errors. The",
        "tests refuse any z beyond 4.",
        "",
        "| queue | load | | theory | simulated | z |",
        "|---|---:|---|---:|---:|---:|",
    )
    for load in LOADS:
        for check in (*(c for workers in WORKERS for c in m_m_c(load, workers)), *m_d_1(load)):
            figures = f"{check.theory:.4f} | {check.measured:.4f} | {check.z:+.2f}"
            yield f"| {check.queue} | {load} | {check.figure} | {figures} |"


def m_m_c(load: float, workers: int) -> tuple[Check, Check]:
    """The wait is 0, or exponential with mean 1 / (c * (1 - load)), with the chance of Erlang's formula C."""
    chance = erlang_c(load, workers)
    settled = waits(load, workers, constant=False, seed=1_000 * workers + round(100 * load))
    p99 = max(0.0, log(chance / 0.01) / (workers * (1 - load)))
    name = f"M/M/{workers}"
    return (
        compared(name, load, "mean wait", chance / (workers * (1 - load)), settled.mean(axis=1)),
        compared(name, load, "share above p99", min(chance, 0.01), (settled > p99).mean(axis=1)),
    )


def m_d_1(load: float) -> tuple[Check, Check]:
    """The mean is half of that of M/M/1, load / (2 * (1 - load)) services (Pollaczek and Khinchine)."""
    settled = waits(load, 1, constant=True, seed=round(100 * load))
    return (
        compared("M/D/1", load, "mean wait", load / (2 * (1 - load)), settled.mean(axis=1)),
        compared("M/D/1", load, "share above p99", 0.01, (settled > p99_of_m_d_1(load)).mean(axis=1)),
    )


def compared(queue: str, load: float, figure: str, theory: float, samples: NDArray[np.float64]) -> Check:
    error = float(samples.std(ddof=1)) / len(samples) ** 0.5
    mean = float(samples.mean())
    return Check(queue, load, figure, theory, mean, (mean - theory) / error)


def waits(load: float, workers: int, constant: bool, seed: int) -> NDArray[np.float64]:
    """How long requests wait before service, in mean services, one row a queue, from the settled part."""
    chance = np.random.Generator(np.random.PCG64(seed))
    n, rows = LOADS[load], []
    for _ in range(QUEUES):
        gaps = chance.standard_exponential(n) * (SERVICE / load / workers)
        arrival = gaps.astype(np.int64).cumsum()
        shares = np.ones(n) if constant else chance.standard_exponential(n)
        work = (shares * SERVICE).astype(np.int64)
        done = queues(workers).serve(arrival, work, np.zeros(n, np.uint16))
        rows.append(((done - work - arrival) / SERVICE)[n // 4 :])
    return np.array(rows)


def erlang_c(load: float, workers: int) -> float:
    """The chance that a request has to wait at M/M/c."""
    offered = load * workers
    full = offered**workers / factorial(workers) / (1 - load)
    return full / (sum(offered**k / factorial(k) for k in range(workers)) + full)


def waits_of_m_d_1(load: float, services: float) -> float:
    """The share of requests that wait at most so many services at M/D/1 (Erlang, 1909).

    The terms alternate and are far larger than their sum, so they are added in 200 digits.
    """
    with localcontext(prec=200):
        rho, x, total = Decimal(str(load)), Decimal(str(services)), Decimal(0)
        for k in range(int(x) + 1):
            total += (rho * (k - x)) ** k / factorial(k) * (rho * (x - k)).exp()
        return float((1 - rho) * total)


def p99_of_m_d_1(load: float) -> float:
    """In services."""
    low, high = 0.0, 200.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if waits_of_m_d_1(load, middle) < 0.99 else (low, middle)
    return high
