"""The canary as Argo Rollouts does it: each way it can go, and what always holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploylab.engine.rollout import roll_out
from deploylab.model.fault import Leak
from deploylab.model.order import Action, Order, Release
from deploylab.model.record import Status
from deploylab.model.rollout import Outcome, Step, Strategy
from deploylab.model.run import Run
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.analysis import Analysis
from deploylab.patterns.argo.canary_steps import AnalysisStep, Pause, SetCanaryScale, SetWeight
from deploylab.patterns.argo.routed_canary import traffic_weight_to_replicas
from deploylab.patterns.blue_green import BlueGreen
from deploylab.patterns.canary import Canary

from ..releases import left, notes, release


def plan(run: Run) -> list[tuple[int, int, float]]:
    """Instances of both versions and the canary's percentage, where they change."""
    steps = [step for step, _ in run.steps]
    told = [(s.replicas["v1"], s.replicas.get("v2", 0), (s.traffic or {}).get("v2", 0)) for s in steps]
    return [row for row, before in zip(told, [None, *told], strict=False) if row != before]


# Steps


def test_a_pause_without_a_duration_lasts_until_a_person_promotes() -> None:
    run = release(Canary(steps=(SetWeight(20), Pause(), SetWeight(60))), Order(100, "promote"))
    assert run.outcome is Outcome.PROMOTED
    assert [seen.end for step, seen in run.steps if "until a person" in step.note] == [100]


def test_a_pause_that_nobody_ends_stalls() -> None:
    run = release(Canary(steps=(SetWeight(20), Pause())))
    assert (run.outcome, left(run)) == (Outcome.STALLED, ["v1"] * 6 + ["v2"] * 2)


def test_a_timed_pause_ends_by_itself_or_when_a_person_promotes() -> None:
    canary = Canary(steps=(SetWeight(20), Pause(50)))
    waited, promoted = release(canary), release(canary, Order(30, "promote"))
    assert waited.finished - promoted.finished == pytest.approx(32, abs=5)  # 12 + 50 s against 30 s


def test_the_size_of_a_canary_can_be_set_apart_from_its_traffic() -> None:
    steps = (SetCanaryScale(replicas=4), SetWeight(1), Pause(10), SetCanaryScale(match_traffic_weight=True))
    assert plan(release(Canary(steps=steps)))[:3] == [(6, 4, 0), (6, 4, 1), (6, 1, 1)]
    halves = Canary(steps=(SetCanaryScale(weight=50), SetWeight(1), Pause(1)))
    assert plan(release(halves))[:2] == [(6, 3, 0), (6, 3, 1)]


def test_an_analysis_in_the_background_aborts_in_the_middle_of_a_pause() -> None:
    background = Analysis(interval=5, min_requests=20)
    run = release(Canary(steps=(SetWeight(20), Pause(100)), background=background), error_rate=0.3)
    assert run.outcome is Outcome.ROLLED_BACK
    assert "abort, error rate failed once: v2 stays the version that is wanted" in notes(run)
    assert run.log.time[run.log.version == 1].max() < 25e9  # ready at 12 s, measured at 17 or 22 s


def test_an_analysis_in_the_background_measures_while_a_person_is_awaited() -> None:
    steps = (SetWeight(20), Pause())
    background = Analysis(interval=10, min_requests=20)
    run = release(Canary(steps=steps, background=background), faults=(Leak(after=60),))
    assert (run.outcome, left(run)) == (Outcome.ROLLED_BACK, ["v1"] * 6)


def test_an_analysis_in_the_background_measures_beside_one_that_is_a_step() -> None:
    lenient = AnalysisStep(60, Analysis(max_error_rate=1, interval=5))
    strict = Analysis(max_error_rate=0.1, interval=5, min_requests=20)
    run = release(Canary(steps=(SetWeight(20), lenient), background=strict), error_rate=0.5)
    assert run.outcome is Outcome.ROLLED_BACK


