"""The moments that one speaks of come in the order of time."""

from __future__ import annotations

import deploylab as dl
from deploylab.views.moments import moments, turns
from deploylab.views.signs import signs
from deploylab.widgets.people import told


def test_what_is_said_after_the_end_is_told_after_the_end() -> None:
    orders = (dl.Order(40, "undo"), dl.Order(80, "retry"))
    said = moments(dl.roll_out(dl.BlueGreen(preview_hold=20), dl.Scenario(duration=120, orders=orders)))
    assert [time for time, _ in said] == sorted(time for time, _ in said)
    assert [words for _, words in said[-2:]] == ["rolled back", "a person says: retry"]


def test_what_somebody_says_is_told_with_the_step_that_it_leads_to() -> None:
    pause, undo, v3 = dl.Order(15, "pause"), dl.Order(15, "undo"), dl.Release(15, dl.Version("v3"))
    words = [
        [
            words
            for time, words in moments(dl.roll_out(dl.Rolling(), dl.Scenario(orders=orders)))
            if time == 15
        ]
        for orders in ((v3,), (pause, undo))
    ]
    assert words[0] == ["v3 is released; move 3 of 6 to v3"]
    assert words[1][0].startswith("a person says: pause, undo; paused")


def test_a_release_can_be_read_to_the_end_of_its_rollout() -> None:
    run = dl.roll_out(dl.Rolling(), dl.Scenario(orders=(dl.Release(15, dl.Version("v3")),)))
    stay = [sign.words for sign in signs(moments(run), run.end, turns(run)) if sign.covered is None]
    assert "v3 is released; move 3 of 6 to v3" in stay


def test_an_order_where_the_clock_stands_is_told_apart_from_the_one_before() -> None:
    scenario = told(told(dl.Scenario(duration=240), "abort", 30), "retry", 30)
    assert [order.at for order in scenario.orders] == [30, 32.4]
    run = dl.roll_out(dl.Canary(), scenario)
    words = [sign.words for sign in signs(moments(run), run.end, turns(run))]
    assert "abort, a person says so" in words
    assert "a person says: retry; 5 % to v2" in words
    assert len({order.at for order in told(told(scenario, "undo", 30), "undo", 30).orders}) == 4
