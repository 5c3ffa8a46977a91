"""Rolling: the Deployment controller's arithmetic, and what it does to a fleet."""

from __future__ import annotations

from math import floor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploylab.engine.rollout import roll_out
from deploylab.model.errors import KnobError
from deploylab.model.rollout import Outcome
from deploylab.model.run import Run
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.rolling import (
    Rolling,
    cleanup_unhealthy_replicas,
    deployment_complete,
    min_available,
    new_rs_new_replicas,
    reconcile,
    reconcile_new_replica_set,
    reconcile_old_replica_sets,
    resolve_fenceposts,
    scale_down_old_replica_sets,
    share,
)

# The arithmetic


@pytest.mark.parametrize(
    ("surge", "unavailable", "desired", "expected"),
    [
        ("25%", "25%", 4, (1, 1)),
        ("25%", "25%", 7, (2, 1)),  # up and down
        ("10%", "10%", 3, (1, 0)),
        ("0%", "10%", 3, (0, 1)),  # both come to 0
        (0, 5, 3, (0, 5)),
        (2, "50%", 9, (2, 4)),
        ("150%", 0, 4, (6, 0)),
    ],
)  # fmt: skip
def test_surge_rounds_up_and_unavailable_rounds_down(
    surge: Any, unavailable: Any, desired: int, expected: tuple[int, int]
) -> None:
    assert resolve_fenceposts(surge, unavailable, desired) == expected


def test_a_percentage_is_exact_in_large_numbers() -> None:
    assert share("7%", 10**17) == 7 * 10**15
    assert share("29%", 10**17 + 1, rounding=floor) == 29 * 10**15


@pytest.mark.parametrize("wrong", ["25", "%", "x%", "-5%", "2.5%", " 5%", -1, 1.5, True, None])
def test_what_is_neither_number_nor_percentage_is_refused(wrong: Any) -> None:
    with pytest.raises(
        KnobError, match=r"^Rolling.max_surge: .* is neither a whole number from 0 up nor a percentage"
    ):
        share(wrong, 10)


def test_the_new_version_grows_only_into_the_surge() -> None:
    assert new_rs_new_replicas(desired=8, surge=3, total=9, new=1) == 3
    assert new_rs_new_replicas(desired=8, surge=3, total=9, new=7) == 8
    assert new_rs_new_replicas(desired=8, surge=3, total=11, new=4) == 4
    assert reconcile_new_replica_set(old=0, new=9, desired=8, surge=3) == 8


def test_instances_that_are_not_available_go_before_those_that_are() -> None:
    assert cleanup_unhealthy_replicas(old=7, old_available=4, most=5) == 3
    assert cleanup_unhealthy_replicas(old=7, old_available=4, most=2) == 2
    # 7 old of which 4 are available, and 4 available new ones: 6 must stay, so 3 sick and 2 healthy go.
    assert reconcile_old_replica_sets(7, 4, 4, 4, desired=8, unavailable=2) == 2


def test_no_healthy_instance_goes_that_availability_cannot_spare() -> None:
    assert scale_down_old_replica_sets(old=8, available=8, desired=8, unavailable=0) == 0
    assert scale_down_old_replica_sets(old=2, available=12, desired=8, unavailable=0) == 2
    assert reconcile_old_replica_sets(8, 2, 8, 0, desired=8, unavailable=0) == 8
    assert min_available(desired=4, unavailable=9) == 0


def test_a_deployment_is_complete_when_all_are_new_and_available() -> None:
    assert deployment_complete(desired=4, current=4, updated=4, available=4)
    assert not deployment_complete(desired=4, current=5, updated=4, available=4)


def test_the_first_burst_uses_the_room_that_its_own_stops_make() -> None:
    assert reconcile(8, 0, 8, 0, desired=8, surge=2, unavailable=2) == (6, 4)


@given(
    desired=st.integers(1, 40),
    old=st.integers(0, 40),
    new=st.integers(0, 40),
    sick=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    surge=st.integers(0, 12),
    unavailable=st.integers(0, 50),
)
@settings(derandomize=True, deadline=None, max_examples=500)
def test_no_sync_breaks_a_promise(
    desired: int, old: int, new: int, sick: tuple[float, float], surge: int, unavailable: int
) -> None:
    new, unavailable = min(new, desired), unavailable or int(not surge)
    old_available, new_available = int(old * sick[0]), int(new * sick[1])
    olds, news = reconcile(old, new, old_available, new_available, desired, surge, unavailable)
    assert 0 <= olds <= old
    assert new <= news <= desired
    assert olds + news <= max(desired + surge, old + new)
    before, after = old_available + new_available, min(old_available, olds) + new_available
    assert after >= min(before, min_available(desired, unavailable))
    assert reconcile(olds, news, min(old_available, olds), new_available, desired, surge, unavailable) == (
        olds,
        news,
    )


