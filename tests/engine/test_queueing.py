"""Routing and queues, against a loop that anyone can check, and against queueing theory."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from deploylab.engine.queueing import NOBODY, PLACES, serve, wheel


def one_by_one(
    arrival: NDArray[np.int64], service: NDArray[np.int64], slot: NDArray[np.uint16], free: NDArray[np.int64]
) -> list[int]:
    done = []
    for time, work, place in zip(arrival.tolist(), service.tolist(), slot.tolist(), strict=True):
        free[place] = max(time, int(free[place])) + work
        done.append(int(free[place]))
    return done


@given(
    st.integers(0, 2**32),
    st.integers(1, 400),
    st.integers(1, 300),
    st.sampled_from([0, 1, 5, 10**3, 10**10]),
    st.sampled_from([0, 1, 50, 10**12]),
)
@settings(max_examples=200, derandomize=True, deadline=None)
def test_one_scan_serves_all_queues_as_a_loop_over_the_requests_would(
    seed: int, requests: int, slots: int, gap: int, work: int
) -> None:
    chance = np.random.Generator(np.random.PCG64(seed))
    arrival = chance.integers(0, gap + 1, requests).cumsum()
    service = chance.integers(0, work + 1, requests)
    slot = chance.integers(0, slots, requests).astype(np.uint16)
    free = chance.integers(0, 2 * (gap + work) + 1, slots)
    expected_free = free.copy()
    expected = one_by_one(arrival, service, slot, expected_free)
    assert serve(arrival, service, slot, free).tolist() == expected
    assert free.tolist() == expected_free.tolist()


@pytest.mark.parametrize("slots", [1, 7, 250, 1000])
def test_queues_carry_over_from_one_block_of_requests_to_the_next(slots: int) -> None:
    chance = np.random.Generator(np.random.PCG64(slots))
    arrival = chance.integers(0, 2_000, 20_000).cumsum()
    service = chance.integers(0, 1_900 * slots, 20_000)
    slot = chance.integers(0, slots, 20_000).astype(np.uint16)
    free, expected_free = np.zeros(slots, np.int64), np.zeros(slots, np.int64)
    cuts = [0, 1, 4_000, 4_001, 17_000, 20_000]
    done = [serve(arrival[a:b], service[a:b], slot[a:b], free) for a, b in pairwise(cuts)]
    assert np.concatenate(done).tolist() == one_by_one(arrival, service, slot, expected_free)


def test_a_run_too_long_for_integer_nanoseconds_is_refused_and_not_wrong() -> None:
    two = np.array([0, 1])
    with pytest.raises(OverflowError, match="shorter duration"):
        serve(two, np.full(2, 2**61), two.astype(np.uint16), np.zeros(2, np.int64))


@given(st.lists(st.floats(0.001, 1000), min_size=1, max_size=300))
@settings(derandomize=True, deadline=None)
def test_every_slot_gets_its_proportion_of_the_wheel_within_one_place(shares: list[float]) -> None:
    places = np.bincount(wheel(dict(enumerate(shares))), minlength=len(shares))
    exact = np.array(shares) / sum(shares) * PLACES
    assert places.sum() == PLACES
    assert (np.abs(places - exact) < 1 + 1e-6).all()


def test_equal_shares_differ_by_one_place_and_the_first_slots_have_more() -> None:
    assert np.bincount(wheel({1: 1.0, 2: 1.0, 3: 1.0}))[1:].tolist() == [21_846, 21_845, 21_845]


def test_a_wheel_with_nobody_on_it_sends_all_requests_nowhere() -> None:
    assert (wheel({NOBODY: 1.0}) == NOBODY).all()


@pytest.mark.parametrize(("load", "seed"), [(0.5, 101), (0.8, 102)])
def test_the_mean_wait_of_a_single_queue_is_what_theory_says(load: float, seed: int) -> None:
    """M/M/1: the mean wait before service is load / (1 - load) services; 4 sigma of 100 batch means."""
    chance = np.random.Generator(np.random.PCG64(seed))
    n, service = 1_000_000, 1_000_000.0  # ns
    arrival = (chance.standard_exponential(n) * (service / load)).astype(np.int64).cumsum()
    work = (chance.standard_exponential(n) * service).astype(np.int64)
    free, slot = np.zeros(1, np.int64), np.zeros(n, np.uint16)
    waits = (serve(arrival, work, slot, free) - work - arrival) / service
    batches = waits.reshape(100, -1).mean(axis=1)
    error = batches.std(ddof=1) / 10
    assert abs(batches.mean() - load / (1 - load)) < 4 * error
