"""All chance is drawn once, before anything acts."""

from __future__ import annotations

import numpy as np
import pytest

from deploylab.engine.workload import LUCK, WORK, Workload, draw, start_up_luck
from deploylab.model.scenario import Traffic

COLUMNS = ("time", "work", "route", "luck", "user")


def same(one: Workload, other: Workload, requests: int) -> bool:
    return all((getattr(one, c)[:requests] == getattr(other, c)[:requests]).all() for c in COLUMNS)


def test_a_longer_draw_only_extends_a_shorter_one() -> None:
    short, long = draw(Traffic(rate=50), 3, 90), draw(Traffic(rate=50), 3, 600)
    assert len(short) < len(long)
    assert same(short, long, len(short))


def test_another_seed_gives_other_requests() -> None:
    assert not same(draw(Traffic(rate=50), 3, 60), draw(Traffic(rate=50), 4, 60), 100)


def test_requests_arrive_in_order_at_the_rate_that_was_asked_for() -> None:
    load = draw(Traffic(rate=200), 5, 3_600)
    assert (np.diff(load.time) >= 0).all()
    assert abs(len(load) - 720_000) < 4 * 720_000**0.5


def test_work_is_one_on_average_and_luck_route_and_user_are_uniform() -> None:
    load = draw(Traffic(rate=200, users=1_000), 5, 3_600)
    n = len(load)
    assert abs(load.work.mean() / WORK - 1) < 4 / n**0.5
    for column, top in ((load.luck, LUCK), (load.route, 65_536), (load.user, 1_000)):
        assert column.max() < top
        assert abs(column.mean() / top - 0.5) < 4 * (1 / 12 / n) ** 0.5 + 1 / top


@pytest.mark.parametrize("rate", [1e-300, 1e-9, 0.01])
def test_traffic_may_be_as_rare_as_you_like(rate: float) -> None:
    load = draw(Traffic(rate=rate), 1, 600)
    assert len(load) < 30
    assert (load.time < 600 * 10**9).all()


def test_nobody_can_write_into_the_requests_that_all_runs_share() -> None:
    with pytest.raises(ValueError, match="read-only"):
        draw(Traffic(rate=50), 3, 60).time[0] = 0


def test_the_luck_of_a_start_depends_on_nothing_but_seed_version_and_number() -> None:
    luck = [start_up_luck(7, 1, number) for number in (0, 1, 2_000)]
    assert luck == [start_up_luck(7, 1, number) for number in (0, 1, 2_000)]
    assert len({*luck, start_up_luck(8, 1, 0), start_up_luck(7, 0, 0)}) == 5
    assert all(0 <= value < 1 for value in luck)
