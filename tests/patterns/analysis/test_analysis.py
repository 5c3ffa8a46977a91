"""An analysis: single measurements, and a run of them at an interval."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploylab.engine.rollout import roll_out
from deploylab.model.errors import KnobError
from deploylab.model.order import Order
from deploylab.model.rollout import Observation, Outcome, Rollout, Step, Verdict
from deploylab.model.scenario import Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.analysis import Analysis
from deploylab.patterns.analysis.analysis_run import Phase
from deploylab.patterns.analysis.measuring import AnalysisRun
from deploylab.patterns.argo.canary_steps import AnalysisStep
from deploylab.patterns.blue_green import BlueGreen
from deploylab.patterns.canary import Canary
from deploylab.patterns.flagger import Flagger
from deploylab.patterns.rolling import Rolling
from deploylab.patterns.shadow import Shadow

STEP = Step({"v1": 4, "v2": 1}, hold=30, note="10 % to v2")


def seen(
    requests: int = 100, errors: int = 0, latency: float = 0.01, end: float = 60, **more: int
) -> Observation:
    times = np.full(requests - errors, round(latency * 1e9), np.int64)
    return Observation(0, end, {}, {"v2": requests}, {"v2": errors}, {"v2": times}, **more)


def test_where_nobody_was_answered_no_latency_is_measured() -> None:
    silent = replace(seen(requests=100, errors=100), latencies={"v2": np.zeros(0, np.int64)})
    assert Analysis().measurement([silent], "v2")["latency"] is Phase.ERROR
    assert Analysis(max_error_rate=1)(silent, "v2") is not Verdict.SUCCESSFUL


def watched(
    run: AnalysisRun, step: Step, world: Callable[[float], Observation], start: float = 0
) -> list[Step]:
    """The steps that a run yields while it watches; `world` says what is seen when a slice ends."""
    flow: Generator[Step, Observation, Observation] = run.watch(step)
    steps, now = [next(flow)], start
    while True:
        now += steps[-1].hold
        try:
            steps.append(flow.send(world(now)))
        except StopIteration:
            return steps


def holds(analysis: Analysis, step: Step = STEP, **what: Any) -> tuple[list[float], Verdict | None]:
    run = analysis.begin("v2")
    steps = watched(run, step, lambda now: seen(end=now, **what))
    return [step.hold for step in steps], run.verdict


# One measurement


def test_availability_is_that_of_the_whole_service_and_counts_who_met_no_instance() -> None:
    strict = Analysis(min_availability=0.9)
    assert strict(seen(90, refused=10), "v2") is Verdict.SUCCESSFUL
    assert strict(seen(89, refused=11), "v2") is Verdict.FAILED
    assert Analysis()(seen(89, refused=11), "v2") is Verdict.SUCCESSFUL


def test_what_only_got_copies_answered_nobody_and_does_not_count_for_the_availability() -> None:
    answers = {"v2": np.full(100, 10_000_000, np.int64)}
    shadow = replace(seen(100, 100, copies={"v2": 100}), latencies=answers)
    mixed = replace(shadow, requests={"v1": 90, "v2": 100}, errors={"v1": 0, "v2": 100}, refused=10)
    lenient = Analysis(max_error_rate=1, min_availability=0.9)
    assert lenient(shadow, "v2") is lenient(mixed, "v2") is Verdict.SUCCESSFUL
    assert lenient(replace(mixed, refused=11), "v2") is Verdict.FAILED


@pytest.mark.parametrize(
    ("errors", "verdict"),
    [(10, Verdict.SUCCESSFUL), (11, Verdict.INCONCLUSIVE), (15, Verdict.INCONCLUSIVE), (16, Verdict.FAILED)],
)
def test_what_is_beyond_a_limit_by_no_more_than_the_margin_is_inconclusive(
    errors: int, verdict: Verdict
) -> None:
    assert Analysis(max_error_rate=0.1, margin=0.5)(seen(100, errors), "v2") is verdict


def test_the_margin_of_the_availability_is_a_share_of_what_may_go_wrong() -> None:
    analysis = Analysis(min_availability=0.9, margin=0.5)
    verdicts = [analysis(seen(100 - refused, refused=refused), "v2") for refused in (10, 15, 16)]
    assert verdicts == [Verdict.SUCCESSFUL, Verdict.INCONCLUSIVE, Verdict.FAILED]


def test_the_name_of_an_analysis_says_only_what_was_turned() -> None:
    assert repr(Analysis(interval=10, max_error_rate=0.01)) == "Analysis(interval=10)"


# A run of them


def test_without_an_interval_it_measures_once_at_the_end() -> None:
    assert holds(Analysis()) == ([30], Verdict.SUCCESSFUL)
    assert holds(Analysis(), errors=2) == ([30], Verdict.FAILED)
    assert holds(Analysis(), requests=49) == ([30], Verdict.INCONCLUSIVE)
    assert holds(Analysis(), requests=0) == ([30], Verdict.INCONCLUSIVE)


def test_with_an_interval_it_ends_with_the_first_measurement_too_many() -> None:
    assert holds(Analysis(interval=10)) == ([10, 10, 10], Verdict.SUCCESSFUL)
    assert holds(Analysis(interval=10), errors=2) == ([10], Verdict.FAILED)
    assert holds(Analysis(interval=10, failure_limit=1), errors=2) == ([10, 10], Verdict.FAILED)
    assert holds(Analysis(interval=10, failure_limit=3), errors=2) == ([10, 10, 10], Verdict.SUCCESSFUL)


def test_an_inconclusive_measurement_is_not_a_failed_one_and_has_a_limit_of_its_own() -> None:
    assert holds(Analysis(interval=10), requests=49) == ([10], Verdict.INCONCLUSIVE)
    assert holds(Analysis(interval=10, failure_limit=9, inconclusive_limit=1), requests=49)[1] is (
        Verdict.INCONCLUSIVE
    )


def test_no_traffic_is_an_error_and_the_fifth_in_a_row_fails_the_version() -> None:
    assert holds(Analysis(interval=6), requests=0) == ([6] * 5, Verdict.FAILED)
    assert holds(Analysis(interval=7.5), requests=0) == ([7.5] * 4, Verdict.INCONCLUSIVE)


def test_one_measurement_in_between_starts_the_count_of_errors_anew() -> None:
    run = Analysis(interval=10).begin("v2")
    for requests in (0, 0, 0, 0, 100, 0, 0, 0, 0):
        assert run.measure(seen(requests)) is None
    assert (run.phase, run.measure(seen(0)), run.phase) == (Phase.RUNNING, Verdict.FAILED, Phase.ERROR)
    never = "could not be measured 9 of 10 times"
    assert run.reason == f"error rate {never}, latency {never}"


def test_the_initial_delay_is_watched_but_not_measured() -> None:
    cold = Analysis(interval=10, initial_delay=5)
    run = cold.begin("v2")
    steps = watched(run, STEP, lambda now: seen(end=now, errors=100 if now <= 5 else 0))
    assert ([step.hold for step in steps], run.verdict) == ([5, 10, 15], Verdict.SUCCESSFUL)
    assert holds(Analysis(initial_delay=40), errors=100) == ([30], Verdict.INCONCLUSIVE)


def test_enough_measurements_end_it_early() -> None:
    assert holds(Analysis(interval=5, count=2)) == ([5, 5], Verdict.SUCCESSFUL)
    assert holds(Analysis(interval=5, consecutive_success_limit=3)) == ([5] * 3, Verdict.SUCCESSFUL)
    stubborn = Analysis(interval=5, count=2, failure_limit=-1, consecutive_success_limit=1)
    assert holds(stubborn, errors=2) == ([5, 5], Verdict.FAILED)


@given(
    st.floats(0, 50).map(lambda x: round(x, 3)),
    st.floats(0, 20).map(lambda x: round(x, 3)),
    st.floats(0, 60).map(lambda x: round(x, 3)),
)
def test_the_slices_of_a_step_are_its_hold_and_differ_in_nothing_else(
    hold: float, interval: float, delay: float
) -> None:
    run = Analysis(interval=interval if interval > 0.05 else 0, initial_delay=delay).begin("v2")
    step = Step({"v1": 4}, {"v1": 100}, hold=hold, min_ready_seconds=3, note="watch")
    steps = watched(run, step, lambda now: seen(end=now), start=12.5)
    assert sum(step.hold for step in steps) == pytest.approx(hold, abs=1e-6)
    assert {replace(s, hold=hold) == step for s in steps} == {True}
    assert run.verdict is not None


def test_time_lost_by_an_instance_that_went_down_is_a_part_of_the_hold() -> None:
    flow = Analysis(interval=10).begin("v2").watch(STEP)
    assert next(flow).hold == 10
    assert flow.send(seen(end=110)).hold == 10
    assert flow.send(seen(end=128)).hold == 2  # 8 s went by until all was available again


@pytest.mark.parametrize("stop", [{"deadline_exceeded": True}, {"orders": (Order(5, "pause"),)}])
def test_a_missed_deadline_or_an_order_ends_the_watch_without_a_measurement(stop: dict[str, Any]) -> None:
    run = Analysis(interval=10).begin("v2")
    flow = run.watch(replace(STEP, heeds=True))
    next(flow)
    last = seen(100, 100, **stop)
    with pytest.raises(StopIteration) as end:
        flow.send(last)
    assert end.value.value is last
    assert run.verdict is None


def test_a_step_that_does_not_heed_orders_is_measured_all_the_same() -> None:
    run = Analysis(interval=10).begin("v2")
    watched(run, STEP, lambda now: seen(end=now, orders=(Order(now, "promote"),)))
    assert run.verdict is Verdict.SUCCESSFUL


def test_one_run_may_watch_several_steps_and_remembers() -> None:
    run = Analysis(interval=15, failure_limit=2).begin("v2")
    watched(run, STEP, lambda now: seen(end=now, errors=50))
    assert run.verdict is Verdict.SUCCESSFUL
    assert [step.hold for step in watched(run, STEP, lambda now: seen(end=now, errors=50))] == [15]
    assert run.verdict is Verdict.FAILED


def test_a_run_that_has_decided_holds_further_steps_without_measuring() -> None:
    run = Analysis(interval=10, count=1).begin("v2")
    watched(run, STEP, lambda now: seen(end=now))
    assert [step.hold for step in watched(run, STEP, lambda now: seen(end=now, errors=100))] == [30]
    assert run.verdict is Verdict.SUCCESSFUL


def test_an_endless_hold_is_one_slice() -> None:
    flow = Analysis(interval=10).begin("v2").watch(Step({"v1": 4}, hold=float("inf")))
    assert next(flow).hold == float("inf")
    with pytest.raises(StopIteration):
        flow.send(seen())


# In a world


def watching(analysis: Analysis | None) -> Callable[[Scenario], Rollout]:
    """A canary of one step, that watches for a minute with an analysis or just waits."""

    def strategy(_: Scenario) -> Rollout:
        step = Step({"v1": 4, "v2": 2}, {"v1": 70, "v2": 30}, hold=60)
        if analysis is None:
            yield step
            return Outcome.STALLED
        run = analysis.begin("v2", "v1")
        yield from run.watch(step)
        if run.verdict is Verdict.FAILED:
            seen = yield Step({"v1": 4}, {"v1": 100})
            return seen.ends(Outcome.ROLLED_BACK)
        return Outcome.STALLED

    return strategy


@pytest.mark.parametrize("interval", [0, 7, 10, 60, 100])
def test_measuring_while_it_holds_changes_nothing_for_anybody(interval: float) -> None:
    scenario = Scenario(replicas=4, candidate=Version("v2", error_rate=0.01), duration=90)
    analysis = Analysis(max_error_rate=1, interval=interval, initial_delay=3)
    silent, watched = roll_out(watching(None), scenario), roll_out(watching(analysis), scenario)
    for column in ("time", "version", "instance", "status", "latency"):
        assert np.array_equal(getattr(silent.log, column), getattr(watched.log, column)), column
    assert silent.finished == watched.finished


def test_measuring_at_an_interval_takes_a_bad_version_back_sooner_and_hurts_fewer() -> None:
    scenario = Scenario(replicas=4, candidate=Version("v2", error_rate=0.2), duration=90)
    late, soon = (roll_out(watching(Analysis(interval=interval)), scenario) for interval in (0, 5))
    assert late.outcome is soon.outcome is Outcome.ROLLED_BACK
    assert soon.finished == pytest.approx(late.finished - 55)
    assert soon.users_hurt < late.users_hurt


@pytest.mark.parametrize(
    ("interval", "outcome"), [(10, Outcome.ROLLED_BACK), (15, Outcome.STALLED), (0, Outcome.STALLED)]
)
def test_a_canary_that_nobody_visits_fails_once_it_could_not_be_measured_five_times(
    interval: float, outcome: Outcome
) -> None:
    """Too few requests are data; none at all are an error, and errors in a row have a limit of their own."""
    nobody = Scenario(replicas=4, traffic=Traffic(rate=0.0001), duration=90)
    assert roll_out(watching(Analysis(interval=interval)), nobody).outcome is outcome


def test_a_failure_limit_forgives_a_version_at_the_limit_its_unlucky_moments() -> None:
    unlucky = Scenario(replicas=4, candidate=Version("v2", error_rate=0.01), duration=90)
    outcomes = [
        roll_out(watching(Analysis(interval=6, failure_limit=limit)), unlucky).outcome for limit in (0, 9)
    ]
    assert outcomes == [Outcome.ROLLED_BACK, Outcome.STALLED]


@pytest.mark.parametrize("wrong", [None, "x", 0.01, Analysis])
@pytest.mark.parametrize("strategy", [BlueGreen, Rolling, Shadow, Flagger, Canary, AnalysisStep])
def test_what_is_no_analysis_is_refused_where_a_strategy_is_made(strategy: Any, wrong: Any) -> None:
    said = (
        rf"^{strategy.__name__}\.analysis: .* is no Analysis; use for example Analysis\(max_error_rate=0.01\)"
    )
    with pytest.raises(KnobError, match=said):
        strategy(analysis=wrong)


@pytest.mark.parametrize("wrong", ["x", 0.01, Analysis])
def test_so_it_is_where_an_analysis_may_be_left_out(wrong: Any) -> None:
    for make, field in ((BlueGreen, "pre_promotion"), (Canary, "background")):
        with pytest.raises(KnobError, match=rf"^{make.__name__}\.{field}: .* is no Analysis; use"):
            make(**{field: wrong})


@pytest.mark.parametrize(
    "limit", [{"failure_limit": 2}, {"failure_limit": -1}, {"inconclusive_limit": 1}, {"count": 2}]
)
def test_a_single_measurement_has_nothing_to_count(limit: dict[str, int]) -> None:
    """Or one that failed would be within the limit, and a bad version would be promoted."""
    with pytest.raises(KnobError, match=rf"^Analysis\.{next(iter(limit))}: .* needs an interval"):
        Analysis(**limit)
    assert Analysis(interval=10, **limit)
