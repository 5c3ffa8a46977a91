"""One whole rollout: 20 instances, 200 requests a second, ten minutes; the workload drawn before."""

from __future__ import annotations

from deploylab.engine.rollout import roll_out
from deploylab.model.run import Run
from deploylab.model.scenario import Scenario, Traffic
from deploylab.patterns.rolling import Rolling

SCENARIO = Scenario(replicas=20, traffic=Traffic(rate=200), duration=600)


def run() -> Run:
    return roll_out(Rolling(), SCENARIO)
