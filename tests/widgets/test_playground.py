"""The playground without a browser: a control is turned, another run appears, or a reason why not."""

from __future__ import annotations

from typing import Any

import pytest

import deploylab as dl
from deploylab.widgets.playground import Playground

SCENARIO = dl.Scenario(candidate=dl.Version("v2", error_rate=0.05), duration=60)


@pytest.fixture
def playground() -> Playground:
    return dl.playground(dl.Rolling(batch_size=2, hold=5), SCENARIO)


def turn(playground: Playground, name: str, value: Any) -> None:
    both = {**playground.strategy_controls, **playground.scenario_controls}
    next(control for path, control in both.items() if path[-1] == name).widget.value = value


def test_turning_a_knob_makes_the_run_that_the_code_would_make(playground: Playground) -> None:
    turn(playground, "batch_size", 3)
    assert playground.run.users_hurt == dl.roll_out(dl.Rolling(batch_size=3, hold=5), SCENARIO).users_hurt


def test_the_picture_and_its_figures_follow_the_knob(playground: Playground) -> None:
    before = playground.player.data
    turn(playground, "batch_size", 3)
    assert playground.player.data != before
    figures = {name: value for name, value, *_ in playground.player.meta["figures"]}
    assert figures["users hurt"] == f"{playground.run.users_hurt:,}"


def test_the_run_before_stays_as_a_ghost(playground: Playground) -> None:
    assert "dl-ghost" not in playground.player.meta["svg"]
    turn(playground, "batch_size", 3)
    assert "dl-ghost" in playground.player.meta["svg"]


def test_the_runs_that_a_slider_passes_are_no_ghosts(playground: Playground) -> None:
    before = playground.run
    for size in (3, 4, 5):
        turn(playground, "batch_size", size)
    was = {name: was for name, _, was, _ in playground.player.meta["figures"]}
    assert was["users hurt"] == f"{before.users_hurt:,}"


def test_a_percentage_may_have_a_space(playground: Playground) -> None:
    turn(playground, "max_unavailable", "50 %")
    assert playground.strategy.max_unavailable == "50%"


def test_a_knob_of_the_scenario_turns_too(playground: Playground) -> None:
    turn(playground, "rate", 60.0)
    assert playground.run.scenario.traffic.rate == 60


def test_a_knob_of_the_analysis_turns_too(playground: Playground) -> None:
    turn(playground, "max_error_rate", 0.2)
    assert playground.run.outcome is dl.Outcome.PROMOTED


def test_no_batches_is_zero_on_the_slider(playground: Playground) -> None:
    turn(playground, "batch_size", 0)
    assert playground.strategy == dl.Rolling(hold=5)


def test_a_setting_that_is_not_allowed_says_why_and_keeps_the_picture(playground: Playground) -> None:
    picture = playground.player.data
    turn(playground, "max_unavailable", "130%")
    assert "Rolling.max_unavailable" in playground.message.value
    assert playground.player.data == picture


def test_text_that_cannot_be_read_says_what_would_be(playground: Playground) -> None:
    turn(playground, "max_surge", "many <b>")
    assert "use for example 2 or" in playground.message.value
    assert "<b>" not in playground.message.value


def test_the_reason_goes_away_with_its_cause(playground: Playground) -> None:
    turn(playground, "max_unavailable", "130%")
    turn(playground, "max_unavailable", "1")
    assert playground.message.value == ""
    assert playground.strategy.max_unavailable == 1


def test_two_knobs_that_are_only_allowed_together_can_be_turned_one_after_the_other() -> None:
    playground = dl.playground(dl.Rolling(max_surge=1, max_unavailable=0), SCENARIO)
    turn(playground, "max_surge", 0)
    turn(playground, "max_unavailable", 1)
    assert playground.strategy == dl.Rolling(max_surge=0, max_unavailable=1)


def test_a_student_s_own_generator_function_has_the_scenario_s_knobs() -> None:
    def all_at_once(scenario: dl.Scenario) -> Any:
        yield dl.Step({scenario.candidate.name: scenario.replicas})
        return dl.Outcome.PROMOTED

    playground = dl.playground(all_at_once, SCENARIO)
    turn(playground, "replicas", 3)
    assert playground.run.scenario.replicas == 3


def test_every_strategy_has_a_playground() -> None:
    for strategy in (dl.Recreate(), dl.Rolling(), dl.BlueGreen(), dl.Canary()):
        assert repr(dl.playground(strategy, SCENARIO)) == f"Playground of {type(strategy).__name__}"


def test_weights_are_typed_with_commas() -> None:
    playground = dl.playground(dl.Canary(hold=5), SCENARIO)
    turn(playground, "weights", "10, 50")
    assert playground.strategy.weights == (10, 50)


def test_a_profile_is_typed_as_pairs(playground: Playground) -> None:
    turn(playground, "profile", "0:1, 20:1, 21:2.5")
    assert playground.run.scenario.traffic.profile == ((0, 1), (20, 1), (21, 2.5))
    turn(playground, "profile", "20")
    assert "is no row of pairs" in playground.message.value


def test_what_is_true_or_false_is_a_box_to_tick(playground: Playground) -> None:
    turn(playground, "sticky", True)
    assert playground.run.scenario.traffic.sticky
