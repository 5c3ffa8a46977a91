"""People speak while a rollout runs; a strategy hears them when they do, and not before."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploylab.engine.rollout import roll_out
from deploylab.model.errors import KnobError, StrategyError
from deploylab.model.order import ACTIONS, Order, Release
from deploylab.model.rollout import Observation, Outcome, Rollout, Step
from deploylab.model.scenario import Scenario
from deploylab.model.version import Version

from .worlds import plain, script

SCENARIO = Scenario(replicas=2, duration=120)
PAUSE = Step({"v1": 2}, hold=inf, heeds=True)


def seen_by(step: Step, *orders: Order | Release) -> Observation:
    return roll_out(script(step), replace(SCENARIO, orders=orders)).steps[0][1]


def test_an_order_ends_an_endless_pause_at_its_very_moment() -> None:
    seen = seen_by(PAUSE, Order(42.5, "promote"))
    assert (seen.end, seen.orders) == (42.5, (Order(42.5, "promote"),))


def test_a_pause_for_which_no_order_ever_comes_lasts_to_the_end_of_the_scenario() -> None:
    seen = seen_by(PAUSE)
    assert (seen.end, seen.orders) == (120, ())


def test_an_order_interrupts_the_wait_for_instances() -> None:
    seen = seen_by(Step({"v1": 2, "v2": 2}, heeds=True), Order(3, "abort"))
    assert (seen.end, seen.deadline_exceeded) == (3, False)


def test_a_step_that_does_not_heed_learns_of_the_order_when_it_is_over() -> None:
    seen = seen_by(Step({"v1": 2}, hold=60), Order(42, "abort"))
    assert (seen.end, seen.orders) == (60, (Order(42, "abort"),))


def test_each_order_is_told_once() -> None:
    run = roll_out(
        script(PAUSE, PAUSE, PAUSE), replace(SCENARIO, orders=(Order(9, "undo"), Order(5, "pause")))
    )
    assert [[order.at for order in seen.orders] for _, seen in run.steps] == [[5], [9], []]


@given(st.lists(st.builds(Order, st.floats(0, 50), st.sampled_from(ACTIONS)), max_size=4))
@settings(max_examples=40, derandomize=True, deadline=None)
def test_what_was_seen_before_an_order_is_what_is_seen_without_it(later: list[Order]) -> None:
    steps = [Step({"v1": 2, "v2": n}, hold=15, heeds=True) for n in (1, 2)]
    scenario = replace(SCENARIO, orders=tuple(replace(order, at=order.at + 60) for order in later))
    with_orders, without = (roll_out(script(*steps), s) for s in (scenario, SCENARIO))
    assert [plain(seen) for _, seen in with_orders.steps] == [plain(seen) for _, seen in without.steps]


def test_a_strategy_is_not_told_the_future() -> None:
    told = []

    def curious(scenario: Scenario) -> Rollout:
        told.append((scenario.orders, scenario.versions))
        yield Step({"v1": 2}, hold=1)
        return Outcome.STALLED

    roll_out(curious, replace(SCENARIO, orders=(Order(5, "abort"), Release(9, Version("v3")))))
    assert told == [((), ("v1", "v2"))]


def test_a_version_may_be_named_from_its_release_on_and_not_before() -> None:
    scenario = replace(SCENARIO, orders=(Release(30, Version("v3", error_rate=0.5)),))
    three = Step({"v1": 2, "v3": 2}, {"v3": 100}, hold=20)
    run = roll_out(script(Step({"v1": 2}, hold=40), three), scenario)
    assert run.steps[0][1].orders == (Release(30, Version("v3")),)  # its name, and nothing of how it behaves
    assert 0 < run.requests_of("v3").failed.sum() < len(run.requests_of("v3"))
    with pytest.raises(StrategyError, match="names 'v3'; this scenario has v1 and v2"):
        roll_out(script(three), scenario)


def test_the_newest_version_may_be_promoted_over_both_others() -> None:
    def follow_the_newest(scenario: Scenario) -> Rollout:
        seen = yield Step({"v1": 1, "v2": 1}, hold=inf, heeds=True)
        yield Step({list(seen.replicas)[-1]: scenario.replicas})
        return Outcome.PROMOTED

    run = roll_out(follow_the_newest, replace(SCENARIO, orders=(Release(30, Version("v3")),)))
    assert (run.outcome, run.time_to_promote) == (Outcome.PROMOTED, run.finished)
    assert run.mixed_seconds > 0


def test_only_a_step_that_heeds_may_pause_without_end() -> None:
    with pytest.raises(StrategyError, match=r"hold is inf; .*; only a Step with heeds=True may"):
        roll_out(script(Step({"v1": 2}, hold=inf)), SCENARIO)


@pytest.mark.parametrize(
    ("orders", "problem"),
    [
        ("abort", "'abort' is no tuple of orders"),
        ((Release(1, Version("v3")), Release(2, Version("v4"))), "has two releases"),
        (
            (Release(1, Version("v2")),),
            "'v2' has the name of the candidate version; give it another",
        ),
    ],
)
def test_orders_that_make_no_sense_are_refused(orders: tuple[Order, ...], problem: str) -> None:
    with pytest.raises(KnobError, match=rf"Scenario\.orders: .*{problem}"):
        Scenario(orders=orders)
