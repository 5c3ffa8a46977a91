"""A comparison favours nobody and marks the best."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import deploylab as dl
from deploylab.model.figure import Figure
from deploylab.views.comparison import changes
from deploylab.views.multiples import FAILED, LANE, LEAST, LEFT, RIGHT
from deploylab.views.series import series
from tests.views.runs import SCENARIO, outlasting, quiet, recreated, rolled_back


def test_the_best_of_a_row_is_marked_once() -> None:
    rows = dict(dl.compare([rolled_back(), recreated()]).rows())
    assert [best for _, best in rows["users hurt"]] == [True, False]


def test_nothing_is_marked_where_all_are_equal() -> None:
    rows = dl.compare([rolled_back(), rolled_back()]).rows()
    assert not any(best for _, cells in rows for _, best in cells)


@dataclass(frozen=True)
class Bill:
    title: str
    spent: float

    headline: str = "a bill"
    settings: tuple[str, ...] = ()
    conditions: Mapping[str, object] = field(default_factory=dict)

    def figures(self) -> tuple[Figure, ...]:
        return (Figure.said("spent", self.spent, "{:.0f}".format, -1), Figure("of", self.spent, "many"))


def test_what_reads_alike_is_marked_alike() -> None:
    (_, spent), (_, of) = dl.compare([Bill("a", 720.2), Bill("b", 720.1), Bill("c", 900)]).rows()
    assert spent == [("720", True), ("720", True), ("900", False)]
    assert not any(best for _, best in of)


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
    settings: tuple[str, ...] = ()
    conditions: Mapping[str, object] = field(default_factory=dict)

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
    assert "time to roll back traffic" in names
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


def curves(markup: str, kind: str) -> list[list[tuple[float, float]]]:
    """The corners of every path of a kind, in px."""
    found = re.findall(rf'<path d="([^"]*)" class="{kind}"', markup)
    return [[(float(x), float(y)) for x, y in re.findall(r"H(\S+?)V([\d.]+)", path)] for path in found]


def test_small_pictures_share_one_axis_and_one_scale() -> None:
    markup = dl.compare([rolled_back(), recreated()])._repr_html_()
    quiet_, loud = (
        max((FAILED + LANE - y for _, y in path), default=0) for path in curves(markup, "dl-bars")
    )
    most = [series(run).failures.max() for run in (rolled_back(), recreated())]
    assert loud == pytest.approx(LANE, abs=0.1)
    assert quiet_ == pytest.approx(max(LEAST, LANE * most[0] / most[1]), abs=0.1)
    assert markup.count(f"up to {most[1]:.3g} / s") == 2


def test_a_run_that_ends_sooner_ends_sooner_on_the_axis() -> None:
    short = dl.roll_out(dl.Recreate(), outlasting().scenario)
    markup = dl.compare([short, outlasting()])._repr_html_()
    ends = [float(x) for x in re.findall(r'H([\d.]+)" class="dl-curve dl-stable"', markup)]
    assert ends[0] == pytest.approx(LEFT + (RIGHT - LEFT) * short.end / outlasting().end, abs=0.06)
    assert ends[1] == RIGHT


def test_each_small_picture_says_how_many_requests_failed() -> None:
    runs = [rolled_back(), recreated()]
    said = re.findall(r"failed: ([\d,]+)<", dl.compare(runs)._repr_html_())
    assert said == [f"{run.failures:,}" for run in runs]


def test_what_is_the_same_in_all_steps_back() -> None:
    markup = dl.compare([Other("a", 3), Other("b", 3)])._repr_html_()
    assert "<tr class=dl-same>" in markup
    assert "grey: the same in all" in markup
    assert "dl-same>" not in dl.compare([Other("a", 3), Other("b", 4)])._repr_html_()


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([dl.deliver(dl.Pipeline(days=20, batch_size=n)) for n in (1, 20)], "deployments: "),
        ([dl.evolve(dl.ServerFleet(way=way)) for way in ("in place", "immutable")], "configurations"),
        ([dl.toggle(dl.Flag(), SCENARIO, other) for other in (None, dl.Rolling())], "have the feature"),
    ],
)
def test_other_patterns_have_small_pictures_of_their_own(records: list[Any], said: str) -> None:
    markup = dl.compare(records)._repr_html_()
    assert markup.count("<svg") == 2
    assert len(re.findall(f'class="dl-small">{said}', markup)) == 2
    assert all(0 <= FAILED + LANE - y <= LANE for path in curves(markup, "dl-bars") for _, y in path)


def test_records_without_anything_over_time_have_no_small_pictures() -> None:
    assert "<svg" not in dl.compare([Other("a", 3), Other("b", 4)])._repr_html_()


def test_a_name_cannot_break_out_of_the_page(tmp_path: Path) -> None:
    page = dl.compare([Other("<b>", 3, headline="<b>: done")]).save(tmp_path / "c.html").read_text("utf-8")
    assert "<b>:" not in page
    assert "<title>&lt;b&gt;: done</title>" in page
