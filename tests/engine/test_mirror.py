"""Mirrored requests do real work in the new version, and nobody waits for their answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploylab.engine.rollout import roll_out
from deploylab.model.fault import IncompatibleData
from deploylab.model.rollout import Step
from deploylab.model.run import Run
from deploylab.model.scenario import Scenario, Traffic
from deploylab.model.version import Version

from .worlds import columns, script

SCENARIO = Scenario(replicas=3, traffic=Traffic(rate=80), duration=60)
BOTH = {"v1": 3, "v2": 3}


def shadowed(percent: float, candidate: Version = SCENARIO.candidate) -> Run:
    steps = Step(BOTH, {"v1": 100}), Step(BOTH, {"v1": 100}, hold=40, mirror=percent)
    return roll_out(script(*steps), replace(SCENARIO, candidate=candidate))


@given(st.sampled_from([0, 5, 50, 100]), st.floats(0, 1))
@settings(max_examples=20, derandomize=True, deadline=None)
def test_the_users_notice_nothing_of_the_copies(percent: float, error_rate: float) -> None:
    bad = Version("v2", error_rate=error_rate, service_time=2)
    assert columns(shadowed(percent, bad).log) == columns(shadowed(0).log)


@pytest.mark.parametrize("percent", [5, 50, 100])
def test_so_many_percent_of_the_requests_are_copied(percent: float) -> None:
    run = shadowed(percent)
    begins = run.steps[1][1].start + SCENARIO.platform.endpoint_lag
    while_mirrored = len(run.log) - len(run.log.until(begins))
    assert len(run.mirrored) == pytest.approx(percent / 100 * while_mirrored, abs=5 * while_mirrored**0.5)


def test_more_is_copied_of_the_same_requests() -> None:
    few, many = (set(shadowed(percent).mirrored.time.tolist()) for percent in (5, 50))
    assert few < many


def test_an_observation_counts_the_copies_as_requests_of_the_version() -> None:
    _, seen = shadowed(100, Version("v2", error_rate=0.25)).steps[1]
    assert seen.requests["v2"] == seen.copies["v2"] > 2_000
    assert seen.error_rate("v2") == pytest.approx(0.25, abs=0.04)
    assert seen.copies["v1"] == 0


def test_copies_make_the_new_version_as_busy_as_requests_do() -> None:
    _, slow = shadowed(100, Version("v2", service_time=0.036)).steps[1]
    _, idle = shadowed(1, Version("v2", service_time=0.036)).steps[1]
    assert slow.latencies["v2"].mean() > 3 * idle.latencies["v2"].mean()


def test_without_a_ready_instance_of_the_new_version_nothing_is_copied() -> None:
    run = roll_out(script(Step({"v1": 3}, {"v1": 100}, hold=40, mirror=100)), SCENARIO)
    assert len(run.mirrored) == 0


def test_a_copy_that_writes_to_the_users_data_is_no_rehearsal() -> None:
    """Mirroring is only harmless where the copies' writes go somewhere else."""
    assert shadowed(100, Version("v2", faults=(IncompatibleData(),))).users_hurt > 0
