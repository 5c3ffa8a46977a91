"""Blue-green as Argo Rollouts does it: each way it can go, what it costs, and what always holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploylab.engine.rollout import roll_out
from deploylab.model.fault import Leak
from deploylab.model.order import Order, Release
from deploylab.model.record import Status
from deploylab.model.rollout import Outcome
from deploylab.model.run import Run
from deploylab.model.scenario import Platform, Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.analysis import Analysis
from deploylab.patterns.blue_green import BlueGreen
from deploylab.patterns.canary import Canary

from ..releases import left, notes, release

# Preview and promotion


def test_a_small_preview_grows_before_the_switch_and_costs_less() -> None:
    small, full = release(BlueGreen(preview_replicas=1)), release(BlueGreen())
    sizes = [step.replicas["v2"] for step, _ in small.steps]
    assert sizes == [1, 1, 6, 6, 6]
    assert not small.log.failed.any()
    assert small.instance_seconds < full.instance_seconds


def test_without_auto_promotion_a_person_decides() -> None:
    by_hand = BlueGreen(auto_promotion=False)
    promoted = release(by_hand, Order(100, "promote"))
    assert promoted.outcome is Outcome.PROMOTED
    assert promoted.log.time[promoted.log.version == 1].min() > 100e9
    nobody = release(by_hand)
    assert (nobody.outcome, nobody.finished) == (Outcome.STALLED, 240)
    assert (nobody.log.version == 0).all()


def test_a_bad_preview_is_stopped_before_anyone_meets_it() -> None:
    run = release(BlueGreen(pre_promotion=Analysis()), error_rate=0.3)
    assert (run.outcome, left(run)) == (Outcome.ROLLED_BACK, ["v1"] * 6)
    assert (run.users_hurt, run.users_met_candidate) == (0, 0)


def test_a_good_preview_is_promoted() -> None:
    run = release(BlueGreen(pre_promotion=Analysis(), mirror=20))
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v2"] * 6)


# After the switch


def test_while_blue_stands_the_way_back_is_a_switch_and_after_that_a_start() -> None:
    leak = (Leak(after=60),)
    standing = BlueGreen(scale_down_delay=60, analysis=Analysis(interval=5))
    gone = BlueGreen(scale_down_delay=10, watch_after_blue=50, analysis=Analysis(interval=5))
    fast, slow = release(standing, faults=leak), release(gone, faults=leak)
    assert fast.outcome is slow.outcome is Outcome.ROLLED_BACK
    assert fast.time_to_roll_back == 1
    assert (slow.time_to_roll_back or 0) > 10  # a start takes 10 to 14 s
    assert "v1 is gone: start it again" in notes(slow)
    assert slow.users_hurt > fast.users_hurt


def test_the_analysis_ends_with_blue_unless_something_else_watches_on() -> None:
    short = BlueGreen(scale_down_delay=10, analysis=Analysis(interval=5))
    leak = (Leak(after=60),)
    assert release(short, faults=leak).outcome is Outcome.PROMOTED
    assert release(replace(short, watch_after_blue=50), faults=leak).outcome is Outcome.ROLLED_BACK


def test_standing_by_costs_instances() -> None:
    short, long = release(BlueGreen(scale_down_delay=10)), release(BlueGreen(scale_down_delay=70))
    assert long.instance_seconds - short.instance_seconds == pytest.approx(6 * 60, abs=20)


def test_an_inconclusive_analysis_keeps_blue_until_a_person_decides() -> None:
    nobody = release(BlueGreen(analysis=Analysis(min_requests=100_000)))
    assert (nobody.outcome, left(nobody)) == (Outcome.STALLED, ["v1"] * 6 + ["v2"] * 6)
    promoted = release(BlueGreen(analysis=Analysis(min_requests=100_000)), Order(100, "promote"))
    assert (promoted.outcome, left(promoted)) == (Outcome.PROMOTED, ["v2"] * 6)


# Orders


def test_a_person_may_abort_before_and_after_the_switch() -> None:
    for at in (5, 30, 60):
        run = release(BlueGreen(), Order(at, "abort"))
        assert (run.outcome, left(run)) == (Outcome.ABORTED, ["v1"] * 6)
        assert not run.log.failed.any()


def test_green_may_be_left_standing_after_an_abort() -> None:
    run = release(BlueGreen(abort_scale_down_delay=0), error_rate=0.3)
    assert (run.outcome, left(run)) == (Outcome.ABORTED, ["v1"] * 6 + ["v2"] * 6)


@pytest.mark.parametrize("kind", [BlueGreen, Canary])
def test_what_was_left_standing_goes_when_another_version_comes(kind: type[BlueGreen | Canary]) -> None:
    run = release(kind(abort_scale_down_delay=0), Order(30, "abort"), Release(100, Version("v3")))
    stops = [i.draining for i in run.instances if i.version == "v2"]
    assert stops
    assert all(stop is not None and 100 <= stop <= 101 for stop in stops)
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v3"] * 6)


def test_a_retry_within_the_delay_finds_green_still_there() -> None:
    run = release(BlueGreen(preview_hold=5), Order(20, "abort"), Order(40, "retry"))
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v2"] * 6)
    assert len([i for i in run.instances if i.version == "v2"]) == 6


def test_an_undo_makes_blue_the_wanted_version() -> None:
    run = release(BlueGreen(), Order(60, "undo"))
    assert (run.outcome, left(run)) == (Outcome.ROLLED_BACK, ["v1"] * 6)


def test_a_full_promotion_asks_no_analysis() -> None:
    run = release(BlueGreen(preview_hold=100), Order(20, "promote full"), error_rate=0.5)
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v2"] * 6)


def test_a_release_in_the_middle_takes_greens_place() -> None:
    for at in (5, 30, 60):
        run = release(BlueGreen(), Release(at, Version("v3")))
        assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v3"] * 6)
        assert not run.log.failed.any()


def three(at: float, *orders: Order, **knobs: Any) -> Run:
    people = (Release(at, Version("v3")), *orders)
    return roll_out(BlueGreen(**knobs), Scenario(duration=600, orders=people))


@pytest.mark.parametrize(("at", "watch"), [(60, 0), (100, 60)])
def test_a_release_after_the_switch_leaves_people_where_they_are_until_it_is_promoted(
    at: float, watch: float
) -> None:
    """Whether blue still stands or is gone."""
    run = three(at, watch_after_blue=watch)
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v3"] * 6)
    served = run.log.version.tolist()
    assert served == sorted(served)
    assert not run.log.failed.any()
    assert sum(i.version == "v1" for i in run.instances) == 6
    first = run.log.time[run.log.version == 2].min() / 1e9
    assert all((i.draining or 0) > first for i in run.instances if i.version == "v2")


@pytest.mark.parametrize(("at", "watch", "starts"), [(60, 0, 6), (100, 60, 12)])
def test_an_abort_of_that_release_leads_everyone_to_blue(at: float, watch: float, starts: int) -> None:
    run = three(at, Order(at + 10, "abort"), watch_after_blue=watch)
    assert (run.outcome, left(run)) == (Outcome.ABORTED, ["v1"] * 6)
    assert sum(i.version == "v1" for i in run.instances) == starts
    assert not run.log.failed.any()
    assert (run.log.version < 2).all()


def test_an_earlier_green_that_is_left_standing_is_no_rollback() -> None:
    green = BlueGreen(progress_deadline=5, progress_deadline_abort=True, abort_scale_down_delay=0)
    run = release(green, Release(40, Version("v3")), startup_time=1)
    assert (run.outcome, set(left(run))) == (Outcome.ABORTED, {"v1", "v2"})


def test_another_word_while_blue_starts_again_sends_nobody_to_what_is_not_ready() -> None:
    run = release(BlueGreen(watch_after_blue=60), Order(90, "abort"), Order(95, "undo"))
    assert run.outcome is Outcome.ROLLED_BACK
    assert not run.log.failed.any()


def test_a_full_promotion_does_not_start_blue_again() -> None:
    run = release(BlueGreen(watch_after_blue=60), Order(100, "promote full"))
    assert (run.outcome, left(run)) == (Outcome.PROMOTED, ["v2"] * 6)
    assert sum(i.version == "v1" for i in run.instances) == 6


def test_a_promotion_before_there_is_anything_to_promote_is_told_to_be_in_vain() -> None:
    assert "prepare v2 beside v1; promote is not heard now" in notes(
        release(BlueGreen(), Order(5, "promote"))
    )
    assert not any("not heard" in note for note in notes(release(BlueGreen(), Order(20, "promote"))))


# What always holds


@settings(max_examples=60)
@given(
    st.integers(1, 8), st.sampled_from([0, 1, 4.5]), st.sampled_from([0.1, 0.5]), st.integers(0, 1000),
    st.sampled_from([None, 1, 3]),
)  # fmt: skip
def test_the_switch_back_is_instant_while_blue_stands(
    n: int, lag: float, errors: float, seed: int, preview: int | None
) -> None:
    scenario = Scenario(
        candidate=Version("v2", error_rate=errors, service_time=0.001), replicas=n,
        stable=Version("v1", service_time=0.001), traffic=Traffic(rate=30), seed=seed,
        platform=Platform(endpoint_lag=lag), duration=120,
    )  # fmt: skip
    run = roll_out(BlueGreen(preview_hold=5, preview_replicas=preview), scenario)
    assert run.outcome is Outcome.ROLLED_BACK
    assert run.time_to_roll_back == pytest.approx(lag)
    assert set(run.log.status.tolist()) <= {Status.OK, Status.ERROR}
