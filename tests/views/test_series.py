"""The curves say the same as the run that they were made of."""

from __future__ import annotations

import numpy as np
import pytest

import deploylab as dl
from deploylab.views.division import division
from deploylab.views.series import BINS, known_at, series, waiting
from tests.views.runs import SCENARIO, all_runs, outlasting, recreated, rolled_back


@pytest.mark.parametrize("run", all_runs(), ids=lambda run: run.strategy)
def test_all_failures_of_the_log_are_in_the_curve(run: dl.Run) -> None:
    curves = series(run)
    assert round(curves.failures.sum() * curves.width) == run.log.failed.sum()


def test_the_last_count_of_hurt_users_is_that_of_the_run() -> None:
    assert series(rolled_back()).hurt[-1] == rolled_back().users_hurt


def test_the_error_budget_ends_where_the_run_says() -> None:
    assert series(rolled_back()).spent[-1] == pytest.approx(rolled_back().error_budget_spent)


def test_hurt_users_never_become_fewer() -> None:
    assert (np.diff(series(recreated()).hurt) >= 0).all()


def test_p99_of_a_bin_is_the_nearest_rank_of_its_answers() -> None:
    run, curves = rolled_back(), series(rolled_back())
    bins = np.minimum((known_at(run, run.log) / curves.width).astype(int), BINS - 1)
    for bin_ in (3, 100, BINS - 1):
        mine = np.sort(run.log.latency[run.log.answered & (run.log.version == 0) & (bins == bin_)])
        assert curves.p99[0, bin_] == pytest.approx(mine[int(np.ceil(0.99 * len(mine))) - 1] / 1e9)


def test_ready_instances_are_counted_as_their_lives_say() -> None:
    run, curves = rolled_back(), series(rolled_back())
    for bin_ in (0, 60, 150, BINS - 1):
        time = curves.edges[bin_ + 1]
        mine = [i for i in run.instances if i.version == "v2" and i.ready is not None and i.ready <= time]
        assert curves.ready[1, bin_] == sum(i.draining is None or i.draining > time for i in mine)


def test_nobody_waits_at_an_instance_before_it_was_ready() -> None:
    run, queues = rolled_back(), waiting(rolled_back()).reshape(-1, BINS)
    for instance, queue in zip(run.instances, queues, strict=True):
        before = int((instance.ready or 0) / run.end * BINS)
        assert not queue[:before].any()


def test_the_division_follows_the_endpoint_lag() -> None:
    times, shares = division(recreated())
    assert shares[np.searchsorted(times, 0.5)].tolist() != [1, 0, 0] or times[1] >= 1
    assert shares[max(0, np.searchsorted(times, 0.9, "right") - 1)].tolist() == [1, 0, 0]
    assert shares[max(0, np.searchsorted(times, 1.1, "right") - 1)].tolist() == [0, 0, 1]


def test_where_nobody_is_ready_the_division_knows_those_that_stop_and_still_listen() -> None:
    for grace, until in ((30, 6), (4, 4)):
        platform = dl.Platform(endpoint_lag=1, pre_stop=6, termination_grace_period=grace)
        run = dl.roll_out(dl.Recreate(), dl.Scenario(platform=platform))
        times, shares = division(run)
        alone = [shares[np.searchsorted(times, t, "right") - 1].tolist() for t in (until + 0.9, until + 1.1)]
        assert alone == [[1, 0, 0], [0, 0, 1]]
        assert run.log.version[run.log.time < until * 1e9].tolist().count(-1) == 0


@pytest.mark.parametrize("run", all_runs(), ids=lambda run: run.strategy)
def test_the_balancer_always_divides_the_whole_traffic(run: dl.Run) -> None:
    assert division(run)[1].sum(axis=1) == pytest.approx(1)


def test_the_log_s_versions_agree_with_the_division() -> None:
    run = dl.roll_out(dl.Canary(weights=(50,), hold=30), SCENARIO)
    times, shares = division(run)
    moment = int(np.flatnonzero(shares[:, 1] == 0.5)[0])
    window = (run.log.time >= times[moment] * 1e9) & (run.log.time < times[moment + 1] * 1e9)
    assert abs((run.log.version[window] == 1).mean() - 0.5) < 0.05


def test_a_run_that_outlasts_its_window_is_shown_to_its_end() -> None:
    assert series(outlasting()).edges[-1] == outlasting().end > outlasting().scenario.duration
