"""The requests that every contestant serves: a million of them, at 100 instances with one worker each."""

from __future__ import annotations

from dataclasses import dataclass

from deploylab.engine.queueing import wheel
from deploylab.engine.workload import WORK, draw
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version

RATE = 5_000  # requests a second
LOAD = 0.75  # how busy the instances are


@dataclass(frozen=True)
class Requests:
    """Plain lists of plain integers, as the peers like them best; times in nanoseconds."""

    arrival: list[int]
    service: list[int]
    instance: list[int]
    instances: int
    until: int  # when the first request arrives that is not among these
    scenario: Scenario

    def first(self, number: int) -> Requests:
        """The first ones only. Their answers are the same: nobody waits for those who come later."""
        if number >= len(self.arrival):
            return self
        columns = (self.arrival[:number], self.service[:number], self.instance[:number])
        return Requests(*columns, self.instances, self.arrival[number], self.scenario)


def scenario(requests: int, instances: int) -> Scenario:
    """However many instances there are, they are equally busy with the very same arrivals."""
    return Scenario(
        stable=Version("v1", service_time=LOAD * instances / RATE),
        replicas=instances,
        traffic=Traffic(rate=RATE),
        platform=Platform(request_timeout=3_600),  # nobody gives up: the peers know no impatience
        duration=requests / RATE * 1.02 + 1,
    )


def requests(number: int, instances: int) -> Requests:
    """Draw the requests and route them, so that a peer has nothing to do but serve them."""
    world = scenario(number, instances)
    load = draw(world.traffic, world.seed, world.duration)
    pace = round(world.stable.service_time * 10**9)
    places = wheel(dict.fromkeys(range(instances), 1.0))
    return Requests(
        load.time[:number].tolist(),
        (load.work[:number] * pace // WORK).tolist(),
        places[load.route[:number]].tolist(),
        instances,
        int(load.time[number]),
        world,
    )
