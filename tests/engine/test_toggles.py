"""A flag's release meets the requests of a rollout, and the same incident is taken back in both ways."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openfeature.contrib.tools.flagd.core import FlagdCore
from openfeature.evaluation_context import EvaluationContext

import deploylab as dl
from deploylab.engine.toggles import toggle
from deploylab.model.errors import KnobError, StrategyError
from deploylab.model.rollout import Rollout
from deploylab.patterns.toggles.flags import fractional_flag
from tests.engine.incidents import BAD, NEVER

CALM = dl.Flag(propagation=0, max_error_rate=NEVER)


def stay(scenario: dl.Scenario) -> Rollout:
    yield dl.Step({scenario.stable.name: scenario.replicas})
    return dl.Outcome.ABORTED


def served_by(version: dl.Version, other: str) -> dl.AccessLog:
    """The requests of a fleet that never changes."""
    scenario = replace(BAD, stable=version, candidate=dl.Version(other))
    return dl.roll_out(stay, scenario).window


def other_way(record: dl.FlagRollout) -> dl.FlagRollout:
    assert record.other is not None
    return record.other


# The requests


def test_at_100_percent_everyone_meets_the_candidate() -> None:
    asked = toggle(replace(CALM, weights=(100,)), BAD, dl.Rolling()).evaluations
    expected = served_by(BAD.candidate, "v1")
    assert asked.on.all()
    np.testing.assert_array_equal(asked.time, expected.time)
    np.testing.assert_array_equal(asked.failed, expected.failed)


def test_at_0_percent_everyone_meets_the_stable_version() -> None:
    shaky = replace(BAD, stable=dl.Version("v1", error_rate=0.02))
    asked = toggle(replace(CALM, weights=(0,)), shaky, dl.Rolling()).evaluations
    assert not asked.on.any()
    np.testing.assert_array_equal(asked.failed, served_by(shaky.stable, "v2").failed)


def test_the_requests_are_those_of_a_rollout() -> None:
    asked, log = toggle(dl.Flag(), BAD, dl.Rolling()).evaluations, dl.roll_out(dl.Canary(), BAD).window
    np.testing.assert_array_equal(asked.time, log.time)
    np.testing.assert_array_equal(asked.user, log.user)


@settings(max_examples=20)
@given(
    weight=st.integers(0, 1000).map(lambda tenths: tenths / 10), key=st.sampled_from(["a", "new-checkout"])
)
def test_a_request_meets_the_feature_if_the_library_says_so(weight: float, key: str) -> None:
    record = toggle(replace(CALM, key=key, weights=(weight,)), BAD, dl.Rolling())
    core = FlagdCore()
    core.set_flags({"flags": {key: fractional_flag(weight)}})
    people = [EvaluationContext(f"user-{user}") for user in record.users.tolist()]
    expected = np.array([core.resolve_boolean_value(key, False, user).value for user in people])
    on = record.evaluations.on
    np.testing.assert_array_equal(on, expected[record.users.searchsorted(record.evaluations.user)])


@pytest.mark.parametrize("bucketing", [1, 2, 3])
def test_a_user_keeps_the_feature_as_it_grows(bucketing: int) -> None:
    record = toggle(replace(CALM, bucketing=bucketing), BAD, dl.Rolling())
    asked = record.evaluations
    order = np.lexsort((asked.time, asked.user))
    user, on = asked.user[order], asked.on[order]
    same = user[1:] == user[:-1]
    assert on.any()
    assert not (same & on[:-1] & ~on[1:]).any()
    assert record.users_who_lost_it == 0


@pytest.mark.parametrize("change", [dl.FlagChange(60, 30, key="other"), dl.FlagChange(60, 30, bucketing=2)])
def test_users_lose_the_feature_when_they_are_dealt_anew(change: dl.FlagChange) -> None:
    flag = replace(CALM, schedule=(dl.FlagChange(0, 30), change))
    record = toggle(flag, BAD, dl.Rolling())
    first, then = (ruler < 30 for ruler in record.rulers)
    assert record.users_who_lost_it == (first & ~then).sum() > 0


def test_a_weight_that_falls_takes_the_feature_from_users_as_meant() -> None:
    flag = replace(CALM, schedule=(dl.FlagChange(0, 30), dl.FlagChange(60, 10)))
    assert toggle(flag, BAD, dl.Rolling()).users_who_lost_it == 0


def test_each_instance_hears_of_a_change_in_its_turn() -> None:
    flag = dl.Flag(weights=(100,), propagation=60, max_error_rate=NEVER)
    asked = toggle(flag, replace(BAD, replicas=6), dl.Rolling()).evaluations
    second = asked.time / 1e9
    assert not asked.on[second < 10].any()
    assert asked.on[second >= 60].all()
    shares = [asked.on[(second >= 10 * i) & (second < 10 * (i + 1))].mean() for i in range(7)]
    np.testing.assert_allclose(shares, np.arange(7) / 6, atol=0.06)


def test_a_flag_does_not_cure_what_comes_with_the_build() -> None:
    leaking = replace(BAD, candidate=dl.Version("v2", faults=(dl.Leak(after=30),)))
    record = toggle(replace(CALM, weights=(0,)), leaking, dl.Rolling())
    assert record.failures > 0
    assert record.failures_with_feature == 0


# The incident


def test_the_alarm_sounds_at_the_first_look_at_which_too_many_have_failed() -> None:
    flag = dl.Flag(max_error_rate=0.03, min_requests=40, interval=4, hold=20)
    record = toggle(flag, BAD, dl.Rolling())
    asked = record.evaluations
    done = asked.time + asked.latency

    def alarming(second: float) -> bool:
        since = max(change.at for change in flag.changes if change.at <= second)
        seen = asked.on & (done >= since * 1e9) & (done < second * 1e9)
        return bool(seen.sum() >= 40 and asked.failed[seen].sum() > 0.03 * seen.sum())

    # Until the alarm nothing has been taken back, so the record holds all that the monitor saw.
    looks = [4.0 * look for look in range(1, 38) if 4 * look <= (record.alarm or 0)]
    assert [look for look in looks if alarming(look)] == [record.alarm]


@pytest.mark.parametrize("kill_switch", [True, False])
def test_the_other_way_is_the_very_same_incident(kill_switch: bool) -> None:
    record = toggle(dl.Flag(kill_switch=kill_switch), BAD, dl.Rolling())
    other = other_way(record)
    assert other.flag == replace(record.flag, kill_switch=not kill_switch)
    assert other.alarm == record.alarm is not None
    before = record.evaluations.time < record.alarm * 1e9
    for name in ("time", "user"):
        np.testing.assert_array_equal(getattr(record.evaluations, name), getattr(other.evaluations, name))
    for name in ("on", "failed", "latency"):
        mine, theirs = getattr(record.evaluations, name), getattr(other.evaluations, name)
        np.testing.assert_array_equal(mine[before], theirs[before])


def test_asking_for_either_way_gives_both() -> None:
    kill, redeploy = (toggle(dl.Flag(kill_switch=switch), BAD, dl.Rolling()) for switch in (True, False))
    assert kill.figures()[:2] == other_way(redeploy).figures()[:2]
    assert redeploy.figures()[:2] == other_way(kill).figures()[:2]


@settings(max_examples=15)
@given(
    seed=st.integers(0, 1000),
    error_rate=st.floats(0.04, 0.5),
    propagation=st.floats(0, 10),
    pipeline=st.floats(0, 60),
)
def test_a_kill_switch_is_faster_than_a_redeploy_and_hurts_fewer(
    seed: int, error_rate: float, propagation: float, pipeline: float
) -> None:
    world = replace(BAD, candidate=dl.Version("v2", error_rate=error_rate), seed=seed, duration=240)
    kill = toggle(dl.Flag(propagation=propagation, pipeline=pipeline), world, dl.Rolling())
    redeploy = other_way(kill)
    assert kill.time_to_take_back is not None
    assert kill.time_to_take_back <= propagation
    assert redeploy.time_to_take_back is None or redeploy.time_to_take_back > kill.time_to_take_back
    assert kill.users_hurt <= redeploy.users_hurt
    assert kill.failures_with_feature <= redeploy.failures_with_feature


def test_nobody_meets_the_feature_once_it_is_taken_back() -> None:
    for record in (kill := toggle(dl.Flag(), BAD, dl.Rolling()), other_way(kill)):
        assert record.back is not None
        assert not record.evaluations.on[record.evaluations.time > record.back * 1e9].any()


def test_a_redeploy_begins_after_the_pipeline_and_not_before() -> None:
    record = toggle(dl.Flag(kill_switch=False, pipeline=40), BAD, dl.Rolling())
    began = [event.time for event in record.events if event.reason == "Redeploy"]
    assert record.alarm is not None
    assert began == [record.alarm + 40]


@pytest.mark.parametrize("pipeline", [148, 86_400])
def test_a_redeploy_that_is_not_through_has_taken_nothing_back(pipeline: float) -> None:
    record = toggle(dl.Flag(kill_switch=False, pipeline=pipeline), BAD, dl.Rolling())
    assert (record.back, record.time_to_take_back) == (None, None)
    assert record.headline == "Redeploy: feature not yet taken back"


def test_a_redeploy_that_stalls_has_taken_nothing_back() -> None:
    broken = replace(BAD, stable=dl.Version("v1", faults=(dl.CrashOnStart(),)))
    record = toggle(dl.Flag(kill_switch=False, pipeline=5), broken, dl.Rolling(progress_deadline=30))
    assert record.back is None


def test_a_good_feature_reaches_everyone_and_there_is_no_other_way() -> None:
    record = toggle(dl.Flag(), replace(BAD, candidate=dl.Version("v2")), dl.Rolling())
    assert (record.alarm, record.back, record.other) == (None, None, None)
    assert record.headline == "Kill switch: not needed, the feature is at 100 %"
    assert {figure.name: figure.value for figure in record.figures()}["users hurt"] == 0


def test_any_strategy_may_bring_the_stable_build_back() -> None:
    flag = dl.Flag(kill_switch=False, pipeline=5)
    rolling, blue_green = (toggle(flag, BAD, way) for way in (dl.Rolling(), dl.BlueGreen(preview_hold=0)))
    assert rolling.back != blue_green.back


# What is refused


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((5,), r"^toggle: 5 does not fit; the first argument is a flag such as dl.Flag"),
        ((dl.Flag(), "x"), r"^toggle: 'x' does not fit; the second is a scenario such as dl.Scenario"),
        (
            (dl.Flag(), dl.Scenario(), "x"),
            r"^toggle: 'x' does not fit; the third, the way back, is a strategy",
        ),
        ((dl.Scenario(),), r"^toggle: Scenario.{52} does not fit"),
    ],
)
def test_what_is_no_release_is_refused(arguments: Any, message: str) -> None:
    with pytest.raises(StrategyError, match=message):
        dl.toggle(*arguments)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: dl.Flag(key=""), r"^Flag.key: '' is not a key; .*'new-checkout'"),
        (lambda: dl.Flag(kill_switch=1), r"^Flag.kill_switch: 1 is neither True nor False"),
        (lambda: dl.Flag(weights=()), r"^Flag.weights: \(\) is not a tuple of percentages"),
        (
            lambda: dl.Flag(hold=86_400),
            r"^Flag.hold: 86400 makes 4 steps last longer than a day; use 21,600 s",
        ),
        (
            lambda: dl.Flag(weights=(5, 120)),
            r"^Flag.weights: 120 is not a percentage; .* from 0 to at most 100",
        ),
        (lambda: dl.Flag(weights=(0.00001,)), r"^Flag.weights: 1e-05 has more than three decimals"),
        (lambda: dl.Flag(hold=0), r"^Flag.hold: 0 is not allowed"),
        (lambda: dl.Flag(bucketing=4), r"^Flag.bucketing: 4 is not allowed"),
        (lambda: dl.Flag(schedule=(5, 25)), r"^Flag.schedule: \(5, 25\) is no tuple of FlagChange"),
        (
            lambda: dl.Flag(schedule=(dl.FlagChange(9, 1), dl.FlagChange(3, 2))),
            r"^Flag.schedule: .* does not go forward",
        ),
        (lambda: dl.Flag(weight=5), r"^Flag has no field weight; did you mean weights\? It has "),
        (lambda: dl.FlagChange(0, 101), r"^FlagChange.weight: 101 is not allowed"),
        (lambda: dl.FlagChange(0, 0.0005), r"^FlagChange.weight: 0.0005 has more than three decimals"),
        (lambda: dl.FlagChange(0, 1, bucketing=0), r"^FlagChange.bucketing: 0 is no version .* 1, 2 or 3"),
        (
            lambda: dl.toggle(dl.Flag(), replace(BAD, orders=(dl.Order(9, "abort"),))),
            r"^Scenario.orders: .* tell a flag by its schedule",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_try(make: Any, message: str) -> None:
    with pytest.raises(KnobError, match=message):
        make()
