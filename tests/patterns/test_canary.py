"""The canary: its short form, its plan, what people get wrong about it, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from deploylab.engine.rollout import roll_out
from deploylab.engine.storyboard import storyboard
from deploylab.model.errors import KnobError
from deploylab.model.order import Order
from deploylab.model.record import Status
from deploylab.model.rollout import Outcome
from deploylab.model.run import Run
from deploylab.model.scenario import Scenario, Traffic
from deploylab.patterns.analysis import Analysis
from deploylab.patterns.argo.canary_steps import AnalysisStep, Pause, SetCanaryScale, SetWeight
from deploylab.patterns.blue_green import BlueGreen
from deploylab.patterns.canary import Canary

from .releases import left, release


def plan(run: Run) -> list[tuple[int, int, float]]:
    """Instances of both versions and the canary's percentage, where they change."""
    steps = [step for step, _ in run.steps]
    told = [(s.replicas["v1"], s.replicas.get("v2", 0), (s.traffic or {}).get("v2", 0)) for s in steps]
    return [row for row, before in zip(told, [None, *told], strict=False) if row != before]


# The short form


def test_a_canary_promotes_a_healthy_version_and_refuses_nobody() -> None:
    run = release(Canary())
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v2"] * 6)
    assert not run.log.failed.any()


def test_a_canary_takes_a_bad_version_back_after_hurting_few() -> None:
    run = release(Canary(), error_rate=0.2)
    assert (run.outcome, left(run)) == (Outcome.ROLLED_BACK, ["v1"] * 6)
    assert set(run.log.status.tolist()) == {Status.OK, Status.ERROR}
    everyone = roll_out(BlueGreen(), run.scenario)
    assert 0 < run.users_hurt < everyone.users_hurt


def test_a_canary_takes_a_slow_version_back() -> None:
    run = release(Canary(weights=(20,), analysis=Analysis(max_latency_p99=0.2)), service_time=0.06)
    assert run.outcome is Outcome.ROLLED_BACK


def test_a_canary_gets_its_instances_before_its_traffic() -> None:
    assert plan(release(Canary(weights=(10, 60))))[:4] == [(6, 1, 0), (6, 1, 10), (6, 4, 10), (6, 4, 60)]


def test_the_short_form_stands_for_steps() -> None:
    judged = Analysis(max_error_rate=0.02)
    short = Canary(weights=(5, 50), hold=20, analysis=judged)
    watched = AnalysisStep(20, judged)
    long = Canary(steps=(SetWeight(5), watched, SetWeight(50), watched))
    assert plan(release(short)) == plan(release(long))
    assert release(short).log.time.tolist() == release(long).log.time.tolist()


def test_an_inconclusive_analysis_waits_for_a_person_and_stalls_when_nobody_comes() -> None:
    run = release(Canary(), rate=2)
    assert (run.outcome, run.finished) == (Outcome.STALLED, run.scenario.duration)
    assert left(run) == ["v1"] * 6 + ["v2"]


def test_a_person_may_promote_what_was_inconclusive() -> None:
    run = release(Canary(weights=(5,)), Order(60, "promote"), rate=2)
    assert run.outcome is Outcome.PROMOTED


# The plan


def test_a_storyboard_promotes_a_pause_at_once() -> None:
    board = storyboard(Canary(steps=(SetWeight(50), Pause(), SetWeight(80), Pause(20))), Scenario(replicas=4))
    assert str(board).splitlines()[1:4] == [
        "     0 s  v1 4, v2 2; traffic v1 100 %  prepare 50 % to v2",
        "    10 s  v1 4, v2 2; traffic v1 50 %, v2 50 %  50 % to v2, until a person promotes",
        "    10 s  v1 4, v2 4; traffic v1 50 %, v2 50 %  prepare 80 % to v2",
    ]
    assert board.outcome is Outcome.PROMOTED


# What people get wrong


@pytest.mark.parametrize(("n", "surge", "share"), [(1, 0, 0), (1, 1, 1 / 2), (2, 0, 1 / 2), (2, 1, 1 / 3)])
def test_without_a_router_one_percent_of_very_few_is_nothing_or_a_lot(
    n: int, surge: int, share: float
) -> None:
    canary = Canary(weights=(1,), router=False, max_surge=surge, max_unavailable=1 - surge)
    run = roll_out(canary, Scenario(replicas=n, traffic=Traffic(rate=30)))
    watched = next(seen for step, seen in run.steps if step.hold == canary.hold)
    assert watched.requests["v2"] / sum(watched.requests.values()) == pytest.approx(share, abs=0.04)


def test_one_percent_of_the_requests_meets_nearly_everyone_and_of_sticky_users_one_in_a_hundred() -> None:
    canary = Canary(steps=(SetWeight(1), Pause(600), Pause()))
    requests, users = (
        roll_out(canary, Scenario(traffic=Traffic(rate=120, users=500, sticky=sticky), duration=620))
        for sticky in (False, True)
    )
    assert requests.users_met_candidate > 350
    assert users.users_met_candidate == 5


# What is refused


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Canary(steps=(20,)), r"Canary.steps: 20 is no step; use for example \(SetWeight\(20\)"),
        (lambda: Canary(steps=(SetCanaryScale(2),), router=False), "needs a traffic router"),
        (lambda: Canary(dynamic_stable_scale=True, router=False), "needs a traffic router"),
        (lambda: Canary(background=Analysis()), "measures again and again"),
        (lambda: Canary(max_surge="a few"), "Canary.max_surge: 'a few' is neither"),
        (lambda: Canary(router="yes"), "Canary.router: 'yes' is neither True nor False"),
        (lambda: Pause(-1), "Pause.duration: -1 is no time to wait"),
        (lambda: SetWeight(101), "SetWeight.weight: 101 is not allowed"),
        (lambda: SetCanaryScale(), "is not one way to say a size"),
        (lambda: SetCanaryScale(replicas=2, weight=20), "is not one way to say a size"),
        (lambda: SetCanaryScale(replicas=1.5), "is no whole number"),
        (lambda: AnalysisStep(10, 0.01), "AnalysisStep.analysis: 0.01 is no Analysis"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(make: Any, said: str) -> None:
    with pytest.raises(KnobError, match=said):
        make()


def test_with_a_router_surge_and_unavailable_bound_nothing() -> None:
    run = release(Canary(max_surge=0, max_unavailable="200%"))
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v2"] * 6)
