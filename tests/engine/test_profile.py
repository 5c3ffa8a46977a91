"""Traffic that changes: the change of time is exact, and the constant profile changes nothing."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from deploylab.engine.profile import InnerClock
from deploylab.engine.workload import draw
from deploylab.model.scenario import Profile, Traffic

from .test_workload import same
from .worlds import profiles

SECOND = 10**9


def requests_until(profile: Profile, end: Fraction) -> Fraction:
    """The factor summed up from 0 to `end` (s), in exact fractions."""
    corners = [(Fraction(second), Fraction(factor)) for second, factor in profile]
    corners = [(Fraction(0), corners[0][1]), *corners, (Fraction(10**6), corners[-1][1])]
    total = Fraction(0)
    for (a, low), (b, high) in pairwise(corners):
        if a < min(b, end):
            stop = min(b, end)
            total += (stop - a) * (low + low + (high - low) * (stop - a) / (b - a)) / 2
    return total


@given(profiles(), st.integers(0, 2**32))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_the_change_of_time_is_exact_to_the_nanosecond(profile: Profile, seed: int) -> None:
    clock = InnerClock(profile, 0, 60 * SECOND)
    if clock.length < 1:
        return
    chance = np.random.Generator(np.random.PCG64(seed))
    inner = np.sort(chance.integers(0, int(clock.length), 40, endpoint=False))
    times = clock.true_time(inner)
    assert (np.diff(times) >= 0).all()
    for asked, time in zip(inner.tolist(), times.tolist(), strict=True):
        before = requests_until(profile, Fraction(time - 1, SECOND)) * SECOND
        after = requests_until(profile, Fraction(time + 2, SECOND)) * SECOND
        assert before - Fraction(1, 1000) <= asked <= after + Fraction(1, 1000)


def test_a_constant_profile_draws_the_very_requests_that_no_profile_draws() -> None:
    plain, constant = draw(Traffic(rate=50), 3, 180), draw(Traffic(rate=50, profile=((0, 1),)), 3, 180)
    assert len(plain) == len(constant)
    assert same(plain, constant, len(plain))


def test_a_longer_draw_only_extends_a_shorter_one_on_a_ramp_too() -> None:
    ramp = Traffic(rate=50, profile=((10, 0), (130, 2), (200, 0.5)))
    short, long = draw(ramp, 3, 60), draw(ramp, 3, 600)
    assert same(short, long, len(short))
    assert (np.diff(long.time) >= 0).all()


def test_requests_come_as_often_as_the_profile_says() -> None:
    burst = Traffic(
        rate=500, profile=((0, 1), (60, 1), (61, 3), (90, 3), (91, 1), (100, 1), (101, 0), (102, 2))
    )
    time = draw(burst, 5, 180).time / SECOND
    for a, b in [(0, 60), (60, 61), (61, 90), (90, 91), (91, 100), (100, 101), (101, 102), (102, 180)]:
        exact = requests_until(burst.profile, Fraction(b)) - requests_until(burst.profile, Fraction(a))
        expected = float(500 * exact)
        assert abs(((time >= a) & (time < b)).sum() - expected) < 4 * expected**0.5


def test_a_silence_brings_nobody_and_its_end_brings_them_back() -> None:
    silent = Traffic(rate=100, profile=((0, 1), (10, 0), (150, 0), (151, 1)))
    time = draw(silent, 5, 240).time / SECOND
    assert not ((time > 10) & (time < 150)).any()
    assert (time > 151).sum() > 5_000