# The fleet


@st.composite
def rollouts(draw: Any) -> tuple[Rolling, Scenario]:
    amounts = st.integers(0, 6) | st.integers(0, 100).map(lambda percent: f"{percent}%")
    surge, unavailable = draw(st.tuples(amounts, amounts).filter(lambda pair: pair[0] not in (0, "0%")))
    candidate = Version("v2", startup_time=draw(st.floats(0, 20)), startup_jitter=draw(st.floats(0, 20)))
    platform = Platform(pre_stop=draw(st.floats(0, 10)), endpoint_lag=draw(st.floats(0, 3)))
    scenario = Scenario(
        candidate=candidate, replicas=draw(st.integers(1, 15)), platform=platform, traffic=Traffic(rate=2),
        duration=10, seed=draw(st.integers(0, 99)),
    )  # fmt: skip
    return Rolling(surge, unavailable, min_ready_seconds=draw(st.sampled_from([0, 3]))), scenario


@given(rollouts())
@settings(derandomize=True, deadline=None, max_examples=100)
def test_a_rolling_update_never_has_too_many_instances_nor_too_few_available_ones(
    case: tuple[Rolling, Scenario],
) -> None:
    rolling, scenario = case
    n = scenario.replicas
    surge, unavailable = resolve_fenceposts(rolling.max_surge, rolling.max_unavailable, n)
    run = roll_out(rolling, scenario)
    assert run.outcome is Outcome.PROMOTED
    lives = [(i.started, i.ready, i.draining) for i in run.instances]
    for moment in {time for life in lives for time in life if time is not None and time <= run.finished}:
        alive = [life for life in lives if life[0] <= moment and (life[2] is None or life[2] > moment)]
        available = [life for life in alive if life[1] is not None and since(life[1], moment, rolling)]
        assert len(alive) <= n + surge
        assert len(available) >= n - min(n, unavailable)


def since(ready: float, moment: float, rolling: Rolling) -> bool:
    """Whether it is available; the ones from the beginning have been so for a long time."""
    return ready == 0 or moment - ready >= rolling.min_ready_seconds - 1e-9


def rolled(rolling: Rolling, **candidate: float) -> Run:
    return roll_out(rolling, Scenario(candidate=Version("v2", **candidate)))


def test_a_continuous_update_promotes_what_gets_ready_even_if_it_answers_with_errors() -> None:
    run = rolled(Rolling(), error_rate=1)
    assert run.outcome is Outcome.PROMOTED
    assert [i.version for i in run.instances if i.stopped is None] == ["v2"] * 6
    assert run.availability < 0.5


def test_a_continuous_update_that_makes_no_progress_is_stalled_and_left_as_it_is() -> None:
    run = rolled(Rolling(progress_deadline=60), startup_time=3_000)
    assert run.outcome is Outcome.STALLED
    assert run.finished == 60
    assert run.steps[-1][1].deadline_exceeded
    assert run.steps[-1][1].replicas["v1"].available == 5


def test_batches_that_are_healthy_are_promoted_one_after_the_other() -> None:
    run = rolled(Rolling(batch_size=4))
    assert run.outcome is Outcome.PROMOTED
    assert [step.replicas for step, _ in run.steps] == [{"v1": 2, "v2": 4}, {"v1": 0, "v2": 6}]


def test_a_bad_batch_sends_the_whole_service_back() -> None:
    run = rolled(Rolling(batch_size=2), error_rate=0.1)
    assert run.outcome is Outcome.ROLLED_BACK
    assert [step.replicas for step, _ in run.steps] == [{"v1": 4, "v2": 2}, {"v1": 6}]
    assert run.steps[-1][1].replicas["v1"].available == 6


def test_a_batch_that_never_gets_ready_sends_the_whole_service_back() -> None:
    run = rolled(Rolling(batch_size=2, progress_deadline=30), startup_time=3_000)
    assert run.outcome is Outcome.ROLLED_BACK
