"""Driving a strategy: what a student may write, and what is said of what cannot work."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from deploylab.engine import rollout
from deploylab.engine.rollout import roll_out
from deploylab.engine.storyboard import storyboard
from deploylab.model.errors import StrategyError
from deploylab.model.order import Release
from deploylab.model.rollout import Outcome, Rollout, Step
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.canary import Canary

from .worlds import script

SMALL = Scenario(replicas=2, duration=30)


def test_a_students_own_generator_function_is_a_strategy() -> None:
    def big_bang(scenario: Scenario) -> Rollout:
        seen = yield Step({scenario.candidate.name: scenario.replicas}, hold=20, note="all at once")
        return Outcome.PROMOTED if seen.error_rate("v2") < 0.01 else Outcome.STALLED

    run = roll_out(big_bang, SMALL)
    assert (run.strategy, run.outcome) == ("big_bang", Outcome.PROMOTED)
    assert [event.message for event in run.events if event.reason == "Promoted"] == ["big_bang: promoted"]


def test_events_are_told_in_the_order_of_time() -> None:
    times = [event.time for event in roll_out(Canary(), Scenario()).events]
    assert times == sorted(times)


def reusing(_: Scenario) -> Rollout:
    """It goes on with one dictionary, and with one Step."""
    fleet = {"v1": 2, "v2": 2}
    traffic = {"v1": 100, "v2": 0}
    yield Step(fleet, traffic)
    traffic |= {"v1": 0, "v2": 100}
    yield Step(fleet, traffic, hold=5)
    del fleet["v1"]
    last: Any = Step(fleet)
    yield last
    last.replicas["v1"] = 0
    yield last
    return Outcome.PROMOTED


def fresh(_: Scenario) -> Rollout:
    yield Step({"v1": 2, "v2": 2}, {"v1": 100, "v2": 0})
    yield Step({"v1": 2, "v2": 2}, {"v1": 0, "v2": 100}, hold=5)
    yield Step({"v2": 2})
    yield Step({"v2": 2, "v1": 0})
    return Outcome.PROMOTED


def test_the_past_stays_what_it_was_when_a_strategy_uses_its_dictionary_again() -> None:
    one, other = (roll_out(strategy, SMALL) for strategy in (reusing, fresh))
    assert [step for step, _ in one.steps] == [step for step, _ in other.steps]
    assert (one.events, one.figures()) == (
        tuple(replace(event, message=event.message.replace("fresh", "reusing")) for event in other.events),
        other.figures(),
    )
    assert storyboard(reusing, SMALL).frames == storyboard(fresh, SMALL).frames


def step(*wrong: Any, **wrong_too: Any) -> Step:
    """A step that the type checker would refuse."""
    return Step(*wrong, **wrong_too)


def forgetful(_: Scenario) -> Any:
    Step({"v1": 2})
    return Outcome.PROMOTED


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        (forgetful, "forgetful is not a generator function; write `seen = yield dl.Step(...)` in it"),
        (script(), "mine yielded no Step; say what fleet you want, `seen = yield dl.Step(...)`"),
        (script(step({}), value=7), "mine returned 7; end it with an Outcome, `return dl.Outcome.PROMOTED`"),
        (
            script(step({}), value="rolled back"),
            "mine returned 'rolled back'; end it with an Outcome, `return dl.Outcome.ROLLED_BACK`",
        ),
        (script({"v1": 2}), "mine yielded {'v1': 2}; yield a Step, for example Step({'v1': 4, 'v2': 2})"),
        (script(step({"v3": 1})), "mine: Step.replicas names 'v3'; this scenario has v1 and v2"),
        (script(step({}, {"green": 100})), "mine: Step.traffic names 'green'; this scenario has v1 and v2"),
        (script(step([2])), "mine: Step.replicas is [2]; give it by version, for example {'v1': 100}"),
        (script(step({"v1": -1})), "mine: Step.replicas['v1'] is -1; use a number from 0 to 10,000"),
        (script(step({"v1": True})), "mine: Step.replicas['v1'] is True; use a number from 0 to 10,000"),
        (script(step({"v1": 1e5})), "mine: Step.replicas['v1'] is 100000.0; use a number from 0 to 10,000"),
        (script(step({"v1": 1.5})), "mine: Step.replicas is {'v1': 1.5}; instances are whole numbers"),
        (script(step({}, {"v1": 9})), "mine: Step.traffic {'v1': 9} sums to 9; percentages sum to 100"),
        (script(step({}, {})), "mine: Step.traffic {} sums to 0; percentages sum to 100"),
        (script(step({}, hold=-1)), "mine: Step.hold is -1; use seconds from 0 to 86,400"),
        (script(step({}, hold=float("nan"))), "mine: Step.hold is nan; use seconds from 0 to 86,400"),
        (script(step({}, until="ready")), "mine: Step.until is 'ready'; use 'available', 'changed' or 'now'"),
        (
            script(step({"v1": 2}), value=Outcome.PROMOTED),
            "mine says promoted, but 2 of v1 are wanted; yield a Step that wants 0 first, "
            "or return Outcome.STALLED",
        ),
        (
            script(step({"v1": 1}), value=Outcome.ROLLED_BACK),
            "mine says rolled back, but 1 of v1 are wanted; yield a Step that wants 2 first, "
            "or return Outcome.STALLED",
        ),
        (
            script(step({"v2": 2}, progress_deadline=1), value=Outcome.PROMOTED),
            "mine says promoted, but its last Step missed its deadline; return Outcome.STALLED, "
            "or seen.ends(outcome), which does so when it must",
        ),
        (Scenario, "Scenario is a class; make a strategy of it, Scenario(...)"),
        (7, "7 is no strategy; use dl.Rolling(), say, or a generator function"),
        (
            script(step({}))(SMALL),
            "mine has been called already; hand in the function itself, without brackets",
        ),
    ],
)  # fmt: skip
def test_what_a_strategy_does_wrong_is_said_in_one_sentence(strategy: Any, said: str) -> None:
    with pytest.raises(StrategyError, match=f"^{re.escape(said)}$"):
        roll_out(strategy, SMALL)


def test_who_does_not_hear_of_a_second_release_cannot_say_promoted() -> None:
    late = replace(SMALL, orders=(Release(5, Version("v3")),))
    deaf = script(Step({"v2": 2}, hold=10), value=Outcome.PROMOTED)
    with pytest.raises(StrategyError) as refusal:
        roll_out(deaf, late)
    assert str(refusal.value) == (
        "mine says promoted, but v3 was released in its middle, and 0 of it are wanted; "
        "go on with the last one of seen.replicas, or return Outcome.STALLED"
    )
    assert roll_out(script(Step({"v2": 2}, hold=10)), late).outcome is Outcome.STALLED
    after = replace(SMALL, orders=(Release(60, Version("v3")),))
    assert roll_out(deaf, after).outcome is Outcome.PROMOTED


def test_steps_cannot_be_yielded_from_a_list() -> None:
    def deaf(_: Scenario) -> Any:
        yield from [Step({"v1": 6}, hold=5)]
        return Outcome.STALLED

    with pytest.raises(StrategyError, match=r"^deaf: a list behind `yield from` cannot hear what was seen"):
        roll_out(deaf, Scenario())


def test_a_mistake_inside_a_strategy_stays_what_it_is() -> None:
    def clumsy(_: Scenario) -> Rollout:
        seen: Any = yield Step({"v1": 6})
        outcome: Outcome = seen.outcome
        return outcome

    with pytest.raises(AttributeError, match="outcome"):
        roll_out(clumsy, Scenario())


def test_a_scenario_and_a_strategy_that_changed_places_are_told_apart() -> None:
    swapped: Any = (SMALL, Canary())
    with pytest.raises(StrategyError, match=r"is no Scenario; write roll_out\(strategy, dl.Scenario"):
        roll_out(*swapped)


def test_a_strategy_cannot_read_how_the_versions_will_behave() -> None:
    def curious(scenario: Scenario) -> Any:
        assert (scenario.candidate.error_rate, scenario.candidate.name) == (0, "v2")
        yield Step({"v1": scenario.replicas})
        return Outcome.ROLLED_BACK

    bad = Scenario(candidate=Version("v2", error_rate=0.9), duration=20)
    assert roll_out(curious, bad).outcome is Outcome.ROLLED_BACK


def endless(**facts: Any) -> Callable[[Scenario], Rollout]:
    def endless(_: Scenario) -> Rollout:
        while True:
            yield Step({"v1": 2}, **facts)

    return endless


def test_a_strategy_that_never_ends_is_stopped_after_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollout, "MOST_STEPS", 50)
    with pytest.raises(
        StrategyError, match=r"after 50 steps and 0 s, of which the last took no time; return an Outcome"
    ):
        roll_out(endless(), SMALL)


def test_a_strategy_that_watches_for_ever_is_stopped_after_a_day() -> None:
    with pytest.raises(StrategyError, match=r"^endless is still going after 25 steps and 90,000 s"):
        roll_out(endless(hold=3_600), Scenario(traffic=Traffic(rate=1)))


def test_a_storyboard_is_the_plan_for_a_faultless_day() -> None:
    scenario = Scenario(
        candidate=Version("v2", error_rate=0.5, service_time=3), platform=Platform(endpoint_lag=2)
    )
    board = storyboard(Canary(weights=(50,), hold=30), scenario)
    assert str(board).splitlines() == [
        "Canary, if nothing goes wrong:",
        "     0 s  v1 6, v2 3; traffic v1 100 %  prepare 50 % to v2",
        "    10 s  v1 6, v2 3; traffic v1 50 %, v2 50 %  50 % to v2",
        "    40 s  v1 6, v2 6; traffic v1 50 %, v2 50 %  prepare 100 % to v2",
        "    50 s  v1 6, v2 6; traffic v2 100 %  100 % to v2",
        "    52 s  v1 6, v2 6; traffic v2 100 %  keep v1 for a way back",
        "    80 s  v2 6; traffic v2 100 %  stop v1",
        "    80 s  promoted",
    ]


def test_an_even_spread_needs_no_division_on_the_storyboard() -> None:
    frames = storyboard(script(step({"v1": 2}), Step({})), SMALL)
    assert "v1 2\n" in str(frames)
    assert "nothing\n" in str(frames)
