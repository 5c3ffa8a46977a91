"""The arithmetic of continuous deployment, and where DORA's clusters begin and end."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploylab.model.errors import KnobError
from deploylab.patterns.continuous_deployment import (
    chance_of_bad_release,
    economic_release_interval,
    expected_requests_to_first_failure,
    littles_law,
    mm1_time_in_system,
    rule_of_three,
)
from tests.release_theory import batch_size_penalty, economic_batch_size, mm1_time_in_queue, release_cost_rate

rates = st.floats(0.01, 1_000)


@given(rates, rates, rates, st.floats(0.1, 10))
def test_no_other_interval_costs_less_than_the_economic_one(
    k: float, rate: float, c: float, x: float
) -> None:
    best = economic_release_interval(k, rate, c)
    least = release_cost_rate(best, k, rate, c)
    assert release_cost_rate(best * x, k, rate, c) >= least * (1 - 1e-9)
    assert release_cost_rate(best * x, k, rate, c) == pytest.approx(least * batch_size_penalty(x))
    assert economic_batch_size(k, rate, c) == pytest.approx(rate * best)


@given(st.floats(0, 1), st.integers(1, 60), st.integers(1, 60))
def test_two_releases_are_both_good_as_often_as_one_of_all_their_commits(p: float, a: int, b: int) -> None:
    both_good = (1 - chance_of_bad_release(p, a)) * (1 - chance_of_bad_release(p, b))
    assert 1 - chance_of_bad_release(p, a + b) == pytest.approx(both_good, abs=1e-9)


@given(st.floats(0.01, 0.99), rates)
def test_a_queue_and_its_server_hold_what_littles_law_says(load: float, service: float) -> None:
    arrival = load * service
    inside = littles_law(arrival, mm1_time_in_system(arrival, service))
    waiting = littles_law(arrival, mm1_time_in_queue(arrival, service))
    assert inside == pytest.approx(load / (1 - load))
    assert inside - waiting == pytest.approx(load)  # the server is busy for this share of the time


def test_more_than_can_be_served_waits_for_ever() -> None:
    assert mm1_time_in_system(2, 2) == float("inf")
    assert mm1_time_in_system(3, 2) == float("inf")


def test_the_first_failure_comes_as_late_as_dice_say() -> None:
    dice, weight, error_rate = random.Random(5), 0.2, 0.1

    def wait() -> int:
        n = 1
        while not (dice.random() < weight and dice.random() < error_rate):
            n += 1
        return n

    mean = sum(wait() for _ in range(4_000)) / 4_000
    assert mean == pytest.approx(expected_requests_to_first_failure(weight, error_rate), rel=0.06)


@pytest.mark.parametrize("requests", [100, 300, 5_000])
def test_the_rule_of_three_is_the_error_rate_that_goes_unseen_once_in_twenty(requests: int) -> None:
    unseen = (1 - rule_of_three(requests)) ** requests
    assert unseen == pytest.approx(0.05, abs=0.003)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: littles_law(-1, 2), "littles_law.arrival_rate: -1"),
        (lambda: chance_of_bad_release(1.2, 2), "is no chance"),
        (lambda: economic_batch_size(1, 2, 0), "delay_cost"),
        (lambda: mm1_time_in_system(1, float("nan")), "service_rate"),
        (lambda: rule_of_three(-1), "requests"),
    ],
)
def test_what_cannot_be_is_refused(call: object, words: str) -> None:
    with pytest.raises(KnobError, match=words):
        call()  # type: ignore[operator]
