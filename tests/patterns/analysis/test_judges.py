"""The judges: what each of them says of the same observations, and what holds for every count of errors."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, exp
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deploylab.engine.rollout import roll_out
from deploylab.model.errors import KnobError
from deploylab.model.rollout import Observation, Outcome, Verdict
from deploylab.model.scenario import Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.analysis import Analysis, fixed_sample, sequential
from deploylab.patterns.analysis.analysis_run import Phase
from deploylab.patterns.analysis.judges import FixedSample, MannWhitney, RateJudge, Sequential, Threshold
from deploylab.patterns.blue_green import BlueGreen
from deploylab.patterns.canary import Canary

LIMITS = st.sampled_from([0.001, 0.01, 0.05, 0.29, 0.5, 0.9])
ALPHAS = st.sampled_from([0.01, 0.05, 0.2])
JUDGES: list[RateJudge] = [Threshold(), FixedSample(), Sequential()]


def seen(errors: int, requests: int = 100, latency: float = 0.02, stable: float = 0.02) -> Observation:
    """Both versions answered evenly around their latency (s)."""
    around = np.linspace(0.5, 1.5, 100)
    times = {"v1": (around * stable * 1e9).astype(np.int64), "v2": (around * latency * 1e9).astype(np.int64)}
    return Observation(0, 60, {}, {"v1": 100, "v2": requests}, {"v1": 0, "v2": errors}, times)


# Error rates


@given(st.integers(1, 2000), LIMITS)
def test_the_threshold_is_broken_by_strictly_more(requests: int, limit: float) -> None:
    errors = Threshold().too_many(requests, limit)
    assert (errors - 1) / requests <= limit < errors / requests


@given(st.integers(1, 300), LIMITS, ALPHAS)
def test_a_fixed_sample_rejects_what_the_limit_rarely_brings_about(
    requests: int, p: float, alpha: float
) -> None:
    """By the definition: the chance of so many errors or more is at most alpha, of one fewer it is not."""
    chances = [comb(requests, k) * p**k * (1 - p) ** (requests - k) for k in range(requests + 1)]
    errors = fixed_sample.too_many_errors(requests, p, alpha)
    assert sum(chances[errors:]) <= alpha * (1 + 1e-9)
    assert sum(chances[errors - 1 :]) > alpha * (1 - 1e-9)


@given(st.integers(1, 60), LIMITS, st.data())
def test_no_bet_pays_on_average_while_the_rate_is_within_the_limit(
    requests: int, limit: float, data: st.DataObject
) -> None:
    rate = data.draw(st.floats(0, limit))
    mean = sum(
        comb(requests, k) * rate**k * (1 - rate) ** (requests - k)
        * exp(sequential.log_e_value(k, requests, limit))
        for k in range(requests + 1)
    )  # fmt: skip
    assert mean <= 1 + 1e-9


@given(st.integers(1, 3000), LIMITS, ALPHAS)
def test_the_sequential_test_asks_for_at_least_what_the_fixed_sample_asks_for(
    n: int, p: float, a: float
) -> None:
    """It must also be right at all other looks, and pays for that."""
    errors = sequential.too_many_errors(n, p, a)
    assert errors >= fixed_sample.too_many_errors(n, p, a)
    assume(errors <= n)
    assert sequential.log_e_value(errors, n, p) >= np.log(1 / a) > sequential.log_e_value(errors - 1, n, p)


@pytest.mark.parametrize("judge", JUDGES)
def test_a_limit_of_nothing_is_broken_by_one_error_and_a_limit_of_all_never(judge: RateJudge) -> None:
    for requests in (1, 10, 1000):
        assert judge.too_many(requests, 0) == 1
        assert judge.too_many(requests, 1) == requests + 1


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30), st.sampled_from(JUDGES[1:]))
def test_a_judge_of_error_rates_counts_all_since_the_beginning(counts: list[int], judge: RateJudge) -> None:
    run = Analysis(judge=judge, interval=1).begin("v2")  # type: ignore[arg-type]
    for looks, errors in enumerate(counts, start=1):
        verdict = run.measure(seen(errors))
        if sum(counts[:looks]) >= judge.too_many(100 * looks, 0.01):
            assert verdict is Verdict.FAILED
            return
        assert verdict is None


def test_the_judges_differ_where_a_few_errors_may_be_chance() -> None:
    said = [[Analysis(judge=judge)(seen(k), "v2").value for k in (1, 2, 4, 6)] for judge in JUDGES]  # type: ignore[arg-type]
    good, bad = "Successful", "Failed"
    assert said == [[good, bad, bad, bad], [good, good, bad, bad], [good, good, good, bad]]


def test_too_few_requests_are_inconclusive_for_every_judge() -> None:
    for judge in (*JUDGES, MannWhitney()):
        assert Analysis(judge=judge)(seen(49, 49), "v2") is Verdict.INCONCLUSIVE  # type: ignore[arg-type]


# Latencies


def test_mann_whitney_compares_with_the_baseline_where_the_limit_sees_nothing() -> None:
    limit, compare = Analysis(), Analysis(judge=MannWhitney())
    assert limit(seen(0, latency=0.04), "v2") is Verdict.SUCCESSFUL
    assert compare(seen(0, latency=0.04), "v2") is Verdict.FAILED
    assert compare(seen(0, latency=0.02), "v2") is Verdict.SUCCESSFUL
    assert compare(seen(0, latency=0.01), "v2") is Verdict.SUCCESSFUL


def test_a_slowness_that_both_share_is_not_the_canarys_fault() -> None:
    assert Analysis(judge=MannWhitney())(seen(0, latency=2, stable=2), "v2") is Verdict.SUCCESSFUL
    assert Analysis()(seen(0, latency=2, stable=2), "v2") is Verdict.FAILED


def test_an_increase_may_be_allowed() -> None:
    lenient = Analysis(judge=MannWhitney(allowed_increase=1.5))
    verdicts = [lenient(seen(0, latency=latency), "v2") for latency in (0.029, 0.031)]
    assert verdicts == [Verdict.SUCCESSFUL, Verdict.FAILED]


def test_without_a_baseline_nothing_can_be_compared() -> None:
    alone = Observation(0, 60, {}, {"v1": 0, "v2": 100}, {"v2": 0}, {"v2": np.full(100, 10**7, np.int64)})
    run = Analysis(judge=MannWhitney()).begin("v2")
    run.measure(alone)
    assert (run.results["latency"].error, run.results["error rate"].successful) == (1, 1)
    assert Analysis(judge=MannWhitney())(alone, "v2") is Verdict.INCONCLUSIVE


# Whole rollouts


def slow(factor: float) -> Scenario:
    candidate = Version("v2", service_time=factor * Version("v1").service_time)
    return Scenario(candidate=candidate, traffic=Traffic(rate=120))


def test_a_canary_with_a_judge_of_latencies_takes_a_slow_version_back() -> None:
    canary = Canary(weights=(20, 50), analysis=Analysis(judge=MannWhitney(allowed_increase=1.2)))
    assert roll_out(canary, slow(2)).outcome is Outcome.ROLLED_BACK
    assert roll_out(canary, slow(1)).outcome is Outcome.PROMOTED


def test_a_sequential_judge_takes_a_bad_version_back() -> None:
    analysis = Analysis(judge=Sequential())
    bad = Scenario(candidate=Version("v2", error_rate=0.1))
    for strategy in (Canary(analysis=analysis), BlueGreen(analysis=analysis)):
        assert roll_out(strategy, bad).outcome is Outcome.ROLLED_BACK


@pytest.mark.parametrize("wrong", [Sequential, "sequential", None])
def test_what_is_no_judge_is_refused_with_those_that_are(wrong: object) -> None:
    with pytest.raises(KnobError, match=r"^Analysis\.judge: .* is no judge; use Threshold\(\)"):
        Analysis(judge=wrong)  # type: ignore[arg-type]


def test_a_function_may_be_a_judge() -> None:
    def lenient(
        analysis: Analysis, seen: Sequence[Observation], version: str, _: str | None
    ) -> dict[str, Phase]:
        return {**analysis.against_limits(seen[-1], version), "latency": Phase.SUCCESSFUL}

    assert Analysis()(seen(0, latency=5), "v2") is Verdict.FAILED
    assert Analysis(judge=lenient)(seen(0, latency=5), "v2") is Verdict.SUCCESSFUL


@pytest.mark.parametrize("said", [{}, {"error rate": Phase.FAILED}, {"error rate": True, "latency": True}])
def test_a_judge_that_forgets_a_metric_is_told_which_there_are(said: Any) -> None:
    analysis = Analysis(judge=lambda *_: said)
    with pytest.raises(KnobError, match="a judge gives a Phase for each of error rate, latency"):
        analysis(seen(0), "v2")
