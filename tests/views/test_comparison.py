"""A comparison favours nobody and marks the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

import deploylab as dl
from deploylab.model.figure import Figure
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
    with pytest.raises(dl.DeploylabError, match="met different requests: their traffic differs"):
        dl.compare([rolled_back(), quiet()])


def test_no_record_at_all_is_refused() -> None:
    with pytest.raises(dl.DeploylabError, match="there is no record"):
        dl.compare([])


@pytest.mark.parametrize("thing", [None, "run", 3, [1, 2], dl.Rolling()])
def test_what_is_no_record_is_refused(thing: Any) -> None:
    with pytest.raises(dl.DeploylabError, match="has no figures"):
        dl.compare(thing)


def test_one_record_alone_is_a_comparison_of_one() -> None:
    assert dl.compare(rolled_back()).heads() == ["Rolling: rolled back"]  # type: ignore[arg-type]


@dataclass(frozen=True)
class Other:
    """A record of another pattern."""

    title: str
    days: float | None
    headline: str = "done"

    def figures(self) -> tuple[Figure, ...]:
        return Figure.said("lead time", self.days, "{:g} days".format, -1), Figure("colour", None, "–")


def test_records_of_another_pattern_are_compared_by_their_own_figures() -> None:
    rows = dl.compare([Other("a", 3), Other("b", None), Other("c", 2)]).rows()
    assert rows == [("lead time", [("3 days", False), ("–", False), ("2 days", True)])]


def test_records_of_different_kinds_are_refused() -> None:
    with pytest.raises(dl.DeploylabError, match="Other and Run have different figures"):
        dl.compare([rolled_back(), Other("a", 3)])


def test_a_figure_that_no_run_has_is_left_out() -> None:
    names = [name for name, _ in dl.compare([rolled_back()]).rows()]
    assert "time to roll back" in names
    assert "time to promote" not in names
    assert "time to promote" in [name for name, _ in dl.compare([rolled_back(), recreated()]).rows()]


def test_the_figures_of_a_run_are_those_of_its_properties() -> None:
    run = rolled_back()
    values = {figure.name: figure.value for figure in run.figures()}
    assert values["users hurt"] == run.users_hurt
    assert values["availability"] == run.availability
    assert values["time to promote"] is None


def test_fewer_hurt_users_are_better_than_before() -> None:
    rows = {name: (was, better) for name, _, was, better in changes(rolled_back(), recreated())}
    assert rows["users hurt"] == (f"{recreated().users_hurt:,}", 1)


def test_a_first_run_has_nothing_to_be_compared_with() -> None:
    assert all((was, better) == ("", 0) for _, _, was, better in changes(rolled_back(), None))
