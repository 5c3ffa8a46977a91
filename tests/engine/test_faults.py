"""The faults of a version, as stories."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from deploylab.engine.rollout import roll_out
from deploylab.model.fault import CrashOnStart, Fault, IncompatibleData, Leak, Overload
from deploylab.model.record import Status
from deploylab.model.rollout import Outcome, Step
from deploylab.model.run import Run
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.rolling import Rolling

from .worlds import script

SECOND = 10**9


def faulty(*faults: Fault, **settings: Any) -> Scenario:
    candidate = Version("v2", startup_time=5, startup_jitter=0, faults=faults, **settings)
    return Scenario(candidate=candidate, replicas=2, platform=Platform(endpoint_lag=2), duration=400)


def told(run: Run, reason: str) -> list[float]:
    return [event.time for event in run.events if event.reason == reason]


def test_a_crash_loop_restarts_at_once_and_then_later_each_time_up_to_five_minutes() -> None:
    run = roll_out(script(Step({"v1": 2, "v2": 1}, progress_deadline=1_500)), faulty(CrashOnStart(1)))
    gaps = np.diff(told(run, "Crashed")).tolist()
    assert gaps == [5, 15, 25, 45, 85, 165, 305, 305, 305]
    assert (run.instances[2].ready, run.instances[2].restarts) == (None, 9)
    assert run.steps[0][1].deadline_exceeded


def test_a_rolling_update_into_a_crash_loop_keeps_serving() -> None:
    run = roll_out(Rolling(progress_deadline=60), faulty(CrashOnStart(1)))
    assert run.outcome is not Outcome.PROMOTED
    assert not (run.log.version == 1).any()


def test_some_starts_crash_and_the_restart_gets_ready() -> None:
    run = roll_out(script(Step({"v1": 2, "v2": 12}, hold=100)), faulty(CrashOnStart(0.5)))
    restarts = [instance.restarts for instance in run.instances if instance.version == "v2"]
    assert 0 in restarts
    assert max(restarts) >= 1
    assert not run.steps[0][1].deadline_exceeded


def test_a_leak_kills_what_is_in_service_and_is_refused_until_the_balancer_knows() -> None:
    step = Step({"v2": 1}, {"v2": 100}, hold=65)
    run = roll_out(script(step), faulty(Leak(after=30), service_time=0.1))
    first, second, *later = told(run, "OOMKilled")
    assert (first, second) == (35, 35 + 0 + 5 + 30)
    log = run.log
    died = log.time + log.latency == 35 * SECOND
    assert (log.status[died] == Status.LOST).all()
    assert died.sum() > 1
    after = (log.time > 35 * SECOND) & (log.time < 42 * SECOND)
    assert (log.status[after] == Status.REFUSED).all()
    assert set(log.instance[after & (log.time < 37 * SECOND)].tolist()) == {2}, (
        "the balancer still sends to it"
    )
    assert set(log.instance[after & (log.time > 37 * SECOND)].tolist()) == {-1}, "then it knows of nobody"
    assert run.instances[2].restarts == len(later) + 1, "the last restart would be after the end"


def test_an_instance_that_leaks_while_it_is_told_to_stop_is_not_started_again() -> None:
    scenario = Scenario(
        Version("v1", faults=(Leak(after=20),)), replicas=2, platform=Platform(pre_stop=30), duration=60
    )
    run = roll_out(script(Step({"v1": 2}, hold=10), Step({"v1": 1}, hold=50)), scenario)
    stopped = next(instance for instance in run.instances if instance.draining == 10)
    assert (stopped.stopped, stopped.killed, stopped.restarts) == (20, True, 0)


def test_a_leak_after_the_window_still_costs_the_requests_that_wait_from_before() -> None:
    slow = Version("v1", service_time=1, faults=(Leak(after=13),))
    scenario = Scenario(stable=slow, replicas=1, traffic=Traffic(rate=3), duration=10)
    run = roll_out(script(Step({"v1": 1})), replace(scenario, platform=Platform(request_timeout=60)))
    lost = run.log.status == Status.LOST
    assert lost.sum() > 10
    assert ((run.log.time + run.log.latency)[lost] == 13 * SECOND).all()


def test_errors_under_load_come_only_from_requests_that_meet_a_queue() -> None:
    scenario = Scenario(
        Version("v1", service_time=0.05, faults=(Overload(above=3, error_rate=0.5),)), replicas=1,
        traffic=Traffic(rate=16), platform=Platform(request_timeout=600), duration=600,
    )  # fmt: skip
    log = roll_out(script(Step({"v1": 1}, hold=600)), scenario).window
    done = log.time + log.latency
    there = np.arange(len(log)) - done.searchsorted(log.time, side="right")
    bad = log.status == Status.ERROR
    assert there[bad].min() == 4
    crowded = there > 3
    assert abs(bad[crowded].mean() - 0.5) < 4 * (0.25 / crowded.sum()) ** 0.5


def test_a_rollback_hurts_every_user_whose_data_the_candidate_has_written() -> None:
    both = {"v1": 2, "v2": 2}
    story = script(Step(both, {"v2": 20, "v1": 80}, hold=20), Step({"v1": 2}, {"v1": 100}, hold=200))
    log = roll_out(story, faulty(IncompatibleData())).log
    new = log.rows((log.version == 1) & (log.status != Status.REFUSED))
    written: dict[int, int] = {}  # when the first request of a user met the candidate
    for time, user in zip(new.time.tolist(), new.user.tolist(), strict=True):
        written.setdefault(user, time)
    assert written
    old = log.version == 0
    for time, user, status in zip(
        log.time[old].tolist(), log.user[old].tolist(), log.status[old].tolist(), strict=True
    ):
        if status != Status.REFUSED:
            assert (status == Status.ERROR) == (written.get(user, 10**18) < time)
