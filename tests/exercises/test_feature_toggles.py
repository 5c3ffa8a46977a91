"""No naive answer passes the exercises of the chapter on feature toggles."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import deploylab as dl
from deploylab.exercises.feature_toggles import USUAL

FLAGS = {
    "as it comes, four steps": dl.Flag(),
    "all at once": dl.Flag(weights=(100,), max_error_rate=0.02),
    "too many at first": dl.Flag(weights=(50, 100), max_error_rate=0.02),
    "never all": dl.Flag(weights=(5, 50), max_error_rate=0.02),
    "too late": dl.Flag(weights=(10, 50, 100), hold=120, max_error_rate=0.02),
    "by a redeploy": dl.Flag(weights=(10, 50, 100), max_error_rate=0.02, kill_switch=False),
    "an alarm that hears one failure": dl.Flag(weights=(10, 50, 100), max_error_rate=0, min_requests=1),
    "an alarm that hears nothing": dl.Flag(weights=(10, 50, 100), max_error_rate=0.2),
    "an alarm that waits": dl.Flag(weights=(10, 50, 100), max_error_rate=0.02, min_requests=2_000),
    "news that travel faster": dl.Flag(propagation=0, interval=0.1, weights=(100,), max_error_rate=0.02),
}


@pytest.mark.parametrize("flag", FLAGS.values(), ids=FLAGS)
def test_a_naive_flag_does_not_pass(flag: dl.Flag) -> None:
    assert dl.check("06-toggles/1", flag).verdict == "not yet"


def test_it_says_that_the_alarm_stopped_a_healthy_feature_and_when() -> None:
    """The default alarm hears too few requests at 5 %, and takes chance for a fault."""
    checked = dl.check("06-toggles/1", dl.Flag(weights=(5, 50, 100)))
    reached = next(row for row in checked.rows if row.name == "users that a healthy feature reaches")
    assert reached.value == "0 %"
    seen = re.fullmatch(r"100 % short: the alarm stopped it at (\d+) s, with seed (\d+)", reached.gap)
    assert seen
    alone = dl.toggle(dl.Flag(weights=(5, 50, 100)), replace(USUAL, seed=int(seen[2])))
    assert alone.alarm == float(seen[1])


def test_a_feature_that_never_reaches_all_was_not_stopped_by_an_alarm() -> None:
    checked = dl.check("06-toggles/1", FLAGS["never all"])
    assert any("short: no step goes further" in row.gap for row in checked.rows)


def test_a_schedule_of_ones_own_is_an_answer_too() -> None:
    steps = (dl.FlagChange(0, 10), dl.FlagChange(40, 50), dl.FlagChange(80, 100))
    assert dl.check("06-toggles/1", dl.Flag(schedule=steps, max_error_rate=0.02)).verdict == "correct"


Flags = dict[str, Any]
TODAY = "2026-06-01"


def nothing(_: Flags) -> Flags:
    return {}


def all_off(flags: Flags) -> Flags:
    return dict.fromkeys(flags, "off")


def the_same(flags: Flags) -> Flags:
    return dict.fromkeys(dl.stale_toggles(flags, TODAY), "on")


def the_reasons(flags: Flags) -> Flags:
    return dl.stale_toggles(flags, TODAY)


def kept(why: str) -> str:
    return "ask" if why.startswith("expired") else "on" if why.endswith(" on") else "off"


def on_another_day(flags: Flags) -> Flags:
    return {key: kept(why) for key, why in dl.stale_toggles(flags, "9999-12-31").items()}


def only_the_shop(_: Flags) -> Flags:
    return {"new-search": "on", "summer-banner": "ask", "fast-cart": "on"}


def every_stale_one_asks(flags: Flags) -> Flags:
    return dict.fromkeys(dl.stale_toggles(flags, TODAY), "ask")


@pytest.mark.parametrize(
    "clean",
    [nothing, all_off, the_same, the_reasons, on_another_day, only_the_shop, every_stale_one_asks],
)
def test_a_naive_clean_up_does_not_pass(clean: Callable[[Flags], Flags]) -> None:
    assert dl.check("06-toggles/2", clean).verdict == "not yet"


def _gaps(clean: Callable[[Flags], Flags]) -> list[str]:
    return [row.gap for row in dl.check("06-toggles/2", clean).rows]


def test_it_names_each_flag_that_is_wrong_and_leaves_the_right_answer_to_the_student() -> None:
    """A number of flags would tell nobody which."""
    assert (
        _gaps(nothing)[0] == "3 over: new-search is missing; summer-banner is missing; fast-cart is missing"
    )
    assert _gaps(every_stale_one_asks)[0] == "2 over: new-search is not 'ask'; fast-cart is not 'ask'"
    assert _gaps(the_reasons)[2].startswith("3 over: old-menu is not 'everyone gets the default")


def test_it_names_each_flag_on_the_list_that_is_not_stale() -> None:
    assert _gaps(on_another_day)[1::2] == [
        "1 over: new-checkout is not stale",
        "1 over: gift-cards is not stale",
    ]


def test_what_is_no_list_for_the_clean_up_is_answered_with_a_sentence() -> None:
    def mine(flags: Flags) -> Any:
        return list(flags)[:1]

    said = "Your function mine returned ['new-checkout'], which is no dictionary; return what the code keeps"
    assert said in dl.check("06-toggles/2", mine).sentence
