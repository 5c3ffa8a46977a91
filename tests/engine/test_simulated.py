"""What must be true of every simulated run, and the stories that the simulation is there to tell."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from deploylab.engine import slots
from deploylab.engine.rollout import roll_out
from deploylab.engine.workload import draw
from deploylab.model.errors import StrategyError
from deploylab.model.record import Status
from deploylab.model.rollout import Outcome, Rollout, Step, Strategy
from deploylab.model.run import Run
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.blue_green import BlueGreen
from deploylab.patterns.canary import Canary
from deploylab.patterns.recreate import Recreate
from deploylab.patterns.rolling import Rolling

from .worlds import columns, patterns, plain, scenarios, script, steps

SECOND = 10**9
PATTERNS: list[Strategy] = [Recreate(), Rolling(), Rolling(batch_size=2), BlueGreen(), Canary()]
some = settings(max_examples=60, derandomize=True, deadline=None)


def digest(run: Run) -> str:
    return sha256(b"".join(getattr(run.log, name).tobytes() for name in columns(run.log))).hexdigest()


# Every run


@given(scenarios(), patterns())
@some
def test_every_request_that_was_drawn_has_exactly_one_fate(scenario: Scenario, pattern: Strategy) -> None:
    run = roll_out(pattern, scenario)
    log, load = run.log, draw(scenario.traffic, scenario.seed, run.end)
    arrived = load.time < round(run.end * SECOND)
    for name in ("time", "work", "user"):
        assert (getattr(log, name) == getattr(load, name)[arrived]).all()
    assert set(log.status.tolist()) <= set(Status)
    assert ((log.version < 0) == (log.instance < 0)).all()
    assert (log.status[log.version < 0] == Status.REFUSED).all()
    assert (log.latency >= 0).all()
    assert (log.latency <= round(scenario.platform.request_timeout * SECOND)).all()


@given(scenarios(), patterns() | st.lists(steps(), min_size=1, max_size=5).map(lambda some: script(*some)))
@some
def test_an_observation_tells_what_was_completed_since_its_start_and_before_its_end(
    scenario: Scenario, pattern: Strategy
) -> None:
    """Nothing of the future, and nothing twice: recomputed from the log, version by version."""
    run = roll_out(pattern, scenario)
    known, copied = (log.time + log.latency for log in (run.log, run.mirrored))
    for _, seen in run.steps:
        start, end = round(seen.start * SECOND), round(seen.end * SECOND)
        log = run.log.rows((known >= start) & (known < end))
        copies = run.mirrored.rows((copied >= start) & (copied < end))
        assert seen.refused == (log.version < 0).sum()
        for version, name in enumerate(seen.replicas):
            mine, theirs = (some.rows(some.version == version) for some in (log, copies))
            assert seen.copies[name] == len(theirs)
            assert seen.requests[name] == len(mine) + len(theirs)
            assert seen.errors[name] == mine.failed.sum() + theirs.failed.sum()
            assert seen.latencies[name].tolist() == [*mine.answers.tolist(), *theirs.answers.tolist()]


@given(scenarios(), st.lists(steps(), min_size=1, max_size=4), steps(), steps())
@some
def test_what_was_done_before_is_not_changed_by_what_is_wanted_next(
    scenario: Scenario, past: list[Step], future: Step, other: Step
) -> None:
    one, two = (roll_out(script(*past, step), scenario) for step in (future, other))
    until = round(one.steps[len(past)][1].start * SECOND)
    for first, second in ((one.log, two.log), (one.mirrored, two.mirrored)):
        settled = [log.rows(log.time + log.latency < until) for log in (first, second)]
        assert columns(settled[0]) == columns(settled[1])


@given(scenarios(), patterns(), st.floats(1, 120))
@some
def test_a_longer_duration_only_extends_the_log(scenario: Scenario, pattern: Strategy, more: float) -> None:
    """Unless somebody still waited at its end, for a person or for instances that are late."""
    short = roll_out(pattern, scenario)
    assume(short.finished < short.end)
    long = roll_out(pattern, replace(scenario, duration=scenario.duration + more))
    prefix = columns(long.log.until(short.end))
    assert columns(short.log) == prefix
    assert [plain(seen) for _, seen in short.steps] == [plain(seen) for _, seen in long.steps]


@pytest.mark.parametrize("pattern", PATTERNS, ids=repr)
def test_the_same_seed_gives_the_same_run_and_another_seed_another(pattern: Strategy) -> None:
    scenario = Scenario(candidate=Version("v2", error_rate=0.02))
    assert digest(roll_out(pattern, scenario)) == digest(roll_out(pattern, scenario))
    assert digest(roll_out(pattern, scenario)) != digest(roll_out(pattern, replace(scenario, seed=8)))


def test_not_a_bit_of_a_run_changes_from_one_version_of_deploylab_to_the_next() -> None:
    """When the digest changes on purpose, say so in the changelog: every printed result changes with it."""
    scenario = Scenario(
        Version("v1", service_time=0.027), Version("v2", error_rate=0.05), replicas=4,
        traffic=Traffic(rate=150), platform=Platform(endpoint_lag=2, termination_grace_period=1), seed=2024,
    )  # fmt: skip
    run = roll_out(Rolling(), scenario)
    assert np.bincount(run.log.status, minlength=5).tolist() == [33302, 1616, 315, 280, 363]
    assert digest(run) == "f87db7f321ca27414017c398af06d66d7ee8357388356ba0dac5a836606d34bc"


def test_every_strategy_meets_the_very_same_requests() -> None:
    windows = [roll_out(pattern, Scenario()).window for pattern in PATTERNS]
    for column in ("time", "work", "user"):
        for window in windows[1:]:
            assert (getattr(window, column) == getattr(windows[0], column)).all()


def test_a_run_that_outlasts_what_was_drawn_keeps_the_requests_that_it_has_served() -> None:
    scenario = Scenario(duration=30, traffic=Traffic(rate=20))
    long = roll_out(script(Step({"v1": 6}, hold=1_000)), scenario)
    short = roll_out(script(Step({"v1": 6}, hold=20)), scenario)
    assert columns(long.log.until(30)) == columns(short.log)


# Stopping


def stop_one_of_two(platform: Platform, service_time: float = 0.015, rate: float = 40) -> Run:
    scenario = Scenario(
        Version("v1", service_time=service_time), replicas=2, traffic=Traffic(rate=rate), platform=platform,
        duration=60,
    )  # fmt: skip
    return roll_out(script(Step({"v1": 2}, hold=20), Step({"v1": 1}, hold=40)), scenario)


def test_a_killed_instance_loses_what_it_had_queued() -> None:
    platform = Platform(endpoint_lag=0, termination_grace_period=2, request_timeout=60)
    run = stop_one_of_two(platform, service_time=0.2, rate=12)
    victim = next(i for i, instance in enumerate(run.instances) if instance.killed)
    lost = run.log.status == Status.LOST
    assert lost.sum() > 1
    assert (run.log.instance[lost] == victim).all()
    assert set((run.log.time + run.log.latency)[lost].tolist()) == {22 * SECOND}
    assert run.instances[victim].stopped == 22


def test_nothing_is_lost_when_the_grace_period_is_ample() -> None:
    platform = Platform(endpoint_lag=0, termination_grace_period=3_000, request_timeout=600)
    run = stop_one_of_two(platform, service_time=0.2, rate=12)
    assert not any(instance.killed for instance in run.instances)
    assert (run.log.status == Status.OK).all()


@pytest.mark.parametrize(("pre_stop", "killed"), [(0, 25), (2, 25), (4, 26), (10, 27)])
def test_the_sleep_before_the_sigterm_counts_into_the_grace_period_but_for_two_seconds(
    pre_stop: float, killed: float
) -> None:
    platform = Platform(endpoint_lag=0, pre_stop=pre_stop, termination_grace_period=5, request_timeout=60)
    run = stop_one_of_two(platform, service_time=0.3, rate=16)
    assert [instance.stopped for instance in run.instances if instance.killed] == [killed]


def test_who_is_done_within_two_seconds_survives_a_sleep_beyond_the_grace_period() -> None:
    platform = Platform(endpoint_lag=9, pre_stop=10, termination_grace_period=5)
    run = stop_one_of_two(platform, service_time=0.2, rate=5)
    assert [instance.stopped is not None and 25 < instance.stopped < 27 for instance in run.instances] == [
        False,
        True,
    ]
    assert not any(instance.killed for instance in run.instances)
    assert not run.fates[Status.LOST]


def test_a_client_who_gave_up_before_the_kill_counts_as_a_timeout() -> None:
    platform = Platform(endpoint_lag=0, termination_grace_period=10, request_timeout=2)
    run = stop_one_of_two(platform, service_time=0.4, rate=12)
    victim = next(i for i, instance in enumerate(run.instances) if instance.killed)
    mine = run.log.instance == victim
    early = mine & (run.log.time < 27 * SECOND)
    assert (run.log.status[mine] == Status.TIMEOUT).any()
    assert (run.log.status[early & (run.log.time + 2 * SECOND <= 30 * SECOND)] != Status.LOST).all()


@pytest.mark.parametrize("seed", range(5))
def test_a_pre_stop_sleep_longer_than_the_endpoint_lag_cures_the_502s_of_a_rolling_update(seed: int) -> None:
    hurt = Scenario(platform=Platform(endpoint_lag=2, pre_stop=0), traffic=Traffic(rate=200), seed=seed)
    cured = replace(hurt, platform=Platform(endpoint_lag=2, pre_stop=3))
    refused = [int((roll_out(Rolling(), s).log.status == Status.REFUSED).sum()) for s in (hurt, cured)]
    assert refused[0] > 0
    assert refused[1] == 0


def test_an_instance_stopped_before_it_was_ready_never_serves() -> None:
    scenario = Scenario(Version("v1"), Version("v2", startup_time=30), replicas=2, duration=60)
    run = roll_out(script(Step({"v1": 2, "v2": 2}, progress_deadline=5), Step({"v1": 2}, hold=40)), scenario)
    assert [instance.ready for instance in run.instances if instance.version == "v2"] == [None, None]
    assert not (run.log.version == 1).any()


def test_what_has_begun_when_the_window_closes_still_comes_to_its_end_in_the_record() -> None:
    scenario = Scenario(
        Version("v1", startup_time=50, startup_jitter=0),
        replicas=1,
        duration=10,
        traffic=Traffic(rate=0.001),  # there is nothing to finish
        platform=Platform(pre_stop=20),
    )
    run = roll_out(
        script(Step({"v1": 2}, progress_deadline=1), Step({"v2": 1}, progress_deadline=1)), scenario
    )
    assert run.end == 10
    assert [i.stopped for i in run.instances] == [21, 21, None]
    assert run.instances[2].ready is not None
    assert run.instances[2].ready > run.end
    assert all(event.time <= run.end for event in run.events)


# Routing


def test_the_balancer_learns_of_weights_one_endpoint_lag_late() -> None:
    scenario = Scenario(replicas=2, platform=Platform(endpoint_lag=3), duration=60)
    both = {"v1": 2, "v2": 2}
    run = roll_out(script(Step(both, {"v1": 100}), Step(both, {"v2": 100}, hold=20)), scenario)
    switch = run.steps[1][1].start
    v2 = run.log.time[run.log.version == 1]
    assert round((switch + 3) * SECOND) <= v2.min() < round((switch + 3.2) * SECOND)


def test_traffic_for_a_version_without_ready_instances_is_refused() -> None:
    scenario = Scenario(replicas=2, platform=Platform(endpoint_lag=0), duration=60)
    run = roll_out(script(Step({"v1": 2}, {"v1": 75, "v2": 25}, hold=60)), scenario)
    refused = run.log.status == Status.REFUSED
    assert (run.log.version[refused] == -1).all()
    assert abs(refused.mean() - 0.25) < 4 * (0.25 * 0.75 / len(run.log)) ** 0.5
    assert run.steps[0][1].refused > 0


# Waiting


@pytest.mark.parametrize(("deadline", "late"), [(9, True), (10, False)])
def test_the_progress_deadline_is_missed_only_strictly_after_it(deadline: float, late: bool) -> None:
    scenario = Scenario(candidate=Version("v2", startup_time=10, startup_jitter=0))
    run = roll_out(script(Step({"v1": 6, "v2": 1}, progress_deadline=deadline)), scenario)
    assert run.steps[0][1].deadline_exceeded is late


def test_every_progress_gives_a_new_deadline() -> None:
    scenario = Scenario(candidate=Version("v2", startup_time=5, startup_jitter=20), replicas=6)
    run = roll_out(script(Step({"v1": 6, "v2": 6}, progress_deadline=18)), scenario)
    assert run.finished > 18
    assert not run.steps[0][1].deadline_exceeded


def test_ready_counts_as_available_only_after_min_ready_seconds() -> None:
    scenario = Scenario(candidate=Version("v2", startup_time=10, startup_jitter=0))
    wanted = Step({"v1": 6, "v2": 1}, until="changed", min_ready_seconds=7)
    run = roll_out(script(wanted, wanted), scenario)
    assert [
        (seen.end, seen.replicas["v2"].ready, seen.replicas["v2"].available) for _, seen in run.steps
    ] == [
        (10, 1, 0),
        (17, 1, 1),
    ]


def test_the_instances_of_the_beginning_have_been_available_for_a_long_time() -> None:
    run = roll_out(script(Step({"v1": 6}, min_ready_seconds=86_400)), Scenario())
    assert (run.finished, run.steps[0][1].replicas["v1"].available) == (0, 6)
    assert {instance.ready for instance in run.instances} == {0}


def test_the_least_ready_instances_go_first() -> None:
    scenario = Scenario(candidate=Version("v2", startup_time=10, startup_jitter=0), replicas=2)
    story = script(
        Step({"v1": 2, "v2": 1}), Step({"v1": 2, "v2": 2}, until="changed", progress_deadline=1),
        Step({"v1": 2, "v2": 1}), Step({"v1": 1}),
    )  # fmt: skip
    gone = {i.name: i.draining for i in roll_out(story, scenario).instances if i.draining is not None}
    assert gone == {"v2-2": 11, "v2-1": 11, "v1-2": 11}


def test_numbers_of_instances_may_be_any_kind_of_whole_number() -> None:
    def typed(kind: type, _: Scenario) -> Rollout:
        yield Step({"v1": kind(3)}, hold=kind(5))
        return Outcome.STALLED

    kinds = (int, float, np.int64, np.float64)
    assert len({digest(roll_out(partial(typed, kind), Scenario())) for kind in kinds}) == 1


def test_more_instances_than_a_run_can_hold_are_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slots, "MOST_SLOTS", 21)
    with pytest.raises(
        StrategyError, match=r"^20 instances are the most in one run; start fewer, less often$"
    ):
        roll_out(script(*[Step({"v1": n}, progress_deadline=0) for n in (6, 1) * 8]), Scenario())


def test_a_run_may_outlast_what_was_drawn_when_its_last_request_was_copied() -> None:
    scenario = Scenario(duration=30, traffic=Traffic(rate=2))
    mirrored = Step({"v1": 6, "v2": 1}, {"v1": 100}, mirror=100, hold=10)
    run = roll_out(script(mirrored, Step({"v1": 6}, hold=5_000)), scenario)
    assert run.steps[-1][1].requests["v1"] > 8_000


def test_a_step_that_waits_for_nothing_lasts_as_long_as_it_says() -> None:
    slow = Scenario(candidate=Version("v2", startup_time=100))
    run = roll_out(script(Step({"v1": 6, "v2": 1}, until="now", hold=30)), slow)
    seen = run.steps[0][1]
    assert (seen.end, seen.replicas["v2"].ready, seen.deadline_exceeded) == (30, 0, False)


def test_a_wait_without_a_deadline_ends_when_the_scenario_does() -> None:
    slow = Scenario(candidate=Version("v2", startup_time=1_000), duration=50)
    patient = Step({"v1": 6, "v2": 1}, progress_deadline=math.inf)
    run = roll_out(script(patient, patient), slow)
    assert [(seen.start, seen.end, seen.deadline_exceeded) for _, seen in run.steps] == [
        (0, 50, False), (50, 50, False),
    ]  # fmt: skip