def test_a_canary_that_breaks_while_it_is_watched_is_judged_and_not_waited_for() -> None:
    lenient = Analysis(interval=5, max_error_rate=1, inconclusive_limit=20, consecutive_error_limit=20)
    run = release(Canary(steps=(SetWeight(50), AnalysisStep(60, lenient))), faults=(Leak(after=20),))
    slices = [seen.end - seen.start for step, seen in run.steps if step.note == "50 % to v2"]
    assert slices == pytest.approx([5] * 12)


# Without a traffic router


def test_without_a_router_a_weight_is_as_exact_as_the_instances_allow() -> None:
    run = release(Canary(weights=(5,), router=False))
    met = (run.log.version == 1) & (run.log.time > 15e9) & (run.log.time < 40e9)
    asked = (run.log.time > 15e9) & (run.log.time < 40e9)
    assert met.sum() / asked.sum() == pytest.approx(1 / 7, abs=0.02)  # 5 % were wanted
    assert "1 of 7 are v2" in notes(run)


@pytest.mark.parametrize("fenceposts", [(0, 1), (1, 0), ("25%", "25%"), (6, 6), ("100%", 0)])
def test_without_a_router_it_keeps_within_surge_and_unavailable(fenceposts: tuple[Any, Any]) -> None:
    surge, unavailable = fenceposts
    canary = Canary(weights=(20, 50), hold=5, router=False, max_surge=surge, max_unavailable=unavailable)
    run = release(canary)
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v2"] * 6)
    most = {0: 6, 1: 7, "25%": 8, 6: 12, "100%": 12}[surge]
    least = {0: 6, 1: 5, "25%": 5, 6: 0}[unavailable]
    for _, seen in run.steps:
        counts = seen.replicas.values()
        assert sum(c.current for c in counts) <= most
        assert sum(c.available for c in counts) >= least


def test_without_a_router_the_way_back_needs_the_stable_instances_again() -> None:
    judged = AnalysisStep(30, Analysis(max_error_rate=0.3))
    steps = (SetWeight(50), judged, AnalysisStep(20, Analysis(max_error_rate=0.05)))
    slow = release(Canary(steps=steps, router=False, max_surge=0, max_unavailable=1), error_rate=0.2)
    fast = release(Canary(steps=steps), error_rate=0.2)
    assert slow.outcome is fast.outcome is Outcome.ROLLED_BACK
    assert fast.time_to_roll_back == fast.scenario.platform.endpoint_lag
    assert (slow.time_to_roll_back or 0) > 10


# Dynamic stable scale


def test_a_dynamic_stable_scale_follows_the_traffic_down() -> None:
    run = release(Canary(weights=(50,), dynamic_stable_scale=True))
    assert plan(run) == [
        (6, 3, 0), (6, 3, 50), (3, 3, 50), (3, 6, 50), (3, 6, 100), (0, 6, 100),
    ]  # fmt: skip


def test_a_dynamic_stable_scale_costs_less_and_comes_back_later() -> None:
    canaries = [Canary(weights=(20, 80), dynamic_stable_scale=dynamic) for dynamic in (False, True)]
    still, dynamic = (release(canary) for canary in canaries)
    assert dynamic.instance_seconds < still.instance_seconds
    still, dynamic = (release(canary, faults=(Leak(after=50),)) for canary in canaries)
    assert still.outcome is dynamic.outcome is Outcome.ROLLED_BACK
    assert (dynamic.time_to_roll_back or 0) > 10 > (still.time_to_roll_back or 99)


def test_after_an_abort_a_dynamic_stable_scale_goes_back_down_the_ladder() -> None:
    run = release(Canary(weights=(20, 60), dynamic_stable_scale=True), Order(70, "abort"))
    back = plan(run)[plan(run).index((3, 4, 60)) :]
    assert back == [(3, 4, 60), (5, 4, 60), (5, 4, 20), (6, 4, 20), (6, 4, 0), (6, 0, 0)]


# Abort is not revert


