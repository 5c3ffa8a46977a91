"""The requests that every contestant serves: 200,000 of them, at 20 instances with one worker each."""

from __future__ import annotations

from dataclasses import dataclass

from deploylab.engine.queueing import wheel
from deploylab.engine.workload import WORK, draw
from deploylab.model.scenario import Platform, Scenario, Traffic

REQUESTS = 200_000
INSTANCES = 20
SCENARIO = Scenario(
    replicas=INSTANCES,
    traffic=Traffic(rate=1_000),
    platform=Platform(request_timeout=3_600),  # nobody gives up: the peers know no impatience
    duration=REQUESTS / 1_000 * 1.1,
)


@dataclass(frozen=True)
class Requests:
    """Plain lists of plain integers, as the peers like them best; times in nanoseconds."""

    arrival: list[int]
    service: list[int]
    instance: list[int]
    until: int  # when the first request arrives that is not among these


def requests() -> Requests:
    """Draw the requests and route them, so that a peer has nothing to do but serve them."""
    load = draw(SCENARIO.traffic, SCENARIO.seed, SCENARIO.duration)
    pace = round(SCENARIO.stable.service_time * 10**9)
    places = wheel(dict.fromkeys(range(INSTANCES), 1.0))
    return Requests(
        load.time[:REQUESTS].tolist(),
        (load.work[:REQUESTS] * pace // WORK).tolist(),
        places[load.route[:REQUESTS]].tolist(),
        int(load.time[REQUESTS]),
    )
