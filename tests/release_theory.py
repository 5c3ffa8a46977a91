"""Formulas of queues and batches that the pipeline and the formulas of the package are held to."""

from __future__ import annotations

from deploylab.patterns.continuous_deployment import economic_release_interval, mm1_time_in_system


def mm1_time_in_queue(arrival_rate: float, service_rate: float) -> float:
    """Mean wait before being served: Wq = rho / (mu - lambda), with rho = lambda / mu.

    >>> mm1_time_in_queue(arrival_rate=0.75, service_rate=1)
    3.0
    """
    return arrival_rate / service_rate * mm1_time_in_system(arrival_rate, service_rate)


def economic_batch_size(release_cost: float, arrival_rate: float, delay_cost: float) -> float:
    """The batch that costs least in releases and waiting together: sqrt(2 K lambda / c).

    `release_cost` (K) is for one release, `delay_cost` (c) for one commit that waits one unit of time.
    Source: Harris (1913); for releases Reinertsen, The Principles of Product Development Flow (2009).

    >>> economic_batch_size(release_cost=8, arrival_rate=4, delay_cost=1)
    8.0
    """
    return arrival_rate * economic_release_interval(release_cost, arrival_rate, delay_cost)


def release_cost_rate(interval: float, release_cost: float, arrival_rate: float, delay_cost: float) -> float:
    """What releases and waiting cost a unit of time, releasing every `interval`: K / T + c lambda T / 2.

    >>> release_cost_rate(2, release_cost=8, arrival_rate=4, delay_cost=1)
    8.0
    """
    return release_cost / interval + delay_cost * arrival_rate * interval / 2


def batch_size_penalty(times: float) -> float:
    """How many times the least cost it costs to miss the best batch by this factor: (x + 1 / x) / 2.

    The bottom of the curve is flat: a twofold error costs a quarter more. Source: Reinertsen (2009).

    >>> batch_size_penalty(2), batch_size_penalty(0.5)
    (1.25, 1.25)
    """
    return (times + 1 / times) / 2
