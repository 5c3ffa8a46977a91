"""A/B tests: published intervals and sample sizes, and what the interval promises."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import deploylab as dl
from deploylab.model.errors import KnobError
from deploylab.patterns.ab_test import Arm, ab_test, sample_size, wilson

arms = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("b", "a", "low", "high"),
    [  # Newcombe 1998, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_interval_is_that_of_the_paper(a: Arm, b: Arm, low: float, high: float) -> None:
    test = ab_test(a, b)
    assert (round(test.low, 4), round(test.high, 4)) == (low, high)


@given(arms, arms, st.floats(0.5, 0.999))
def test_swapping_the_arms_turns_the_interval_over(a: Arm, b: Arm, confidence: float) -> None:
    there, back = ab_test(a, b, confidence), ab_test(b, a, confidence)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.low - 1e-12 <= there.effect <= there.high + 1e-12
    assert there.low >= -1 - 1e-12
    assert there.high <= 1 + 1e-12


@given(arms, st.floats(0.5, 0.99))
def test_wilsons_limits_are_the_rates_at_which_a_z_test_just_does_not_reject(arm: Arm, level: float) -> None:
    z, rate = NormalDist().inv_cdf(0.5 + level / 2), arm[0] / arm[1]
    for limit in wilson(*arm, confidence=level):
        if 1e-12 < limit < 1 - 1e-12:
            assert abs(rate - limit) == pytest.approx(z * (limit * (1 - limit) / arm[1]) ** 0.5)


@pytest.mark.parametrize(("p", "q", "n"), [(0.1, 0.1, 200), (0.02, 0.05, 150), (0.5, 0.6, 80)])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(p: float, q: float, n: int) -> None:
    chance, runs = np.random.Generator(np.random.PCG64(7)), 2000
    a, b = chance.binomial(n, p, runs), chance.binomial(n, q, runs)
    tests = [ab_test((int(x), n), (int(y), n)) for x, y in zip(a, b, strict=True)]
    covered = np.mean([test.low <= q - p <= test.high for test in tests])
    assert covered > 0.95 - 4 * (0.95 * 0.05 / runs) ** 0.5 - 0.005


@pytest.mark.parametrize(("rate", "effect"), [(0.1, 0.02), (0.5, -0.1), (0.02, 0.02)])
@pytest.mark.parametrize("power", [0.8, 0.95])
def test_so_many_trials_have_the_power_that_was_asked_for(rate: float, effect: float, power: float) -> None:
    n, runs = sample_size(rate, effect, power=power), 20_000
    chance = np.random.Generator(np.random.PCG64(7))
    x, y = (chance.binomial(n, share, runs) / n for share in (rate, rate + effect))
    mean = (x + y) / 2
    rejected = abs(y - x) > 1.959964 * np.sqrt(mean * (1 - mean) * 2 / n)
    assert rejected.mean() == pytest.approx(power, abs=0.015)


@given(st.floats(0.05, 0.4), st.floats(0.01, 0.1))
def test_half_the_effect_needs_about_four_times_the_trials(rate: float, effect: float) -> None:
    assert 3 < sample_size(rate, effect / 2) / sample_size(rate, effect) < 5


def test_the_arms_of_a_release_can_be_tested() -> None:
    scenario = dl.Scenario(
        stable=dl.Version("v1", error_rate=0.05), candidate=dl.Version("v2", error_rate=0.02), duration=120
    )
    record = dl.toggle(dl.Flag(weights=(50,), max_error_rate=1), scenario)
    test = dl.ab_test(*record.arms())
    assert test.significant
    assert test.low < 0.03 < test.high


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ab_test((5, 3), (1, 2)), r"^ab_test.a: \(5, 3\) is no \(successes, trials\)"),
        (lambda: ab_test((1, 3), (0, 0)), r"^ab_test.b: \(0, 0\) is no \(successes, trials\)"),
        (lambda: ab_test((1, 3), (1, 3), 95), r"^ab_test.confidence: 95 is not a share .* 0.95"),
        (lambda: sample_size(0.1, 0), r"^sample_size.effect: 0 takes a rate of 0.1 nowhere"),
        (lambda: sample_size(0.9, 0.2), r"^sample_size.effect: 0.2 takes a rate of 0.9 nowhere"),
        (lambda: sample_size(0, 0.2), r"^sample_size.rate: 0 is not a share"),
        (lambda: sample_size(0.1, 0.2, power=80), r"^sample_size.power: 80 is not a share .* 0.8"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_try(make: Any, message: str) -> None:
    with pytest.raises(KnobError, match=message):
        make()
