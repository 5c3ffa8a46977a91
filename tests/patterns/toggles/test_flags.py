"""Flags by their percentage, those that decide nothing any more, and what they cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import deploylab as dl
from deploylab.model.errors import FlagFileError, KnobError
from deploylab.patterns.toggles.flags import combinations, fractional_flag, stale_toggles

from .definitions import FLAGS, ON_OFF


@pytest.mark.parametrize("weight", [120, -5, "a", None, float("nan"), True])
def test_only_a_percentage_of_the_users_makes_a_flag(weight: Any) -> None:
    with pytest.raises(KnobError, match=r"fractional_flag\.weight: .* is not a percentage; use 0 to 100"):
        fractional_flag(weight)


def test_a_flag_with_one_outcome_is_stale() -> None:
    flags = {
        "out": fractional_flag(100),
        "in": fractional_flag(50),
        "none": fractional_flag(0),
        "static": ON_OFF,
        "disabled": {**ON_OFF, "state": "DISABLED"},
        "rule": FLAGS["beta"],
        "ops": {**ON_OFF, "metadata": {"permanent": True}},
        "past": {**fractional_flag(50), "metadata": {"expires": "2026-05-31"}},
    }
    assert stale_toggles(flags, today="2026-06-01") == {
        "out": "everyone gets on",
        "none": "everyone gets off",
        "static": "everyone gets off",
        "disabled": "everyone gets the default of the code",
        "past": "expired on 2026-05-31",
    }
    assert "past" not in stale_toggles(flags, today="2026-05-31")


def test_a_whole_flag_file_is_taken_too_and_what_it_has_of_bad_flags_left_out(toggles: dl.Toggles) -> None:
    assert stale_toggles({"flags": FLAGS}) == stale_toggles(FLAGS) == stale_toggles(toggles.definitions)
    assert stale_toggles(FLAGS)["shown"] == "everyone gets on"
    assert combinations({"flags": {"a": ON_OFF, "b": "on"}}) == combinations({"flags": ON_OFF}) == 2


@pytest.mark.parametrize("verb", [stale_toggles, combinations])
@pytest.mark.parametrize("definitions", [[], "x", None, 3])
def test_what_holds_no_flags_is_refused(verb: Callable[[Any], object], definitions: Any) -> None:
    with pytest.raises(FlagFileError, match=r"holds no flags; give the definitions of a flag file"):
        verb(definitions)


def test_each_switch_doubles_the_programs() -> None:
    assert [combinations({str(i): ON_OFF for i in range(n)}) for n in (0, 1, 10, 20)] == [1, 2, 1024, 2**20]
    assert combinations({"a": ON_OFF, "b": {"variants": {"x": 1, "y": 2, "z": 3}}}) == 6


@pytest.mark.parametrize("change", [
    {"metadata": "x"}, {"targeting": {"fractional": 5}}, {"targeting": {"fractional": [[], "on"]}},
    {"targeting": {"fractional": [["on", "x"], ["off", 1]]}},
])  # fmt: skip
def test_what_cannot_be_understood_of_a_flag_is_not_called_stale(change: dict[str, Any]) -> None:
    assert stale_toggles({"odd": fractional_flag(50) | change}) == {}


def test_without_a_date_no_flag_is_past_its_own() -> None:
    flag = fractional_flag(50) | {"metadata": {"expires": "2001-01-01"}}
    assert stale_toggles({"old": flag}) == {}
    assert stale_toggles({"old": flag}, today="2001-01-02") == {"old": "expired on 2001-01-01"}


@pytest.mark.parametrize("weight", [100 / 3, 1e-9])
def test_a_share_that_flagd_could_not_deal_is_refused(weight: float) -> None:
    with pytest.raises(KnobError, match="too many decimals for flagd"):
        fractional_flag(weight)
