"""The figures of a run, each against a record small enough to count by hand."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploylab.engine.sweep import FIGURES
from deploylab.model.errors import KnobError, StrategyError
from deploylab.model.record import AccessLog, Instance, Status
from deploylab.model.rollout import Observation, Outcome, Step
from deploylab.model.run import Run
from deploylab.model.scenario import SLO, Scenario, Traffic
from deploylab.views.describe_run import describe_run

OK, ERROR, TIMEOUT, LOST, REFUSED = Status
SECOND = 10**9


def a_log(*requests: tuple[float, int, Status, float]) -> AccessLog:
    """Each request is its time (s), user, status and latency (s)."""
    time, user, status, latency = zip(*requests, strict=True) if requests else ((), (), (), ())
    n = len(requests)
    return AccessLog(
        time=np.array([round(t * SECOND) for t in time], np.int64),
        work=np.zeros(n, np.int64),
        user=np.array(user, np.uint32),
        version=np.zeros(n, np.int8),
        instance=np.zeros(n, np.int32),
        status=np.array(status, np.uint8),
        latency=np.array([round(t * SECOND) for t in latency], np.int64),
    )


def a_run(
    log: AccessLog | None = None,
    instances: Sequence[Instance] = (),
    steps: Sequence[tuple[float, float, Step]] = ((0, 50, Step({})),),
    outcome: Outcome = Outcome.PROMOTED,
    **scenario: object,
) -> Run:
    seen = [(step, Observation(start, end, {}, {}, {}, {})) for start, end, step in steps]
    world = Scenario(**{"duration": 100, **scenario})  # type: ignore[arg-type]
    return Run(world, "mine", tuple(seen), log or a_log(), tuple(instances), (), outcome, 100)


SIX = a_log(
    (1, 10, OK, 0.1), (2, 11, ERROR, 0.2), (3, 10, TIMEOUT, 5),
    (4, 10, LOST, 1), (5, 12, REFUSED, 0), (6, 13, OK, 0.4),
)  # fmt: skip


def test_availability_is_the_share_of_good_answers() -> None:
    run = a_run(SIX)
    assert (run.requests, run.failures) == (6, 4)
    assert run.availability == pytest.approx(2 / 6)


def test_requests_after_the_duration_do_not_count() -> None:
    run = a_run(SIX, duration=4)
    assert (run.requests, run.failures) == (3, 2)


def test_when_nobody_asked_nobody_was_hurt() -> None:
    run = a_run()
    assert (run.availability, run.error_budget_spent, run.users_hurt) == (1, 0, 0)
    assert math.isnan(run.latency_p99)


def test_the_error_budget_is_what_the_promise_allows() -> None:
    assert a_run(SIX, slo=SLO(availability=0.5)).error_budget_spent == pytest.approx(4 / 3)


def test_a_promise_of_everything_is_broken_by_one_failure() -> None:
    everything = SLO(availability=1)
    assert a_run(SIX, slo=everything).error_budget_spent == math.inf
    assert a_run(a_log((1, 1, OK, 0.1)), slo=everything).error_budget_spent == 0


def test_a_user_who_failed_three_times_is_hurt_once() -> None:
    assert a_run(SIX).users_hurt == 3


def test_percentiles_are_latencies_that_somebody_had_and_count_only_answers() -> None:
    run = a_run(SIX)
    assert [run.latency(p) for p in (0, 33, 34, 66, 67, 100)] == [0.1, 0.1, 0.2, 0.2, 0.4, 0.4]
    assert (run.latency_p50, run.latency_p95, run.latency_p99) == (0.2, 0.4, 0.4)


@pytest.mark.parametrize("percent", [7, 14, 28, 29, 55, 56, 57, 58, 99.9])
def test_a_percentile_of_a_round_number_of_answers_has_exactly_that_rank(percent: float) -> None:
    run = a_run(a_log(*[(1, 1, OK, rank) for rank in range(1, 1001)]))
    assert run.latency(percent) == round(percent * 10)


def test_a_log_can_be_cut_after_its_failures_were_counted() -> None:
    log = a_log((1, 1, OK, 0), (2, 1, LOST, 0), (3, 1, LOST, 0))
    assert log.failed.sum() == 2
    assert log.answered.sum() == 1
    assert log.until(3).failed.tolist() == [False, True]


def test_every_request_is_counted_under_its_fate() -> None:
    assert a_run(SIX).fates == {OK: 2, ERROR: 1, TIMEOUT: 1, LOST: 1, REFUSED: 1}
    assert a_run(SIX, duration=2).fates == {OK: 1, ERROR: 0, TIMEOUT: 0, LOST: 0, REFUSED: 0}


def met(log: AccessLog, *versions: int) -> AccessLog:
    return replace(log, version=np.array(versions, np.int8))


def test_a_user_who_met_the_candidate_twice_met_it_once() -> None:
    assert a_run(met(SIX, 1, 0, 1, 0, -1, 1)).users_met_candidate == 2  # users 10 and 13
    assert a_run(SIX).users_met_candidate == 0


def test_latencies_can_be_asked_for_by_version() -> None:
    run = a_run(met(SIX, 1, 0, 1, 0, -1, 1))
    assert [run.latency(p, version="v2") for p in (50, 99)] == [0.1, 0.4]  # a timeout is no answer
    assert run.latency(99, version="v1") == 0.2
    assert math.isnan(a_run(SIX).latency(50, version="v2"))
    with pytest.raises(KnobError, match=r"Run.version: 'v9' is not in this run; it has v1 and v2"):
        run.latency(50, version="v9")


def test_the_budget_burns_at_the_rate_of_its_failures() -> None:
    run = a_run(SIX, slo=SLO(availability=0.5), duration=10)
    assert run.burn_rate() == run.error_budget_spent == pytest.approx(4 / 3)
    assert run.burn_rate(2, 4) == pytest.approx(2 / (0.5 * 2))  # requests at 2 s and 3 s, both failed
    assert run.burn_rate(6) == run.burn_rate(7, 8) == 0
    assert a_run(SIX, slo=SLO(availability=1)).burn_rate(5, 6) == math.inf


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (6, 5), ("now", 5), (0, math.nan)])
def test_the_budget_does_not_burn_backwards(start: float, end: float) -> None:
    with pytest.raises(KnobError, match=r"Run.burn_rate: .* is no stretch of time"):
        a_run(SIX).burn_rate(start, end)


def test_figures_over_time_count_each_request_where_it_arrived() -> None:
    table = a_run(SIX, slo=SLO(availability=0.5), duration=8).over_time(bins=4)
    assert {name: np.nan_to_num(values, nan=-1).tolist() for name, values in table.columns.items()} == {
        "start": [0, 2, 4, 6],
        "requests": [1, 2, 2, 1],
        "failures": [0, 2, 2, 0],
        "availability": [1, 0, 0, 1],
        "burn_rate": [0, 2, 2, 0],
        "latency_p50": [0.1, 0.2, -1, 0.4],
        "latency_p95": [0.1, 0.2, -1, 0.4],
        "latency_p99": [0.1, 0.2, -1, 0.4],
    }


def test_figures_over_time_can_be_asked_for_by_version() -> None:
    table = a_run(met(SIX, 1, 0, 1, 0, -1, 1), duration=8).over_time(bins=2, version="v2")
    assert list(table["requests"]) == [2, 1]
    assert list(table["failures"]) == [1, 0]


@given(st.integers(1, 500), st.floats(0.001, 50))
def test_however_time_is_cut_no_request_of_the_window_is_counted_twice_or_never(
    bins: int, duration: float
) -> None:
    run = a_run(SIX, duration=duration)
    table = run.over_time(bins)
    assert (sum(table["requests"]), sum(table["failures"])) == (run.requests, run.failures)


@pytest.mark.parametrize("bins", [0, 2.5, 10**6, "many"])
def test_time_is_cut_into_a_whole_number_of_bins(bins: int) -> None:
    with pytest.raises(KnobError, match=r"Run.over_time.bins: .* is not allowed; use a whole number"):
        a_run(SIX).over_time(bins)


def test_a_run_is_one_line_that_says_how_it_ended_and_where_its_figures_are() -> None:
    assert repr(a_run(SIX)) == "<Run mine: promoted; its figures are in .summary>"


def test_a_notebook_shows_the_figures_of_a_run() -> None:
    run = a_run(SIX)
    assert run._repr_html_() == run.summary._repr_html_()


@pytest.mark.parametrize(
    ("requests", "failures", "over", "budget"),
    [
        (1_000, 102, ", 1.02 times over.", "1.02 times"),
        (10_000, 1_001, ", 1.001 times over.", "1.001 times"),
        (1_000, 100, "is kept, with 100 % of the error budget spent.", "100 %"),
        (100_000, 10_001, "is just broken.", "100 %"),
        (1_000, 150, ", 1.5 times over.", "1.5 times"),
    ],
)
def test_a_promise_is_never_broken_one_time_over(
    requests: int, failures: int, over: str, budget: str
) -> None:
    fates = [ERROR] * failures + [OK] * (requests - failures)
    run = a_run(a_log(*[(1, 1, fate, 0.1) for fate in fates]), slo=SLO(availability=0.9))
    assert over in describe_run(run)
    assert dict(run.summary.rows)["budget spent"] == budget


def test_one_is_not_told_like_many() -> None:
    one = Traffic(users=1)
    words = describe_run(a_run(a_log((1, 0, LOST, 0.1), (2, 0, OK, 0.1)), replicas=1, traffic=one))
    assert "on 1 instance, with" in words
    assert "from 1 user (seed" in words
    assert "1 failed: 1 was lost" in words
    assert "1 of 1 user was hurt." in words


NO_FIGURES = {"window", "summary", "title", "headline", "ending", "unexposed", "conditions", "beyond"}


def test_the_documentation_defines_every_figure_of_a_run() -> None:
    page = Path(__file__, "../../../docs/metrics.md").resolve().read_text(encoding="utf-8")
    page = page.partition("\n# ")[0]  # other records have sections of their own
    told = re.findall(r"^\| `(\w+)[`(].* \| \S.* \|$", page, re.MULTILINE)
    figures = {
        name for name, value in vars(Run).items()
        if isinstance(value, property | cached_property) and name not in {*NO_FIGURES, "_latencies"}
    }  # fmt: skip
    assert len(told) == len(set(told))
    assert set(told) == figures | {"latency", "burn_rate", "over_time"}
    assert set(FIGURES) <= figures


def test_only_a_promoted_run_has_a_time_to_promote() -> None:
    assert a_run(outcome=Outcome.PROMOTED).time_to_promote == 50
    assert a_run(outcome=Outcome.STALLED).time_to_promote is None
    assert a_run(outcome=Outcome.STALLED).time_to_roll_back is None


def story(*wanted: tuple[Mapping[str, int], Mapping[str, float] | None]) -> list[tuple[float, float, Step]]:
    return [(10 * i, 10 * i + 10, Step(replicas, traffic)) for i, (replicas, traffic) in enumerate(wanted)]


@pytest.mark.parametrize(
    ("steps", "seconds"),
    [
        (story(({"v1": 4, "v2": 2}, None), ({"v1": 6}, None)), 10),
        (
            story(
                ({"v1": 6, "v2": 6}, {"v1": 100}), ({"v1": 6, "v2": 6}, {"v2": 100}), ({"v1": 6}, {"v1": 100})
            ),
            10,
        ),
        (
            story(
                ({"v1": 6, "v2": 6}, {"v2": 100}),
                ({"v1": 6, "v2": 6}, {"v1": 100}),  # first the traffic goes back,
                ({"v1": 6, "v2": 0}, {"v1": 100}),  # then the instances go; it served alone before that
            ),
            10,
        ),
        (story(({"v2": 6}, None), ({"v1": 3, "v2": 3}, None), ({"v1": 6}, None)), 20),
        (
            story(
                ({"v1": 0, "v2": 6}, {"v2": 100}),
                ({"v1": 6, "v2": 6}, {"v2": 100}),  # the stable version has to be started again
                ({"v1": 6, "v2": 6}, {"v1": 100}),
                ({"v1": 6}, {"v1": 100}),
            ),
            20,
        ),
        (story(({"v1": 6}, None)), 10),
    ],
)
def test_the_time_to_roll_back_begins_with_the_first_step_back(
    steps: list[tuple[float, float, Step]], seconds: float
) -> None:
    assert a_run(steps=steps, outcome=Outcome.ROLLED_BACK).time_to_roll_back == seconds


LIVES = (
    Instance("v1-1", "v1", 0, ready=0, draining=30, stopped=40),
    Instance("v1-2", "v1", 0, ready=0, draining=90, stopped=120),
    Instance("v2-1", "v2", 20, ready=25),
    Instance("v2-2", "v2", 40, ready=None, draining=45, stopped=45),
    Instance("v2-3", "v2", 95, ready=130),
    Instance("v2-4", "v2", 110, ready=130),
)


def test_instance_seconds_count_every_life_within_the_window() -> None:
    assert a_run(instances=LIVES).instance_seconds == 40 + 100 + 80 + 5 + 5


def test_an_instance_that_starts_as_another_ends_is_not_one_more() -> None:
    assert a_run(instances=LIVES).peak_instances == 3
    assert a_run(instances=LIVES[:1]).peak_instances == 1
    assert a_run().peak_instances == 0


def test_versions_are_mixed_while_ready_instances_of_both_share_the_traffic() -> None:
    assert a_run(instances=LIVES).mixed_seconds == 90 - 25
    assert a_run(instances=LIVES, duration=50).mixed_seconds == 25
    assert a_run(instances=LIVES[:2]).mixed_seconds == 0


def test_a_version_that_stands_by_without_traffic_is_not_mixed_with_the_one_that_serves() -> None:
    def routed(*steps: tuple[float, float, Mapping[str, float] | None]) -> float:
        script = [(start, end, Step({}, traffic)) for start, end, traffic in steps]
        return a_run(instances=LIVES, steps=script).mixed_seconds  # v1 until 90 s, v2 from 25 s; a lag of 1 s

    assert routed((0, 100, {"v1": 100})) == routed((0, 30, {"v1": 100}), (30, 100, {"v2": 100})) == 0
    assert routed((0, 30, {"v1": 100}), (30, 50, {"v1": 75, "v2": 25}), (50, 100, {"v2": 100})) == 20
    assert routed((0, 30, {"v1": 100}), (30, 100, {"v1": 75, "v2": 25})) == 90 - 31
    assert routed((0, 30, {"v1": 100}), (30, 100, None)) == 90 - 31


def test_an_observation_without_requests_has_no_error_rate_to_speak_of() -> None:
    seen = Observation(0, 1, {}, {"v1": 4, "v2": 0}, {"v1": 1, "v2": 0}, {})
    assert (seen.error_rate("v1"), seen.error_rate("v2")) == (0.25, 0)


def test_a_version_that_is_not_there_has_no_error_rate() -> None:
    seen = Observation(0, 1, {}, {"v1": 4, "v2": 0}, {"v1": 1, "v2": 0}, {})
    with pytest.raises(StrategyError, match="there is no version 'v9'; this scenario has v1 and v2"):
        seen.error_rate("v9")