def test_an_abort_gives_the_traffic_back_at_once_and_the_instances_later() -> None:
    run = release(Canary(abort_scale_down_delay=40), Order(30, "abort"))
    assert (run.outcome, left(run)) == (Outcome.ABORTED, ["v1"] * 6)
    assert run.log.time[run.log.version == 1].max() < 31e9
    assert {i.draining for i in run.instances if i.version == "v2"} == {70}
    assert "abort, a person says so: v2 stays the version that is wanted" in notes(run)


def test_an_aborted_canary_may_stay_for_ever() -> None:
    by_hand = release(Canary(abort_scale_down_delay=0), Order(30, "abort"))
    by_itself = release(Canary(abort_scale_down_delay=0), error_rate=0.5)
    for run in (by_hand, by_itself):
        assert (run.outcome, left(run)) == (Outcome.ABORTED, ["v1"] * 6 + ["v2"])


def test_a_retry_starts_from_the_first_step() -> None:
    run = release(Canary(weights=(10, 60), hold=20), Order(50, "abort"), Order(100, "retry"))
    assert run.outcome is Outcome.PROMOTED
    assert notes(run).count("prepare 10 % to v2") == 2


def test_an_undo_makes_the_stable_version_the_wanted_one() -> None:
    run = release(Canary(), Order(30, "undo"))
    assert (run.outcome, left(run)) == (Outcome.ROLLED_BACK, ["v1"] * 6)
    aborted = release(Canary(), Order(30, "abort"), Order(100, "undo"))
    assert aborted.outcome is Outcome.ROLLED_BACK


def test_a_full_promotion_skips_what_is_left() -> None:
    run = release(Canary(steps=(SetWeight(20), Pause(), SetWeight(40), Pause())), Order(30, "promote full"))
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v2"] * 6)
    assert "prepare 40 % to v2" not in notes(run)


def test_a_person_may_hold_everything_for_a_while() -> None:
    orders = Order(15, "pause"), Order(115, "resume")
    paused, straight = release(Canary(), *orders), release(Canary())
    assert paused.finished - straight.finished == pytest.approx(100)


def test_a_release_in_the_middle_starts_anew_with_the_newest_version() -> None:
    run = release(Canary(weights=(20, 60), hold=10), Release(30, Version("v3")))
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v3"] * 6)
    assert not run.log.failed.any()


def test_with_a_router_the_stable_version_stays_for_a_while_after_the_promotion() -> None:
    run = release(Canary(weights=(50,), hold=20, scale_down_delay=40))
    everyone = next(seen.start for step, seen in run.steps if step.traffic == {"v1": 0, "v2": 100})
    assert {i.draining for i in run.instances if i.draining} == {everyone + 40}
    for other in (Canary(weights=(50,), router=False), Canary(weights=(50,), dynamic_stable_scale=True)):
        short, long = (
            release(replace(other, scale_down_delay=0)),
            release(replace(other, scale_down_delay=90)),
        )
        assert short.finished == long.finished


def test_an_undo_in_that_while_is_at_once_and_an_abort_has_nothing_to_abort() -> None:
    undone = release(Canary(weights=(50,), hold=20), Order(60, "undo"))
    assert (undone.outcome, left(undone)) == (Outcome.ROLLED_BACK, ["v1"] * 6)
    assert sum(i.version == "v1" for i in undone.instances) == 6
    assert undone.time_to_roll_back == undone.scenario.platform.endpoint_lag
    assert release(Canary(weights=(50,), hold=20), Order(60, "abort")).outcome is Outcome.PROMOTED


@pytest.mark.parametrize(("errors", "end"), [(0, (Outcome.PROMOTED, "v3")), (0.5, (Outcome.ABORTED, "v2"))])
def test_a_release_in_that_while_is_a_canary_beside_the_version_that_was_promoted(
    errors: float, end: tuple[Outcome, str]
) -> None:
    run = release(Canary(weights=(50,), hold=20), Release(60, Version("v3", error_rate=errors)))
    assert (run.outcome, left(run)) == (end[0], [end[1]] * 6)
    assert (run.log.version[run.log.time > 60e9] > 0).all()


