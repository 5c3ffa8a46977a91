"""deploylab's data plane: routing included, numpy all the way."""

from __future__ import annotations

from deploylab.engine.balancer import Balancer

from .workload import INSTANCES, SCENARIO, Requests


def serve(requests: Requests) -> list[int]:
    """When each request is done (ns)."""
    log = decide(requests).log(requests.until)
    return (log.time + log.latency).tolist()  # type: ignore[no-any-return]


def decide(requests: Requests) -> Balancer:
    """The part that is timed: a new balancer decides the fate of every request."""
    balancer = Balancer(SCENARIO)
    slots = [balancer.add_slot(0) for _ in range(INSTANCES)]
    balancer.set_table(0, dict.fromkeys(slots, 1.0))
    balancer.decide_until(requests.until)
    return balancer
