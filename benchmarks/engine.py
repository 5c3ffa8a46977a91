"""deploylab's data plane: routing included, numpy all the way."""

from __future__ import annotations

from deploylab.engine.balancer import Balancer
from deploylab.engine.routing import RoutingTable
from deploylab.model.scenario import Scenario

from .workload import Requests


def serve(requests: Requests) -> list[int]:
    """When each request is done (ns)."""
    log, _ = decide(requests.scenario, requests.until).log(requests.until)
    done: list[int] = (log.time + log.latency).tolist()
    return done


def decide(scenario: Scenario, until: int) -> Balancer:
    """The part that is timed: a new balancer decides the fate of every request."""
    balancer = Balancer(scenario)
    slots = [balancer.add_slot(0) for _ in range(scenario.replicas)]
    balancer.set_table(0, RoutingTable(dict.fromkeys(slots, 1.0)))
    balancer.decide_until(until)
    return balancer
