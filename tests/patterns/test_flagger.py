"""Flagger: one test for each way it can end, and what it does from tick to tick."""

from __future__ import annotations

from typing import Any

import pytest

from deploylab.engine.rollout import roll_out
from deploylab.model.errors import KnobError
from deploylab.model.fault import CrashOnStart, Leak
from deploylab.model.order import Order, Release
from deploylab.model.record import Status
from deploylab.model.rollout import Counts, Outcome
from deploylab.model.run import Run
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.flagger import Flagger
from deploylab.patterns.flagger_pair import Pair
from deploylab.patterns.flagger_scheduler import CanaryStatus, advance_canary

from .releases import left

WAITING = 40  # s of startup; the canary is noticed on the tick after that


def release(flagger: Flagger, *orders: Order | Release, sticky: bool = False, **candidate: Any) -> Run:
    scenario = Scenario(
        candidate=Version("v2", **candidate), orders=orders, duration=600,
        traffic=Traffic(rate=50, sticky=sticky), platform=Platform(pre_stop=5),
    )  # fmt: skip
    return roll_out(flagger, scenario)


def weights(run: Run) -> list[float]:
    """The candidate's weight from tick to tick, while the primary is the stable version."""
    steps = [step for step, _ in run.steps if step.traffic and step.replicas.get("v1") == 6]
    return [step.traffic["v2"] for step in steps if step.traffic and "v2" in step.traffic]


# How it ends


def test_a_good_canary_is_promoted_and_the_step_weight_overshoots() -> None:
    run = release(Flagger(step_weight=20, max_weight=50))
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v2"] * 6)
    assert weights(run) == [0, 20, 40, 60]
    assert not run.log.failed.any()


def test_every_tick_is_on_the_clock_however_long_the_instances_take() -> None:
    run = release(Flagger(interval=15, step_weight=50), startup_time=WAITING)
    ticks = [seen.end for step, seen in run.steps if step.until == "now"]
    assert all(tick % 15 == 0 for tick in ticks)
    assert weights(run) == [0, 0, 0, 50]


def test_bad_checks_add_up_and_the_tick_after_the_last_takes_the_canary_back() -> None:
    run = release(Flagger(step_weight=20, threshold=3), error_rate=0.1)
    assert (run.outcome, left(run)) == (Outcome.ROLLED_BACK, ["v1"] * 6)
    assert weights(run) == [0, 20, 20, 20, 20]
    assert run.finished == 5 * 60


def test_no_traffic_means_a_failed_canary() -> None:
    assert release(Flagger(iterations=2)).outcome is Outcome.ROLLED_BACK
    assert release(Flagger(iterations=2, mirror=10)).outcome is Outcome.PROMOTED


def test_a_canary_that_never_gets_ready_is_taken_back_after_the_deadline() -> None:
    run = release(Flagger(progress_deadline=100), startup_time=3_000)
    assert (run.outcome, run.finished) == (Outcome.ROLLED_BACK, 120)
    assert run.users_met_candidate == 0


def test_a_primary_that_gets_stuck_while_it_is_updated_leaves_everyone_on_the_canary() -> None:
    crashing = Version("v2", startup_jitter=0, faults=(CrashOnStart(0.4),))
    flagger = Flagger(interval=10, step_weight=50, progress_deadline=45)
    run = roll_out(flagger, Scenario(candidate=crashing, seed=8))
    assert run.outcome is Outcome.STALLED
    step, seen = run.steps[-1]
    assert step.traffic == {"v1": 0, "v2": 100}
    assert 6 <= seen.replicas["v2"].available < 12


def test_an_aborted_canary_goes_on_the_next_tick() -> None:
    run = release(Flagger(step_weight=20), Order(130, "abort"))
    assert (run.outcome, run.finished) == (Outcome.ROLLED_BACK, 180)


def test_a_suspended_canary_stays_where_it_is() -> None:
    run = release(Flagger(step_weight=50), Order(70, "pause"), Order(300, "resume"))
    assert run.outcome is Outcome.PROMOTED
    assert weights(run) == [0, 50, 50, 50]
    assert release(Flagger(), Order(70, "pause")).outcome is Outcome.STALLED


def test_another_release_starts_the_analysis_anew() -> None:
    run = release(Flagger(step_weight=20, max_weight=40), Release(130, Version("v3")))
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v3"] * 6)
    assert weights(run) == [0, 20, 40]
    assert {"v1": 6, "v3": 6} in [step.replicas for step, _ in run.steps]


def test_another_release_waits_for_a_promotion() -> None:
    run = release(Flagger(interval=20, step_weight=50), Release(45, Version("v3")))
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v3"] * 6)
    assert {"v2": 6, "v3": 6} in [step.replicas for step, _ in run.steps]


