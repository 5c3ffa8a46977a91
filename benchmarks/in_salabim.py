"""The same queues in salabim: a component a request, a resource an instance."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import salabim

from .workload import Requests


def serve(requests: Requests) -> list[int]:
    """When each request is done (ns)."""
    salabim.yieldless(False)
    env = salabim.Environment(trace=False)
    done = [0] * len(requests.arrival)
    instances = [salabim.Resource(monitor=False) for _ in range(requests.instances)]

    class Request(salabim.Component):
        def process(self, number: int) -> Generator[Any, None, None]:
            yield self.request(instances[requests.instance[number]])
            yield self.hold(requests.service[number])
            self.release()
            done[number] = int(env.now())

    class Arrivals(salabim.Component):
        def process(self) -> Generator[Any, None, None]:
            for number, arrival in enumerate(requests.arrival):
                yield self.hold(till=arrival)
                Request(number=number, mode=None)

    Arrivals()
    env.run()
    return done
