"""The same queues in Ciw: a node an instance, each with its own arrivals and services in their order."""

from __future__ import annotations

from itertools import pairwise
from math import inf

import ciw

from .workload import Requests


def serve(requests: Requests) -> list[int]:
    """When each request is done (ns)."""
    nodes = range(requests.instances)
    mine: list[list[int]] = [[] for _ in nodes]
    for number, where in enumerate(requests.instance):
        mine[where].append(number)
    gaps = [[b - a for a, b in pairwise([0, *(requests.arrival[n] for n in own)])] for own in mine]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*each, inf]) for each in gaps],
        service_distributions=[
            ciw.dists.Sequential([requests.service[n] for n in own] or [0]) for own in mine
        ],
        number_of_servers=[1 for _ in nodes],
        routing=[[0.0 for _ in nodes] for _ in nodes],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(requests.arrival[-1] + sum(requests.service))
    done = [0] * len(requests.arrival)
    records = sorted(simulation.get_all_records(), key=lambda record: record.arrival_date)
    turns = [iter(own) for own in mine]
    for record in records:
        done[next(turns[record.node - 1])] = int(record.exit_date)
    return done