@pytest.mark.parametrize("at", [20, 20.5, 30])
def test_another_release_waits_for_a_promotion_without_an_analysis_as_well(at: float) -> None:
    run = release(Flagger(interval=10, skip_analysis=True), Release(at, Version("v3")))
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v3"] * 6)
    assert ({"v2": 6, "v3": 6} in [step.replicas for step, _ in run.steps]) == (at > 20)


def test_without_an_analysis_another_release_does_not_wait_for_a_primary_that_is_never_ready() -> None:
    broken = Version("v1", startup_time=0, faults=(Leak(0.001),))
    scenario = Scenario(stable=broken, replicas=1, orders=(Release(0, Version("v3")),), duration=60)
    run = roll_out(Flagger(interval=10, skip_analysis=True), scenario)
    assert run.steps[-1][0].replicas["v3"] == 1


# What it does on the way


def test_a_mirror_copies_for_one_interval_before_anyone_is_sent() -> None:
    run = release(Flagger(step_weight=50, mirror=100))
    mirrored = [(step.mirror, step.traffic) for step, _ in run.steps[:3]]
    assert mirrored == [
        (0, {"v1": 100, "v2": 0}), (100, {"v1": 100, "v2": 0}), (0, {"v1": 50, "v2": 50}),
    ]  # fmt: skip


def test_an_ab_test_shows_the_canary_to_the_same_users_all_the_time() -> None:
    run = release(Flagger(iterations=3, match=20), sticky=True)
    assert run.outcome is Outcome.PROMOTED
    until = run.log.until(240)
    met = set(until.user[until.version == 1].tolist())
    everyone = set(until.user.tolist())
    assert 0.15 < len(met) / len(everyone) < 0.25
    later = until.rows(until.time > 70 * 10**9)
    assert not met & set(later.user[later.version == 0].tolist())


def test_an_ab_test_needs_users_who_stay() -> None:
    with pytest.raises(KnobError, match=r"^Flagger\.match: 20 needs users who keep to one version"):
        release(Flagger(iterations=3, match=20))
    with pytest.raises(KnobError, match=r"^Flagger\.match: 20 needs iterations above 0"):
        Flagger(match=20)


def test_the_primary_gets_its_traffic_back_in_steps_if_it_is_wanted() -> None:
    status, weight = CanaryStatus("Promoting", weight=60), []
    while status.phase == "Promoting":
        status = advance_canary(Flagger(step_weight_promotion=25), status)
        weight.append(status.weight)
    assert weight == [35, 10, 0]


def test_the_last_step_weight_may_be_more_than_everything() -> None:
    run = release(Flagger(step_weights=(1, 10, 200)))
    assert weights(run) == [0, 1, 10, 100]


@pytest.mark.parametrize("wrong", [(10, 5), (0, 5), [10], (2.5,), 10, ("10",)])
def test_step_weights_that_are_none_are_refused(wrong: Any) -> None:
    with pytest.raises(KnobError, match=r"^Flagger\.step_weights: "):
        Flagger(step_weights=wrong)


def test_the_traffic_of_the_primary_follows_its_instances() -> None:
    pair = Pair("v1", "v2", 4, Counts(desired=2, ready=2), Counts(desired=7, ready=6))
    assert pair.traffic(40) == {"v1": 30, "v2": 70}
    assert Pair.begin("v1", "v2", 4).traffic(40) == {"v1": 60, "v2": 40}


def test_the_end_of_the_canary_costs_what_the_endpoints_are_late() -> None:
    run = roll_out(Flagger(step_weight=50), Scenario(platform=Platform(endpoint_lag=2), duration=600))
    refused = run.log.rows(run.log.status == Status.REFUSED)
    assert (refused.time >= run.finished * 10**9).sum() > 0


def test_a_word_in_vain_is_told() -> None:
    told = [step.note for step, _ in release(Flagger(step_weight=50), Order(70, "promote")).steps]
    assert [note.partition(";")[2] for note in told if ";" in note] == [" promote is not heard"]


@pytest.mark.parametrize("at", [130, 200])
def test_an_abort_while_the_primary_is_updated_or_gets_its_traffic_back_is_told_to_be_too_late(
    at: float,
) -> None:
    run = release(Flagger(step_weight=50, step_weight_promotion=25), Order(at, "abort"))
    assert run.outcome is Outcome.PROMOTED
    told = [(seen.start, step.note.partition("; ")[2]) for step, seen in run.steps if ";" in step.note]
    assert [words for _, words in told] == ["abort comes too late"]
    assert at <= told[0][0] <= at + 60
