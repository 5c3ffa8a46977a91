"""A comparison favours nobody and marks the best."""

from __future__ import annotations

import pytest

import deploylab as dl
from deploylab.views.comparison import changes
from tests.views.runs import quiet, recreated, rolled_back


def test_the_best_of_a_row_is_marked_once() -> None:
    rows = dict(dl.compare([rolled_back(), recreated()]).rows())
    assert [best for _, best in rows["users hurt"]] == [True, False]


def test_nothing_is_marked_where_all_are_equal() -> None:
    rows = dl.compare([rolled_back(), rolled_back()]).rows()
    assert not any(best for _, cells in rows for _, best in cells)


def test_runs_of_the_same_strategy_are_told_apart_by_what_differs() -> None:
    three = dl.roll_out(dl.Rolling(batch_size=3, hold=5), rolled_back().scenario)
    heads = dl.compare([rolled_back(), three, recreated()]).heads()
    assert heads == [
        "Rolling batch_size=2: rolled back",
        "Rolling batch_size=3: rolled back",
        "Recreate: promoted",
    ]


def test_runs_that_met_different_requests_are_refused() -> None:
    with pytest.raises(dl.DeploylabError, match="met different requests"):
        dl.compare([rolled_back(), quiet()])


def test_no_run_at_all_is_refused() -> None:
    with pytest.raises(dl.DeploylabError, match="there is no run"):
        dl.compare([])


def test_fewer_hurt_users_are_better_than_before() -> None:
    rows = {name: (was, better) for name, _, was, better in changes(rolled_back(), recreated())}
    assert rows["users hurt"] == (f"{recreated().users_hurt:,}", 1)


def test_a_first_run_has_nothing_to_be_compared_with() -> None:
    assert all((was, better) == ("", 0) for _, _, was, better in changes(rolled_back(), None))
