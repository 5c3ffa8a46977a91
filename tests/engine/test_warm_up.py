"""A fresh instance is cold: slower at first, and less so every moment."""

from __future__ import annotations

import numpy as np

from deploylab.engine.rollout import roll_out
from deploylab.engine.warm_up import WarmUp
from deploylab.model.rollout import Step
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version

from .worlds import script

SECOND = 10**9


def test_the_service_time_falls_in_a_straight_line_from_the_cold_factor_to_one() -> None:
    cold = WarmUp()
    cold.add(Version("v2", warm_up_time=20, cold_factor=3))
    cold.begin(1, 100 * SECOND)
    arrival = np.array([100, 105, 110, 119, 120, 500]) * SECOND
    slowed = cold.slowed(np.full(6, 10_000), arrival, np.ones(6, np.uint16))
    assert slowed.tolist() == [30_000, 25_000, 20_000, 10_999, 10_000, 10_000]


def test_the_largest_numbers_that_the_knobs_allow_do_not_overflow() -> None:
    cold = WarmUp()
    cold.add(Version("v2", warm_up_time=3600, cold_factor=20))
    cold.begin(1, 0)
    longest = 40 * 60 * SECOND  # forty times the largest mean: once in e**40 requests
    slowed = cold.slowed(np.array([longest]), np.array([0]), np.array([1], np.uint16))
    assert slowed.tolist() == [20 * longest]


def test_the_first_seconds_of_a_new_instance_are_its_slowest() -> None:
    scenario = Scenario(
        candidate=Version("v2", startup_time=10, startup_jitter=0, warm_up_time=30, cold_factor=5),
        replicas=2, traffic=Traffic(rate=20), platform=Platform(endpoint_lag=0), duration=120,
    )  # fmt: skip
    both = {"v1": 2, "v2": 2}
    log = roll_out(script(Step(both), Step(both, {"v2": 100}, hold=110)), scenario).log
    new, old = log.version == 1, log.version == 0
    early, late = (log.latency[new & (log.time < 20 * SECOND)], log.latency[new & (log.time > 40 * SECOND)])
    assert early.mean() > 2.5 * late.mean()
    assert abs(late.mean() / log.latency[old].mean() - 1) < 0.2, "once warm it is like the old one"
