"""How often a judge is wrong and how soon it is right, measured over thousands of streams."""

from __future__ import annotations

from math import comb, sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploylab.model.errors import KnobError
from deploylab.model.operating import OperatingCharacteristic, Trial
from deploylab.patterns.analysis.judges import FixedSample, MannWhitney, RateJudge, Sequential, Threshold
from deploylab.patterns.analysis.operating import operating_characteristic

JUDGES: list[RateJudge] = [Threshold(), FixedSample(), Sequential()]


def false_alarms(judge: RateJudge, **trial: Any) -> tuple[float, float]:
    """At the limit itself, the hardest of the good rates: when looking every time, and in the last look."""
    measured = operating_characteristic(judge, Trial(**{"rates": (trial["limit"],), "runs": 5000, **trial}))
    return measured.alarms(0), measured.once[0][-1]


def luck(share: float, runs: int = 5000) -> float:
    """By how much a measured share may differ from the true one: hardly ever by five standard errors."""
    return 5 * sqrt(share * (1 - share) / runs)


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("limit", [0.002, 0.01, 0.1, 0.5])
@pytest.mark.parametrize(("requests", "looks"), [(1, 1500), (20, 200), (500, 30)])
def test_however_often_one_looks_the_sequential_test_keeps_its_promise(
    alpha: float, limit: float, requests: int, looks: int
) -> None:
    alarms, _ = false_alarms(Sequential(alpha), limit=limit, requests=requests, looks=looks, runs=1000)
    assert alarms <= alpha + luck(alpha, 1000)


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("limit", [0.01, 0.1])
def test_peeking_breaks_the_promise_of_a_fixed_sample_which_one_look_keeps(
    alpha: float, limit: float
) -> None:
    peeking, single = false_alarms(FixedSample(alpha), limit=limit, looks=60)
    assert single <= alpha + luck(alpha)
    assert peeking > 2 * alpha


def test_the_more_looks_the_more_false_alarms_of_a_fixed_sample() -> None:
    measured = operating_characteristic(FixedSample(), Trial(looks=200))
    curve = measured.every[measured.worst_good or 0]
    assert curve[0] < 0.05 < curve[9] < curve[59] < curve[199]


def test_a_limit_on_every_measurement_gives_most_good_versions_a_bad_name() -> None:
    alarms, _ = false_alarms(Threshold(), limit=0.01, rates=(0.005,))
    lenient, _ = false_alarms(Threshold(), limit=0.01, rates=(0.005,), failure_limit=12)
    assert alarms > 0.9
    assert lenient < 0.05


def test_what_the_sequential_test_pays_for_its_promise_is_time() -> None:
    """It notices a version five times beyond the limit in a few looks, and later than one that peeks."""
    peeking, patient = (operating_characteristic(judge) for judge in (FixedSample(), Sequential()))
    worst = patient.bad[-1]
    assert patient.alarms(worst) == peeking.alarms(worst) == 1
    assert 100 < (peeking.requests_to_alarm(worst) or 0) < (patient.requests_to_alarm(worst) or 0) < 300


@pytest.mark.parametrize("judge", JUDGES)
def test_the_shares_are_those_of_the_binomial_distribution(judge: RateJudge) -> None:
    trial = Trial(limit=0.02, rates=(0.02, 0.05), requests=50, looks=1, runs=20_000)
    measured = operating_characteristic(judge, trial)
    for place, rate in enumerate(trial.rates):
        most = judge.too_many(50, 0.02)
        exact = sum(comb(50, k) * rate**k * (1 - rate) ** (50 - k) for k in range(most, 51))
        assert measured.alarms(place) == pytest.approx(exact, abs=luck(exact, 20_000) + 1e-9)
        assert measured.once[place] == measured.every[place]


@given(
    st.sampled_from(JUDGES), st.lists(st.floats(0, 1), min_size=1, max_size=4).map(tuple),
    st.sampled_from([0.01, 0.3]), st.integers(1, 40), st.integers(1, 12), st.integers(0, 3),
    st.integers(0, 99),
)  # fmt: skip
def test_alarms_only_add_up_and_a_higher_rate_never_has_fewer(
    judge: RateJudge,
    rates: tuple[float, ...],
    limit: float,
    requests: int,
    looks: int,
    failures: int,
    seed: int,
) -> None:
    trial = Trial(limit, rates, requests, looks, runs=40, failure_limit=failures, seed=seed)
    measured = operating_characteristic(judge, trial)
    for curve, single in zip(measured.every, measured.once, strict=True):
        assert list(curve) == sorted(curve)
        assert failures or all(now >= alone for now, alone in zip(curve, single, strict=True))
    for lower, higher in zip(measured.every, measured.every[1:], strict=False):
        assert all(a <= b for a, b in zip(lower, higher, strict=True))


def test_all_judges_meet_the_same_requests_and_another_seed_means_others() -> None:
    one, same, other = (operating_characteristic(FixedSample(), Trial(runs=500, seed=s)) for s in (1, 1, 2))
    assert one == same
    assert one.every != other.every


# The record


def record(**trial: Any) -> OperatingCharacteristic:
    measured = Trial(**{"rates": (0.01, 0.05), "looks": 3, "requests": 10, "runs": 100, **trial})
    return OperatingCharacteristic(
        "Sequential",
        measured,
        0.05,
        every=((0.0, 0.02, 0.04), (0.0, 0.5, 0.75)),
        once=((0.0,) * 3, (0.0,) * 3),
    )


def test_the_time_to_an_alarm_is_the_mean_over_those_runs_that_had_one() -> None:
    assert record().requests_to_alarm(1) == pytest.approx((0.5 * 20 + 0.25 * 30) / 0.75)
    assert operating_characteristic(Sequential(), Trial(rates=(0.0,), runs=10)).requests_to_alarm(0) is None


def test_the_figures_say_how_often_it_is_wrong_in_either_way() -> None:
    told = {figure.name: figure.words for figure in record().figures()}
    assert told == {"false alarms at 1 %": "4 %", "missed at 5 %": "25 %", "requests to notice 5 %": "23"}
    assert record().standard_error(1) == pytest.approx(sqrt(0.75 * 0.25 / 100))
    assert record().table["good"] == ("yes", "no")


def test_without_a_good_version_there_are_no_false_alarms_to_speak_of() -> None:
    only_bad = record(rates=(0.02, 0.05))
    assert (only_bad.worst_good, only_bad.headline) == (None, "Sequential")
    assert only_bad.figures()[0].name == "missed at 2 %"


@pytest.mark.parametrize("wrong", [Sequential, MannWhitney(), "sequential"])
def test_what_judges_no_error_rate_is_refused_with_those_that_do(wrong: Any) -> None:
    with pytest.raises(KnobError, match=r"judges no error rate; use Threshold\(\), FixedSample\(\)"):
        operating_characteristic(wrong)


@pytest.mark.parametrize("rates", [(0.1, 1.5), 0.1, ("x",)])
def test_what_is_no_error_rate_is_refused(rates: Any) -> None:
    with pytest.raises(KnobError, match=r"^Trial\.rates: .* is not an error rate; use shares from 0 to 1"):
        Trial(rates=rates)
