"""The same queues as SimPy's own documentation teaches: a process a request, a Resource an instance."""

from __future__ import annotations

from collections.abc import Generator

import simpy

from .workload import Requests


def serve(requests: Requests) -> list[int]:
    """When each request is done (ns)."""
    env = simpy.Environment()
    instances = [simpy.Resource(env) for _ in range(requests.instances)]
    done = [0] * len(requests.arrival)

    def request(number: int) -> Generator[simpy.Event, None, None]:
        with instances[requests.instance[number]].request() as turn:
            yield turn
            yield env.timeout(requests.service[number])
        done[number] = int(env.now)

    def arrivals() -> Generator[simpy.Event, None, None]:
        before = 0
        for number, arrival in enumerate(requests.arrival):
            yield env.timeout(arrival - before)
            before = arrival
            env.process(request(number))

    env.process(arrivals())
    env.run()
    return done