# The progress deadline


def test_a_missed_deadline_is_marked_and_takes_nothing_back() -> None:
    run = release(Canary(progress_deadline=30), startup_time=3_000)
    assert (run.outcome, left(run)) == (Outcome.STALLED, ["v1"] * 6 + ["v2"])
    assert (run.log.version == 0).all()
    assert "ProgressDeadlineExceeded" in [event.reason for event in run.events]


def test_what_gets_ready_after_the_deadline_goes_on_all_the_same() -> None:
    run = release(Canary(weights=(10,), progress_deadline=5))
    assert run.outcome is Outcome.PROMOTED


def test_without_a_router_instances_that_come_and_go_are_no_progress() -> None:
    canary = Canary(weights=(50,), router=False, progress_deadline=30, progress_deadline_abort=True)
    run = release(canary, startup_time=1, startup_jitter=5, faults=(Leak(after=0.001),))
    assert run.outcome is Outcome.ROLLED_BACK
    assert 31 < run.finished < 120


def test_a_missed_deadline_aborts_where_that_is_asked_for() -> None:
    run = release(Canary(progress_deadline=30, progress_deadline_abort=True), startup_time=3_000)
    assert (run.outcome, left(run)) == (Outcome.ROLLED_BACK, ["v1"] * 6)
    assert (run.log.version == 0).all()


def test_a_canary_whose_next_size_never_gets_ready_lets_its_users_go_before_its_instances() -> None:
    """The first instances of the canary serve, the later ones take too long."""
    scenario = Scenario(candidate=Version("v2", startup_time=5, startup_jitter=300), seed=9)
    run = roll_out(Canary(weights=(5, 90), progress_deadline=40, progress_deadline_abort=True), scenario)
    assert run.outcome is Outcome.ROLLED_BACK
    assert (run.log.version == 1).any()
    assert not (run.log.status == Status.REFUSED).any()


# What always holds


def canaries() -> st.SearchStrategy[Canary]:
    seconds = st.sampled_from([0, 1, 7.5, 20])
    analysis = st.builds(
        Analysis, max_error_rate=st.sampled_from([0, 0.02, 1]), min_requests=st.integers(1, 40),
        interval=st.sampled_from([0, 3]),
    )  # fmt: skip
    scale = st.sampled_from([SetCanaryScale(replicas=2), SetCanaryScale(match_traffic_weight=True)])
    step = (
        st.builds(SetWeight, st.integers(0, 100))
        | st.builds(Pause, seconds | st.none())
        | st.builds(AnalysisStep, seconds, analysis)
    )
    knobs = {
        "weights": st.sampled_from([(5, 25, 50), (100,), (0.5, 99.5)]),
        "hold": seconds,
        "analysis": analysis,
        "progress_deadline": st.sampled_from([3, 20, 600]),
        "progress_deadline_abort": st.booleans(),
        "abort_scale_down_delay": st.sampled_from([0, 0.5, 30]),
        "background": st.none() | st.builds(Analysis, interval=st.sampled_from([2, 9])),
    }
    routed = st.builds(
        Canary, steps=st.just(()) | st.lists(step | scale, max_size=6).map(tuple),
        dynamic_stable_scale=st.booleans(), min_pods_per_replica_set=st.integers(1, 3), **knobs,
    )  # fmt: skip
    fenceposts = st.sampled_from([0, 1, 4, "25%"])
    basic = st.builds(
        Canary, router=st.just(False), steps=st.just(()) | st.lists(step, max_size=6).map(tuple),
        max_surge=fenceposts, max_unavailable=st.sampled_from([1, 3, "50%"]), **knobs,
    )  # fmt: skip
    return routed | basic


