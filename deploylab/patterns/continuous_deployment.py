"""Continuous deployment: the arithmetic of queues, batches and releases, as the books have it.

The pipeline itself is simulated by `deploylab.deliver`; these are the formulas that it is held to.
"""

from __future__ import annotations

from math import sqrt

from ..model.errors import KnobError
from ..model.knob import is_number


def littles_law(arrival_rate: float, time_in_system: float) -> float:
    """How many are inside on average: L = lambda W, whatever the order and the distributions.

    Any unit of time will do, as long as it is the same in both. Source: Little (1961).

    >>> littles_law(arrival_rate=20, time_in_system=0.5)
    10.0
    """
    _check("littles_law", arrival_rate=arrival_rate, time_in_system=time_in_system)
    return float(arrival_rate * time_in_system)


def mm1_time_in_system(arrival_rate: float, service_rate: float) -> float:
    """Mean time to wait and be served: W = 1 / (mu - lambda); infinite when more comes than can be served.

    One worker, Poisson arrivals, exponential work. Source: any book on queues, e.g. Kleinrock (1975).

    >>> mm1_time_in_system(arrival_rate=0.75, service_rate=1)
    4.0
    """
    _check("mm1_time_in_system", arrival_rate=arrival_rate, service_rate=service_rate)
    return 1 / (service_rate - arrival_rate) if arrival_rate < service_rate else float("inf")


def chance_of_bad_release(p: float, batch_size: float) -> float:
    """The chance that a release of so many commits has a defect, each with chance p: 1 - (1 - p)^b.

    >>> round(chance_of_bad_release(0.02, 10), 3)
    0.183
    """
    _check("chance_of_bad_release", p=p, batch_size=batch_size)
    if p > 1:
        raise KnobError("chance_of_bad_release", "p", p, "is no chance; use 0 to 1, for example 0.02")
    return float(1 - (1 - p) ** batch_size)


def economic_release_interval(release_cost: float, arrival_rate: float, delay_cost: float) -> float:
    """The time between releases that costs least: T* = sqrt(2 K / (lambda c)).

    >>> economic_release_interval(release_cost=8, arrival_rate=4, delay_cost=1)
    2.0
    """
    _check("economic_release_interval", release_cost=release_cost)
    if not is_number(arrival_rate * delay_cost) or arrival_rate * delay_cost <= 0:
        problem = "must be above 0, as arrival_rate must: without either it is best never to release"
        raise KnobError("economic_release_interval", "delay_cost", delay_cost, problem)
    return sqrt(2 * release_cost / (arrival_rate * delay_cost))


def expected_requests_to_first_failure(weight: float, error_rate: float) -> float:
    """How many requests, to all versions, until a canary fails for the first time: 1 / (w p) on average.

    `weight` is the canary's share of the requests, `error_rate` the share of those that fail, both 0 to 1.

    >>> expected_requests_to_first_failure(0.05, 0.5)
    40.0
    """
    _check("expected_requests_to_first_failure", weight=weight, error_rate=error_rate)
    return 1 / (weight * error_rate) if weight * error_rate else float("inf")


def rule_of_three(requests: int) -> float:
    """The error rate that n requests without a failure rule out, with 95 % confidence: above 3 / n.

    Source: Hanley and Lippman-Hand, JAMA 249 (1983).

    >>> rule_of_three(300)
    0.01
    """
    _check("rule_of_three", requests=requests)
    return 3 / requests if requests else float("inf")


def _check(function: str, **values: float) -> None:
    for name, value in values.items():
        if not is_number(value) or value < 0:
            raise KnobError(function, name, value, "is not allowed; use a number from 0 up")
