"""The Deployment controller: its arithmetic keeps what it promises, whatever it meets."""

from __future__ import annotations

from math import floor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploylab.model.errors import KnobError
from deploylab.patterns.kubernetes.deployment_controller import (
    ReplicaSet,
    cleanup_unhealthy_replicas,
    get_scaled_value_from_int_or_percent,
    min_available,
    new_rs_new_replicas,
    reconcile,
    reconcile_new_replica_set,
    reconcile_old_replica_sets,
    resolve_fenceposts,
    scale_down_old_replica_sets_for_rolling_update,
)
from deploylab.patterns.kubernetes.progress import deployment_complete


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
    assert get_scaled_value_from_int_or_percent("7%", 10**17) == 7 * 10**15
    assert get_scaled_value_from_int_or_percent("29%", 10**17 + 1, rounding=floor) == 29 * 10**15


@pytest.mark.parametrize(
    "wrong", ["25", "%", "x%", "-5%", "2.5%", " 5%", "5%\n", "٥%", "9" * 5000 + "%", -1, 1.5, True, None]
)
def test_what_is_neither_number_nor_percentage_is_refused(wrong: Any) -> None:
    with pytest.raises(
        KnobError, match=r"^Rolling.max_surge: .* is neither a whole number from 0 up nor a percentage"
    ):
        get_scaled_value_from_int_or_percent(wrong, 10)


def test_the_new_version_grows_only_into_the_surge() -> None:
    assert new_rs_new_replicas(desired=8, surge=3, total=9, new=1) == 3
    assert new_rs_new_replicas(desired=8, surge=3, total=9, new=7) == 8
    assert new_rs_new_replicas(desired=8, surge=3, total=11, new=4) == 4
    assert reconcile_new_replica_set(old=0, new=9, desired=8, surge=3) == 8


def test_instances_that_are_not_available_go_before_those_that_are() -> None:
    assert cleanup_unhealthy_replicas([ReplicaSet(7, 4)], most=5) == [ReplicaSet(4, 4)]
    assert cleanup_unhealthy_replicas([ReplicaSet(7, 4)], most=2) == [ReplicaSet(5, 4)]
    # 7 old of which 4 are available, and 4 available new ones: 6 must stay, so 3 sick and 2 healthy go.
    assert reconcile_old_replica_sets([ReplicaSet(7, 4)], ReplicaSet(4, 4), desired=8, unavailable=2) == [2]


def test_no_healthy_instance_goes_that_availability_cannot_spare() -> None:
    scale_down = scale_down_old_replica_sets_for_rolling_update
    assert scale_down([ReplicaSet(8, 8)], 0, desired=8, unavailable=0) == [8]
    assert scale_down([ReplicaSet(2, 2)], 10, desired=8, unavailable=0) == [0]
    assert reconcile_old_replica_sets([ReplicaSet(8, 8)], ReplicaSet(2), desired=8, unavailable=0) == [8]
    assert min_available(desired=4, unavailable=9) == 0


def test_a_deployment_is_complete_when_all_are_new_and_available() -> None:
    assert deployment_complete(desired=4, current=4, updated=4, available=4)
    assert not deployment_complete(desired=4, current=5, updated=4, available=4)


def test_the_first_burst_uses_the_room_that_its_own_stops_make() -> None:
    assert reconcile([ReplicaSet(8, 8)], ReplicaSet(0), desired=8, surge=2, unavailable=2) == ([6], 4)


@st.composite
def replica_sets(draw: Any) -> ReplicaSet:
    replicas = draw(st.integers(0, 40))
    return ReplicaSet(replicas, draw(st.integers(0, replicas)))


@given(
    desired=st.integers(1, 40),
    olds=st.lists(replica_sets(), min_size=1, max_size=4),
    new=replica_sets(),
    surge=st.integers(0, 12),
    unavailable=st.integers(0, 50),
)
@settings(derandomize=True, deadline=None, max_examples=500)
def test_no_sync_breaks_a_promise(
    desired: int, olds: list[ReplicaSet], new: ReplicaSet, surge: int, unavailable: int
) -> None:
    new = ReplicaSet(min(new.replicas, desired), min(new.available, desired))
    unavailable = unavailable or int(not surge)
    left, news = reconcile(olds, new, desired, surge, unavailable)
    assert all(0 <= n <= old.replicas for n, old in zip(left, olds, strict=True))
    assert new.replicas <= news <= desired
    total = sum(old.replicas for old in olds) + new.replicas
    assert sum(left) + news <= max(desired + surge, total)
    still = [ReplicaSet(n, min(old.available, n)) for n, old in zip(left, olds, strict=True)]
    before = sum(old.available for old in olds) + new.available
    after = sum(old.available for old in still) + new.available
    assert after >= min(before, min_available(desired, unavailable))
    assert reconcile(still, ReplicaSet(news, new.available), desired, surge, unavailable) == (left, news)


@given(st.lists(replica_sets(), min_size=2, max_size=4), st.integers(0, 40), st.integers(1, 40))
@settings(derandomize=True, deadline=None)
def test_a_younger_old_version_loses_nothing_healthy_before_an_older_one_is_gone(
    olds: list[ReplicaSet], available: int, desired: int
) -> None:
    left = scale_down_old_replica_sets_for_rolling_update(olds, available, desired, unavailable=1)
    for n, old in enumerate(olds):
        assert left[n] == old.replicas or not any(left[:n])