@st.composite
def scenarios(draw: Any, *faults: Any) -> Scenario:
    """A stable version without a fault and with time to spare, and any candidate."""
    return Scenario(
        stable=Version("v1", service_time=0.002),
        candidate=Version(
            "v2", startup_time=draw(st.sampled_from([0, 3, 50])),
            startup_jitter=draw(st.sampled_from([0, 5])),
            service_time=0.002, error_rate=draw(st.sampled_from([0, 0, 0.05, 0.6])),
            faults=draw(st.sampled_from([(), *faults])),
        ),
        replicas=draw(st.integers(1, 7)),
        traffic=Traffic(rate=draw(st.sampled_from([2, 30])), users=200),
        platform=Platform(pre_stop=5, endpoint_lag=draw(st.sampled_from([0, 1, 3]))),
        duration=90,
        seed=draw(st.integers(0, 1000)),
    )  # fmt: skip


ACTIONS: list[Action] = ["promote", "promote full", "abort", "pause", "resume", "undo", "retry"]


def orders() -> st.SearchStrategy[tuple[Order | Release, ...]]:
    at = st.integers(0, 100).map(float)
    spoken = st.lists(st.builds(Order, at, st.sampled_from(ACTIONS)), max_size=4)
    another = st.lists(st.builds(Release, at, st.just(Version("v3", startup_time=2))), max_size=1)
    return st.tuples(spoken, another).map(lambda both: (*both[0], *both[1]))


@settings(max_examples=150)
@given(canaries(), scenarios((Leak(after=2),)), orders())
def test_whatever_people_say_it_comes_to_an_end_that_is_true(
    canary: Canary, scenario: Scenario, said: tuple[Order | Release, ...]
) -> None:
    """roll_out itself refuses an outcome that the fleet does not show."""
    world = Scenario(**{**{n: getattr(scenario, n) for n in scenario.__dataclass_fields__}, "orders": said})
    run = roll_out(canary, world)
    if run.outcome in (Outcome.PROMOTED, Outcome.ROLLED_BACK):
        assert len(set(left(run))) == 1
        assert len(left(run)) == world.replicas


@settings(max_examples=100)
@given(canaries().filter(lambda canary: canary.router), scenarios())
def test_a_weight_never_reaches_a_version_without_its_replicas(canary: Canary, scenario: Scenario) -> None:
    run = roll_out(canary, scenario)
    scaled = any(isinstance(step, SetCanaryScale) for step in canary.plan)
    weight, available = 0.0, 0
    for step, seen in run.steps:
        now = (step.traffic or {})["v2"]
        if now > weight:
            needed = 1 if scaled and now < 100 else traffic_weight_to_replicas(scenario.replicas, now)
            assert available >= needed
        weight, available = now, seen.replicas["v2"].available


@settings(max_examples=100)
@given(canaries().filter(lambda canary: canary.router), scenarios(), st.integers(1, 90))
def test_an_aborted_canary_hurts_only_users_who_met_it(canary: Canary, scenario: Scenario, at: int) -> None:
    facts = {name: getattr(scenario, name) for name in scenario.__dataclass_fields__}
    run = roll_out(canary, Scenario(**{**facts, "orders": (Order(at, "abort"),)}))
    hurt, met = (set(run.log.user[rows].tolist()) for rows in (run.log.failed, run.log.version == 1))
    assert hurt <= met


@pytest.mark.parametrize("strategy", [Canary(), Canary(router=False), BlueGreen(preview_hold=60)], ids=repr)
@pytest.mark.parametrize("said", [("promote full",), ("abort", "retry")])
@pytest.mark.parametrize("later", [0.0, 0.5, 1.5, 4.0])
def test_a_release_is_not_forgotten_while_the_one_before_is_taken_back(
    strategy: Strategy, said: tuple[Any, ...], later: float
) -> None:
    orders = [Order(40 + later + place, action) for place, action in enumerate(said)]
    run = release(strategy, Release(40, Version("v3")), *orders)
    assert (run.outcome, set(left(run))) == (Outcome.PROMOTED, {"v3"})


def test_every_step_of_a_canary_can_be_interrupted() -> None:
    run = release(Canary())
    assert all(isinstance(step, Step) and step.heeds for step, _ in run.steps)
