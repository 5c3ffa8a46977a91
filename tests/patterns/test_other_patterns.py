"""Recreate, blue-green and canary: one test for each way it can end, and what each promises."""

from __future__ import annotations

import numpy as np
import pytest

from deploylab.engine.rollout import roll_out
from deploylab.model.record import Status
from deploylab.model.rollout import Observation, Outcome, Strategy, Verdict
from deploylab.model.run import Run
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.analysis import Analysis
from deploylab.patterns.blue_green import BlueGreen
from deploylab.patterns.canary import Canary
from deploylab.patterns.recreate import Recreate


def release(strategy: Strategy, rate: float = 120, **candidate: float) -> Run:
    return roll_out(strategy, Scenario(candidate=Version("v2", **candidate), traffic=Traffic(rate=rate)))


def left(run: Run) -> list[str]:
    """The versions of the instances that were never told to stop."""
    return [i.version for i in run.instances if i.draining is None]


# Recreate


def test_recreate_promotes_and_serves_nobody_while_it_does() -> None:
    run = release(Recreate())
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v2"] * 6)
    assert run.mixed_seconds == 0
    assert (run.log.status == Status.REFUSED).sum() > 120 * 8


def test_recreate_starts_nothing_new_before_the_old_version_is_gone() -> None:
    scenario = Scenario(platform=Platform(pre_stop=12))
    old, new = ([i for i in roll_out(Recreate(), scenario).instances if i.version == v] for v in ("v1", "v2"))
    assert max(i.stopped or 0 for i in old) == min(i.started for i in new) == 12


def test_recreate_stalls_when_the_new_version_never_gets_ready() -> None:
    run = release(Recreate(progress_deadline=30), startup_time=3_000)
    assert (run.outcome, left(run)) == (Outcome.STALLED, ["v2"] * 6)


# Blue-green


def test_blue_green_promotes_a_healthy_version_and_refuses_nobody() -> None:
    run = release(BlueGreen())
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v2"] * 6)
    assert run.peak_instances == 12
    assert not run.log.failed.any()


def test_blue_green_switches_everyone_back_from_a_bad_version() -> None:
    run = release(BlueGreen(), error_rate=0.1)
    assert (run.outcome, left(run)) == (Outcome.ROLLED_BACK, ["v1"] * 6)
    assert set(run.log.status.tolist()) == {Status.OK, Status.ERROR}
    assert run.time_to_roll_back == run.scenario.platform.endpoint_lag


def test_blue_green_stalls_before_the_switch_when_green_never_gets_ready() -> None:
    run = release(BlueGreen(progress_deadline=30), startup_time=3_000)
    assert run.outcome is Outcome.STALLED
    assert (run.log.version == 0).all()


# Canary


def test_a_canary_promotes_a_healthy_version_and_refuses_nobody() -> None:
    run = release(Canary())
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v2"] * 6)
    assert not run.log.failed.any()


def test_a_canary_takes_a_bad_version_back_after_hurting_few() -> None:
    run = release(Canary(), error_rate=0.2)
    assert (run.outcome, left(run)) == (Outcome.ROLLED_BACK, ["v1"] * 6)
    assert set(run.log.status.tolist()) == {Status.OK, Status.ERROR}
    assert 0 < run.users_hurt < release(BlueGreen(), error_rate=0.2).users_hurt


def test_a_canary_takes_a_slow_version_back() -> None:
    run = release(Canary(weights=(20,), analysis=Analysis(max_latency_p99=0.2)), service_time=0.06)
    assert run.outcome is Outcome.ROLLED_BACK


def test_a_canary_that_never_gets_ready_is_taken_back_without_having_met_anyone() -> None:
    run = release(Canary(progress_deadline=30), startup_time=3_000)
    assert (run.outcome, left(run)) == (Outcome.ROLLED_BACK, ["v1"] * 6)
    assert (run.log.version == 0).all()


def test_a_canary_whose_next_size_never_gets_ready_lets_its_users_go_before_its_instances() -> None:
    """The first instances of the canary serve, the later ones take too long."""
    scenario = Scenario(candidate=Version("v2", startup_time=5, startup_jitter=300), seed=9)
    run = roll_out(Canary(weights=(5, 90), progress_deadline=40), scenario)
    assert run.outcome is Outcome.ROLLED_BACK
    assert (run.log.version == 1).any()
    assert not (run.log.status == Status.REFUSED).any()


def test_a_canary_whose_full_size_never_gets_ready_is_taken_back_and_refuses_nobody() -> None:
    scenario = Scenario(
        candidate=Version("v2", startup_time=1, startup_jitter=300),
        traffic=Traffic(rate=20),
        duration=60,
        seed=4,
    )
    run = roll_out(Canary(weights=(10,), hold=30, progress_deadline=100), scenario)
    assert [step.note for step, _ in run.steps][-3:] == ["prepare 100 % to v2", "take v2 back", "stop v2"]
    assert (run.outcome, left(run), run.log.failed.sum()) == (Outcome.ROLLED_BACK, ["v1"] * 6, 0)


def test_a_canary_without_enough_traffic_for_a_verdict_is_stalled() -> None:
    run = release(Canary(), rate=2)
    assert run.outcome is Outcome.STALLED
    assert left(run) == ["v1"] * 6 + ["v2"]


def test_a_canary_gets_its_instances_before_its_traffic() -> None:
    run = release(Canary(weights=(10, 60)))
    plan = [(step.replicas["v2"], (step.traffic or {}).get("v2", 0)) for step, _ in run.steps[:4]]
    assert plan == [(1, 0), (1, 10), (4, 10), (4, 60)]


# Analysis


def seen(requests: int, errors: int, latency: float = 0.01) -> Observation:
    times = np.full(requests - errors, round(latency * 1e9), np.int64)
    return Observation(0, 60, {}, {"v2": requests}, {"v2": errors}, {"v2": times})


@pytest.mark.parametrize(
    ("observation", "verdict"),
    [
        (seen(49, 49), Verdict.INCONCLUSIVE),
        (seen(50, 0), Verdict.SUCCESSFUL),
        (seen(100, 1), Verdict.SUCCESSFUL),
        (seen(100, 2), Verdict.FAILED),
        (seen(100, 0, latency=1), Verdict.SUCCESSFUL),
        (seen(100, 0, latency=1.001), Verdict.FAILED),
        (seen(60, 60), Verdict.FAILED),
    ],
)
def test_a_limit_is_broken_by_strictly_more(observation: Observation, verdict: Verdict) -> None:
    assert Analysis(max_error_rate=0.01, max_latency_p99=1)(observation, "v2") is verdict
    assert Analysis()(observation, "v1") is Verdict.INCONCLUSIVE
